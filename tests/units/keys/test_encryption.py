"""Encrypted tokens: nested signatures only, nothing costly before it is refused, one answer to every failure."""

import json
from collections.abc import Callable

import pytest
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from keys import jose
from keys.errors import BadToken, UnknownKey
from keys.jwk import Jwk
from keys.peers import PeerKey
from keys.ring import Key, KeyRing
from tests.units.keys.hostile import CLAIMS, b64

CONTENT = sorted(jose.CONTENT_ENCRYPTION)


@pytest.fixture(scope="module")
def elliptic() -> PeerKey:
    return PeerKey("elliptic", "enc", "ECDH-ES", Jwk.generate("ECDH-ES"))


def encrypted(key: Key, plaintext: bytes, **header: object) -> str:
    """A JWE that jwcrypto itself agrees to make for `key`, with any header."""
    members = {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": key.kid, **header}
    jwe = JWE(plaintext, json.dumps(members), algs=[str(members["alg"]), str(members["enc"])])
    jwe.add_recipient(key.jwk.imported)
    return str(jwe.serialize(compact=True))


@pytest.mark.parametrize("enc", CONTENT)
@pytest.mark.parametrize("alg", ["RSA-OAEP", "RSA-OAEP-256"])
def test_a_signed_token_encrypted_to_our_rsa_key_comes_out_and_verifies(ring: KeyRing, alg: str, enc: str) -> None:
    key = ring.decryption_keys()[0]
    published = PeerKey(key.kid, "enc", alg, Jwk.from_public(key.published()))
    signed = jose.sign(ring.signing_key("ES256"), CLAIMS, typ="JWT")
    token = jose.encrypt(signed, published, alg=alg, enc=enc)
    assert jose.peek(token) == {"alg": alg, "enc": enc, "cty": "JWT", "kid": key.kid}
    inner = jose.decrypt(token, [PeerKey(key.kid, "enc", alg, key.jwk)], algorithms=[alg])
    assert jose.verify(inner, ring, algorithms=["ES256"]) == CLAIMS


@pytest.mark.parametrize("enc", CONTENT)
def test_a_signed_token_encrypted_by_ecdh_comes_out_and_verifies(ring: KeyRing, elliptic: PeerKey, enc: str) -> None:
    signed = jose.sign(ring.signing_key("RS256"), CLAIMS, typ="JWT")
    token = jose.encrypt(signed, elliptic, alg="ECDH-ES", enc=enc)
    inner = jose.decrypt(token, [elliptic], algorithms=["ECDH-ES"])
    assert jose.verify(inner, ring, algorithms=["RS256"]) == CLAIMS


def _nested(ring: KeyRing) -> dict[str, str]:
    key = ring.decryption_keys()[0]
    unsigned = f"{b64(json.dumps({'alg': 'none'}))}.{b64(json.dumps(CLAIMS))}."
    return {
        "plain JSON": json.dumps(CLAIMS),
        "an unsigned token": unsigned,
        "another encrypted token": jose.encrypt(unsigned, key, alg="RSA-OAEP-256", enc="A128GCM"),
    }


@pytest.mark.parametrize("content", ["plain JSON", "an unsigned token", "another encrypted token"])
def test_encryption_is_not_authentication(ring: KeyRing, content: str) -> None:
    key = ring.decryption_keys()[0]
    token = jose.encrypt(_nested(ring)[content], key, alg="RSA-OAEP-256", enc="A256GCM")
    inner = jose.decrypt(token, ring.decryption_keys(), algorithms=["RSA-OAEP-256"])
    with pytest.raises(BadToken):
        jose.verify(inner, ring, algorithms=["ES256", "RS256", "EdDSA"])


def test_an_encrypted_token_is_not_taken_for_a_signed_one(ring: KeyRing) -> None:
    token = jose.encrypt("{}", ring.decryption_keys()[0], alg="RSA-OAEP-256", enc="A256GCM")
    with pytest.raises(BadToken, match="compact"):
        jose.verify(token, ring, algorithms=["RS256", "RSA-OAEP-256"])


def test_a_compression_bomb_is_refused_unopened(ring: KeyRing) -> None:
    with pytest.raises(BadToken, match="compressed"):
        jose.decrypt(
            encrypted(ring.decryption_keys()[0], bytes(10_000_000), zip="DEF"),
            ring.decryption_keys(),
            algorithms=["RSA-OAEP-256"],
        )


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31, "p2s": "AAAA"},
        {"alg": "RSA1_5", "enc": "A128GCM"},
        {"alg": "dir", "enc": "A128GCM"},
        {"alg": "A128KW", "enc": "A128GCM"},
        {"alg": "RS256", "enc": "A128GCM"},
        {"alg": "RSA-OAEP-256", "enc": "A192GCM"},
        {"alg": "RSA-OAEP-256"},
        {"enc": "A128GCM"},
        {"alg": "RSA-OAEP-256", "enc": "A128GCM", "crit": ["exp"]},
    ],
    ids=["PBES2", "RSA1_5", "dir", "A128KW", "RS256", "unlisted enc", "no enc", "no alg", "crit"],
)
def test_a_header_outside_the_table_is_refused_before_any_work_even_if_a_caller_lists_it(
    header: dict[str, object],
) -> None:
    token = f"{b64(json.dumps(header))}.AAAA.AAAA.AAAA.AAAA"
    everything = ["PBES2-HS256+A128KW", "RSA1_5", "dir", "A128KW", "RS256", "RSA-OAEP-256"]
    with pytest.raises(BadToken):
        jose.decrypt(token, [], algorithms=everything, encryptions=["A128GCM", "A192GCM"])


