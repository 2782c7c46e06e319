"""The token endpoint: RFC 6749 section 3.2. One transaction authenticates, consumes, issues and records."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients.policy import DEVICE_GRANT
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.oidc import authentication, encryption
from idp.oidc.authentication import authenticate, prepare, read_credentials, shows_secret
from idp.oidc.errors import OAuthProblem, invalid_request
from idp.oidc.grants import (
    GrantStep,
    Members,
    TokenRequest,
    authorization_code,
    client_credentials,
    device_code,
    refresh_token,
)
from idp.web.endpoint import Call
from idp.web.headers import TOKENS

GRANTS: Mapping[str, GrantStep] = {
    "authorization_code": authorization_code.exchange,
    "refresh_token": refresh_token.exchange,
    "client_credentials": client_credentials.exchange,
    DEVICE_GRANT: device_code.exchange,
}


def grant_types(settings: Settings) -> tuple[str, ...]:
    """The grants served; `implicit` is not of this endpoint, but is registered and announced among them."""
    return (*GRANTS, "implicit") if settings.front_channel else tuple(GRANTS)


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on where tokens are obtained, and for what."""
    return {
        "token_endpoint": f"{provider.settings.issuer}/token",
        "grant_types_supported": list(grant_types(provider.settings)),
        **authentication.announced("token_endpoint"),
    }


async def token(call: Call) -> Response:
    """`POST /token`."""
    await prepare(call)
    await encryption.prepare(call.provider, read_credentials(call).client_id, call.now)
    database = call.provider.database
    # an application that asks for itself, by its secret, costs one statement: no transaction is needed around it
    single = call.form.get("grant_type") == "client_credentials" and shows_secret(call)
    members = await (database.alone(_issue, call) if single else database.transaction(_issue, call))
    return JSONResponse(members, headers=TOKENS)


def _issue(connection: Connection, call: Call) -> Members:
    client = authenticate(connection, call)
    asked = call.form.get("grant_type")
    if asked is None:
        raise invalid_request("grant_type is missing")
    step = GRANTS.get(asked)
    if step is None:
        raise OAuthProblem("unsupported_grant_type", "grant_type is not supported")
    if not client.allows_grant(asked):
        raise OAuthProblem("unauthorized_client", "this client is not registered for this grant_type")
    kind = asked.rpartition(":")[-1]
    return step(connection, call.provider, TokenRequest(client, call.form, call.address, call.now, kind))
