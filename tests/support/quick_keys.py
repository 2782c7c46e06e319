"""Keys that are quick to make, for tests about a ring and not about RSA."""

from keys.algorithms import ALGORITHMS
from keys.jwk import Jwk
from keys.ring import Key, Stage


def quick_key(alg: str, now: int, stage: Stage) -> Key:
    """A new key of the ring; an Ed25519 key stands in for the RSA ones, so it signs only where it need not verify."""
    jwk = Jwk.generate("ES256" if alg == "ES256" else "EdDSA")
    return Key(jwk.thumbprint(), ALGORITHMS[alg].use, alg, stage, now, now, jwk)
