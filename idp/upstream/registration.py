"""Our registration at an upstream provider: what was agreed there, with nothing left to guess."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from idp.interactions import levels
from idp.sessions.session import UPSTREAM_ACR
from idp.upstream.faults import Untrusted


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
        return levels.accepted(self.acr_values, self.acr_order)

    def asking(self, wanted: Collection[str]) -> Self:
        """The same, asking only those of our levels that an application wants, if there is one: it wants no less."""
        narrowed = tuple(level for level in self.acr_values if level in wanted)
        return replace(self, acr_values=narrowed) if narrowed else self

    def level(self, acr: object) -> str:
        """The level attested. Raises `Untrusted` below what is required; an unknown one, where none is, is no level."""
        attested = acr if isinstance(acr, str) else ""
        if not self.acr_values:
            return attested if attested in self.acr_order else UPSTREAM_ACR
        if attested not in self.accepted_levels:
            raise Untrusted("acr is not a level that we accept")
        return attested