def _failures(ring: KeyRing) -> dict[str, str]:
    token = jose.encrypt("a.b.c", ring.decryption_keys()[0], alg="RSA-OAEP-256", enc="A128CBC-HS256")
    head, wrapped, vector, text, tag = token.split(".")
    return {
        "wrapped key of zeros": f"{head}.{b64(bytes(256))}.{vector}.{text}.{tag}",
        "wrapped key cut": f"{head}.{wrapped[:-8]}.{vector}.{text}.{tag}",
        "content altered": f"{head}.{wrapped}.{vector}.{b64(bytes(16))}.{tag}",
        "tag altered": f"{head}.{wrapped}.{vector}.{text}.{b64(bytes(16))}",
        "vector cut": f"{head}.{wrapped}.AAAA.{text}.{tag}",
        "not base64url": f"{head}.{wrapped}.{vector}.{text}.!",
    }


def test_every_failure_to_decrypt_reads_the_same(ring: KeyRing) -> None:
    texts = set()
    for token in _failures(ring).values():
        with pytest.raises(BadToken) as refusal:
            jose.decrypt(token, ring.decryption_keys(), algorithms=["RSA-OAEP-256"])
        texts.add(str(refusal.value))
    assert texts == {"it does not decrypt"}


@pytest.mark.parametrize(
    "ephemeral",
    [
        lambda: "a text",
        lambda: json.loads(JWK.generate(kty="EC", crv="P-384").export_public()),
        lambda: {"kty": "EC", "crv": "P-256", "x": b64(bytes(32)), "y": b64(bytes(32))},
        lambda: {"kty": "oct", "k": b64(bytes(32))},
    ],
    ids=["text", "another curve", "off the curve", "symmetric"],
)
def test_a_hostile_ephemeral_key_is_refused(elliptic: PeerKey, ephemeral: Callable[[], object]) -> None:
    header = {"alg": "ECDH-ES", "enc": "A128GCM", "kid": "elliptic", "epk": ephemeral()}
    with pytest.raises(BadToken):
        jose.decrypt(
            f"{b64(json.dumps(header))}..{b64(bytes(12))}.AAAA.{b64(bytes(16))}", [elliptic], algorithms=["ECDH-ES"]
        )


def test_the_key_is_chosen_by_kid_among_encryption_keys_only(ring: KeyRing) -> None:
    signing = ring.signing_key("RS256")
    with pytest.raises(UnknownKey):
        jose.decrypt(encrypted(signing, b"a.b.c"), ring, algorithms=["RSA-OAEP-256"])
    with pytest.raises(ValueError, match="does not encrypt"):
        jose.encrypt("a.b.c", signing, alg="RSA-OAEP-256", enc="A128GCM")


@pytest.mark.parametrize(("alg", "enc"), [("RSA1_5", "A128GCM"), ("RSA-OAEP-256", "A192GCM"), ("ECDH-ES", "A128GCM")])
def test_we_encrypt_only_within_the_table_and_to_a_fitting_key(ring: KeyRing, alg: str, enc: str) -> None:
    with pytest.raises(ValueError, match="does not encrypt"):
        jose.encrypt("a.b.c", ring.decryption_keys()[0], alg=alg, enc=enc)
