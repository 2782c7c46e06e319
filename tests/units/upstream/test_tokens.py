"""What an upstream's ID token and user information must say, vector by vector."""

from collections.abc import Mapping
from typing import Any

import pytest

from idp.foundation.secrets import digest
from idp.foundation.settings import Upstream
from idp.upstream.faults import Untrusted
from idp.upstream.providers import registration
from idp.upstream.tokens import read_id_token, read_signed_userinfo
from keys import jose
from keys.claims import half_hash
from keys.encoding import encode, write_object
from keys.errors import UnknownKey
from keys.peers import PeerKeys
from tests.support.franceconnect import CLIENT_ID, CLIENT_SECRET, ISSUER, NOW, ring

OURS = registration(Upstream("franceconnect", ISSUER, CLIENT_ID, CLIENT_SECRET, kind="franceconnect"))
NONCE = "n" * 43
ACCESS_TOKEN = "an-access-token"
GOOD: Mapping[str, Any] = {
    "iss": ISSUER,
    "aud": CLIENT_ID,
    "sub": "f" * 64 + "v1",
    "iat": NOW,
    "exp": NOW + 60,
    "auth_time": NOW,
    "nonce": NONCE,
    "acr": "eidas1",
}


def published(generation: int = 0) -> PeerKeys:
    return PeerKeys.parse(ring(generation).published())


def signed(claims: Mapping[str, Any], alg: str = "ES256", generation: int = 0) -> str:
    kept = {name: value for name, value in claims.items() if value is not None}
    return jose.sign(ring(generation).signing_key(alg), kept, typ="JWT")


def read(token: str, now: int = NOW) -> dict[str, object]:
    return read_id_token(token, published(), OURS, nonce_digest=digest(NONCE), access_token=ACCESS_TOKEN, now=now)


def test_a_good_token_is_read() -> None:
    assert read(signed(GOOD))["sub"] == GOOD["sub"]


def test_an_access_token_hash_may_be_absent_and_must_be_right() -> None:
    assert read(signed({**GOOD, "at_hash": half_hash(ACCESS_TOKEN, "ES256")}))
    with pytest.raises(Untrusted, match="at_hash"):
        read(signed({**GOOD, "at_hash": half_hash("another", "ES256")}))


def test_the_clocks_may_differ_by_a_minute_and_no_more() -> None:
    assert read(signed(GOOD), NOW + 119)
    assert read(signed(GOOD), NOW - 60)
    with pytest.raises(Untrusted, match="exp"):
        read(signed(GOOD), NOW + 120)
    with pytest.raises(Untrusted, match="iat"):
        read(signed(GOOD), NOW - 61)


def test_several_audiences_need_an_authorized_party() -> None:
    assert read(signed({**GOOD, "aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"iss": "https://other.exemple.fr"}, id="another issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"aud": "someone-else"}, id="for someone else"),
        pytest.param({"aud": [CLIENT_ID, "other"]}, id="several audiences without azp"),
        pytest.param({"aud": [CLIENT_ID], "azp": "other"}, id="azp of another"),
        pytest.param({"aud": []}, id="no audience"),
        pytest.param({"exp": None}, id="no expiry"),
        pytest.param({"exp": NOW - 61}, id="expired"),
        pytest.param({"exp": str(NOW + 60)}, id="expiry as text"),
        pytest.param({"iat": None}, id="no date of issue"),
        pytest.param({"iat": NOW + 3600}, id="issued in an hour"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"nonce": "m" * 43}, id="another nonce"),
        pytest.param({"nonce": None, "nonce_supported": False}, id="a claim that says nonce is not supported"),
        pytest.param({"nonce": [NONCE]}, id="nonce in a list"),
        pytest.param({"acr": None}, id="no level"),
        pytest.param({"acr": "eidas0"}, id="unknown level"),
        pytest.param({"sub": None}, id="no subject"),
        pytest.param({"sub": ""}, id="empty subject"),
        pytest.param({"sub": "x" * 256}, id="subject too long"),
        pytest.param({"sub": 12}, id="subject as a number"),
        pytest.param({"sub": "a\nb"}, id="subject on two lines"),
    ],
)
def test_a_token_that_does_not_answer_our_request_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Untrusted):
        read(signed({**GOOD, **changes}))


def test_another_algorithm_than_the_registered_one_is_refused_although_its_key_is_published() -> None:
    with pytest.raises(Untrusted):
        read(signed(GOOD, "RS256"))


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({"alg": "none"}, id="none"),
        pytest.param({"alg": "nOnE"}, id="none in other letters"),
        pytest.param({"alg": "HS256"}, id="HMAC"),
    ],
)
def test_an_unsigned_token_or_a_shared_secret_is_refused(header: dict[str, object]) -> None:
    for signature in ("", encode(b"x" * 32)):
        with pytest.raises(Untrusted):
            read(f"{encode(write_object(header))}.{encode(write_object(GOOD))}.{signature}")


def test_a_changed_payload_is_refused() -> None:
    head, _, signature = signed(GOOD).split(".")
    changed = encode(write_object({**GOOD, "sub": "e" * 64 + "v1"}))
    with pytest.raises(Untrusted):
        read(f"{head}.{changed}.{signature}")


def test_a_key_that_is_not_published_is_told_apart_so_that_keys_are_asked_again() -> None:
    with pytest.raises(UnknownKey):
        read(signed(GOOD, generation=1))


@pytest.mark.parametrize("token", ["", "x", "a.b", "{}", '{"payload":"","signatures":[]}', "é.é.é"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Untrusted):
        read(token)


def test_user_information_must_be_about_the_same_subject_and_for_us() -> None:
    said = {"iss": ISSUER, "aud": CLIENT_ID, "sub": GOOD["sub"], "family_name": "DUBOIS"}

    def about(**changes: object) -> dict[str, object]:
        token = signed({**said, **changes})
        return read_signed_userinfo(token, published(), OURS, subject=GOOD["sub"], now=NOW)

    assert about()["family_name"] == "DUBOIS"
    for changes in ({"sub": "e" * 66}, {"aud": "someone-else"}, {"iss": "https://other"}, {"exp": NOW - 61}):
        with pytest.raises(Untrusted):
            about(**changes)
