"""Signed tokens: what we make, and what we refuse (RFC 8725)."""

import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from keys import jose
from keys.errors import BadToken, UnknownKey
from keys.peers import PeerKey, PeerKeys
from keys.ring import Key, KeyRing, Stage
from tests.units.keys.hostile import CLAIMS, NOW, b64, signed, signed_text

ES256 = ["ES256"]
SIGNING = ("RS256", "ES256", "EdDSA")


@pytest.mark.parametrize("alg", SIGNING)
def test_a_signed_token_verifies_and_names_its_key_and_type(ring: KeyRing, alg: str) -> None:
    key = ring.signing_key(alg)
    token = jose.sign(key, CLAIMS, typ="at+jwt")
    assert jose.verify(token, ring, algorithms=[alg], typ="at+jwt") == CLAIMS
    assert jose.peek(token) == {"alg": alg, "kid": key.kid, "typ": "at+jwt"}


def test_ps256_signs_and_verifies_with_an_rsa_key(ring: KeyRing) -> None:
    key = PeerKey("k", "sig", "PS256", ring.signing_key("RS256").jwk)
    assert jose.verify(jose.sign(key, CLAIMS, typ=None), [key], algorithms=["PS256"]) == CLAIMS


def test_names_in_any_script_survive(ring: KeyRing) -> None:
    claims = {"given_name": "Élodie Ngọc", "family_name": "بن علي", "picture": "𝄞"}
    token = jose.sign(ring.signing_key("ES256"), claims, typ="JWT")
    assert jose.verify(token, ring, algorithms=ES256) == claims


def test_no_signature_is_made_with_an_encryption_key(ring: KeyRing) -> None:
    encryption_key = ring.decryption_keys()[0]
    with pytest.raises(ValueError, match="not a signing key"):
        jose.sign(encryption_key, CLAIMS, typ="JWT")


