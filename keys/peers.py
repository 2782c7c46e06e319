"""The keys a peer publishes (an upstream provider, or an application that signs): read, refuse, choose.

A JWK Set (RFC 7517 §5) comes from someone else: its size and number of keys are bounded, and one that shows a private
or symmetric key is refused whole, because whoever published it has lost control of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from keys.algorithms import ALGORITHMS
from keys.encoding import read_object
from keys.errors import BadKey, BadKeySet, BadToken, UnknownKey
from keys.jose import choose
from keys.jwk import CURVES, Jwk

__all__ = ["BadKeySet", "PeerKey", "PeerKeys", "UnknownKey"]

LARGEST_SET = 65_536
MOST_KEYS = 50
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
_OPERATIONS = {"verify": "sig", "encrypt": "enc", "wrapKey": "enc", "deriveKey": "enc", "deriveBits": "enc"}


@dataclass(frozen=True, slots=True)
class PeerKey:
    """One published key. ``kid``, ``use`` and ``alg`` are None where the peer does not say."""

    kid: str | None
    use: str | None
    alg: str | None
    jwk: Jwk


@dataclass(frozen=True, slots=True)
class PeerKeys:
    """The keys of a peer that we can use; never empty."""

    keys: tuple[PeerKey, ...]

    @classmethod
    def read(cls, document: bytes) -> Self:
        """Read a fetched JWK Set of at most 64 KiB; raise ``BadKeySet``."""
        if len(document) > LARGEST_SET:
            raise BadKeySet("the key set is too large")
        try:
            return cls.parse(read_object(document))
        except BadToken:
            raise BadKeySet("the key set is not a JSON object") from None

    @classmethod
    def parse(cls, jwks: Mapping[str, object]) -> Self:
        """Read a JWK Set. Keys of a type, curve, use or algorithm unknown here are passed over (RFC 7517 §5).

        Raises ``BadKeySet`` when a key is private, symmetric, malformed or too weak, when there are more than 50, or
        when none is left: an empty set must never replace a good one.
        """
        entries = jwks.get("keys")
        if not isinstance(entries, list):
            raise BadKeySet("keys is missing or is not a list")
        if len(entries) > MOST_KEYS:
            raise BadKeySet("too many keys")
        keys = tuple(key for key in map(_read_key, entries) if key is not None)
        if not keys:
            raise BadKeySet("no usable key")
        return cls(keys)

    def __iter__(self) -> Iterator[PeerKey]:
        return iter(self.keys)

    def choose(self, kid: str | None, alg: str) -> PeerKey:
        """Return the key that bears ``kid`` and serves ``alg``; without ``kid``, the only one that serves ``alg``.

        Raises ``UnknownKey`` when there is none (the set may be older than the token), ``BadToken`` when several would
        do.
        """
        return choose(self.keys, kid, alg)

    def for_encryption(self, alg: str) -> PeerKey:
        """Return the first key that others may encrypt to under ``alg``; raise ``UnknownKey`` when there is none."""
        for key in self.keys:
            if key.use in (None, "enc") and key.alg in (None, alg) and key.jwk.fits(alg):
                return key
        raise UnknownKey("no key to encrypt to")


def _read_key(entry: object) -> PeerKey | None:
    if not isinstance(entry, Mapping):
        raise BadKeySet("a key is not an object")
    if entry.get("kty") == "oct" or _PRIVATE_MEMBERS & entry.keys():
        raise BadKeySet("a private or symmetric key is published")
    alg, use = entry.get("alg"), _use(entry)
    if not _known(entry, alg) or use not in (None, "sig", "enc"):
        return None
    kid = entry.get("kid")
    if kid is not None and not (isinstance(kid, str) and kid):
        raise BadKeySet("a kid is not text")
    try:
        return PeerKey(kid, use, alg, Jwk.from_public(entry))
    except BadKey as problem:
        raise BadKeySet(str(problem)) from None


def _known(entry: Mapping[str, object], alg: object) -> bool:
    kty, crv = entry.get("kty"), entry.get("crv")
    known_key = kty == "RSA" or (isinstance(kty, str) and isinstance(crv, str) and crv in CURVES.get(kty, ()))
    return known_key and (alg is None or (isinstance(alg, str) and alg in ALGORITHMS))


def _use(entry: Mapping[str, object]) -> str | None:
    """Read ``use``, or what ``key_ops`` says instead (RFC 7517 §4.3); operations we never ask of a peer's key give a
    use that serves nothing."""
    if "use" in entry:
        return str(entry["use"])
    operations = entry.get("key_ops")
    if not isinstance(operations, list):
        return None
    uses = [_OPERATIONS[name] for name in operations if isinstance(name, str) and name in _OPERATIONS]
    return uses[0] if uses else "other"
