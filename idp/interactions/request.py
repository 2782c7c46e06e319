"""What an application asked for: validated once at the door, frozen, and the only thing read afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """An authentication request (OpenID Connect Core 1.0 section 3.1.2.1) whose client and redirect URI are proved.

    `scope` holds only what the client may ask. `max_age` is in seconds. `hinted_person` is the person that a valid
    `id_token_hint`, or the `claims` parameter, names. `claims` is that parameter (section 5.5), as `oidc` keeps it.
    `ui_locales` are the languages wished for. `asks` is what the person is asked to allow: the scopes, and those that
    the single claims belong to. `resources` are the interfaces that access tokens are wanted for (RFC 8707), none when
    the application names none. `pushed_id` tells the pushed request it came by, which is spent as the answer leaves.
    """

    client_id: str
    redirect_uri: str
    scope: tuple[str, ...]
    response_type: str = "code"
    response_mode: str = "query"
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    login_hint: str | None = None
    ui_locales: str | None = None
    hinted_person: str | None = None
    acr_values: tuple[str, ...] = ()
    claims: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    asks: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    pushed_id: str | None = None

    def words(self) -> frozenset[str]:
        """What the answer is to hold: `code`, `token`, `id_token`, those that the response type names."""
        return frozenset(self.response_type.split(" "))

    def essential_acr(self) -> tuple[str, ...]:
        """The levels of which one is required (section 5.5.1.1); empty when none is."""
        asked = (self.claims.get("id_token") or {}).get("acr") or {}
        if not asked.get("essential"):
            return ()
        return tuple(asked.get("values") or ([asked["value"]] if "value" in asked else ()))

    def wanted_acr(self) -> tuple[str, ...]:
        """The levels that the application would rather have: those it requires, else those it wishes for."""
        return self.essential_acr() or self.acr_values

    def to_json(self) -> dict[str, Any]:
        """What is stored while the journey lasts."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in values.items()
            if value or value == 0
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The request as it was stored."""
        members: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**members)
