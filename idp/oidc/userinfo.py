"""The userinfo endpoint: OpenID Connect Core 1.0 section 5.3."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import encryption, store
from idp.oidc.bearer import bearer_token
from idp.oidc.claims import Reader, for_userinfo
from idp.oidc.errors import InsufficientScope, InvalidToken
from idp.oidc.id_token import announced_signatures
from idp.people import store as people
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE
from keys import jose


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on how claims are told."""
    return {
        "userinfo_endpoint": f"{provider.settings.issuer}/userinfo",
        "userinfo_signing_alg_values_supported": list(announced_signatures(provider)),
        **encryption.announced("userinfo"),
    }


async def userinfo(call: Call) -> Response:
    """`GET` and `POST /userinfo`: the claims as JSON, or as the signed, encrypted JWT that the client registered."""
    client, claims = await call.provider.database.read(_answer, call, bearer_token(call))
    if client.userinfo_signed_response_alg is None and client.userinfo_encrypted_response_alg is None:
        return JSONResponse(claims, headers=PRIVATE)
    provider = call.provider
    content = _content(provider, client, claims, call.now)
    await encryption.prepare(provider, client.client_id, call.now)
    alg, enc = client.userinfo_encrypted_response_alg, client.userinfo_encrypted_response_enc
    told = encryption.encrypted(provider, client, content, alg, enc, call.now)
    return Response(told, media_type="application/jwt", headers=PRIVATE)


def _content(provider: Provider, client: Client, claims: Mapping[str, Any], now: int) -> str:
    """The claims signed, with whose they are and for whom; bare where an encryption alone was registered (5.3.2)."""
    if client.userinfo_signed_response_alg is None:
        return json.dumps(claims)
    key = provider.keys_in_use().signing_key(client.userinfo_signed_response_alg)
    signed = {**claims, "iss": provider.settings.issuer, "aud": client.client_id, "iat": now}
    return jose.sign(key, signed, typ="JWT")


def _answer(connection: Connection, call: Call, secret: str) -> tuple[Client, dict[str, Any]]:
    token = store.find_token(connection, secret, call.now)
    if token is None or token.kind != "access" or not token.alive:
        raise InvalidToken("the access token is unknown, expired or revoked")
    if token.audience and call.provider.settings.issuer not in token.audience:
        raise InvalidToken("the access token is for another resource")
    client = call.provider.clients.client(connection, token.client_id, call.now)
    if client is None or client.suspended:
        raise InvalidToken("the access token is unknown, expired or revoked")
    scope = client.may_ask(" ".join(token.scope))  # what was taken back since is told no more
    if token.grant is None or "openid" not in scope:
        raise InsufficientScope("the access token has no openid scope", "openid")
    person = people.find(connection, token.grant.person_id)
    if person is None:
        raise InvalidToken("the access token is unknown, expired or revoked")
    reader = Reader(call.provider, client, token.grant, call.now)
    return client, for_userinfo(connection, reader, person, scope)
