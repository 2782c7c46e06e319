"""Every query on journeys and on consents given to applications."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Executable,
    Table,
    bindparam,
    case,
    delete,
    insert,
    or_,
    select,
    update,
)

from idp.foundation.database import Insert, PerDialect
from idp.foundation.errors import Expired
from idp.foundation.secrets import Randomness, digest, new_id
from idp.foundation.texts import text
from idp.interactions.interaction import Evidence, Interaction, Reason, Vouched
from idp.interactions.request import AuthorizationRequest
from idp.interactions.tables import consents, interactions
from idp.people.tables import people

_CREATE = insert(interactions)
_FIND = select(interactions).where(
    interactions.c.id == bindparam("interaction_id"), interactions.c.expires_at > bindparam("now")
)
_HERE = interactions.c.id == bindparam("interaction_id")
_AUTHENTICATED = (
    update(interactions)
    .where(_HERE)
    .values(
        session_id=bindparam("session"), authenticated_at=bindparam("at"), pending_person_id=None, consented_at=None
    )
)
_PENDING = update(interactions).where(_HERE).values(pending_person_id=bindparam("person"))
_VOUCHED = update(interactions).where(_HERE).values(vouched=bindparam("said", type_=interactions.c.vouched.type))
_DENIED = update(interactions).where(_HERE).values(denied=True)
_CONSENTED = update(interactions).where(_HERE).values(consented_at=bindparam("at"))
_FORGET = delete(interactions).where(_HERE)
_STANDS = or_(consents.c.withdrawn_at.is_(None), consents.c.withdrawn_at < consents.c.given_at)
"""The time of the last withdrawal stays: what an application obtained before is dead, whatever is allowed it since."""
_CONSENTED_TO = select(consents.c.scope).where(
    consents.c.person_id == bindparam("person"), consents.c.client_id == bindparam("client"), _STANDS
)
_STATE = select(people.c.state).where(people.c.id == bindparam("person"))
_CONSENTS = select(consents.c.client_id, consents.c.scope, consents.c.given_at).where(
    consents.c.person_id == bindparam("person"), _STANDS
)
_AT = bindparam("at", type_=BigInteger)
_WITHDRAW = (
    update(consents)
    .where(consents.c.person_id == bindparam("person"), consents.c.client_id == bindparam("client"), _STANDS)
    .values(withdrawn_at=case((consents.c.given_at > _AT, consents.c.given_at), else_=_AT))
)


_WITHDRAW_ALL = (
    update(consents)
    .where(consents.c.client_id == bindparam("client"), _STANDS)
    .values(withdrawn_at=case((consents.c.given_at > _AT, consents.c.given_at), else_=_AT))
)


_FORGET_CONSENTS = delete(consents).where(consents.c.person_id == bindparam("person"))


def _give(insert_into: Callable[[Table], Insert]) -> Executable:
    row = insert_into(consents).values(
        person_id=bindparam("person"),
        client_id=bindparam("client"),
        scope=bindparam("scope"),
        given_at=bindparam("at"),
        withdrawn_at=None,
    )
    after_withdrawal = consents.c.withdrawn_at + 1
    given_at = case((consents.c.withdrawn_at >= row.excluded.given_at, after_withdrawal), else_=row.excluded.given_at)
    return row.on_conflict_do_update(
        index_elements=[consents.c.person_id, consents.c.client_id],
        set_={"scope": row.excluded.scope, "given_at": given_at},
    )


_GIVE = PerDialect(_give)


@dataclass(frozen=True, slots=True)
class Start:
    """What a new journey is about."""

    browser: str
    request: AuthorizationRequest | None = None
    target: str = ""
    max_age: int | None = None
    links_to: str | None = None


def create(connection: Connection, start: Start, randomness: Randomness, now: int, life: int) -> Interaction:
    """Begin a journey of `life` seconds, bound to the browser."""
    interaction = Interaction(
        id=new_id(randomness),
        reason=Reason.AUTHORIZE if start.request else Reason.ACCOUNT,
        browser_digest=digest(start.browser),
        request=start.request,
        target=start.target,
        max_age=start.request.max_age if start.request else start.max_age,
        evidence=Evidence(),
        created_at=now,
        expires_at=now + life,
        links_to=start.links_to,
    )
    connection.execute(
        _CREATE,
        {
            "id": interaction.id,
            "reason": interaction.reason.value,
            "browser_digest": interaction.browser_digest,
            "request": start.request.to_json() if start.request else None,
            "target": interaction.target,
            "max_age": interaction.max_age,
            "denied": False,
            "links_to": start.links_to,
            "created_at": now,
            "expires_at": interaction.expires_at,
        },
    )
    return interaction


def find(connection: Connection, interaction_id: str, browser: str, now: int) -> Interaction:
    """The journey, for the browser that began it. Raises `Expired` for any other, or when it is over."""
    interaction = get(connection, interaction_id, now)
    if interaction is None or interaction.browser_digest != digest(browser):
        raise Expired(
            "interaction_expired",
            text("Cette demande a expiré, ou a commencé dans un autre navigateur. Reprenez depuis votre service."),
        )
    return interaction


def get(connection: Connection, interaction_id: str, now: int) -> Interaction | None:
    """The journey whatever the browser: for a link opened elsewhere, which must then decide what it may show."""
    row = connection.execute(_FIND, {"interaction_id": interaction_id, "now": now}).mappings().one_or_none()
    return _interaction(row) if row else None


def note_authentication(connection: Connection, interaction_id: str, session_id: str, at: int) -> None:
    """The person signed in within this journey, by the session given."""
    connection.execute(_AUTHENTICATED, {"interaction_id": interaction_id, "session": session_id, "at": at})


def note_pending(connection: Connection, interaction_id: str, person_id: str) -> None:
    """The person proved to be the holder of an account that is not activated yet."""
    connection.execute(_PENDING, {"interaction_id": interaction_id, "person": person_id})


def note_vouched(connection: Connection, interaction_id: str, vouched: Vouched | None) -> None:
    """Another identity provider answered for someone unknown here (or, with None, no longer matters)."""
    said = {name: getattr(vouched, name) for name in Vouched.__slots__} if vouched else None
    connection.execute(_VOUCHED, {"interaction_id": interaction_id, "said": said})


def note_denied(connection: Connection, interaction_id: str) -> None:
    """The person declined."""
    connection.execute(_DENIED, {"interaction_id": interaction_id})


def note_consent(connection: Connection, interaction_id: str, at: int) -> None:
    """The person accepted, in this journey, what the application asks."""
    connection.execute(_CONSENTED, {"interaction_id": interaction_id, "at": at})


def forget(connection: Connection, interaction_id: str) -> bool:
    """The journey reached its end and cannot be replayed: true to whoever ends it, once."""
    return connection.execute(_FORGET, {"interaction_id": interaction_id}).rowcount > 0


def consented(connection: Connection, person_id: str, client_id: str) -> frozenset[str]:
    """What a person lets an application know."""
    scope = connection.execute(_CONSENTED_TO, {"person": person_id, "client": client_id}).scalar()
    return frozenset((scope or "").split())


def is_pending(connection: Connection, person_id: str) -> bool:
    """Whether an account exists and waits for its activation."""
    return connection.execute(_STATE, {"person": person_id}).scalar() == "pending"


def give_consent(connection: Connection, person_id: str, client_id: str, scope: frozenset[str], at: int) -> None:
    """Remember what a person lets an application know, beside what they allowed before."""
    allowed = scope | consented(connection, person_id, client_id)
    connection.execute(
        _GIVE.on(connection),
        {"person": person_id, "client": client_id, "scope": " ".join(sorted(allowed)), "at": at},
    )


def consents_of(connection: Connection, person_id: str) -> dict[str, frozenset[str]]:
    """What a person allows, by application."""
    rows = connection.execute(_CONSENTS, {"person": person_id})
    return {row.client_id: frozenset(row.scope.split()) for row in rows}


def withdraw_consent(connection: Connection, person_id: str, client_id: str, at: int) -> bool:
    """Take a consent back; whether there was one."""
    return connection.execute(_WITHDRAW, {"person": person_id, "client": client_id, "at": at}).rowcount > 0


def forget_consents_of(connection: Connection, person_id: str) -> None:
    """Delete what a person let applications know, as the account is erased."""
    connection.execute(_FORGET_CONSENTS, {"person": person_id})


def withdraw_consents_to(connection: Connection, client_id: str, at: int) -> int:
    """Take back what everybody consented to for an application, which is no longer the same; how many there were."""
    return connection.execute(_WITHDRAW_ALL, {"client": client_id, "at": at}).rowcount


def _interaction(row: Any) -> Interaction:
    said = row["vouched"]
    request = row["request"]
    return Interaction(
        id=row["id"],
        reason=Reason(row["reason"]),
        browser_digest=row["browser_digest"],
        request=AuthorizationRequest.from_json(request) if request else None,
        target=row["target"],
        max_age=row["max_age"],
        evidence=Evidence(
            session_id=row["session_id"],
            authenticated_at=row["authenticated_at"],
            pending_person_id=row["pending_person_id"],
            vouched=Vouched(**{**said, "methods": tuple(said["methods"])}) if said else None,
            consented_at=row["consented_at"],
            denied=row["denied"],
        ),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        links_to=row["links_to"],
    )
