"""Token revocation: RFC 7009. A refresh token takes its whole authorization with it; an access token goes alone."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.oidc import authentication, store
from idp.oidc.authentication import authenticate, prepare
from idp.oidc.errors import invalid_request
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on revocation (RFC 8414 section 2)."""
    return {
        "revocation_endpoint": f"{provider.settings.issuer}/revoke",
        **authentication.announced("revocation_endpoint"),
    }


async def revoke(call: Call) -> Response:
    """`POST /revoke`: 200 whether or not there was anything to revoke (section 2.2)."""
    await prepare(call)
    await call.provider.database.transaction(_revoke, call)
    return Response(status_code=200, headers=PRIVATE)


def _revoke(connection: Connection, call: Call) -> None:
    client = authenticate(connection, call)
    secret = call.form.get("token")
    if secret is None:
        raise invalid_request("token is missing")
    token = store.find_token(connection, secret, call.now)
    if token is None or token.client_id != client.client_id:
        return
    if token.kind == "refresh" and token.grant is not None:
        store.revoke_grant(connection, token.grant.id, call.now)
    else:
        store.revoke_token(connection, secret, call.now)
    audit.record(
        connection,
        Event.TOKEN_REVOKED,
        at=call.now,
        person_id=token.grant.person_id if token.grant else None,
        client_id=client.client_id,
        address=call.address,
        kind=token.kind,
    )
