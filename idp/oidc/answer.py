"""The parameters of a successful authorization answer, by response type: OpenID Connect Core 1.0 sections 3.1.2.5,
3.2.2.5 and 3.3.2.5."""

from sqlalchemy import Connection

from clients.client import Client
from idp.interactions.request import AuthorizationRequest
from idp.oidc.claims import Reader, for_id_token, of_scopes
from idp.oidc.grants import TokenRequest
from idp.oidc.id_token import access_members, id_token
from idp.oidc.targets import Allowed, target
from idp.oidc.tokens import Bearer, Granted, issue_tokens
from idp.web.endpoint import Call
from idp.web.parameters import NONE


def answer(
    connection: Connection, call: Call, client: Client, request: AuthorizationRequest, granted: Granted
) -> dict[str, str]:
    """The code, the access token, the ID token: those that the response type names."""
    words = request.words()
    grant, provider = granted.grant, call.provider
    parameters: dict[str, str] = {}
    beside: dict[str, str] = {}
    if granted.code is not None:
        parameters["code"] = beside["c_hash"] = granted.code
    if "token" in words:
        aimed = target(connection, provider, client, NONE, Allowed(grant.scope, grant.resources))
        line = TokenRequest(client, NONE, call.address, call.now, "implicit").line(grant)
        issued = issue_tokens(connection, provider, Bearer(client, grant.scope, aimed, grant), None, line)
        parameters.update({name: str(value) for name, value in access_members(issued).items()})
        beside["at_hash"] = issued.access_token
    if "id_token" in words:
        told = for_id_token(connection, Reader(provider, client, grant, call.now))
        if words == {"id_token"}:
            # no access token will ever be there to ask at userinfo (section 5.4)
            told = {**of_scopes(connection, grant), **told}
        if request.state is not None:
            beside["s_hash"] = request.state
        parameters["id_token"] = id_token(provider, client, grant, call.now, beside, told)
    return parameters
