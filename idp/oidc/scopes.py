"""The scopes, the claims each one gives, and what a client may obtain of them.

OpenID Connect Core 1.0 section 5.4, and FranceConnect's scopes of a single claim, so that an application written for
FranceConnect can point here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import verified_claims_request

SCOPES: Mapping[str, tuple[str, ...]] = {
    "openid": ("sub",),
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "address": ("address",),
    "given_name": ("given_name",),
    "family_name": ("family_name",),
    "birthdate": ("birthdate",),
    "gender": ("gender",),
    "birthplace": ("birthplace",),
    "birthcountry": ("birthcountry",),
    "preferred_username": ("preferred_username",),
    "profile_type": ("profile_type",),
    "organization": ("organization",),
    "offline_access": (),
}
CLAIMS = tuple(dict.fromkeys(claim for claims in SCOPES.values() for claim in claims))


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on what an application may be told."""
    return {
        "scopes_supported": list(SCOPES),
        "claims_supported": ["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", *CLAIMS],
        "claim_types_supported": ["normal"],
    }


def claims_of(scopes: Iterable[str]) -> frozenset[str]:
    """Every claim that scopes give."""
    return frozenset(claim for scope in scopes for claim in SCOPES.get(scope, ()))


def asked_claims(claims: Mapping[str, object], place: str) -> tuple[str, ...]:
    """The claims asked one by one for a place, `userinfo` or `id_token` (section 5.5)."""
    asked = claims.get(place)
    return tuple(asked) if isinstance(asked, Mapping) else ()


def covering(client: Client, scopes: Iterable[str], claims: Mapping[str, object]) -> tuple[str, ...]:
    """What a person is asked to allow: the scopes, and a scope of the client's for each claim asked alone.

    That a provider has verified some of them is one more thing to allow, under the name of the claim that tells it.
    """
    asked = list(scopes)
    held = [scope for scope in SCOPES if scope in client.scope.split()]
    verified = verified_claims_request.names(claims) & claims_of(held)
    for name in (*asked_claims(claims, "userinfo"), *asked_claims(claims, "id_token"), *sorted(verified)):
        if name not in claims_of(asked):
            asked += [scope for scope in held if name in SCOPES[scope]][:1]
    return (*asked, verified_claims_request.MEMBER) if verified else tuple(asked)
