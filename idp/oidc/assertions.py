"""Client assertions, `private_key_jwt`: RFC 7523 section 3, OpenID Connect Core 1.0 section 9.

The algorithm is the one registered, or any asymmetric one when none is; a lifetime of more than five minutes is
refused, so that a `jti` need not be kept longer.
"""

from sqlalchemy import Connection

from clients.client import Client
from idp.oidc import store
from idp.web.endpoint import Call
from keys import claims as registered
from keys import jose
from keys.encoding import decode, read_object
from keys.errors import BadClaims, BadKeySet, BadToken
from keys.peers import PeerKeys

LONGEST_LIFE = 300
LEEWAY = 30
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_LONGEST_JTI = 255


def subject(assertion: str) -> str:
    """The client an assertion claims to be, unproved: only to find which keys to check it with."""
    try:
        claimed = read_object(decode(assertion.split(".")[1])).get("sub")
    except (BadToken, IndexError):
        return ""
    return claimed if isinstance(claimed, str) else ""


def accept(connection: Connection, call: Call, client: Client, assertion: str) -> bool:
    """Whether the assertion was signed by the client, for us, recently, and is seen for the first time."""
    if client.jwks is None:
        return False
    algorithms = (client.token_endpoint_auth_signing_alg,) if client.token_endpoint_auth_signing_alg else ALGORITHMS
    issuer = call.provider.settings.issuer
    expected = registered.Expected(
        issuer=client.client_id,
        audiences=frozenset({issuer, f"{issuer}/token"}),
        required=("exp", "sub", "jti"),
        leeway=LEEWAY,
        longest_life=LONGEST_LIFE + LEEWAY,
    )
    try:
        keys = PeerKeys.parse(client.jwks)
        claims = jose.verify(assertion, keys, algorithms=algorithms, typ=("JWT", "client-authentication+jwt"))
        registered.check(claims, expected, call.now)
    except (BadToken, BadClaims, BadKeySet):
        return False
    jti, expires_at = claims["jti"], claims["exp"]
    if claims["sub"] != client.client_id or not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        return False
    return isinstance(expires_at, int | float) and store.spend_assertion(
        connection, client.client_id, jti, int(expires_at) + LEEWAY
    )
