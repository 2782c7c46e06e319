"""The applications entered by a session, and what can be done of each when it ends: told, or left open.

Front-Channel Logout 1.0 section 2 and Back-Channel Logout 1.0 section 2.2 are the two ways to tell one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.provider import Provider
from idp.sessions import store as sessions
from idp.sessions.notices import Outcome

_NOT_TOLD = frozenset({Outcome.REFUSED, Outcome.ABANDONED})


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a sign-out goes: the applications that are told of it, and those that stay open."""

    told: tuple[Client, ...]
    left_open: tuple[Client, ...]


@dataclass(frozen=True, slots=True)
class FramedService:
    """An application by name, and the address that makes it forget the person in this browser."""

    name: str
    address: str


def entered(connection: Connection, provider: Provider, session_id: str, now: int) -> tuple[Client, ...]:
    """The applications that a browser entered by this session and that are still registered, by name."""
    found = (provider.clients.client(connection, each, now) for each in sessions.clients_of(connection, session_id))
    return tuple(sorted((each for each in found if each), key=lambda client: client.name))


def reach(clients: Iterable[Client], asking: str | None, outcomes: Mapping[str, Outcome]) -> Reach:
    """Which of these are told. `asking` signs the person out of itself; `outcomes` is what became of the notices."""
    told: list[Client] = []
    left_open: list[Client] = []
    for client in clients:
        is_told = client.client_id == asking or _has_channel(client, outcomes.get(client.client_id))
        (told if is_told else left_open).append(client)
    return Reach(tuple(told), tuple(left_open))


def _has_channel(client: Client, outcome: Outcome | None) -> bool:
    if client.suspended:
        return False
    by_server = client.backchannel_logout_uri is not None and outcome not in _NOT_TOLD
    return by_server or client.frontchannel_logout_uri is not None


def framed(clients: Iterable[Client], issuer: str, session_id: str) -> tuple[FramedService, ...]:
    """What the browser loads for each application that only it can tell (Front-Channel Logout 1.0 section 3)."""
    return tuple(
        FramedService(client.name, _frame_address(client, client.frontchannel_logout_uri, issuer, session_id))
        for client in clients
        if client.frontchannel_logout_uri is not None and not client.suspended
    )


def _frame_address(client: Client, uri: str, issuer: str, session_id: str) -> str:
    if not client.frontchannel_logout_session_required:
        return uri
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'iss': issuer, 'sid': session_id})}"
