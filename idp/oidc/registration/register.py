"""The client registration endpoint: RFC 7591 section 3, OpenID Connect Dynamic Client Registration 1.0 section 3.

The caller is counted and its token looked at; then the network is asked for the sector document, if there is one; then
one transaction spends the token and registers. Nothing is fetched for a caller who was not admitted, and a token is not
spent by a document that is refused.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients import registry
from clients.client import Client
from clients.registry import Issued
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, issue
from idp.oidc.registration import admission, documents, initial_access, sectors
from idp.oidc.registration.errors import NotAllowed, not_authorized
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document on registration, where applications may register themselves."""
    settings = provider.settings
    return {} if settings.registration.mode == "closed" else {"registration_endpoint": f"{settings.issuer}/register"}


async def register(call: Call) -> Response:
    """`POST /register`: 201 with everything that was registered, and the only sight of its secret and its token."""
    provider = call.provider
    if provider.settings.registration.mode == "closed":
        raise NotAllowed("applications are registered by the operators of this provider")
    initial = documents.presented(call, Kind.INITIAL_TOKEN) if provider.settings.registration.mode == "token" else None
    await provider.database.alone(admission.count, call)
    if initial is not None and not await provider.database.read(initial_access.serves, initial, call.now):
        raise not_authorized(presented=True)
    client_id = registry.new_id(provider.randomness.token_bytes)
    client = documents.judge(provider, documents.read(call), client_id, call.now)
    await sectors.check(provider, client)
    issued, token = await provider.database.transaction(_register, call, client, initial)
    return JSONResponse(documents.answer(provider, issued.client, token, issued.secret), 201, headers=PRIVATE)


def _register(connection: Connection, call: Call, client: Client, initial: str | None) -> tuple[Issued, str]:
    provider = call.provider
    spent = initial_access.use(connection, initial, call.now) if initial is not None else None
    if initial is not None and spent is None:
        raise not_authorized(presented=True)
    token = issue(Kind.REGISTRATION_TOKEN, provider.randomness)
    issued = registry.register(
        connection,
        client,
        now=call.now,
        random_bytes=provider.randomness.token_bytes,
        seal=provider.seal,
        manager=digest(token),
    )
    audit.record(
        connection,
        Event.CLIENT_REGISTERED,
        at=call.now,
        client_id=client.client_id,
        address=call.address,
        by="itself",
        initial_token=spent,
    )
    return issued, token
