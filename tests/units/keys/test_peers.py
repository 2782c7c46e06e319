"""The key set of a peer: read, refuse, choose."""

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwcrypto.jwk import JWK

from keys.errors import BadToken
from keys.peers import BadKeySet, PeerKeys, UnknownKey
from keys.ring import KeyRing
from tests.units.keys.hostile import b64

Entry = dict[str, object]


@pytest.fixture(scope="session")
def published(ring: KeyRing) -> dict[str, Entry]:
    """Good published keys, by algorithm."""
    return {key["alg"]: {**key} for key in ring.published()["keys"]}


def test_a_published_set_is_read_and_each_key_chosen_by_kid_and_algorithm(published: dict[str, Entry]) -> None:
    peer = PeerKeys.read(json.dumps({"keys": list(published.values())}).encode())
    for alg, entry in published.items():
        key = peer.choose(str(entry["kid"]), alg)
        assert (key.kid, key.alg, key.jwk.public_members()["kty"]) == (entry["kid"], alg, entry["kty"])
        assert peer.choose(None, alg) == key
    assert peer.for_encryption("RSA-OAEP-256").kid == published["RSA-OAEP-256"]["kid"]


def test_a_key_is_not_chosen_for_another_algorithm_kid_or_use(published: dict[str, Entry]) -> None:
    peer = PeerKeys.parse({"keys": list(published.values())})
    for kid, alg in ((published["RS256"]["kid"], "ES256"), ("unknown", "RS256"), (published["RS256"]["kid"], "PS256")):
        with pytest.raises(UnknownKey):
            peer.choose(str(kid), alg)
    with pytest.raises(UnknownKey):
        peer.choose(str(published["RS256"]["kid"]), "RSA-OAEP-256")
    with pytest.raises(UnknownKey):
        peer.for_encryption("ECDH-ES")


def test_a_bare_key_serves_every_algorithm_of_its_type(published: dict[str, Entry]) -> None:
    bare = {name: published["RS256"][name] for name in ("kty", "n", "e")}
    peer = PeerKeys.parse({"keys": [bare]})
    for alg in ("RS256", "PS256", "RSA-OAEP"):
        assert peer.choose(None, alg).jwk.kty == "RSA"
    with pytest.raises(UnknownKey):
        peer.choose("any", "RS256")


def test_two_keys_under_one_kid_are_not_chosen_between(published: dict[str, Entry], ring: KeyRing) -> None:
    twin = {**published["RSA-OAEP-256"], "use": "sig", "alg": "RS256", "kid": published["RS256"]["kid"]}
    peer = PeerKeys.parse({"keys": [published["RS256"], twin]})
    with pytest.raises(BadToken, match="several"):
        peer.choose(str(twin["kid"]), "RS256")


@pytest.mark.parametrize(
    ("operations", "serves"),
    [(["verify"], True), (["encrypt"], False), (["sign"], False), ([], False), ("verify", True)],
    ids=["verify", "encrypt", "sign", "none", "not a list: ignored"],
)
def test_key_ops_stand_in_for_an_absent_use(published: dict[str, Entry], operations: object, serves: bool) -> None:
    entry = {**published["ES256"], "key_ops": operations}
    del entry["use"]
    peer = PeerKeys.parse({"keys": [entry, published["RS256"]]})
    if serves:
        assert peer.choose(str(entry["kid"]), "ES256").kid == entry["kid"]
    else:
        with pytest.raises(UnknownKey):
            peer.choose(str(entry["kid"]), "ES256")


def test_certificates_and_links_beside_a_key_are_left_aside(published: dict[str, Entry]) -> None:
    entry = {**published["RS256"], "x5c": ["not a certificate"], "x5u": "https://attacker.example", "x5t": "A" * 27}
    key = PeerKeys.parse({"keys": [entry]}).choose(None, "RS256")
    assert set(key.jwk.public_members()) == {"kty", "n", "e"}


