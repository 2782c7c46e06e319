"""The metadata document: OpenID Connect Discovery 1.0 section 3, RFC 8414. Computed from what is really accepted."""

import contextlib
from typing import Any

from starlette.responses import JSONResponse, Response

from idp.foundation.errors import Unavailable
from idp.foundation.provider import Provider
from idp.foundation.texts import LANGUAGES
from idp.oidc import (
    authentication,
    encryption,
    introspection,
    pkce,
    request,
    request_objects,
    response_types,
    session_management,
    subjects,
    verified_claims,
)
from idp.oidc.assertions import ALGORITHMS
from idp.oidc.scopes import CLAIMS, SCOPES
from idp.oidc.token import GRANTS
from idp.sessions.session import LOCAL_ACR
from idp.web.endpoint import Call
from idp.web.headers import ALWAYS
from keys.errors import SealBroken

PUBLIC = {
    **ALWAYS,
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def metadata(call: Call) -> Response:
    """`GET /.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`."""
    return JSONResponse(document(call.provider), headers=PUBLIC)


async def jwks(call: Call) -> Response:
    """`GET /jwks`: the public keys (RFC 7517 section 5), as they are now: an operator may just have changed them."""
    with contextlib.suppress(Unavailable, SealBroken):
        await call.provider.refresh_ring()
    return JSONResponse(call.provider.keys_in_use().published(), headers=PUBLIC)


def document(provider: Provider) -> dict[str, Any]:
    """What this provider accepts and where."""
    issuer = provider.settings.issuer
    signing = list(provider.keys_in_use().algorithms())
    levels = [LOCAL_ACR, *(acr for upstream in provider.settings.upstreams for acr in upstream.acr_values)]
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "end_session_endpoint": f"{issuer}/logout",
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        **session_management.announced(provider.settings),
        "device_authorization_endpoint": f"{issuer}/device",
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        **({} if provider.settings.registration.mode == "closed" else {"registration_endpoint": f"{issuer}/register"}),
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": list(response_types.supported(provider.settings)),
        "response_modes_supported": list(response_types.MODES),
        "grant_types_supported": [*GRANTS, *(["implicit"] if provider.settings.front_channel else [])],
        "subject_types_supported": list(subjects.TYPES),
        "scopes_supported": list(SCOPES),
        "claims_supported": ["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", *CLAIMS],
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": True,
        **verified_claims.announced(provider.settings),
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": list(request_objects.signing_algorithms(provider)),
        "request_object_encryption_alg_values_supported": list(request_objects.ENCRYPTION),
        "request_object_encryption_enc_values_supported": list(request_objects.CONTENT),
        "require_pushed_authorization_requests": False,
        "authorization_response_iss_parameter_supported": True,
        "acr_values_supported": list(dict.fromkeys(levels)),
        "prompt_values_supported": list(request.PROMPTS),
        "display_values_supported": ["page", "popup", "touch", "wap"],
        "ui_locales_supported": list(LANGUAGES),
        "code_challenge_methods_supported": list(pkce.METHODS),
        "id_token_signing_alg_values_supported": signing,
        "userinfo_signing_alg_values_supported": signing,
        "id_token_encryption_alg_values_supported": list(encryption.KEYS),
        "id_token_encryption_enc_values_supported": list(encryption.CONTENTS),
        "userinfo_encryption_alg_values_supported": list(encryption.KEYS),
        "userinfo_encryption_enc_values_supported": list(encryption.CONTENTS),
        "token_endpoint_auth_methods_supported": list(authentication.METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(authentication.METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": list(introspection.METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
    }
