"""What FranceConnect keeps about each service provider, and about itself."""

from dataclasses import dataclass, field

from idp.demo.franceconnect.claims import SCOPES

LEVELS = ("eidas1", "eidas2", "eidas3")
"""The levels of eIDAS that FranceConnect names, lowest first."""

SERVED_LEVEL = "eidas1"


@dataclass(frozen=True, slots=True)
class ServiceProvider:
    """One registration. `entity_id` groups the clients of one organisation: they receive the same subjects."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    entity_id: str = ""
    signing_algorithm: str = "ES256"
    scopes: frozenset[str] = field(default=frozenset(SCOPES))
    may_ask_amr: bool = True
    idp_hints: tuple[str, ...] = ()
    skips_information_page: bool = False

    @property
    def entity(self) -> str:
        """The organisation's identifier, by default the client's own."""
        return self.entity_id or self.client_id


@dataclass(frozen=True, slots=True)
class Configuration:
    """The platform: its issuer (ending in `/api/v2`), its registrations, the secret that salts its subjects."""

    issuer: str
    services: tuple[ServiceProvider, ...]
    subject_salt: str = "simulation"

    def service(self, client_id: str) -> ServiceProvider | None:
        """The registration of this client, if any."""
        return next((service for service in self.services if service.client_id == client_id), None)
