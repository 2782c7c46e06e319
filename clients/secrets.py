"""The shared secrets of applications: made here, kept as digests, several valid while one replaces another.

A secret made here has 256 bits of entropy, so one round of SHA-256 is enough at rest and costs nothing on a hot path;
RFC 6749 section 10.10 asks for guessing to be impracticable, RFC 9700 section 2.5 for nothing stored in clear.

`client_secret_jwt` alone needs the secret itself, to compute what the application computed: for those applications it
is kept sealed as well (docs/decisions/0009).
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from keys.sealing import Seal

PREFIX = "lpcs_"
MIN_LENGTH = 16
MAX_LENGTH = 256


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret of a client, as a digest. `expires_at` (seconds, UTC) is None until another one replaces it.

    `sealed` is the secret under the operator's key, for a client that authenticates by `client_secret_jwt` only.
    """

    digest: str
    created_at: int
    expires_at: int | None = None
    sealed: str | None = None

    def valid_at(self, now: int) -> bool:
        """Whether the secret may still be used; its last second is the one before `expires_at`."""
        return self.expires_at is None or now < self.expires_at


def issue(random_bytes: Callable[[int], bytes]) -> str:
    """Return a new secret: a prefix by which scanners of leaked files know it, and 256 random bits."""
    return PREFIX + _base64url(random_bytes(32))


def digest(secret: str) -> str:
    """Return what is stored in place of a secret: its SHA-256, base64url without padding (43 characters)."""
    return _base64url(sha256(secret.encode("utf-8", "surrogatepass")).digest())


def seal_up(seal: Seal, client_id: str, secret: str) -> str:
    """Return a secret sealed for this client: it opens for no other row and no other use."""
    return seal.seal(_purpose(client_id), secret.encode("utf-8"))


def reveal(seal: Seal, client_id: str, secrets: Iterable[Secret], now: int) -> tuple[bytes, ...]:
    """Return the secrets valid at `now` that were sealed, in UTF-8 as an HMAC takes them (OpenID Connect Core 10.1).

    Raises `SealBroken` when they were sealed under another key.
    """
    sealed = (secret.sealed for secret in secrets if secret.valid_at(now))
    return tuple(seal.open(_purpose(client_id), text) for text in sealed if text is not None)


def reseal(seal: Seal, renewed: Seal, client_id: str, sealed: str) -> str:
    """Return the same secret sealed by `renewed`. Raises `SealBroken` when `seal` does not open it."""
    return renewed.seal(_purpose(client_id), seal.open(_purpose(client_id), sealed))


def refusals(secret: str) -> tuple[str, ...]:
    """Return why a secret chosen by an operator is refused, in English ASCII; nothing when it is acceptable."""
    found = []
    if not MIN_LENGTH <= len(secret) <= MAX_LENGTH:
        found.append(f"must have between {MIN_LENGTH} and {MAX_LENGTH} characters")
    if not (secret.isascii() and secret.isprintable()) or " " in secret:
        found.append("must be made of visible ASCII characters (RFC 6749 appendix A.2)")
    return tuple(found)


def matches(secrets: Iterable[Secret], presented: str | None, now: int) -> bool:
    """Whether what an application presented is one of its secrets valid at `now`.

    Every valid secret is compared, in constant time, so that the answer's delay says nothing of which one matched.
    """
    if not presented or len(presented) > MAX_LENGTH or not presented.strip():
        return False
    candidate = digest(presented)
    found = False
    for secret in secrets:
        found |= secret.valid_at(now) and compare_digest(secret.digest, candidate)
    return found


def _purpose(client_id: str) -> str:
    return f"client secret {client_id}"


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
