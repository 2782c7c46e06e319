"""What the simulation publishes about itself: its metadata (OpenID Connect Discovery 1.0) and its public keys."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from idp.demo.franceconnect.claims import SCOPES
from idp.demo.franceconnect.platform import Platform
from idp.demo.franceconnect.registration import SERVED_LEVEL

_CACHED = {"Cache-Control": "public, max-age=600"}
_ALGORITHMS = ["HS256", "ES256", "RS256"]


async def metadata(platform: Platform, _request: Request) -> Response:
    """The discovery document. Like FranceConnect's, it announces S256 although the authorize filter refuses PKCE."""
    issuer = platform.issuer
    claims = sorted({claim for released in SCOPES.values() for claim in released} | {"sub"})
    return JSONResponse(
        {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
            "end_session_endpoint": f"{issuer}/session/end",
            "revocation_endpoint": f"{issuer}/token/revocation",
            "acr_values_supported": [SERVED_LEVEL],
            "authorization_response_iss_parameter_supported": True,
            "claim_types_supported": ["normal"],
            "claims_parameter_supported": True,
            "claims_supported": claims,
            "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": ["authorization_code"],
            "id_token_signing_alg_values_supported": _ALGORITHMS,
            "response_modes_supported": ["query"],
            "response_types_supported": ["code"],
            "scopes_supported": list(SCOPES),
            "subject_types_supported": ["pairwise"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "userinfo_signing_alg_values_supported": _ALGORITHMS,
        },
        headers=_CACHED,
    )


async def jwks(platform: Platform, _request: Request) -> Response:
    """The public keys that sign ID tokens and user information."""
    published = platform.keys().published()
    signing = [key for key in published["keys"] if key.get("use") == "sig"]
    return JSONResponse({"keys": signing}, headers=_CACHED)
