"""The algorithms we accept, in one table: signatures (RFC 7518 §3, RFC 8037 §3.1) and encryption (RFC 7518 §4, §5).

What is absent is refused everywhere: ``none``, HMAC, RSA1_5, PBES2, compression.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.hashes import SHA256

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

_SHA256 = SHA256()
_PKCS1 = padding.PKCS1v15()
_PSS = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
_ECDSA = ec.ECDSA(SHA256())
_COORDINATE = 32


@dataclass(frozen=True, slots=True)
class SignatureAlgorithm:
    """One JWS algorithm: the keys it takes (``kty`` and, where it matters, ``crv``) and its two operations."""

    name: str
    kty: str
    curves: frozenset[str]
    sign: Callable[[PrivateKey, bytes], bytes]
    verify: Callable[[PublicKey, bytes, bytes], None]
    use: str = "sig"


@dataclass(frozen=True, slots=True)
class EncryptionAlgorithm:
    """One JWE key management algorithm and the keys it takes."""

    name: str
    kty: str
    curves: frozenset[str]
    use: str = "enc"


def _sign_rs256(key: PrivateKey, data: bytes) -> bytes:
    return cast(rsa.RSAPrivateKey, key).sign(data, _PKCS1, _SHA256)


def _verify_rs256(key: PublicKey, signature: bytes, data: bytes) -> None:
    cast(rsa.RSAPublicKey, key).verify(signature, data, _PKCS1, _SHA256)


def _sign_ps256(key: PrivateKey, data: bytes) -> bytes:
    return cast(rsa.RSAPrivateKey, key).sign(data, _PSS, _SHA256)


def _verify_ps256(key: PublicKey, signature: bytes, data: bytes) -> None:
    cast(rsa.RSAPublicKey, key).verify(signature, data, _PSS, _SHA256)


def _sign_es256(key: PrivateKey, data: bytes) -> bytes:
    r, s = utils.decode_dss_signature(cast(ec.EllipticCurvePrivateKey, key).sign(data, _ECDSA))
    return r.to_bytes(_COORDINATE) + s.to_bytes(_COORDINATE)


def _verify_es256(key: PublicKey, signature: bytes, data: bytes) -> None:
    if len(signature) != 2 * _COORDINATE:
        raise InvalidSignature
    r, s = int.from_bytes(signature[:_COORDINATE]), int.from_bytes(signature[_COORDINATE:])
    cast(ec.EllipticCurvePublicKey, key).verify(utils.encode_dss_signature(r, s), data, _ECDSA)


def _sign_eddsa(key: PrivateKey, data: bytes) -> bytes:
    return cast(ed25519.Ed25519PrivateKey, key).sign(data)


def _verify_eddsa(key: PublicKey, signature: bytes, data: bytes) -> None:
    cast(ed25519.Ed25519PublicKey, key).verify(signature, data)


_ANY_CURVE = frozenset[str]()

SIGNATURES = {
    algorithm.name: algorithm
    for algorithm in (
        SignatureAlgorithm("RS256", "RSA", _ANY_CURVE, _sign_rs256, _verify_rs256),
        SignatureAlgorithm("PS256", "RSA", _ANY_CURVE, _sign_ps256, _verify_ps256),
        SignatureAlgorithm("ES256", "EC", frozenset({"P-256"}), _sign_es256, _verify_es256),
        SignatureAlgorithm("EdDSA", "OKP", frozenset({"Ed25519"}), _sign_eddsa, _verify_eddsa),
    )
}
KEY_MANAGEMENT = {
    algorithm.name: algorithm
    for algorithm in (
        EncryptionAlgorithm("RSA-OAEP", "RSA", _ANY_CURVE),
        EncryptionAlgorithm("RSA-OAEP-256", "RSA", _ANY_CURVE),
        EncryptionAlgorithm("ECDH-ES", "EC", frozenset({"P-256", "P-384", "P-521"})),
    )
}
CONTENT_ENCRYPTION = frozenset({"A128GCM", "A256GCM", "A128CBC-HS256"})
ALGORITHMS: dict[str, SignatureAlgorithm | EncryptionAlgorithm] = {**SIGNATURES, **KEY_MANAGEMENT}
