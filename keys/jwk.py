"""One JSON Web Key (RFC 7517, RFC 7518 §6, RFC 8037 §2), its cryptographic key imported once and kept.

Importing an RSA private key costs some 40 ms, a hundred signatures: whoever holds a ``Jwk`` keeps holding the same one.
"""

from collections.abc import Mapping
from typing import Self, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK

from keys.algorithms import ALGORITHMS, PrivateKey, PublicKey
from keys.encoding import read_object, write_object
from keys.errors import BadKey

_PUBLIC_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
CURVES = {"EC": frozenset({"P-256", "P-384", "P-521"}), "OKP": frozenset({"Ed25519"})}
_RSA_BITS = range(2048, 8193)
_RSA_LARGEST_EXPONENT = 2**32
_GENERATED: dict[str, dict[str, object]] = {
    "RSA": {"kty": "RSA", "size": 2048, "public_exponent": 65537},
    "EC": {"kty": "EC", "crv": "P-256"},
    "OKP": {"kty": "OKP", "crv": "Ed25519"},
}


class Jwk:
    """An asymmetric key, public or private. Holds no ``kid``, ``use`` nor ``alg``: those belong to its bearer."""

    __slots__ = ("_imported", "_private", "_public")

    def __init__(self, imported: JWK) -> None:
        self._imported = imported
        self._private: PrivateKey | None = None
        self._public: PublicKey | None = None

    @classmethod
    def generate(cls, alg: str) -> Self:
        """Make a new private key fit for ``alg`` (RSA of 2048 bits, P-256 or Ed25519)."""
        return cls(JWK.generate(**_GENERATED[ALGORITHMS[alg].kty]))

    @classmethod
    def from_public(cls, members: Mapping[str, object]) -> Self:
        """Read a peer's key: only the members of its type count, whatever else (``x5c``, ``x5u``, …) is left aside.

        Raises ``BadKey`` for an unknown type or curve, a point off its curve, an RSA modulus outside 2048 to 8192 bits
        or an exponent of more than 32.
        """
        kty = members.get("kty")
        if not isinstance(kty, str) or kty not in _PUBLIC_MEMBERS:
            raise BadKey("unknown key type")
        kept = {name: members.get(name) for name in _PUBLIC_MEMBERS[kty]}
        if not all(isinstance(value, str) for value in kept.values()):
            raise BadKey("a member is missing or is not text")
        if kty in CURVES and kept["crv"] not in CURVES[kty]:
            raise BadKey("unknown curve")
        jwk = cls._read({"kty": kty, **kept})
        jwk._check_strength()
        return jwk

    @classmethod
    def from_private(cls, text: bytes) -> Self:
        """Read back what ``private_text`` wrote; raise ``BadKey`` when it is no private key."""
        jwk = cls._read(read_object(text))
        if not jwk._imported.has_private:
            raise BadKey("not a private key")
        return jwk

    @classmethod
    def _read(cls, members: Mapping[str, object]) -> Self:
        try:
            return cls(JWK(**members))
        except (JWException, ValueError, TypeError):
            raise BadKey("malformed key") from None

    def _check_strength(self) -> None:
        try:
            public = self.public_key
        except (JWException, ValueError, TypeError):
            raise BadKey("the numbers of the key are not those of a key") from None
        if not isinstance(public, RSAPublicKey):
            return
        if public.key_size not in _RSA_BITS or public.public_numbers().e > _RSA_LARGEST_EXPONENT:
            raise BadKey("the RSA modulus must have 2048 to 8192 bits and its exponent at most 32")

    @property
    def kty(self) -> str:
        """The key type: ``RSA``, ``EC`` or ``OKP``."""
        return cast(str, self._imported["kty"])

    @property
    def crv(self) -> str | None:
        """The curve of an ``EC`` or ``OKP`` key."""
        return cast(str | None, self._imported.get("crv"))

    @property
    def private_key(self) -> PrivateKey:
        """The key that signs; raises ``BadKey`` when only the public half is known."""
        if self._private is None:
            if not self._imported.has_private:
                raise BadKey("only the public half of this key is known")
            self._private = cast(PrivateKey, self._imported.get_op_key("sign"))
        return self._private

    def prepare(self) -> None:
        """Import the private key now rather than at the first signature; raise as ``private_key`` does."""
        _ = self.private_key

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies."""
        if self._public is None:
            self._public = cast(PublicKey, self._imported.get_op_key("verify"))
        return self._public

    @property
    def imported(self) -> JWK:
        """The key as jwcrypto knows it, for ``keys.jose`` alone."""
        return self._imported

    def fits(self, alg: str) -> bool:
        """Tell whether this key's type and curve are those of ``alg``."""
        algorithm = ALGORITHMS[alg]
        return self.kty == algorithm.kty and (not algorithm.curves or self.crv in algorithm.curves)

    def thumbprint(self) -> str:
        """The key's RFC 7638 thumbprint (SHA-256, base64url), the same for its public and private forms."""
        return cast(str, self._imported.thumbprint())

    def public_members(self) -> dict[str, str]:
        """The members anyone may see."""
        return {name: cast(str, self._imported[name]) for name in ("kty", *_PUBLIC_MEMBERS[self.kty])}

    def private_text(self) -> bytes:
        """The whole key as JSON, to be sealed and never shown."""
        return write_object(self._imported.export(private_key=True, as_dict=True))

    def __repr__(self) -> str:
        return f"<Jwk {self.kty} {self.thumbprint()}>"
