"""Our registration at an upstream provider: what was agreed there, with nothing left to guess."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idp.upstream.faults import Untrusted

NO_LEVEL = "urn:laissez-passer:acr:upstream"
"""The level of a sign-in by an upstream that attests none we know."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What we know of an upstream before it says anything.

    `acr_values` are asked, lowest first in `acr_order`; the least of them is required. `endpoints`, when given, are the
    only addresses accepted, by metadata name; otherwise those of discovery count, if they stand on one of `origins`.
    `claims` is the closed list of what is kept of an identity. `signed_userinfo`: plain JSON is refused.
    """

    name: str
    kind: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...]
    acr_values: tuple[str, ...]
    acr_order: tuple[str, ...]
    algorithm: str
    signed_userinfo: bool
    pkce: bool
    basic_authentication: bool
    issuer_in_response: bool
    endpoints: Mapping[str, str] | None
    origins: tuple[str, ...]
    claims: frozenset[str]
    ends_its_session: bool

    @property
    def accepted_levels(self) -> frozenset[str]:
        """The levels we asked for and those above the least of them: an upstream may authenticate higher than asked."""
        asked = [self.acr_order.index(level) for level in self.acr_values if level in self.acr_order]
        return frozenset(self.acr_values).union(self.acr_order[min(asked, default=len(self.acr_order)) :])

    def level(self, acr: object) -> str:
        """The level attested. Raises `Untrusted` below what is required; an unknown one, where none is, is no level."""
        attested = acr if isinstance(acr, str) else ""
        if not self.acr_values:
            return attested if attested in self.acr_order else NO_LEVEL
        if attested not in self.accepted_levels:
            raise Untrusted("acr is not a level that we accept")
        return attested
