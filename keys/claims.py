"""What the registered claims of a verified token must say (RFC 7519 §4.1, OpenID Connect Core §3.1.3.7).

A claim that is absent is wrong, never "not applicable", and no claim relaxes the check of another.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256, sha512

from keys.encoding import encode
from keys.errors import BadClaims

__all__ = [
    "BadClaims",
    "ClaimMissing",
    "Expected",
    "LifetimeTooLong",
    "TokenExpired",
    "TokenNotYetValid",
    "WrongAudience",
    "WrongIssuer",
    "check",
    "half_hash",
]

_HALF_HASHES = {"RS256": sha256, "PS256": sha256, "ES256": sha256, "EdDSA": sha512}


class ClaimMissing(BadClaims):
    """A required claim is absent, or not of its type."""


class WrongIssuer(BadClaims):
    """``iss`` is not the issuer expected."""


class WrongAudience(BadClaims):
    """``aud`` or ``azp`` says that the token was meant for someone else."""


class TokenExpired(BadClaims):
    """``exp`` has passed."""


class TokenNotYetValid(BadClaims):
    """``nbf`` or ``iat`` lies in the future."""


class LifetimeTooLong(BadClaims):
    """``exp`` lies further away than is accepted."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to say to be meant for us, now. Durations in seconds.

    ``audiences`` are the names the reader goes by: ``aud`` must hold one of them. Any other name in ``aud`` is refused,
    unless ``authorized_party`` is given and ``azp`` equals it (an ID token issued to one client and shown to others).
    ``required`` adds claims that must be present. ``longest_life`` bounds how far ahead ``exp`` may lie.
    ``accept_expired`` is for the one token that proves a past fact, ``id_token_hint`` (RP-Initiated Logout §2).
    """

    issuer: str
    audiences: frozenset[str]
    authorized_party: str | None = None
    required: Collection[str] = ("exp",)
    leeway: int = 30
    longest_life: int | None = None
    accept_expired: bool = False


def check(claims: Mapping[str, object], expected: Expected, now: int) -> None:
    """Raise the fitting ``BadClaims`` unless ``claims`` are as ``expected`` at ``now`` (UTC epoch seconds)."""
    for name in expected.required:
        if name not in claims:
            raise ClaimMissing(f"{name} is missing")
    if claims.get("iss") != expected.issuer:
        raise WrongIssuer("iss is not the issuer expected")
    _check_audience(claims, expected)
    _check_times(claims, expected, now)


def _check_audience(claims: Mapping[str, object], expected: Expected) -> None:
    given = claims.get("aud")
    audiences = [given] if isinstance(given, str) else given
    if not isinstance(audiences, list) or not all(isinstance(name, str) for name in audiences):
        raise WrongAudience("aud is missing or is no list of names")
    if not expected.audiences.intersection(audiences):
        raise WrongAudience("aud does not name us")
    party = claims.get("azp")
    if party is not None and expected.authorized_party is not None and party != expected.authorized_party:
        raise WrongAudience("azp names someone else")
    if not expected.audiences.issuperset(audiences) and (party is None or party != expected.authorized_party):
        raise WrongAudience("aud names others besides us")


def _check_times(claims: Mapping[str, object], expected: Expected, now: int) -> None:
    expiry = _time(claims, "exp")
    if expiry is not None and expected.longest_life is not None and expiry > now + expected.longest_life:
        raise LifetimeTooLong("exp lies too far ahead")
    if expiry is not None and not expected.accept_expired and now >= expiry + expected.leeway:
        raise TokenExpired("exp has passed")
    for name in ("nbf", "iat"):
        start = _time(claims, name)
        if start is not None and start > now + expected.leeway:
            raise TokenNotYetValid(f"{name} lies in the future")


def _time(claims: Mapping[str, object], name: str) -> float | None:
    """Read a NumericDate (RFC 7519 §2): a finite number; true and false are none. A whole number may be of any size."""
    value = claims.get(name)
    if name not in claims:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise ClaimMissing(f"{name} is not a time")


def half_hash(text: str, alg: str) -> str:
    """Return the ``at_hash``, ``c_hash`` or ``s_hash`` of ``text`` for an ID token signed under ``alg``.

    The left half of the hash that ``alg`` uses, in base64url (OpenID Connect Core §3.1.3.6). Raises ``ValueError`` for
    an algorithm outside the table: a check that cannot be made must not pass.
    """
    hashed = _HALF_HASHES.get(alg)
    if hashed is None:
        raise ValueError("no hash is known for this algorithm")
    digest = hashed(text.encode()).digest()
    return encode(digest[: len(digest) // 2])
