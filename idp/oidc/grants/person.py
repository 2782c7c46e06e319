"""The end of every grant that acts for a person: the tokens, and the answer that hands them over."""

from sqlalchemy import Connection

from idp.foundation.provider import Provider
from idp.oidc.claims import Reader, for_id_token
from idp.oidc.errors import OAuthProblem
from idp.oidc.grant import Grant
from idp.oidc.grants import Members, TokenRequest
from idp.oidc.id_token import token_response
from idp.oidc.targets import Allowed, target
from idp.oidc.tokens import Bearer, Refresh, issue_tokens


def tokens_for(
    connection: Connection,
    provider: Provider,
    request: TokenRequest,
    grant: Grant,
    refresh: Refresh | None,
    scope: tuple[str, ...],
) -> Members:
    """Issue what the grant allows within `scope`, for the resources that the request names (RFC 6749 section 5.1).

    What the client is no longer registered for is left out, whatever it was granted before. Raises `OAuthProblem` when
    nothing remains, `InvalidTarget`, and `AuthorizationRefused` for a resource of which no scope was granted.
    """
    client = request.client
    held = client.may_ask(" ".join(scope))
    if not held:
        raise OAuthProblem("invalid_scope", "this client may no longer ask what it was granted")
    scope = tuple(each for each in scope if each in held)
    aimed = target(connection, provider, client, request.form, Allowed(scope, grant.resources))
    issued = issue_tokens(connection, provider, Bearer(client, scope, aimed, grant), refresh, request.line(grant))
    told = for_id_token(connection, Reader(provider, client, grant, request.now))
    return token_response(provider, client, grant, issued, request.now, told=told)
