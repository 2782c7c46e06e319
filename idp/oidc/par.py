"""Pushed authorization requests: RFC 9126. The request is judged here, kept, and named by a reference of one use."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from starlette.responses import JSONResponse, Response

from clients.client import Client
from idp.foundation.errors import BadRequest
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, issue, new_id
from idp.foundation.texts import text
from idp.interactions import arrivals
from idp.interactions.arrivals import Arrival
from idp.interactions.request import AuthorizationRequest
from idp.oidc import client_keys, request_objects
from idp.oidc.authentication import authenticate, prepare, shows_secret
from idp.oidc.errors import OAuthProblem, invalid_request
from idp.oidc.request import recipient, validate
from idp.oidc.tables import pushed_requests
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE

PREFIX = "urn:ietf:params:oauth:request_uri:"

_ADD = insert(pushed_requests)
_FIND = select(pushed_requests.c.id, pushed_requests.c.request).where(
    pushed_requests.c.reference_digest == bindparam("reference"),
    pushed_requests.c.client_id == bindparam("client"),
    pushed_requests.c.used_at.is_(None),
    pushed_requests.c.expires_at > bindparam("now"),
)
_USE = (
    update(pushed_requests)
    .where(pushed_requests.c.id == bindparam("pushed"), pushed_requests.c.used_at.is_(None))
    .values(used_at=bindparam("now"))
)


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on pushed requests (section 5)."""
    return {
        "pushed_authorization_request_endpoint": f"{provider.settings.issuer}/par",
        "require_pushed_authorization_requests": False,
    }


async def push(call: Call) -> Response:
    """`POST /par`: 201 with the reference and its life in seconds (section 2.2)."""
    await prepare(call)
    database = call.provider.database
    # what a secret proves costs one statement, the request itself: no transaction is needed around it
    pushed = await (database.alone(_push, call) if shows_secret(call) else database.transaction(_push, call))
    reference, expires_in = pushed
    return JSONResponse({"request_uri": reference, "expires_in": expires_in}, 201, headers=PRIVATE)


def _push(connection: Connection, call: Call) -> tuple[str, int]:
    client = authenticate(connection, call)
    if "request_uri" in call.form:
        raise invalid_request("request_uri has no place in a pushed request")
    if client.public:
        arrivals.count(connection, call, Arrival.PUSHED_REQUEST)
    request = _judged(connection, call, client)
    secret = issue(Kind.PUSHED_REQUEST, call.provider.randomness)
    life = call.provider.settings.lifetimes.pushed_request
    connection.execute(
        _ADD,
        {
            "id": new_id(call.provider.randomness),
            "reference_digest": digest(secret),
            "client_id": client.client_id,
            "request": request.to_json(),
            "expires_at": call.now + life,
        },
    )
    return f"{PREFIX}{secret}", life


def _judged(connection: Connection, call: Call, client: Client) -> AuthorizationRequest:
    """The request as the authorization endpoint would judge it; what is a page there is JSON here."""
    keys = client_keys.known(call.provider, client, call.now)
    sent = request_objects.unpack(call.form, client, keys, call.provider, call.now)
    try:
        to = recipient(sent, client)
    except BadRequest as refused:
        raise invalid_request(refused.code) from None
    return validate(connection, sent, to, call.provider)


def find(connection: Connection, request_uri: str, client_id: str, now: int) -> AuthorizationRequest:
    """The request that a reference names, for the client that pushed it, while it lives and until it is used.

    Raises `BadRequest`, shown on a page: what is behind a bad reference is unknown, so nobody can be told.
    """
    values = {"reference": digest(request_uri.removeprefix(PREFIX)), "client": client_id, "now": now}
    row = connection.execute(_FIND, values).one_or_none()
    if row is None:
        raise BadRequest(
            "invalid_request_uri", text("Cette demande a expiré ou a déjà servi. Reprenez depuis votre service.")
        )
    return AuthorizationRequest.from_json({**row.request, "pushed_id": row.id})


def use(connection: Connection, request: AuthorizationRequest, now: int) -> None:
    """Spend the reference a request came by, as its answer leaves (section 7.3). Raises `OAuthProblem`."""
    if request.pushed_id is None:
        return
    if connection.execute(_USE, {"pushed": request.pushed_id, "now": now}).rowcount == 0:
        raise OAuthProblem("invalid_request_uri", "the pushed request was used before")
