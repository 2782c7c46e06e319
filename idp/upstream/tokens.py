"""What an upstream's ID token and user information must say (OpenID Connect Core sections 3.1.3.7 and 5.3). Pure.

Algorithm, key, issuer and audience come from our registration, never from the token; what is absent is wrong, and no
claim relaxes the check of another.
"""

import hmac
from collections.abc import Mapping

from idp.foundation.secrets import digest
from idp.upstream.faults import Untrusted
from idp.upstream.registration import Registration
from keys import claims as standard
from keys import jose
from keys.errors import BadClaims, BadToken, UnknownKey
from keys.peers import PeerKeys

SKEW_SECONDS = 60
"""How far an upstream's clock may be from ours. FranceConnect's tokens live as long: more would be too much."""
_LONGEST_SUBJECT = 255


def read_id_token(
    token: str, keys: PeerKeys, registration: Registration, *, nonce_digest: str, access_token: str, now: int
) -> dict[str, object]:
    """The claims of an ID token that answers our request. Raises `Untrusted`, or `UnknownKey` when no key has its kid.

    `nonce_digest` is what was kept of the nonce we sent. `at_hash` may be absent, and is checked when present.
    """
    expected = standard.Expected(
        issuer=registration.issuer,
        audiences=frozenset({registration.client_id}),
        authorized_party=registration.client_id,
        required=("exp", "iat", "sub", "nonce"),
        leeway=SKEW_SECONDS,
    )
    claims = _verified(token, keys, registration, expected, now)
    nonce = claims["nonce"]
    if not isinstance(nonce, str) or not hmac.compare_digest(digest(nonce), nonce_digest):
        raise Untrusted("nonce is not the one we sent")
    if "at_hash" in claims and claims["at_hash"] != standard.half_hash(access_token, registration.algorithm):
        raise Untrusted("at_hash is of another access token")
    registration.level(claims.get("acr"))
    return claims


def read_signed_userinfo(
    token: str, keys: PeerKeys, registration: Registration, *, subject: str, now: int
) -> dict[str, object]:
    """The claims of a signed user information answer about `subject`. Raises `Untrusted` or `UnknownKey`."""
    expected = standard.Expected(
        issuer=registration.issuer,
        audiences=frozenset({registration.client_id}),
        authorized_party=registration.client_id,
        required=("sub",),
        leeway=SKEW_SECONDS,
    )
    return about(_verified(token, keys, registration, expected, now), subject)


def about(claims: dict[str, object], subject: str) -> dict[str, object]:
    """The user information, if it is about the person of the ID token (OpenID Connect Core section 5.3.2)."""
    if claims.get("sub") != subject:
        raise Untrusted("user information is about another subject")
    return claims


def _verified(
    token: str, keys: PeerKeys, registration: Registration, expected: standard.Expected, now: int
) -> dict[str, object]:
    try:
        claims = jose.verify(token, keys, algorithms=(registration.algorithm,))
        standard.check(claims, expected, now)
    except UnknownKey:
        raise
    except (BadToken, BadClaims) as problem:
        raise Untrusted(str(problem)) from None
    subject_of(claims)
    return claims


def subject_of(claims: Mapping[str, object]) -> str:
    """The `sub`: an opaque, case-sensitive text of 255 characters at most. Raises `Untrusted`."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or not subject.isprintable():
        raise Untrusted("sub is not a subject identifier")
    return subject