HEADERS: dict[str, Callable[[str], dict[str, object]]] = {
    "alg none": lambda kid: {"alg": "none", "kid": kid},
    "alg None": lambda kid: {"alg": "None", "kid": kid},
    "alg nOnE": lambda kid: {"alg": "nOnE", "kid": kid},
    "alg missing": lambda kid: {"kid": kid},
    "alg a list": lambda kid: {"alg": ["ES256"], "kid": kid},
    "alg a number": lambda kid: {"alg": 7, "kid": kid},
    "alg in another case": lambda kid: {"alg": "es256", "kid": kid},
    "alg not expected here": lambda kid: {"alg": "RS256", "kid": kid},
    "alg of encryption": lambda kid: {"alg": "RSA-OAEP-256", "kid": kid},
    "crit b64": lambda kid: {"alg": "ES256", "kid": kid, "crit": ["b64"], "b64": True},
    "crit empty": lambda kid: {"alg": "ES256", "kid": kid, "crit": []},
    "crit naming a claim": lambda kid: {"alg": "ES256", "kid": kid, "crit": ["exp"], "exp": 1},
    "crit null": lambda kid: {"alg": "ES256", "kid": kid, "crit": None},
    "b64 false": lambda kid: {"alg": "ES256", "kid": kid, "b64": False},
    "zip": lambda kid: {"alg": "ES256", "kid": kid, "zip": "DEF"},
    "kid a path": lambda kid: {"alg": "ES256", "kid": "../../dev/null"},
    "kid with a quote": lambda kid: {"alg": "ES256", "kid": "' OR '1'='1"},
    "kid of 10 KB": lambda kid: {"alg": "ES256", "kid": "k" * 10_000},
    "kid of 300 characters": lambda kid: {"alg": "ES256", "kid": "k" * 300},
    "kid in unicode": lambda kid: {"alg": "ES256", "kid": kid + "\u202e"},
    "kid empty": lambda kid: {"alg": "ES256", "kid": ""},
    "kid null": lambda kid: {"alg": "ES256", "kid": None},
    "kid a number": lambda kid: {"alg": "ES256", "kid": 1},
    "typ of another kind": lambda kid: {"alg": "ES256", "kid": kid, "typ": "at+jwt"},
    "typ a list": lambda kid: {"alg": "ES256", "kid": kid, "typ": ["JWT"]},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_a_rightly_signed_token_with_a_hostile_header_is_refused(
    ring: KeyRing, header: Callable[[str], dict[str, object]]
) -> None:
    key = ring.signing_key("ES256")
    assert jose.verify(signed(key, {"alg": "ES256", "kid": key.kid}), ring, algorithms=ES256) == CLAIMS
    with pytest.raises(BadToken):
        jose.verify(signed(key, header(key.kid)), ring, algorithms=ES256)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", ""])
def test_none_is_refused_even_when_a_caller_lists_it(ring: KeyRing, alg: str) -> None:
    with pytest.raises(BadToken):
        jose.verify(f"{b64(json.dumps({'alg': alg}))}.{b64('{}')}.", ring, algorithms=["none", "None", "nOnE", ""])


def _public_texts() -> dict[str, Callable[[Key], bytes]]:
    def pem(key: Key) -> bytes:
        return key.jwk.public_key.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def der(key: Key) -> bytes:
        return key.jwk.public_key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    return {
        "PEM": pem,
        "PEM without its last newline": lambda key: pem(key).rstrip(b"\n"),
        "DER": der,
        "JWK": lambda key: json.dumps(key.published()).encode(),
        "JWK with a newline": lambda key: json.dumps(key.published()).encode() + b"\n",
        "nothing": lambda _key: b"",
    }


@pytest.mark.parametrize("secret", _public_texts().values(), ids=_public_texts().keys())
@pytest.mark.parametrize("algorithms", [["RS256"], ["RS256", "HS256"]], ids=["pinned", "HS256 listed"])
def test_our_public_key_is_never_an_hmac_secret(
    ring: KeyRing, secret: Callable[[Key], bytes], algorithms: list[str]
) -> None:
    key = ring.signing_key("RS256")
    signed_part = f"{b64(json.dumps({'alg': 'HS256', 'kid': key.kid}))}.{b64(json.dumps(CLAIMS))}"
    signature = hmac.new(secret(key), signed_part.encode(), hashlib.sha256).digest()
    with pytest.raises(BadToken):
        jose.verify(f"{signed_part}.{b64(signature)}", ring, algorithms=algorithms)


@pytest.mark.parametrize("with_kid", [True, False], ids=["our kid", "no kid"])
@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_carried_by_the_token_is_never_used(ring: KeyRing, stranger: Key, member: str, with_kid: bool) -> None:
    carried: dict[str, object] = {
        "jwk": stranger.jwk.public_members(),
        "jku": "https://attacker.example/jwks",
        "x5u": "https://attacker.example/chain.pem",
        "x5c": [b64(b"a certificate")],
    }
    header = {"alg": "ES256", member: carried[member]}
    if with_kid:
        header["kid"] = ring.signing_key("ES256").kid
    with pytest.raises(BadToken, match="signature"):
        jose.verify(signed(stranger, header), ring, algorithms=ES256)


def _spellings() -> dict[str, Callable[[str], str]]:
    def resigned(change: Callable[[str], str]) -> Callable[[str], str]:
        def apply(token: str) -> str:
            head, body, signature = token.split(".")
            return f"{head}.{body}.{change(signature)}"

        return apply

    def loose_bits(signature: str) -> str:
        """The last character of 64 bytes in base64url carries four unused bits."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]

    return {
        "signature stripped": resigned(lambda signature: ""),
        "signature and dot stripped": lambda token: token.rpartition(".")[0],
        "signature truncated": resigned(lambda signature: signature[:-4]),
        "signature with more bytes": resigned(lambda signature: signature + "AAAA"),
        "signature of zeros": resigned(lambda signature: b64(bytes(64))),
        "stray bits": resigned(loose_bits),
        "padding": resigned(lambda signature: signature + "=="),
        "newline at the end": lambda token: token + "\n",
        "newline inside": lambda token: token[:40] + "\n" + token[40:],
        "space before": lambda token: " " + token,
        "standard alphabet": resigned(lambda signature: "+/" + signature[2:]),
        "not ASCII": resigned(lambda signature: "é" + signature[1:]),
        "claims not ASCII": lambda token: token.replace(".", ".é", 1),
        "four parts": lambda token: token + ".AAAA",
        "five parts": lambda token: token + ".AAAA.AAAA",
        "empty": lambda token: "",
        "dots alone": lambda token: "..",
        "a brace first": lambda token: "{" + token,
        "other claims": lambda token: ".".join(
            (token.split(".")[0], b64(json.dumps({**CLAIMS, "sub": "another"})), token.split(".")[2])
        ),
    }


@pytest.mark.parametrize("spoil", _spellings().values(), ids=_spellings().keys())
def test_a_token_spelled_otherwise_is_refused(ring: KeyRing, spoil: Callable[[str], str]) -> None:
    key = ring.signing_key("ES256")
    token = signed(key, {"alg": "ES256", "kid": key.kid})
    with pytest.raises(BadToken):
        jose.verify(spoil(token), ring, algorithms=ES256)


def test_an_elliptic_signature_has_one_length(ring: KeyRing) -> None:
    """One signature in 256 has a second half that begins with a zero: dropping the zero must not give another."""
    key = ring.signing_key("ES256")
    signed_part = signed(key, {"alg": "ES256", "kid": key.kid}).rpartition(".")[0]
    sign = jose.SIGNATURES["ES256"].sign
    signature = next(
        made for made in iter(lambda: sign(key.jwk.private_key, signed_part.encode()), b"") if not made[32]
    )
    assert jose.verify(f"{signed_part}.{b64(signature)}", ring, algorithms=ES256) == CLAIMS
    with pytest.raises(BadToken):
        jose.verify(f"{signed_part}.{b64(signature[:32] + signature[33:])}", ring, algorithms=ES256)


@pytest.mark.parametrize(
    "shape",
    [
        lambda head, body, signature: {"payload": body, "signatures": []},
        lambda head, body, signature: {"payload": body, "signatures": [{"protected": head, "signature": signature}]},
        lambda head, body, signature: {"payload": body, "protected": head, "signature": signature},
    ],
    ids=["no signature", "general", "flattened"],
)
def test_json_serialisation_is_refused(ring: KeyRing, shape: Callable[[str, str, str], dict[str, object]]) -> None:
    head, body, signature = jose.sign(ring.signing_key("ES256"), CLAIMS, typ="JWT").split(".")
    with pytest.raises(BadToken):
        jose.verify(json.dumps(shape(head, body, signature)), ring, algorithms=ES256)


PAYLOADS = {
    "sub twice": '{"sub":"a","sub":"b"}',
    "aud twice": '{"aud":"a","aud":"b"}',
    "a nested member twice": '{"address":{"locality":"a","locality":"b"}}',
    "a list": '["sub"]',
    "a text": '"sub"',
    "null": "null",
    "nothing": "",
    "not JSON": "{sub:1}",
    "NaN": '{"exp":NaN}',
    "infinity": '{"exp":-Infinity}',
    "a lone surrogate": '{"sub":"\\ud800"}',
    "a lone surrogate as a name": '{"\\udfff":1}',
    "a NUL": '{"groups":["a\\u0000"]}',
    "a very deep list": '{"a":' + "[" * 5000 + "]" * 5000 + "}",
    "a number of 5000 digits": '{"exp":' + "9" * 5000 + "}",
    "another token": "eyJhbGciOiJub25lIn0.e30.",
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
def test_claims_that_can_be_read_two_ways_are_refused(ring: KeyRing, payload: str) -> None:
    key = ring.signing_key("ES256")
    with pytest.raises(BadToken):
        jose.verify(signed_text(key, json.dumps({"alg": "ES256", "kid": key.kid}), payload), ring, algorithms=ES256)


@pytest.mark.parametrize(
    "header",
    ['{"alg":"none","alg":"ES256","kid":"KID"}', '{"alg":"ES256","kid":"other","kid":"KID"}', '["ES256"]', "{"],
    ids=["alg twice", "kid twice", "a list", "broken"],
)
def test_a_header_that_can_be_read_two_ways_is_refused(ring: KeyRing, header: str) -> None:
    key = ring.signing_key("ES256")
    with pytest.raises(BadToken):
        jose.verify(signed_text(key, header.replace("KID", key.kid), json.dumps(CLAIMS)), ring, algorithms=ES256)


def test_length_is_checked_before_anything_is_decoded(ring: KeyRing) -> None:
    with pytest.raises(BadToken, match="too long"):
        jose.verify("é" * 16_385, ring, algorithms=ES256)
    with pytest.raises(BadToken, match="header is too long"):
        jose.verify("=" * 8_193 + ".e30.AA", ring, algorithms=ES256)
    with pytest.raises(BadToken, match="too long"):
        jose.peek("a" * 65_537)


def test_refusals_quote_nothing_of_the_token(ring: KeyRing) -> None:
    key = ring.signing_key("ES256")
    for header in HEADERS.values():
        with pytest.raises(BadToken) as refusal:
            jose.verify(signed(key, {**header(key.kid), "mark": "zq7"}), ring, algorithms=ES256)
        assert len(str(refusal.value)) < 100
        assert key.kid not in str(refusal.value)


def test_the_type_is_a_media_type_and_an_absent_one_is_plain_jwt(ring: KeyRing) -> None:
    key = ring.signing_key("ES256")
    bare, access = signed(key, {"alg": "ES256"}), signed(key, {"alg": "ES256", "typ": "application/AT+jwt"})
    assert jose.verify(bare, ring, algorithms=ES256) == CLAIMS
    assert jose.verify(access, ring, algorithms=ES256, typ=("at+jwt", "JWT")) == CLAIMS
    with pytest.raises(BadToken, match="typ"):
        jose.verify(bare, ring, algorithms=ES256, typ="at+jwt")
    with pytest.raises(BadToken, match="typ"):
        jose.verify(access, ring, algorithms=ES256)


def test_without_kid_only_a_single_fitting_key_will_do(ring: KeyRing, stranger: Key) -> None:
    token = signed(ring.signing_key("ES256"), {"alg": "ES256"})
    assert jose.verify(token, ring, algorithms=ES256) == CLAIMS
    with pytest.raises(BadToken, match="several"):
        jose.verify(token, [*ring, stranger], algorithms=ES256)
    with pytest.raises(UnknownKey):
        jose.verify(token, [ring.signing_key("RS256")], algorithms=ES256)


def test_an_unknown_kid_is_told_apart_so_that_the_key_set_can_be_fetched_again(ring: KeyRing, stranger: Key) -> None:
    with pytest.raises(UnknownKey):
        jose.verify(jose.sign(stranger, CLAIMS, typ="JWT"), ring, algorithms=ES256)


def test_two_keys_under_one_kid_are_refused(ring: KeyRing, stranger: Key) -> None:
    keys = [PeerKey("same", None, None, ring.signing_key("ES256").jwk), PeerKey("same", None, None, stranger.jwk)]
    with pytest.raises(BadToken, match="several"):
        jose.verify(signed(stranger, {"alg": "ES256", "kid": "same"}), keys, algorithms=ES256)


@pytest.mark.parametrize(
    ("use", "alg"), [("enc", None), ("sig", "RS256"), ("sig", "ECDH-ES")], ids=["encryption", "RS256", "ECDH-ES"]
)
def test_a_key_serves_only_what_it_was_published_for(stranger: Key, use: str, alg: str | None) -> None:
    with pytest.raises(UnknownKey):
        jose.verify(
            jose.sign(stranger, CLAIMS, typ="JWT"), [PeerKey(stranger.kid, use, alg, stranger.jwk)], algorithms=ES256
        )


def test_a_peers_published_keys_verify_what_the_peer_signed(ring: KeyRing) -> None:
    peer = PeerKeys.parse(ring.published())
    token = jose.sign(ring.signing_key("EdDSA"), CLAIMS, typ="JWT")
    assert jose.verify(token, peer, algorithms=["ES256", "EdDSA"]) == CLAIMS


@pytest.mark.parametrize(
    ("stage", "accepted"),
    [(Stage.ANNOUNCED, False), (Stage.ACTIVE, True), (Stage.RETIRING, True), (Stage.WITHDRAWN, False)],
)
def test_our_own_token_is_believed_while_its_key_signs_or_retires(stage: Stage, accepted: bool) -> None:
    key = Key.new("EdDSA", NOW, stage)
    token = jose.sign(key, CLAIMS, typ="JWT")
    ours = KeyRing((key,)).verification_keys()
    if accepted:
        assert jose.verify(token, ours, algorithms=["EdDSA"]) == CLAIMS
    else:
        with pytest.raises(UnknownKey):
            jose.verify(token, ours, algorithms=["EdDSA"])


SHARED = b"a secret of thirty-two bytes, at least"


def mac(header: dict[str, object], secret: bytes = SHARED, digest: str = "sha256") -> str:
    """A token whose last part is an HMAC."""
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), digest))}"


def test_a_shared_secret_verifies_hs256_whichever_of_several_it_is() -> None:
    assert jose.verify_shared(mac({"alg": "HS256", "typ": "JWT"}), [b"x" * 32, SHARED]) == CLAIMS
    assert jose.verify_shared(mac({"alg": "HS256"}), [SHARED]) == CLAIMS


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "hs256"},
        {"alg": "HS384"},
        {"alg": "RS256"},
        {"alg": ["HS256"]},
        {},
        {"alg": "HS256", "crit": ["exp"]},
        {"alg": "HS256", "b64": False},
        {"alg": "HS256", "typ": "logout+jwt"},
    ],
    ids=str,
)
def test_no_other_header_passes_for_hs256(header: dict[str, object]) -> None:
    with pytest.raises(BadToken):
        jose.verify_shared(mac(header), [SHARED])


def test_a_wrong_short_or_absent_secret_verifies_nothing() -> None:
    for made_with, secrets in ((b"y" * 32, [SHARED]), (b"", [b""]), (b"short", [b"short"]), (SHARED, [])):
        with pytest.raises(BadToken, match="does not hold"):
            jose.verify_shared(mac({"alg": "HS256"}, made_with), secrets)


def test_keys_never_verify_hs256_even_their_public_text(ring: KeyRing) -> None:
    public = json.dumps(ring.published()).encode()
    with pytest.raises(BadToken):
        jose.verify(mac({"alg": "HS256"}, public), ring, algorithms=["HS256", "ES256"])


@given(position=st.integers(min_value=0), letter=st.sampled_from("ABCDEFGHxyz0123_-"))
def test_no_single_changed_letter_goes_unnoticed(ring: KeyRing, position: int, letter: str) -> None:
    key = ring.signing_key("EdDSA")
    token = jose.sign(key, CLAIMS, typ="JWT")
    at = position % len(token)
    changed = token[:at] + letter + token[at + 1 :]
    if changed != token:
        with pytest.raises(BadToken):
            jose.verify(changed, ring, algorithms=["EdDSA"])


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_refused_without_another_error(ring: KeyRing, text: str) -> None:
    with pytest.raises(BadToken):
        jose.verify(text, ring, algorithms=ES256)
    with pytest.raises(BadToken):
        jose.decrypt(text, ring.decryption_keys(), algorithms=["RSA-OAEP-256"])
