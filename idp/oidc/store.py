"""Every query on grants and tokens. Each one-time thing is consumed by one guarded UPDATE."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    String,
    Text,
    bindparam,
    cast,
    exists,
    insert,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)

from idp.foundation.audit import Audited, Line
from idp.foundation.secrets import digest
from idp.oidc.grant import Grant, words
from idp.oidc.standing import may_act
from idp.oidc.tables import grants, tokens

_ADD_GRANT = Audited(insert(grants))
_REDEEM = (
    update(grants)
    .where(
        grants.c.code_digest == bindparam("code"),
        grants.c.client_id == bindparam("client"),
        grants.c.code_used_at.is_(None),
        grants.c.code_expires_at > bindparam("now", type_=BigInteger),
        may_act(),
    )
    .values(code_used_at=bindparam("now", type_=BigInteger))
    .returning(*grants.c)
)
_BY_CODE = select(grants.c.id, grants.c.code_used_at).where(grants.c.code_digest == bindparam("code"))
_ROTATE = (
    update(tokens)
    .where(
        tokens.c.digest == bindparam("token"),
        tokens.c.kind == "refresh",
        tokens.c.client_id == bindparam("client"),
        tokens.c.used_at.is_(None),
        tokens.c.revoked_at.is_(None),
        tokens.c.expires_at > bindparam("now", type_=BigInteger),
        exists().where(grants.c.id == tokens.c.grant_id, may_act()),
    )
    .values(used_at=bindparam("now", type_=BigInteger))
    .returning(tokens.c.expires_at, tokens.c.grant_id)
)
_GRANT = select(*grants.c).where(grants.c.id == bindparam("grant"))
_FOUND = (
    select(
        tokens.c.kind,
        tokens.c.scope.label("token_scope"),
        tokens.c.audience,
        tokens.c.client_id.label("token_client_id"),
        tokens.c.issued_at.label("token_issued_at"),
        tokens.c.expires_at.label("token_expires_at"),
        tokens.c.used_at.label("token_used_at"),
        tokens.c.revoked_at.label("token_revoked_at"),
        or_(tokens.c.grant_id.is_(None), may_act()).label("may_act"),
        *grants.c,
    )
    .select_from(tokens.outerjoin(grants, grants.c.id == tokens.c.grant_id))
    .where(tokens.c.digest == bindparam("token"))
)
_REVOKE_GRANT = (
    update(grants)
    .where(grants.c.id == bindparam("grant"), grants.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)
_REVOKE_TOKEN = (
    update(tokens)
    .where(tokens.c.digest == bindparam("token"), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)
_REVOKE_GRANTS_OF = (
    update(grants)
    .where(grants.c.client_id == bindparam("client"), grants.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)
_REVOKE_EVERY_GRANT = (
    update(grants).where(grants.c.revoked_at.is_(None)).values(revoked_at=bindparam("now", type_=BigInteger))
)
_REVOKE_EVERY_TOKEN = (
    update(tokens)
    .where(tokens.c.grant_id.is_(None), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)
_REVOKE_TOKENS_OF = (
    update(tokens)
    .where(tokens.c.client_id == bindparam("client"), tokens.c.grant_id.is_(None), tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=BigInteger))
)

_TOKEN_COLUMNS = ("digest", "kind", "grant_id", "client_id", "scope", "audience", "issued_at", "expires_at")


def _token_row(kind: str) -> Select[*tuple[Any, ...]]:
    return select(
        bindparam(f"{kind}_digest", type_=String),
        literal(kind, String),
        bindparam("grant", type_=String),
        bindparam("client", type_=String),
        bindparam(f"{kind}_scope", type_=Text),
        bindparam("audience", type_=Text) if kind == "access" else cast(null(), Text),
        bindparam("now", type_=BigInteger),
        bindparam(f"{kind}_expires_at", type_=BigInteger),
    )


_ADD_ACCESS = Audited(insert(tokens).from_select(_TOKEN_COLUMNS, _token_row("access")))
# written as a selection, because SQLAlchemy compiles a list of VALUES anew at each execution
_ADD_BOTH = Audited(insert(tokens).from_select(_TOKEN_COLUMNS, union_all(_token_row("access"), _token_row("refresh"))))


@dataclass(frozen=True, slots=True)
class Token:
    """A token found by its secret. `alive` says whether it may be used at the time it was looked up.

    `audience` are the resources it is for, none when it names nobody in particular.
    """

    kind: str
    client_id: str
    scope: tuple[str, ...]
    audience: tuple[str, ...]
    issued_at: int
    expires_at: int
    used_at: int | None
    alive: bool
    grant: Grant | None


@dataclass(frozen=True, slots=True)
class Validity:
    """Until when a grant's code and all that comes of it are good (seconds UTC)."""

    code_expires_at: int
    expires_at: int


