"""Secrets at rest: authenticated encryption under the secret that lives outside the database.

AES-256-GCM (NIST SP 800-38D) under a key derived by HKDF-SHA256 (RFC 5869) from the operator's secret. The purpose is
authenticated with the text, so that what was sealed for one use, or for one row, opens for no other. The text begins
with the version of its format.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.encoding import decode, encode
from keys.errors import SealBroken, WeakSecret

__all__ = ["Seal", "SealBroken", "WeakSecret"]

_VERSION = "s1."
_LEAST_SECRET = 32
_NONCE = 12


class Seal:
    """Seals and opens small secrets under one operator's secret."""

    __slots__ = ("_cipher",)

    def __init__(self, secret: bytes) -> None:
        """Derive the sealing key from ``secret`` (at least 32 bytes); raise ``WeakSecret`` when it is shorter."""
        if len(secret) < _LEAST_SECRET:
            raise WeakSecret(f"the secret key must be at least {_LEAST_SECRET} bytes long")
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"laissez-passer sealing 1").derive(secret)
        self._cipher = AESGCM(derived)

    def seal(self, purpose: str, data: bytes) -> str:
        """Return ``data`` sealed for ``purpose`` as URL-safe text; two seals of the same data differ."""
        # The system's generator and no injected one: a repeated nonce would give the key stream away.
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, data, purpose.encode())
        return _VERSION + encode(sealed)

    def open(self, purpose: str, sealed: str) -> bytes:
        """Return what was sealed for ``purpose``; raise ``SealBroken`` for another secret or purpose, or any change."""
        if not sealed.startswith(_VERSION):
            raise SealBroken("not a sealed text of a known version")
        try:
            raw = decode(sealed[len(_VERSION) :])
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            raise SealBroken("sealed with another secret or for another purpose, or altered since") from None
