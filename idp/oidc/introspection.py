"""Token introspection: RFC 7662.

A client learns of the tokens issued to itself; one that serves an interface, of the access tokens that name it. To any
other, a token is not active, and nothing more is said (section 2.2).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import authentication, resources, store
from idp.oidc.authentication import authenticate, prepare, shows_secret
from idp.oidc.errors import InvalidClient, invalid_request
from idp.oidc.store import Token
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE

_INACTIVE: dict[str, Any] = {"active": False}


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on introspection (RFC 8414 section 2)."""
    return {
        "introspection_endpoint": f"{provider.settings.issuer}/introspect",
        **authentication.announced("introspection_endpoint", public=False),
    }


async def introspect(call: Call) -> Response:
    """`POST /introspect`: whether a token is good now, and what it is (section 2.2)."""
    await prepare(call)
    database = call.provider.database
    # what a secret proves is answered without a write: no transaction is needed around it
    answer = await (database.alone(_answer, call) if shows_secret(call) else database.transaction(_answer, call))
    return JSONResponse(answer, headers=PRIVATE)


def _answer(connection: Connection, call: Call) -> dict[str, Any]:
    client = authenticate(connection, call)
    if client.public:
        raise InvalidClient("introspection is for clients that authenticate")
    secret = call.form.get("token")
    if secret is None:
        raise invalid_request("token is missing")
    token = store.find_token(connection, secret, call.now)
    if token is None or not token.alive or not _may_learn(connection, call, client, token):
        return _INACTIVE
    if token.kind == "refresh" and token.used_at is not None:
        return _INACTIVE
    answer: dict[str, Any] = {
        "active": True,
        "iss": call.provider.settings.issuer,
        "client_id": token.client_id,
        "scope": " ".join(token.scope),
        "iat": token.issued_at,
        "exp": token.expires_at,
        "sub": token.grant.subject if token.grant else token.client_id,
    }
    if token.kind == "access":
        answer["token_type"] = "Bearer"
    if token.audience:
        answer["aud"] = list(token.audience)
    if token.grant is not None:
        answer.update(acr=token.grant.acr, auth_time=token.grant.authenticated_at)
    return answer


def _may_learn(connection: Connection, call: Call, client: Client, token: Token) -> bool:
    """Whether the token was issued to this client, or is for an interface that it serves and from a client in use."""
    if token.client_id == client.client_id:
        return True
    if not token.audience or resources.served_by(connection, client.client_id).isdisjoint(token.audience):
        return False
    issued_to = call.provider.clients.client(connection, token.client_id, call.now)
    return issued_to is not None and not issued_to.suspended
