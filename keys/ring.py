"""The provider's own keys: a frozen set, each with its use, its algorithm and the stage it has reached.

A key is announced before it signs, so that every application has seen it; it keeps being published after it has
stopped signing, so that what it signed can still be checked; then it is withdrawn and its private half destroyed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from keys.algorithms import ALGORITHMS, SIGNATURES
from keys.errors import NoActiveKey, StageRefused
from keys.jwk import Jwk

__all__ = [
    "ALGORITHMS_HELD",
    "ENCRYPTION_HELD",
    "SIGNING_HELD",
    "Key",
    "KeyRing",
    "NoActiveKey",
    "Stage",
    "algorithms_held",
]

SIGNING_HELD = ("RS256", "ES256", "EdDSA")
ENCRYPTION_HELD = ("RSA-OAEP-256",)


def algorithms_held(signing: Iterable[str]) -> tuple[str, ...]:
    """The algorithms of a ring that signs under these: one active key for each, and one that others encrypt to."""
    return (*signing, *ENCRYPTION_HELD)


ALGORITHMS_HELD = algorithms_held(SIGNING_HELD)
"""What a ring holds unless an operator wants fewer."""

_TYPE_ORDER = ("RSA", "EC", "OKP")
"""RSA first: some applications take the first key they know, and older ones know RSA alone."""


class Stage(StrEnum):
    """Where a key stands in its life; a key only ever moves forward."""

    ANNOUNCED = "announced"
    ACTIVE = "active"
    RETIRING = "retiring"
    WITHDRAWN = "withdrawn"


_STAGES = tuple(Stage)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of ours. Times are UTC epoch seconds; ``stage_at`` is when it reached its present stage."""

    kid: str
    use: str
    alg: str
    stage: Stage
    created_at: int
    stage_at: int
    jwk: Jwk

    @classmethod
    def new(cls, alg: str, now: int, stage: Stage = Stage.ANNOUNCED) -> Self:
        """Generate a key for ``alg`` (an RSA key takes tens to hundreds of milliseconds).

        Its ``kid`` is its thumbprint (RFC 7638), so that one key never has two names nor one name two keys. It never
        begins with a dash, which a command line would take for an option.
        """
        jwk = Jwk.generate(alg)
        while jwk.thumbprint().startswith("-"):
            jwk = Jwk.generate(alg)
        return cls(jwk.thumbprint(), ALGORITHMS[alg].use, alg, stage, now, now, jwk)

    def moved(self, stage: Stage, now: int) -> Self:
        """Return this key advanced to ``stage``; raise ``StageRefused`` for a step backwards or on the spot."""
        if _STAGES.index(stage) <= _STAGES.index(self.stage):
            raise StageRefused(f"a key that is {self.stage} cannot become {stage}")
        return replace(self, stage=stage, stage_at=now)

    def published(self) -> dict[str, str]:
        """The key as applications see it (RFC 7517 §4): public members only."""
        return {**self.jwk.public_members(), "kid": self.kid, "use": self.use, "alg": self.alg}


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All the keys not yet withdrawn. ``version`` counts the changes stored; 0 is a ring never stored."""

    keys: tuple[Key, ...] = ()
    version: int = 0

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)

    def active(self, alg: str) -> Key | None:
        """The active key for ``alg``, if the ring has one."""
        return next((key for key in self.keys if key.alg == alg and key.stage is Stage.ACTIVE), None)

    def announced(self, alg: str) -> Key | None:
        """The key announced to follow the active one for ``alg``, the first of several, if there is one."""
        return next((key for key in self.keys if key.alg == alg and key.stage is Stage.ANNOUNCED), None)

    def signing_key(self, alg: str) -> Key:
        """The active key that signs under ``alg``, with the ``kid`` and ``alg`` to write; raise ``NoActiveKey``."""
        key = self.active(alg)
        if key is None or key.use != "sig":
            raise NoActiveKey(f"no active signing key for {alg}")
        return key

    def verification_keys(self) -> tuple[Key, ...]:
        """The keys whose signatures of ours are believed: those that sign or have signed, not those to come."""
        return tuple(key for key in self.keys if key.use == "sig" and key.stage in (Stage.ACTIVE, Stage.RETIRING))

    def decryption_keys(self) -> tuple[Key, ...]:
        """The keys others may have encrypted to: every published one, even just announced."""
        return tuple(key for key in self.keys if key.use == "enc" and key.stage is not Stage.WITHDRAWN)

    def by_kid(self, kid: str) -> Key | None:
        """The key that bears ``kid``, whatever its stage."""
        return next((key for key in self.keys if key.kid == kid), None)

    def algorithms(self) -> tuple[str, ...]:
        """The signature algorithms the ring can sign with now, in the order of the table."""
        return tuple(alg for alg in SIGNATURES if self.active(alg) is not None)

    def published(self) -> dict[str, list[dict[str, str]]]:
        """The JWK Set for applications (RFC 7517 §5), RSA first, and for each type the active key first."""
        order = (Stage.ACTIVE, Stage.ANNOUNCED, Stage.RETIRING)
        shown = [key for key in self.keys if key.stage in order]
        shown.sort(key=lambda key: (_TYPE_ORDER.index(key.jwk.kty), key.use != "sig", order.index(key.stage), key.kid))
        return {"keys": [key.published() for key in shown]}
