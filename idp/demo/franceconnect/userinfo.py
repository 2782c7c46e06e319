"""The userinfo endpoint of the simulation: a signed JWT, by GET only (OpenID Connect Core section 5.3.2)."""

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.franceconnect.claims import released, subject
from idp.demo.franceconnect.memory import TOKEN_SECONDS
from idp.demo.franceconnect.platform import Platform, oauth_error
from keys import jose


async def userinfo(platform: Platform, request: Request) -> Response:
    """The identity behind an access token, signed for the service that holds it."""
    scheme, _, access_token = request.headers.get("authorization", "").partition(" ")
    now = platform.now()
    granted = platform.memory.tokens.get(access_token) if scheme.lower() == "bearer" else None
    service = platform.configuration.service(granted.client_id) if granted else None
    if granted is None or service is None:
        return oauth_error("invalid_token", "invalid token provided", "Y04C5D6E", 401)
    claims = {
        **released(granted.identity, granted.scopes),
        "sub": subject(granted.identity, service.entity, platform.configuration.subject_salt),
        "iss": platform.issuer,
        "aud": service.client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
    }
    signed = jose.sign(platform.keys().signing_key(service.signing_algorithm), claims, typ="JWT")
    return Response(signed, media_type="application/jwt", headers={"Cache-Control": "no-store"})
