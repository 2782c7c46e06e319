"""Client assertions, `private_key_jwt` and `client_secret_jwt`: RFC 7523 section 3, OpenID Connect Core 1.0 section 9.

The algorithm is the one registered, or any asymmetric one when none is; HS256 is for `client_secret_jwt` and for
nothing else. Its audience is the issuer, the token endpoint or the endpoint that is asked (RFC 9126 section 2). A
lifetime of more than five minutes is refused, so that a `jti` need not be kept longer.
"""

import logging

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from clients.client import Client
from clients.registry import Registered
from idp.foundation.secrets import digest
from idp.oidc import client_keys
from idp.oidc.tables import assertions
from idp.web.endpoint import Call
from keys import claims as registered_claims
from keys import jose
from keys.encoding import decode, read_object
from keys.errors import BadClaims, BadToken, SealBroken

log = logging.getLogger(__name__)

LONGEST_LIFE = 300
LEEWAY = 30
SIGNATURES = ("RS256", "PS256", "ES256", "EdDSA")
ALGORITHMS = (*SIGNATURES, jose.SHARED_ALGORITHM)
_TYPES = ("JWT", "client-authentication+jwt")
_LONGEST_JTI = 255
_ADD = insert(assertions)


def subject(assertion: str) -> str:
    """The client an assertion claims to be, unproved: only to find which keys to check it with."""
    claimed = _unproved(assertion).get("sub")
    return claimed if isinstance(claimed, str) else ""


def method(assertion: str) -> str:
    """The authentication method an assertion is of, by its algorithm; it counts only if the client registered it."""
    return "client_secret_jwt" if _header(assertion).get("alg") == jose.SHARED_ALGORITHM else "private_key_jwt"


def is_plausible(call: Call, client: Client, assertion: str) -> bool:
    """Whether an assertion says all it should, its signature unchecked: worth reading the client's keys for."""
    try:
        registered_claims.check(_unproved(assertion), _expected(call, client), call.now)
    except BadClaims:
        return False
    return _header(assertion).get("alg") in _algorithms(client)


def key_id(assertion: str) -> str | None:
    """The key an assertion names, unproved."""
    kid = _header(assertion).get("kid")
    return kid if isinstance(kid, str) else None


def accept(connection: Connection, call: Call, registered: Registered, assertion: str) -> bool:
    """Whether the assertion was made by the client, for us, recently, and is seen for the first time."""
    client = registered.client
    try:
        claims = _proved(call, registered, assertion)
        registered_claims.check(claims, _expected(call, client), call.now)
    except (BadToken, BadClaims):
        return False
    jti, expires_at = claims["jti"], claims["exp"]
    if claims["sub"] != client.client_id or not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        return False
    return isinstance(expires_at, int | float) and _spend(connection, client, jti, int(expires_at) + LEEWAY)


def _spend(connection: Connection, client: Client, jti: str, expires_at: int) -> bool:
    """Keep the `jti`; False when it was used before (RFC 7523 section 3)."""
    row = {"client_id": client.client_id, "jti_digest": digest(jti), "expires_at": expires_at}
    try:
        with connection.begin_nested():
            connection.execute(_ADD, row)
    except IntegrityError:
        return False
    return True


def _proved(call: Call, registered: Registered, assertion: str) -> dict[str, object]:
    client, provider = registered.client, call.provider
    if not client.signs_with_secret:
        keys = client_keys.known(provider, client, call.now) or ()
        return jose.verify(assertion, keys, algorithms=_algorithms(client), typ=_TYPES)
    try:
        secrets = registered.shared_keys(provider.seal, call.now)
    except SealBroken:
        log.warning("the secret of the client %s was sealed under another secret key", client.client_id)
        raise BadToken("no secret to verify with") from None
    return jose.verify_shared(assertion, secrets, typ=_TYPES)


def _algorithms(client: Client) -> tuple[str, ...]:
    return (client.token_endpoint_auth_signing_alg,) if client.token_endpoint_auth_signing_alg else SIGNATURES


def _expected(call: Call, client: Client) -> registered_claims.Expected:
    issuer = call.provider.settings.issuer
    return registered_claims.Expected(
        issuer=client.client_id,
        audiences=frozenset({issuer, f"{issuer}/token", f"{issuer}{call.path}"}),
        required=("exp", "sub", "jti"),
        leeway=LEEWAY,
        longest_life=LONGEST_LIFE + LEEWAY,
    )


def _header(assertion: str) -> dict[str, object]:
    try:
        return jose.peek(assertion, longest=jose.LONGEST_SIGNED)
    except BadToken:
        return {}


def _unproved(assertion: str) -> dict[str, object]:
    try:
        return read_object(decode(assertion.split(".")[1]))
    except (BadToken, IndexError):
        return {}
