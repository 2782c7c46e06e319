"""The `claims` parameter: what an application asks one by one (OpenID Connect Core 1.0 section 5.5).

Of what is written only what we act on is kept: the names of claims we know, and of each the members that section 5.5.1
defines; `verified_claims` is read apart. A member of another type is refused rather than guessed at.
"""

from collections.abc import Mapping
from typing import Any

from idp.foundation.provider import Provider
from idp.oidc import verified_claims_request
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.scopes import CLAIMS
from idp.oidc.verified_claims_request import MEMBER
from keys.encoding import read_object
from keys.errors import BadToken

PLACES = ("userinfo", "id_token")
KNOWN = frozenset({*CLAIMS, "acr"})
LONGEST = 4_096
_BINDING = frozenset({"acr", "sub"})
"""The claims whose values decide who may be answered for (sections 3.1.2.2 and 5.5.1.1); both are texts."""


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document on the `claims` parameter."""
    return {"claims_parameter_supported": True}


def parse(written: str | None) -> dict[str, dict[str, Any]]:
    """`{"userinfo": {name: None | members}, "id_token": …}`, without the empty ones. Raises `AuthorizationRefused`."""
    if written is None:
        return {}
    try:
        document = read_object(written.encode() if len(written) <= LONGEST else b"")
        places = {place: _claims(document.get(place)) for place in PLACES}
    except BadToken:
        raise AuthorizationRefused("invalid_request", "claims is not a valid claims request") from None
    return {place: asked for place, asked in places.items() if asked}


def expected_subject(claims: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The only person the application accepts, when it names one as `sub` of the ID token (section 3.1.2.2)."""
    wish = claims.get("id_token", {}).get("sub") or {}
    value = wish.get("value")
    return value if isinstance(value, str) else None


def _claims(asked: object) -> dict[str, Any]:
    if asked is None:
        return {}
    if not isinstance(asked, dict):
        raise BadToken("not an object of claims")
    wishes = {name: _wish(name, wish) for name, wish in asked.items() if name != MEMBER}
    known = {name: wish for name, wish in wishes.items() if name in KNOWN}
    verified = verified_claims_request.parse(asked.get(MEMBER))
    return {**known, MEMBER: verified} if verified else known


def _wish(name: str, wish: object) -> dict[str, Any] | None:
    """One claim's members; None asks for it in the default manner. Of values, only those that bind us are kept."""
    if wish is None:
        return None
    if not isinstance(wish, dict):
        raise BadToken("neither null nor an object")
    kept: dict[str, Any] = {}
    if "essential" in wish:
        kept["essential"] = _of_type(bool, wish["essential"])
    values = _of_type(list, wish["values"]) if "values" in wish else []
    if name in _BINDING:
        if values:
            kept["values"] = [_of_type(str, value) for value in values]
        if "value" in wish:
            kept["value"] = _of_type(str, wish["value"])
    return kept or None


def _of_type(kind: type, value: object) -> Any:
    if not isinstance(value, kind):
        raise BadToken("a member of another type than specified")
    return value
