"""Reading the bearer token of a request: RFC 6750 sections 2.1 and 2.2. Never from a query (RFC 9700 section 4.3.2)."""

from idp.oidc.access_token import may_be
from idp.oidc.errors import BearerRefused, InvalidToken
from idp.web.endpoint import Call


def bearer_token(call: Call) -> str:
    """The access token presented, in the header or the form. Raises `InvalidToken`, `BearerRefused` for several."""
    header = call.headers.get("authorization")
    presented = [token for token in call.form.all("access_token") if token]
    if header is not None:
        scheme, _, token = header.partition(" ")
        presented += [token.strip()] if scheme.lower() == "bearer" else []
    if not presented:
        raise InvalidToken("no access token", presented=False)
    if len(presented) > 1:
        raise BearerRefused("invalid_request", "the access token is presented more than once")
    if not may_be(presented[0]):
        raise InvalidToken("the access token is unknown, expired or revoked")
    return presented[0]
