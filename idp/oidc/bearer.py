"""Reading the bearer token of a request: RFC 6750 sections 2.1 and 2.2. Never from a query (RFC 9700 section 4.3.2)."""

from idp.foundation.secrets import Kind, is_of
from idp.oidc.errors import InvalidToken, invalid_request
from idp.web.endpoint import Call


def bearer_token(call: Call) -> str:
    """The access token presented, in the header or the form. Raises `InvalidToken`, or `OAuthProblem` for several."""
    header = call.headers.get("authorization")
    in_form = call.form.get("access_token")
    if header is not None and in_form is not None:
        raise invalid_request("the access token is presented twice")
    if header is None and in_form is None:
        raise InvalidToken("no access token", presented=False)
    token = in_form or ""
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            raise InvalidToken("no access token", presented=False)
    if not is_of(Kind.ACCESS_TOKEN, token.strip()):
        raise InvalidToken("the access token is unknown, expired or revoked")
    return token.strip()
