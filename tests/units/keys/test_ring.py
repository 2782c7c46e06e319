"""The key ring: what it signs with, what it publishes."""

import json

import pytest

from keys.errors import StageRefused
from keys.ring import ALGORITHMS_HELD, Key, KeyRing, NoActiveKey, Stage
from tests.units.keys.hostile import NOW


def test_the_signing_key_comes_with_its_kid_and_algorithm(ring: KeyRing) -> None:
    for alg in ("RS256", "ES256", "EdDSA"):
        key = ring.signing_key(alg)
        assert (key.alg, key.use, key.stage) == (alg, "sig", Stage.ACTIVE)
        assert ring.by_kid(key.kid) is key
    assert ring.algorithms() == ("RS256", "ES256", "EdDSA")


@pytest.mark.parametrize("alg", ["RSA-OAEP-256", "PS256", "HS256", "none", ""])
def test_there_is_no_signing_key_for_anything_else(ring: KeyRing, alg: str) -> None:
    with pytest.raises(NoActiveKey):
        ring.signing_key(alg)


def test_an_empty_ring_signs_and_publishes_nothing() -> None:
    assert KeyRing().published() == {"keys": []}
    assert KeyRing().algorithms() == ()
    with pytest.raises(NoActiveKey):
        KeyRing().signing_key("RS256")


def test_published_keys_carry_public_members_and_distinct_kids(ring: KeyRing) -> None:
    entries = ring.published()["keys"]
    assert len({entry["kid"] for entry in entries}) == len(ALGORITHMS_HELD)
    for entry in entries:
        assert entry.keys() <= {"kty", "n", "e", "crv", "x", "y", "kid", "use", "alg"}
        assert {"kty", "kid", "use", "alg"} <= entry.keys()
        assert entry["use"] == ("enc" if entry["alg"] == "RSA-OAEP-256" else "sig")


def test_rsa_keys_come_first_and_the_active_one_before_its_successor(ring: KeyRing) -> None:
    successor = Key.new("ES256", NOW, Stage.ANNOUNCED)
    withdrawn = Key.new("EdDSA", NOW, Stage.WITHDRAWN)
    shown = KeyRing((withdrawn, successor, *reversed(ring.keys))).published()["keys"]
    assert [entry["alg"] for entry in shown] == ["RS256", "RSA-OAEP-256", "ES256", "ES256", "EdDSA"]
    assert [entry["kid"] for entry in shown[2:4]] == [ring.signing_key("ES256").kid, successor.kid]


def test_the_kid_is_the_thumbprint_of_the_public_key(ring: KeyRing) -> None:
    """RFC 7638 §3: whoever holds the public key can recompute it."""
    for key in ring:
        assert key.kid == key.jwk.thumbprint()
        assert len(key.kid) == 43


def test_a_kid_is_never_taken_for_an_option_of_a_command() -> None:
    assert not any(Key.new("EdDSA", NOW).kid.startswith("-") for _ in range(500))


def test_a_key_never_goes_back(ring: KeyRing) -> None:
    stages = list(Stage)
    for at, stage in enumerate(stages):
        key = Key("kid", "sig", "ES256", stage, NOW, NOW, ring.signing_key("ES256").jwk)
        for earlier in stages[: at + 1]:
            with pytest.raises(StageRefused, match="cannot become"):
                key.moved(earlier, NOW)
        for later in stages[at + 1 :]:
            assert (key.moved(later, NOW + 9).stage, key.moved(later, NOW + 9).stage_at) == (later, NOW + 9)


def test_neither_a_key_nor_a_ring_prints_its_private_half(ring: KeyRing) -> None:
    shown = repr(ring) + repr(ring.keys[0]) + str(ring.keys[0].jwk)
    for key in ring:
        private = json.loads(key.jwk.private_text())
        assert private["d"] not in shown
