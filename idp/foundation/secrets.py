"""Random values, what they look like, and what of them is stored.

Every secret carries the prefix of its kind, so that a leak scanner recognises it and one kind is never accepted for
another. A secret of high entropy is stored as its SHA-256; a short one (an SMS code, an address to throttle) as a keyed
digest, since a plain one could be guessed from a copy of the database.
"""

import base64
import hashlib
import hmac
import random
import secrets
from enum import StrEnum
from typing import Protocol


class Randomness(Protocol):
    """A source of unpredictable bytes."""

    def token_bytes(self, count: int, /) -> bytes: ...


class SystemRandomness:
    """The operating system's generator."""

    def token_bytes(self, count: int, /) -> bytes:
        return secrets.token_bytes(count)


class SeededRandomness:
    """A reproducible source, for tests only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - reproducible on purpose, for tests

    def token_bytes(self, count: int, /) -> bytes:
        return self._random.randbytes(count)


class Kind(StrEnum):
    """The kinds of secret, by prefix."""

    ACCESS_TOKEN = "lpat"
    REFRESH_TOKEN = "lprt"
    CODE = "lpac"
    SESSION = "lpss"
    LINK = "lpln"
    BROWSER = "lpbr"
    STATE = "lpst"
    PUSHED_REQUEST = "lppr"
    DEVICE_CODE = "lpdc"
    CLIENT_SECRET = "lpcs"
    REGISTRATION_TOKEN = "lprg"
    INITIAL_TOKEN = "lpia"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def issue(kind: Kind, randomness: Randomness) -> str:
    """A new secret of 256 bits: the kind's prefix, an underscore and 43 characters safe in a URL."""
    return f"{kind.value}_{_text(randomness.token_bytes(32))}"


def is_of(kind: Kind, secret: str) -> bool:
    """Whether a presented value has the form of that kind. Saves a look-up; proves nothing."""
    return len(secret) == len(kind.value) + 44 and secret.startswith(f"{kind.value}_")


def digest(secret: str) -> str:
    """What is stored of a secret of high entropy: its SHA-256 in 43 characters."""
    return _text(hashlib.sha256(secret.encode()).digest())


def new_id(randomness: Randomness) -> str:
    """An opaque identifier of 128 bits in 22 characters, which no command line takes for an option."""
    while (drawn := _text(randomness.token_bytes(16))).startswith("-"):
        pass
    return drawn


def digits(randomness: Randomness, count: int) -> str:
    """A code of decimal digits, every value equally likely."""
    bound = 10**count
    ceiling = (1 << 64) - (1 << 64) % bound
    while (drawn := int.from_bytes(randomness.token_bytes(8))) >= ceiling:
        pass
    return str(drawn % bound).zfill(count)


class Pepper:
    """A server key for digests of what could be guessed (codes of six digits, addresses, identifiers)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, purpose: str, value: str) -> str:
        """The keyed digest of `value` in 43 characters; two purposes never give the same one."""
        return _text(hmac.digest(self._key, f"{purpose}\0{value}".encode(), "sha256"))
