"""The authorization code grant: RFC 6749 section 4.1.3, RFC 7636 section 4.6, OpenID Connect Core 1.0 section 3.1.3."""

from sqlalchemy import Connection

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of
from idp.oidc import pkce, store
from idp.oidc.claims import Reader, for_id_token
from idp.oidc.errors import Replayed, invalid_grant, invalid_request
from idp.oidc.grant import Grant
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.id_token import token_response
from idp.oidc.targets import Allowed, target
from idp.oidc.tokens import Bearer, first_refresh, issue_tokens


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
    aimed = target(connection, provider, client, request.form, Allowed(grant.scope, grant.resources))
    bearer = Bearer(client, grant.scope, aimed, grant)
    line = request.line("authorization_code", grant)
    issued = issue_tokens(connection, provider, bearer, first_refresh(provider, client, request.now), line)
    extra = for_id_token(connection, Reader(provider, client, grant, request.now))
    if grant.nonce is not None:
        extra["nonce"] = grant.nonce
    return token_response(provider, client, grant, issued, request.now, extra=extra)


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
