"""The token and revocation endpoints of the simulation (RFC 6749 section 4.1.3, RFC 7009), for `client_secret_post`."""

import hmac
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.franceconnect.claims import METHODS, subject
from idp.demo.franceconnect.memory import TOKEN_SECONDS, Granted
from idp.demo.franceconnect.parameters import Pairs, pairs
from idp.demo.franceconnect.platform import Platform, body, json, oauth_error
from idp.demo.franceconnect.registration import SERVED_LEVEL, ServiceProvider
from keys import jose


async def token(platform: Platform, request: Request) -> Response:
    """Exchange a code for an access token and an ID token, both good for 60 seconds."""
    fields = await _form(request)
    if fields is None:
        return oauth_error("invalid_request", "the body is not a well-formed form", "Y04A1B2C")
    service = _authenticated(platform, fields)
    if service is None:
        return oauth_error("invalid_client", "client authentication failed", "Y0434A7B", 401)
    if fields.get("grant_type") != "authorization_code":
        return oauth_error("unsupported_grant_type", "unsupported grant_type requested", "Y049A1C4")
    if missing := [name for name in ("code", "redirect_uri") if not fields.get(name)]:
        return oauth_error("invalid_request", f"missing required parameter(s): {', '.join(missing)}", "Y04A1B2C")
    now = platform.now()
    granted = platform.memory.redeem(fields["code"], now)
    if granted is None or (granted.client_id, granted.redirect_uri) != (service.client_id, fields["redirect_uri"]):
        return oauth_error("invalid_grant", "grant request is invalid", "Y049E20B")
    access_token = platform.opaque()
    platform.memory.tokens[access_token] = replace(granted, expires_at=now + TOKEN_SECONDS)
    platform.memory.redeemed[fields["code"]] = access_token
    return json(
        {
            "access_token": access_token,
            "expires_in": TOKEN_SECONDS,
            "id_token": _id_token(platform, service, granted, now),
            "scope": " ".join(granted.scopes),
            "token_type": "Bearer",
        }
    )


async def revoke(platform: Platform, request: Request) -> Response:
    """Revoke an access token. The body holds exactly `token`, `client_id` and `client_secret`."""
    fields = await _form(request)
    if fields is None or fields.keys() != {"token", "client_id", "client_secret"}:
        return oauth_error("invalid_request", "the body must hold token, client_id and client_secret only", "Y000400")
    service = _authenticated(platform, fields)
    if service is None:
        return oauth_error("invalid_client", "client authentication failed", "Y0434A7B", 401)
    granted = platform.memory.tokens.get(fields["token"])
    if granted and granted.client_id == service.client_id:
        del platform.memory.tokens[fields["token"]]
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def _id_token(platform: Platform, service: ServiceProvider, granted: Granted, now: int) -> str:
    """The ID token: who, at what level, when; never a claim about the civil identity."""
    claims: dict[str, object] = {
        "iss": platform.issuer,
        "aud": service.client_id,
        "sub": subject(granted.identity, service.entity, platform.configuration.subject_salt),
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "auth_time": granted.authenticated_at,
        "nonce": granted.nonce,
        "acr": SERVED_LEVEL,
    }
    if granted.wants_amr:
        claims["amr"] = list(METHODS)
    return jose.sign(platform.keys().signing_key(service.signing_algorithm), claims, typ="JWT")


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of the form, or None when it cannot be read or doubles a field."""
    try:
        sent: Pairs = pairs(await body(request))
    except ValueError:
        return None
    fields = dict(sent)
    return fields if len(fields) == len(sent) else None


def _authenticated(platform: Platform, fields: dict[str, str]) -> ServiceProvider | None:
    """The service whose identifier and secret stand in the form."""
    service = platform.configuration.service(fields.get("client_id", ""))
    if service is None:
        return None
    presented = fields.get("client_secret", "").encode()
    return service if hmac.compare_digest(presented, service.client_secret.encode()) else None
