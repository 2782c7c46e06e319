"""JSON Web Tokens: sign and verify (RFC 7515, RFC 7519), encrypt and decrypt (RFC 7516). Nothing else touches JOSE.

What a token says about itself never decides how it is checked (RFC 8725 §3): algorithms, keys and type come from the
caller; ``kid`` only picks among the keys given; ``jwk``, ``jku``, ``x5u`` and ``x5c`` are not looked at; ``crit`` is
refused. Only compact serialisation is read, and its length is checked before anything is decoded.

Signatures go straight to ``cryptography``: jwcrypto would cost 1.2 to 3.8 times as much. jwcrypto does the encryption.

HS256 is outside the table and has a function of its own, which takes secrets and no key: nothing public can ever be
taken for a secret.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from jwcrypto.jwe import JWE

from keys.algorithms import ALGORITHMS, CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNATURES
from keys.encoding import decode, encode, read_object, write_object
from keys.errors import BadToken, UnknownKey
from keys.jwk import Jwk

__all__ = [
    "ALGORITHMS",
    "CONTENT_ENCRYPTION",
    "KEY_MANAGEMENT",
    "SIGNATURES",
    "BadToken",
    "Bearer",
    "UnknownKey",
    "choose",
    "decrypt",
    "encrypt",
    "peek",
    "sign",
    "verify",
    "verify_shared",
]

SHARED_ALGORITHM = "HS256"
LONGEST_SIGNED = 16_384
LONGEST_ENCRYPTED = 65_536
_LONGEST_HEADER = 8_192
_LEAST_SHARED = 32
"""Bytes of a secret for HS256 (RFC 7518 §3.2)."""


class Bearer(Protocol):
    """A key as a key set shows it: ours (``keys.ring.Key``) or a peer's (``keys.peers.PeerKey``)."""

    @property
    def kid(self) -> str | None: ...
    @property
    def use(self) -> str | None: ...
    @property
    def alg(self) -> str | None: ...
    @property
    def jwk(self) -> Jwk: ...


AnyBearer = TypeVar("AnyBearer", bound=Bearer)


def sign(key: Bearer, claims: Mapping[str, object], *, typ: str | None) -> str:
    """Return ``claims`` signed by ``key`` under the key's own ``alg`` and ``kid``, as a compact JWS.

    ``typ`` is the header's media type (``JWT``, ``at+jwt``, ``logout+jwt``…): give each kind of token its own, so that
    none passes for another (RFC 8725 §3.11). Raises ``ValueError`` when the key is not one that signs.
    """
    algorithm = SIGNATURES.get(key.alg or "")
    if algorithm is None or key.use != "sig":
        raise ValueError("not a signing key")
    signed = f"{_header(algorithm.name, key.kid, typ)}.{encode(write_object(claims))}"
    return f"{signed}.{encode(algorithm.sign(key.jwk.private_key, signed.encode('ascii')))}"


@lru_cache(maxsize=256)
def _header(alg: str, kid: str | None, typ: str | None) -> str:
    members = {"alg": alg, "kid": kid, "typ": typ}
    return encode(write_object({name: value for name, value in members.items() if value is not None}))


def verify(
    token: str,
    keys: Iterable[Bearer],
    *,
    algorithms: Collection[str],
    typ: str | Collection[str] = "JWT",
    longest: int = LONGEST_SIGNED,
) -> dict[str, object]:
    """Return the claims of a compact JWS signed by one of ``keys`` under one of ``algorithms``.

    ``typ`` names the media types accepted; a header without ``typ`` counts as ``JWT``. ``longest`` bounds the token,
    in characters. The claims themselves are not judged here: see ``keys.claims``. Raises ``UnknownKey`` when no key
    bears the token's ``kid``, ``BadToken`` for every other reason.
    """
    header, (head, body, signature) = _open(token, parts=3, longest=longest)
    algorithm = SIGNATURES.get(_one_of(header, "alg", algorithms))
    if algorithm is None:
        raise BadToken("the algorithm is not one we verify")
    _check_signed(header, typ)
    key = choose(keys, _kid(header), algorithm.name)
    try:
        algorithm.verify(key.jwk.public_key, decode(signature), f"{head}.{body}".encode("ascii"))
    except InvalidSignature:
        raise BadToken("the signature does not hold") from None
    return read_object(decode(body))


def verify_shared(token: str, secrets: Iterable[bytes], *, typ: str | Collection[str] = "JWT") -> dict[str, object]:
    """Return the claims of a compact JWS under HS256 and one of ``secrets``; raise ``BadToken`` for anything else.

    A secret of less than 32 bytes never verifies, so that an empty one opens nothing (RFC 7518 §3.2).
    """
    header, (head, body, signature) = _open(token, parts=3, longest=LONGEST_SIGNED)
    _one_of(header, "alg", (SHARED_ALGORITHM,))
    _check_signed(header, typ)
    presented = decode(signature)
    holds = False
    for secret in secrets:
        made = hmac.digest(secret, f"{head}.{body}".encode("ascii"), "sha256")
        holds |= len(secret) >= _LEAST_SHARED and hmac.compare_digest(made, presented)
    if not holds:
        raise BadToken("the signature does not hold")
    return read_object(decode(body))


