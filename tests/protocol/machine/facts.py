"""What there is, as somebody knows it who has seen every call and every answer, and never looked inside.

Times are seconds UTC. Nothing here is judged: see `promises`.
"""

from dataclasses import dataclass, field

from tests.support.relying_party import RelyingParty
from tests.support.visitor import Page, Visitor


@dataclass(eq=False, slots=True)
class Person:
    """Somebody with an account."""

    id: str
    identifier: str
    password: str
    locked: bool = False
    cutoff_at: int = 0


@dataclass(eq=False, slots=True)
class Application:
    """A registered application and what was registered of it."""

    name: str
    party: RelyingParty
    suspended: bool = False
    removed: bool = False
    management: tuple[str, str] | None = None
    """Where an application that registered itself manages its registration, and the token for it."""

    @property
    def id(self) -> str:
        return self.party.client.client_id

    @property
    def usable(self) -> bool:
        return not self.suspended and not self.removed

    @property
    def asks_consent(self) -> bool:
        return not self.party.client.first_party

    @property
    def public(self) -> bool:
        return self.party.client.token_endpoint_auth_method == "none"

    def has(self, grant_type: str) -> bool:
        return grant_type in self.party.client.grant_types


@dataclass(eq=False, slots=True)
class Session:
    """A browser signed in. `sid` is known once an ID token has told it."""

    person: Person
    created_at: int
    authenticated_at: int
    seen_at: int
    expires_at: int
    ended: bool = False
    sid: str | None = None
    entered: set[str] = field(default_factory=set)


@dataclass(eq=False, slots=True)
class Browser:
    """A browser, and the session whose cookie it holds."""

    name: str
    visitor: Visitor
    session: Session | None = None


@dataclass(eq=False, slots=True)
class Consent:
    """What a person allowed an application."""

    scope: frozenset[str]
    given_at: int
    withdrawn_at: int | None = None

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None or self.withdrawn_at < self.given_at


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorization request that was found good: what the application may obtain of it."""

    application: Application
    response_type: str
    scope: frozenset[str]
    nonce: str
    state: str
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    hinted: Person | None = None
    pushed: "Pushed | None" = None

    @property
    def words(self) -> frozenset[str]:
        return frozenset(self.response_type.split(" "))


@dataclass(eq=False, slots=True)
class Pushed:
    """A pushed authorization request and the reference it is known by."""

    reference: str
    asked: Asked
    expires_at: int
    used: bool = False


@dataclass(eq=False, slots=True)
class Journey:
    """What a browser has to go through before it may return to the application.

    `page` is the last one shown of it, to the holder of the session `shown_to` if the browser was signed in.
    """

    browser: Browser
    asked: Asked
    page: Page
    expires_at: int
    shown_to: Session | None = None
    address: str = ""
    signed_in: Session | None = None
    consented: bool = False
    denied: bool = False
    over: bool = False


@dataclass(eq=False, slots=True)
class Grant:
    """What a person allowed an application at one time: a code, and all that came of it."""

    application: Application
    person: Person
    session: Session | None
    scope: frozenset[str]
    authenticated_at: int
    created_at: int
    nonce: str | None = None
    code: str | None = None
    code_expires_at: int = 0
    redeemed: bool = False
    revoked: bool = False

    @property
    def offline(self) -> bool:
        """Whether it outlives the session it came of; a device has none of its own (RFC 8628)."""
        return self.session is None or "offline_access" in self.scope


@dataclass(eq=False, slots=True)
class Access:
    """An access token; without a grant, of an application that acts for itself."""

    secret: str
    application: Application
    grant: Grant | None
    scope: frozenset[str]
    issued_at: int
    expires_at: int
    revoked: bool = False


@dataclass(eq=False, slots=True)
class Refresh:
    """A refresh token, and the one that followed it."""

    secret: str
    grant: Grant
    expires_at: int
    used_at: int | None = None
    successor: "Refresh | None" = None


@dataclass(eq=False, slots=True)
class Identity:
    """An ID token that was told to an application, and the key that signed it."""

    token: str
    grant: Grant
    kid: str
    expires_at: int


@dataclass(eq=False, slots=True)
class Device:
    """A device that waits for its owner. `decided` is what the owner said."""

    application: Application
    device_code: str
    address: str
    scope: frozenset[str]
    expires_at: int
    polled_at: int | None = None
    decided: bool | None = None
    grant: Grant | None = None
    used: bool = False


@dataclass(eq=False, slots=True)
class Question:
    """The page that asks the holder of a session whether a device may be let in, left open in a browser."""

    browser: Browser
    device: Device
    page: Page
    shown_to: Session | None


@dataclass(eq=False, slots=True)
class World:
    """Everything that was seen to happen. Of what is listed, the last comes last."""

    now: int
    people: list[Person] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    consents: dict[tuple[str, str], Consent] = field(default_factory=dict)
    pushed: list[Pushed] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    refreshes: list[Refresh] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    mistaken: int = 0
    """Passwords refused so far: past a few, the provider rightly makes people wait."""

    @property
    def codes(self) -> list[Grant]:
        return [grant for grant in self.grants if grant.code is not None]

    def application(self, name: str) -> Application:
        return next(each for each in self.applications if each.name == name)