@pytest.mark.parametrize(
    "unknown",
    [
        {"kty": "AKP", "alg": "ML-DSA-65", "pub": "AAAA", "kid": "a"},
        {"kty": "EC", "crv": "secp256k1", "x": "AAAA", "y": "AAAA"},
        {"kty": "OKP", "crv": "X448", "x": "AAAA"},
        {"kty": "OKP", "crv": "P-256", "x": "AAAA"},
        {"kty": "RSA", "n": "AAAA", "e": "AQAB", "alg": "RS512"},
        {"kty": "RSA", "n": "AAAA", "e": "AQAB", "use": "tls"},
        {"kty": ["RSA"]},
        {"kty": "EC", "crv": ["P-256"], "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": {"P-256": 1}, "x": "AA"},
        {},
    ],
    ids=[
        "post-quantum",
        "secp256k1",
        "X448",
        "mixed",
        "RS512",
        "use",
        "type a list",
        "curve a list",
        "curve an object",
        "nothing",
    ],
)
def test_a_key_of_an_unknown_kind_is_passed_over(published: dict[str, Entry], unknown: Entry) -> None:
    assert len(PeerKeys.parse({"keys": [unknown, published["ES256"]]}).keys) == 1
    with pytest.raises(BadKeySet, match="no usable key"):
        PeerKeys.parse({"keys": [unknown]})


def _weak_rsa() -> Entry:
    numbers = generate_private_key(65537, 1024).public_key().public_numbers()
    return {"kty": "RSA", "n": b64(numbers.n.to_bytes(128)), "e": "AQAB"}


REFUSED: dict[str, Callable[[dict[str, Entry]], object]] = {
    "private RSA": lambda good: {**good["RS256"], "d": "AAAA"},
    "a single private number": lambda good: {**good["RS256"], "qi": "AAAA"},
    "private EC": lambda good: json.loads(JWK.generate(kty="EC", crv="P-256").export()),
    "private OKP": lambda good: json.loads(JWK.generate(kty="OKP", crv="Ed25519").export()),
    "symmetric": lambda good: {"kty": "oct", "k": b64(bytes(32))},
    "symmetric without its value": lambda good: {"kty": "oct"},
    "a secret in a public key": lambda good: {**good["ES256"], "k": b64(bytes(32))},
    "a private key of an unknown type": lambda good: {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "priv": "AA"},
    "RSA of 1024 bits": lambda good: _weak_rsa(),
    "RSA of 16384 bits": lambda good: {"kty": "RSA", "n": b64(b"\xff" * 2048), "e": "AQAB"},
    "RSA with a huge exponent": lambda good: {**good["RS256"], "e": b64(b"\x01" * 200)},
    "RSA with exponent 1": lambda good: {**good["RS256"], "e": "AQ"},
    "RSA without modulus": lambda good: {"kty": "RSA", "e": "AQAB"},
    "modulus a number": lambda good: {**good["RS256"], "n": 65537},
    "modulus not base64url": lambda good: {**good["RS256"], "n": "???"},
    "modulus empty": lambda good: {**good["RS256"], "n": ""},
    "a point off its curve": lambda good: {**good["ES256"], "x": b64(b"\x01" * 32)},
    "Ed25519 cut": lambda good: {**good["EdDSA"], "x": "AAAA"},
    "kid a number": lambda good: {**good["ES256"], "kid": 7},
    "kid empty": lambda good: {**good["ES256"], "kid": ""},
    "a text": lambda good: "a key",
    "null": lambda good: None,
}


@pytest.mark.parametrize("entry", REFUSED.values(), ids=REFUSED.keys())
def test_one_bad_key_has_the_whole_set_refused(
    published: dict[str, Entry], entry: Callable[[dict[str, Entry]], object]
) -> None:
    with pytest.raises(BadKeySet) as refusal:
        PeerKeys.parse({"keys": [published["ES256"], entry(published)]})
    assert len(str(refusal.value)) < 120


@pytest.mark.parametrize(
    "jwks", [{}, {"keys": None}, {"keys": {}}, {"keys": []}], ids=["empty", "null", "object", "none"]
)
def test_a_set_without_keys_is_refused(jwks: dict[str, object]) -> None:
    with pytest.raises(BadKeySet):
        PeerKeys.parse(jwks)


def test_size_and_number_are_bounded(published: dict[str, Entry]) -> None:
    good = published["ES256"]
    assert len(PeerKeys.parse({"keys": [good] * 50}).keys) == 50
    with pytest.raises(BadKeySet, match="too many"):
        PeerKeys.parse({"keys": [good] * 51})
    with pytest.raises(BadKeySet, match="too large"):
        PeerKeys.read(b" " * 65_537)


@pytest.mark.parametrize("document", [b"", b"<html>", b"[]", b"\xff", b'{"keys":[],"keys":[]}'])
def test_a_document_that_is_not_one_object_is_refused(document: bytes) -> None:
    with pytest.raises(BadKeySet, match="not a JSON object"):
        PeerKeys.read(document)
