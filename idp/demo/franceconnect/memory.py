"""What the simulation remembers while it runs: journeys, codes, access tokens and its own single sign-on sessions."""

from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from idp.demo.franceconnect.identities import Identity

CODE_SECONDS = 30
TOKEN_SECONDS = 60
SESSION_SECONDS = 1800
JOURNEY_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Journey:
    """An authorization request whose browser is on our pages. `identity` is set once the person has chosen one."""

    id: str
    browser: str
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str
    wants_amr: bool
    skips_information_page: bool
    expires_at: int
    identity: Identity | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What a code, then an access token, stands for."""

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    nonce: str
    wants_amr: bool
    identity: Identity
    authenticated_at: int
    expires_at: int


@dataclass(slots=True)
class Session:
    """FranceConnect's own session in a browser, prolonged at each use."""

    identity: Identity
    expires_at: int


@dataclass(slots=True)
class Memory:
    """Everything at once. Keys are the opaque values given to browsers and service providers."""

    journeys: dict[str, Journey] = field(default_factory=dict)
    codes: dict[str, Granted] = field(default_factory=dict)
    redeemed: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, Granted] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)

    def forget_expired(self, now: int) -> None:
        """Drop what can no longer be used, so that a long demonstration does not grow."""
        self.journeys = _alive(self.journeys, now)
        self.codes = _alive(self.codes, now)
        self.tokens = _alive(self.tokens, now)
        self.sessions = _alive(self.sessions, now)
        self.redeemed = {code: token for code, token in self.redeemed.items() if token in self.tokens}

    def redeem(self, code: str, now: int) -> Granted | None:
        """Use a code once, within its 30 seconds. A replay revokes the access token of the first use."""
        if token := self.redeemed.pop(code, None):
            self.tokens.pop(token, None)
        granted = self.codes.pop(code, None)
        return granted if granted and granted.expires_at > now else None


class _Expiring(Protocol):
    @property
    def expires_at(self) -> int: ...


E = TypeVar("E", bound=_Expiring)


def _alive(entries: dict[str, E], now: int) -> dict[str, E]:
    return {key: entry for key, entry in entries.items() if entry.expires_at > now}
