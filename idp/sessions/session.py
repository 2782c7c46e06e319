"""A signed-in browser: who, since when, by which means and at which level."""

from dataclasses import dataclass, field

LOCAL_ACR = "urn:laissez-passer:acr:password"
"""The level of a local account's password. Never an `eidas` one: those are FranceConnect's word alone."""
UPSTREAM_ACR = "urn:laissez-passer:acr:upstream"
"""The level of a sign-in by an upstream that attests none we know."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """How a person proved who they are. `methods` are values of RFC 8176; times in seconds UTC."""

    person_id: str
    at: int
    methods: tuple[str, ...]
    acr: str = LOCAL_ACR
    upstream: str | None = None
    sealed_id_token: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """From where a browser signed in, as shown to the person; `browser` is the secret that tells it from others."""

    address: str
    agent: str
    browser: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """`id` is public: it is the `sid` of ID tokens and logout tokens. The secret is in the cookie only.

    `upstream` is the last provider that the browser passed by, where it may be signed in still; the person may have
    proved who they are here since (`proved_here`).

    `terms_due`: the person accepted an earlier version of the terms, and has to accept today's before going on.
    """

    id: str
    person_id: str
    authenticated_at: int
    methods: tuple[str, ...]
    acr: str
    upstream: str | None
    sealed_id_token: str | None
    address: str
    agent: str
    created_at: int
    last_seen_at: int
    expires_at: int
    ended_at: int | None
    terms_due: bool = False

    @property
    def proved_here(self) -> bool:
        """Whether it was a password of ours that proved the person last, and no upstream."""
        return self.acr == LOCAL_ACR

    def alive(self, now: int, idle: int) -> bool:
        """Whether it still stands for the person: not ended, within its absolute and idle lives (seconds)."""
        return self.ended_at is None and now < self.expires_at and now < self.last_seen_at + idle


@dataclass(frozen=True, slots=True)
class Participation:
    """An application a person entered, and when last."""

    client_id: str
    first_at: int
    last_at: int
