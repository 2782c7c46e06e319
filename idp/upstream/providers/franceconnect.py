"""FranceConnect version 2 (eIDAS low) and FranceConnect+, as a service provider meets them.

Two traps decide the defaults. Its authorization endpoint answers any parameter it does not know by a dead end (its
error Y030007), PKCE included although discovery announces S256. And its user information is a signed JWT, never JSON.
"""

from dataclasses import replace

from idp.foundation.settings import Upstream
from idp.upstream.providers import generic
from idp.upstream.registration import Registration

_PATHS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "end_session_endpoint": "/session/end",
}
CLAIMS = frozenset(
    {
        "given_name",
        "given_name_array",
        "family_name",
        "preferred_username",
        "gender",
        "birthdate",
        "idp_birthdate",
        "birthplace",
        "birthcountry",
        "email",
    }
)


def registration(upstream: Upstream) -> Registration:
    """Our registration: addresses pinned under the issuer, `iss` required in every answer, a level always asked."""
    return replace(
        generic.registration(upstream),
        label=upstream.label or "FranceConnect",
        signed_userinfo=upstream.userinfo != "json",
        pkce=upstream.pkce == "always",
        issuer_in_response=True,
        endpoints={name: upstream.issuer + path for name, path in _PATHS.items()},
        claims=CLAIMS,
    )
