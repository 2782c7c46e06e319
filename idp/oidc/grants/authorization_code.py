"""The authorization code grant: RFC 6749 section 4.1.3, RFC 7636 section 4.6, OpenID Connect Core 1.0 section 3.1.3."""

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of
from idp.oidc import pkce, store
from idp.oidc.errors import Replayed, invalid_grant, invalid_request
from idp.oidc.grant import Grant
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.grants.person import tokens_for
from idp.oidc.tokens import first_refresh


def exchange(connection: Connection, provider: Provider, request: TokenRequest) -> Members:
    """Redeem a code, once. A code that comes back revokes everything it gave (RFC 6749 section 4.1.2)."""
    code, client = request.form.get("code"), request.client
    if code is None:
        raise invalid_request("code is missing")
    grant = store.redeem(connection, code, client.client_id, request.now) if is_of(Kind.CODE, code) else None
    if grant is None:
        raise _refused(connection, code, request)
    _check_redirect_uri(request, grant)
    pkce.check(request.form.get("code_verifier"), grant.code_challenge)
    refresh = first_refresh(provider, client, request.now)
    return tokens_for(connection, provider, request, grant, refresh, grant.scope)


def _refused(connection: Connection, code: str, request: TokenRequest) -> Exception:
    grant_id = store.used_grant(connection, code)
    if grant_id is None:
        return invalid_grant("the code is unknown, expired or not for this client")
    if store.revoke_grant(connection, grant_id, request.now):
        audit.record(
            connection,
            Event.CODE_REPLAYED,
            at=request.now,
            client_id=request.client.client_id,
            address=request.address,
            grant=grant_id,
        )
    return Replayed("the code was used before")


def _check_redirect_uri(request: TokenRequest, grant: Grant) -> None:
    if request.form.get("redirect_uri") != grant.redirect_uri:
        raise invalid_grant("redirect_uri is not the one of the authorization request")
