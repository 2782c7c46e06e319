"""The settings, typed, in sections, validated at start: on nonsense the process refuses to start and names the key.

Each comes from the environment (`IDP_ISSUER`, `IDP_BRAND_NAME`) or from a TOML file (`issuer`, `[brand] name`), the
environment first. Every key is documented in docs/operators/settings.md.
"""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from idp.foundation.database import PoolLimits
from idp.foundation.hashing import HashCost
from keys.ring import SIGNING_HELD

DAY = 86_400
PROFILES = ("citoyen", "entreprise", "association")
DELETION_WARNINGS = (60 * DAY, 7 * DAY)
"""How long before an account that nobody uses is erased its holder is warned, twice."""


@dataclass(frozen=True, slots=True)
class Brand:
    """The authority as people see it. Colours are checked for contrast at start (WCAG 2.2, 1.4.3)."""

    name: str = "Ma collectivité"
    sms_name: str = ""
    home_url: str = ""
    logo_file: str = ""
    colour: str = "#1f5f5b"
    accent: str = "#b4531a"
    contact_email: str = ""
    contact_phone: str = ""
    contact_address: str = ""
    dpo_contact: str = ""
    publisher: str = ""
    host: str = ""
    benefits: tuple[str, ...] = ()
    audit_date: str = ""
    audit_rate: int = 0
    auditor: str = ""

    @property
    def logo_url(self) -> str | None:
        """Where pages find the logo: a file of the authority's, served by us so that no browser is sent elsewhere."""
        return "/logo" if self.logo_file else None


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things live, in seconds."""

    code: int = 60
    access_token: int = 600
    id_token: int = 600
    refresh_token: int = 30 * DAY
    refresh_grace: int = 10
    session_idle: int = 2 * 3600
    session: int = 12 * 3600
    interaction: int = DAY
    pushed_request: int = 60
    device_code: int = 600
    activation_code: int = 900
    activation_link: int = DAY
    recovery_link: int = 3600
    address_undo: int = 7 * DAY
    pending_account: int = 7 * DAY
    inactive_account: int = 730 * DAY
    logout_notice: int = 3600
    audit: int = 365 * DAY
    exact_address: int = 182 * DAY
    agreement_proof: int = 5 * 365 * DAY

    @property
    def inactive_months(self) -> int:
        """How long an account may stay unused, as people are told."""
        return self.inactive_account // (30 * DAY)


@dataclass(frozen=True, slots=True)
class Keys:
    """What the provider signs with. An algorithm left out has no key, and no application can ask for it."""

    signing: tuple[str, ...] = SIGNING_HELD


@dataclass(frozen=True, slots=True)
class SignIn:
    """What one address may do in ten minutes, by all who share it: passwords tried, journeys begun."""

    per_address: int = 300
    journeys_per_address: int = 1_200


@dataclass(frozen=True, slots=True)
class SignUp:
    """What is asked of a new person."""

    profiles: tuple[str, ...] = PROFILES
    minimum_age: int = 15
    title_required: bool = False
    ask_address: bool = False
    ask_vat: bool = False
    password_length: int = 8
    terms_version: str = "2026-11"
    privacy_version: str = "2026-11"
    sms_countries: tuple[str, ...] = ("FR", "GP", "GF", "MQ", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF")


@dataclass(frozen=True, slots=True)
class Mail:
    """How e-mails leave. `url` is smtps://, smtp+starttls:// or, to this machine only, smtp://.

    `plain_allowed` accepts smtp:// to another machine, for a relay on a network of its own.
    """

    url: str = field(default="", repr=False)
    sender: str = ""
    sender_name: str = ""
    plain_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Sms:
    """How text messages leave: the address of an HTTP gateway (docs/operators/sms.md)."""

    url: str = field(default="", repr=False)
    sender: str = ""
    daily_budget: int = 2_000


@dataclass(frozen=True, slots=True)
class Recovery:
    """How a person who forgot the password comes back. `sms_alone`: a code by SMS is enough, even with a proved e-mail.

    ANSSI (authentication guide, R8) advises against SMS as a factor; without this setting it serves those only who
    have no other way back.
    """

    sms_alone: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """Whether applications may register themselves, and as what (docs/operators/registration.md).

    `closed`: none; `token`: whoever holds an initial access token; `open`: anybody. `scopes` is what they may ask at
    most, everything when it is empty. `per_hour` counts requests from one address. `require_pkce` is about those
    that authenticate; nothing but a test of conformance has a reason to spare public ones (RFC 9700 section 2.1.1),
    nor to let tokens of the front channel go to `localhost`.
    """

    mode: Literal["closed", "token", "open"] = "closed"
    require_pkce: bool = True
    require_pkce_of_public: bool = True
    localhost: bool = False
    scopes: tuple[str, ...] = ()
    per_hour: int = 20
    statement_keys_file: str = ""
    statement_required: bool = False


@dataclass(frozen=True, slots=True)
class Upstream:
    """Another identity provider people may come from. `name` is in the URLs and in `#upstream-NAME`.

    `by_kind`: what suits the kind. FranceConnect refuses PKCE and signs its user information; other providers take PKCE
    and answer JSON. `endpoint_hosts` names the hosts, besides the issuer's, on which its addresses may stand.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    kind: Literal["franceconnect", "proconnect", "oidc"] = "oidc"
    label: str = ""
    scopes: tuple[str, ...] = ("openid",)
    acr_values: tuple[str, ...] = ()
    acr_order: tuple[str, ...] = ()
    signing_algorithm: Literal["ES256", "RS256", "PS256", "EdDSA"] = "ES256"
    userinfo: Literal["by_kind", "signed", "json"] = "by_kind"
    pkce: Literal["by_kind", "always", "never"] = "by_kind"
    token_auth: Literal["client_secret_post", "client_secret_basic"] = "client_secret_post"
    endpoint_hosts: tuple[str, ...] = ()
    logout: bool = True

    @property
    def vouches_civil_status(self) -> bool:
        """Whether what it says of a person is their civil status: FranceConnect alone checks the register."""
        return self.kind == "franceconnect"

    @property
    def origins(self) -> tuple[str, ...]:
        """Where its addresses may stand, and so where our forms may lead: scheme and host."""
        issuer = urlsplit(self.issuer)
        return (f"{issuer.scheme}://{issuer.netloc}", *(f"https://{host}" for host in self.endpoint_hosts))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ from one installation to another."""

    issuer: str
    database_url: str
    secret_key: str = field(repr=False)
    trusted_proxies: tuple[str, ...] = ()
    metrics_from: tuple[str, ...] = ("127.0.0.1", "::1")
    outbound_ca_file: str = ""
    outbound_allow: tuple[str, ...] = ()
    demo: bool = False
    jobs: Literal["inside", "apart"] = "inside"
    front_channel: bool = False
    session_management: bool = False
    unsigned_request_objects: bool = False
    brand: Brand = field(default_factory=Brand)
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    keys: Keys = field(default_factory=Keys)
    signin: SignIn = field(default_factory=SignIn)
    signup: SignUp = field(default_factory=SignUp)
    mail: Mail = field(default_factory=Mail)
    sms: Sms = field(default_factory=Sms)
    recovery: Recovery = field(default_factory=Recovery)
    registration: Registration = field(default_factory=Registration)
    pool: PoolLimits = field(default_factory=PoolLimits)
    hashing: HashCost = field(default_factory=HashCost)
    upstreams: tuple[Upstream, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether the provider is reached by https, so that cookies are `Secure` and `__Host-`."""
        return self.issuer.startswith("https://")
