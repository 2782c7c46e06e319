"""Applications that run in a browser: from which pages they may call us (RFC 9700 section 2.6, RFC 10017).

Such an application is a public client, and its pages are where its registered return addresses are: nothing else has
to be registered, and no other page can read what is answered to it. Asked only for requests that carry an `Origin`.
"""

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.errors import Problem
from idp.oidc import store
from idp.oidc.authentication import read_credentials
from idp.oidc.bearer import bearer_token
from idp.web.endpoint import Call


async def of_client(call: Call, origin: str) -> bool:
    """Whether this is an origin of the client that a request names, refused or not: it has to read why."""
    client = await call.provider.client(_named(call), call.now)
    return client is not None and client.may_call_from(origin)


def _named(call: Call) -> str:
    try:
        return read_credentials(call).client_id
    except Problem:
        return call.form.get("client_id") or ""


async def of_token(call: Call, origin: str) -> bool:
    """Whether this is an origin of the client that an access token was issued to, ended or revoked as it may be."""
    client = await call.provider.database.read(_holder, call, bearer_token(call))
    return client is not None and client.may_call_from(origin)


def _holder(connection: Connection, call: Call, secret: str) -> Client | None:
    token = store.find_token(connection, secret, call.now)
    return call.provider.clients.client(connection, token.client_id, call.now) if token else None
