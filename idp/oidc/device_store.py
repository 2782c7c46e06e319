"""Every query on device requests (RFC 8628)."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import BigInteger, Connection, RowMapping, bindparam, insert, select, update

from clients.client import Client
from idp.foundation.provider import Provider
from idp.foundation.secrets import digest
from idp.oidc.grant import Grant, words
from idp.oidc.standing import may_act
from idp.oidc.tables import device_requests, grants
from idp.oidc.targets import Allowed
from idp.oidc.tokens import grant_to_device
from idp.sessions.session import Session

_NOW = bindparam("now", type_=BigInteger)
_COLUMNS = (
    device_requests.c.id,
    device_requests.c.client_id,
    device_requests.c.scope,
    device_requests.c.resources,
    device_requests.c.user_code,
)
_WAITING = (device_requests.c.settled_at.is_(None), device_requests.c.expires_at > _NOW)
_ADD = insert(device_requests)
_FIND = select(*_COLUMNS).where(device_requests.c.id == bindparam("request_id"), *_WAITING)
_FIND_TYPED = select(*_COLUMNS).where(device_requests.c.user_code_digest == bindparam("typed"), *_WAITING)
_SETTLE = (
    update(device_requests)
    .where(device_requests.c.id == bindparam("request_id"), *_WAITING)
    .values(settled_at=_NOW, granted_id=bindparam("granted"))
)
_POLL = (
    update(device_requests)
    .where(
        device_requests.c.device_code_digest == bindparam("code"), device_requests.c.client_id == bindparam("client")
    )
    .values(polled_at=_NOW)
    .returning(
        device_requests.c.id,
        device_requests.c.expires_at,
        device_requests.c.settled_at,
        device_requests.c.granted_id,
        device_requests.c.used_at,
    )
)
_LAST_POLL = select(device_requests.c.polled_at).where(device_requests.c.device_code_digest == bindparam("code"))
_USE = (
    update(device_requests)
    .where(device_requests.c.id == bindparam("request_id"), device_requests.c.used_at.is_(None))
    .values(used_at=_NOW)
)
_GRANT = select(grants).where(grants.c.id == bindparam("granted"), may_act())


@dataclass(frozen=True, slots=True)
class DeviceRequest:
    """What a device asks; `user_code` is what its screen shows, without the dash."""

    id: str
    client_id: str
    asked: Allowed
    user_code: str

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        asked = Allowed(words(row["scope"]), words(row["resources"]))
        return cls(row["id"], row["client_id"], asked, row["user_code"])


@dataclass(frozen=True, slots=True)
class Poll:
    """Where a request stands as its device asks. Times in seconds UTC; `last_at` is the question before this one."""

    id: str
    expires_at: int
    settled_at: int | None
    granted_id: str | None
    used_at: int | None
    last_at: int | None


def add(connection: Connection, asked: DeviceRequest, device_digest: str, typed_digest: str, expires_at: int) -> None:
    """Keep a new request with the digests of its two codes."""
    connection.execute(
        _ADD,
        {
            "id": asked.id,
            "client_id": asked.client_id,
            "scope": " ".join(asked.asked.scope),
            "resources": " ".join(asked.asked.resources) or None,
            "user_code": asked.user_code,
            "device_code_digest": device_digest,
            "user_code_digest": typed_digest,
            "expires_at": expires_at,
        },
    )


def find(connection: Connection, request_id: str, now: int) -> DeviceRequest | None:
    """A request that waits for a decision."""
    row = connection.execute(_FIND, {"request_id": request_id, "now": now}).mappings().one_or_none()
    return DeviceRequest.of(row) if row else None


def find_typed(connection: Connection, typed_digest: str, now: int) -> DeviceRequest | None:
    """A request that waits for a decision, by the code its device shows."""
    row = connection.execute(_FIND_TYPED, {"typed": typed_digest, "now": now}).mappings().one_or_none()
    return DeviceRequest.of(row) if row else None


def settle(
    connection: Connection, provider: Provider, found: DeviceRequest, client: Client, session: Session | None, now: int
) -> bool:
    """Write the decision, once: a grant for the person of `session`, or a refusal when there is none."""
    granted = grant_to_device(connection, provider, client, found.asked, session, now) if session else None
    values = {"request_id": found.id, "granted": granted, "now": now}
    return connection.execute(_SETTLE, values).rowcount > 0


def poll(connection: Connection, device_code: str, client_id: str, now: int) -> Poll | None:
    """Note that the device asks and say where its request stands; None when it is not one of this client's."""
    code = digest(device_code)
    last_at = connection.execute(_LAST_POLL, {"code": code}).scalar()
    row = connection.execute(_POLL, {"code": code, "client": client_id, "now": now}).mappings().one_or_none()
    return Poll(**row, last_at=last_at) if row else None


def use(connection: Connection, found: Poll, now: int) -> Grant | None:
    """Spend an accepted request, once; its grant while the person may act and has taken nothing back."""
    if connection.execute(_USE, {"request_id": found.id, "now": now}).rowcount == 0:
        return None
    row = connection.execute(_GRANT, {"granted": found.granted_id, "now": now}).mappings().one_or_none()
    return Grant.of(row) if row else None