def add_grant(
    connection: Connection,
    grant: Grant,
    code: str | None,
    now: int,
    validity: Validity,
    line: Line | None = None,
) -> None:
    """Store a new grant with the digest of its code, if it has one, and the line that tells of it, if there is one."""
    values = {name: getattr(grant, name) for name in Grant.__slots__}
    values.update(
        scope=" ".join(grant.scope),
        methods=" ".join(grant.methods),
        claims=dict(grant.claims) or None,
        resources=" ".join(grant.resources) or None,
        code_digest=digest(code) if code else None,
        code_expires_at=validity.code_expires_at,
        created_at=now,
        expires_at=validity.expires_at,
    )
    _ADD_GRANT.execute(connection, values, line)


def redeem(connection: Connection, code: str, client_id: str, now: int) -> Grant | None:
    """Consume a code: the grant to whoever comes first, None to everybody else."""
    row = connection.execute(_REDEEM, {"code": digest(code), "client": client_id, "now": now}).mappings().one_or_none()
    return Grant.of(row) if row else None


def used_grant(connection: Connection, code: str) -> str | None:
    """The grant whose code was already used, if that is why it could not be redeemed."""
    row = connection.execute(_BY_CODE, {"code": digest(code)}).one_or_none()
    return str(row.id) if row is not None and row.code_used_at is not None else None


@dataclass(frozen=True, slots=True)
class Issue:
    """What is stored of tokens being issued. `refresh` is None when there is none."""

    client_id: str
    scope: tuple[str, ...]
    access: str
    access_expires_at: int
    audience: tuple[str, ...] = ()
    grant_id: str | None = None
    refresh: str | None = None
    refresh_scope: tuple[str, ...] = ()
    refresh_expires_at: int = 0


def add_tokens(connection: Connection, issued: Issue, line: Line) -> None:
    """Store the digests of new tokens, and the line that tells of them and when."""
    values: dict[str, Any] = {
        "access_digest": digest(issued.access),
        "access_expires_at": issued.access_expires_at,
        "grant": issued.grant_id,
        "client": issued.client_id,
        "access_scope": " ".join(issued.scope),
        "audience": " ".join(issued.audience) or None,
        "now": line.at,
    }
    if issued.refresh is None:
        _ADD_ACCESS.execute(connection, values, line)
        return
    values.update(
        refresh_digest=digest(issued.refresh),
        refresh_scope=" ".join(issued.refresh_scope),
        refresh_expires_at=issued.refresh_expires_at,
    )
    _ADD_BOTH.execute(connection, values, line)


def rotate(connection: Connection, refresh: str, client_id: str, now: int) -> tuple[Grant, int] | None:
    """Consume a refresh token: its grant and its end (seconds UTC), which its successor keeps; None if it cannot be."""
    values = {"token": digest(refresh), "client": client_id, "now": now}
    taken = connection.execute(_ROTATE, values).one_or_none()
    if taken is None:
        return None
    # read apart: SQLite's RETURNING gives columns of the updated table only
    grant = connection.execute(_GRANT, {"grant": taken.grant_id}).mappings().one()
    return Grant.of(grant), int(taken.expires_at)


def find_token(connection: Connection, token: str, now: int) -> Token | None:
    """A token of any kind by its secret, dead ones too."""
    row = connection.execute(_FOUND, {"token": digest(token), "now": now}).mappings().one_or_none()
    if row is None:
        return None
    return Token(
        kind=row["kind"],
        client_id=row["token_client_id"],
        scope=tuple(row["token_scope"].split()),
        audience=words(row["audience"]),
        issued_at=row["token_issued_at"],
        expires_at=row["token_expires_at"],
        used_at=row["token_used_at"],
        alive=row["token_revoked_at"] is None and row["token_expires_at"] > now and bool(row["may_act"]),
        grant=Grant.of(row) if row["id"] else None,
    )


def revoke_grant(connection: Connection, grant_id: str, now: int) -> bool:
    """Revoke an authorization and so all that came of it; whether it was still good."""
    return connection.execute(_REVOKE_GRANT, {"grant": grant_id, "now": now}).rowcount > 0


def revoke_token(connection: Connection, token: str, now: int) -> None:
    """Revoke one token alone."""
    connection.execute(_REVOKE_TOKEN, {"token": digest(token), "now": now})


def revoke_client(connection: Connection, client_id: str, now: int) -> None:
    """Revoke every authorization of a client, and the tokens it obtained for itself."""
    connection.execute(_REVOKE_GRANTS_OF, {"client": client_id, "now": now})
    connection.execute(_REVOKE_TOKENS_OF, {"client": client_id, "now": now})


def revoke_everything(connection: Connection, now: int) -> None:
    """Revoke every authorization, and the tokens that clients obtained for themselves."""
    connection.execute(_REVOKE_EVERY_GRANT, {"now": now})
    connection.execute(_REVOKE_EVERY_TOKEN, {"now": now})
