"""The userinfo endpoint: OpenID Connect Core 1.0 section 5.3."""

from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients.client import Client
from idp.oidc import store
from idp.oidc.bearer import bearer_token
from idp.oidc.claims import for_userinfo
from idp.oidc.errors import InsufficientScope, InvalidToken
from idp.people import store as people
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE
from keys import jose


async def userinfo(call: Call) -> Response:
    """`GET` and `POST /userinfo`: the claims as JSON, or as a signed JWT when the client registered that."""
    client, claims = await call.provider.database.read(_answer, call, bearer_token(call))
    algorithm = client.userinfo_signed_response_alg
    if algorithm is None:
        return JSONResponse(claims, headers=PRIVATE)
    signed = {**claims, "iss": call.provider.settings.issuer, "aud": client.client_id, "iat": call.now}
    jwt = jose.sign(call.provider.keys_in_use().signing_key(algorithm), signed, typ="JWT")
    return Response(jwt, media_type="application/jwt", headers=PRIVATE)


def _answer(connection: Connection, call: Call, secret: str) -> tuple[Client, dict[str, Any]]:
    token = store.find_token(connection, secret, call.now)
    if token is None or token.kind != "access" or not token.alive:
        raise InvalidToken("the access token is unknown, expired or revoked")
    if token.grant is None or "openid" not in token.scope:
        raise InsufficientScope("the access token has no openid scope", "openid")
    registered = call.provider.clients.find(connection, token.client_id, call.now)
    person = people.find(connection, token.grant.person_id)
    if registered is None or registered.client.suspended or person is None:
        raise InvalidToken("the access token is unknown, expired or revoked")
    return registered.client, for_userinfo(person, registered.client, token.grant, token.scope)