def encrypt(token: str, key: Bearer, *, alg: str, enc: str, nested: bool = True) -> str:
    """Return a signed token encrypted for the holder of ``key``, as a compact JWE (nested JWT, RFC 7519 §5.2).

    ``nested`` is False where it is no token but bare claims, in ASCII JSON. Raises ``ValueError`` for an ``alg`` or
    ``enc`` outside the table, or a key that does not fit ``alg``.
    """
    if alg not in KEY_MANAGEMENT or enc not in CONTENT_ENCRYPTION or not _serves(key, alg):
        raise ValueError("this key does not encrypt so")
    header: dict[str, object] = {"alg": alg, "enc": enc}
    if nested:
        header["cty"] = "JWT"
    if key.kid is not None:
        header["kid"] = key.kid
    jwe = JWE(token.encode("ascii"), write_object(header).decode(), algs=[alg, enc])
    jwe.add_recipient(key.jwk.imported)
    return str(jwe.serialize(compact=True))


def decrypt(
    token: str,
    keys: Iterable[Bearer],
    *,
    algorithms: Collection[str],
    encryptions: Collection[str] = CONTENT_ENCRYPTION,
    longest: int = LONGEST_ENCRYPTED,
) -> str:
    """Return the inner token of a compact JWE. **Encryption proves nothing**: pass what comes out to ``verify``.

    ``algorithms`` and ``encryptions`` are the accepted ``alg`` and ``enc``; ``longest`` bounds the token in characters,
    and its content too, since compression is refused. Raises ``UnknownKey`` or ``BadToken``, with one text whatever the
    decryption stumbles on.
    """
    header, _ = _open(token, parts=5, longest=longest)
    alg = _one_of(header, "alg", algorithms)
    enc = _one_of(header, "enc", encryptions)
    if alg not in KEY_MANAGEMENT or enc not in CONTENT_ENCRYPTION:
        raise BadToken("the encryption is not one we handle")
    if "zip" in header:
        raise BadToken("compressed content is not accepted")
    key = choose(keys, _kid(header), alg)
    jwe = JWE(algs=[alg, enc])
    try:
        jwe.deserialize(token)
        jwe.decrypt(key.jwk.imported)
        return str(jwe.payload.decode("ascii"))
    except Exception:
        # Whatever jwcrypto raises, a sender must learn one thing only.
        raise BadToken("it does not decrypt") from None


def peek(token: str, *, longest: int = LONGEST_ENCRYPTED) -> dict[str, object]:
    """Return the **unproved** header of a compact JWS or JWE, to route it; raise ``BadToken`` when it has none."""
    header, _ = _open(token, parts=5 if token.count(".") == 4 else 3, longest=longest)
    return header


def choose(keys: Iterable[AnyBearer], kid: str | None, alg: str) -> AnyBearer:
    """Return the one key that serves ``alg`` and bears ``kid``; without ``kid``, the only key that serves ``alg``.

    Raises ``UnknownKey`` when there is none, ``BadToken`` when several would do.
    """
    serving = [key for key in keys if _serves(key, alg) and (kid is None or key.kid == kid)]
    if not serving:
        raise UnknownKey("no key for this token")
    if len(serving) > 1:
        raise BadToken("several keys would do for this token")
    return serving[0]


def _serves(key: Bearer, alg: str) -> bool:
    return key.use in (None, ALGORITHMS[alg].use) and key.alg in (None, alg) and key.jwk.fits(alg)


def _open(token: str, *, parts: int, longest: int) -> tuple[dict[str, object], list[str]]:
    """Cut a compact serialisation and read its header; every length is checked before any decoding."""
    if len(token) > longest:
        raise BadToken("too long")
    segments = token.split(".", parts)
    if len(segments) != parts or not token.isascii():
        raise BadToken("not a compact serialisation")
    if len(segments[0]) > _LONGEST_HEADER:
        raise BadToken("the header is too long")
    header = read_object(decode(segments[0]))
    if "crit" in header:
        raise BadToken("critical header members are not supported")
    return header, segments


def _one_of(header: Mapping[str, object], member: str, accepted: Collection[str]) -> str:
    value = header.get(member)
    if not isinstance(value, str) or value not in accepted:
        raise BadToken(f"the header's {member} is not an accepted one")
    return value


def _kid(header: Mapping[str, object]) -> str | None:
    if "kid" not in header:
        return None
    kid = header["kid"]
    if not isinstance(kid, str):
        raise BadToken("the header's kid is not a key identifier")
    return kid


def _check_signed(header: Mapping[str, object], accepted: str | Collection[str]) -> None:
    if header.keys() & {"b64", "enc", "zip"}:
        raise BadToken("a header member has no place in a signed token")
    _check_type(header, accepted)


def _check_type(header: Mapping[str, object], accepted: str | Collection[str]) -> None:
    """Compare ``typ`` as RFC 7515 §4.1.9 says: media types, any letter case, ``application/`` understood."""
    given = header.get("typ", "JWT")
    types = (accepted,) if isinstance(accepted, str) else accepted
    if not isinstance(given, str) or _media_type(given) not in {_media_type(name) for name in types}:
        raise BadToken("the header's typ is not an accepted one")


def _media_type(name: str) -> str:
    return name.lower().removeprefix("application/")
