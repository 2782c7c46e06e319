"""The client credentials grant: RFC 6749 section 4.4. An application acts for itself: no person, no ID token."""

from sqlalchemy import Connection

from idp.foundation.provider import Provider
from idp.oidc.errors import OAuthProblem
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.id_token import access_members
from idp.oidc.scopes import SCOPES
from idp.oidc.targets import Allowed, target
from idp.oidc.tokens import Bearer, issue_tokens


def exchange(connection: Connection, provider: Provider, request: TokenRequest) -> Members:
    """Issue an access token for the client itself, within the scopes it registered that are about no person."""
    client = request.client
    if client.public:
        raise OAuthProblem("unauthorized_client", "a public client proves nothing of itself")
    held = [scope for scope in client.scope.split() if scope not in SCOPES]
    asked = (request.form.get("scope") or "").split() or held
    if not set(asked) <= set(held):
        raise OAuthProblem("invalid_scope", "scope exceeds what this client may ask for itself")
    scope = tuple(asked)
    aimed = target(connection, provider, client, request.form, Allowed(scope))
    issued = issue_tokens(connection, provider, Bearer(client, scope, aimed), None, request.line())
    return access_members(issued)
