"""The metadata document: OpenID Connect Discovery 1.0 section 3, RFC 8414.

Each part of the provider announces itself, from what it really accepts; one more specification is one more line here.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from idp.foundation.errors import Unavailable
from idp.foundation.provider import Provider
from idp.oidc import (
    authorize,
    claims_request,
    device,
    id_token,
    introspection,
    logout,
    par,
    pkce,
    references,
    request,
    request_objects,
    response_types,
    responses,
    revocation,
    scopes,
    session_management,
    subjects,
    token,
    userinfo,
    verified_claims,
)
from idp.oidc.registration import register
from idp.web.endpoint import Call
from idp.web.headers import ALWAYS
from keys.errors import SealBroken

PUBLIC = {
    **ALWAYS,
    "Cache-Control": "public, max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

PARTS: tuple[Callable[[Provider], Mapping[str, Any]], ...] = (
    authorize.announced,
    response_types.announced,
    responses.announced,
    request.announced,
    request_objects.announced,
    references.announced,
    par.announced,
    pkce.announced,
    claims_request.announced,
    scopes.announced,
    subjects.announced,
    verified_claims.announced,
    token.announced,
    id_token.announced,
    userinfo.announced,
    introspection.announced,
    revocation.announced,
    device.announced,
    register.announced,
    logout.announced,
    session_management.announced,
)


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
    document: dict[str, Any] = {"issuer": issuer, "jwks_uri": f"{issuer}/jwks"}
    for announced in PARTS:
        document.update(announced(provider))
    return document
