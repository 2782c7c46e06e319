"""Registered claims: issuer, audience, times, to the second."""

import base64
import hashlib
from dataclasses import replace

import pytest

from keys.claims import (
    BadClaims,
    ClaimMissing,
    Expected,
    LifetimeTooLong,
    TokenExpired,
    TokenNotYetValid,
    WrongAudience,
    WrongIssuer,
    check,
    half_hash,
)
from tests.units.keys.hostile import CLAIMS, NOW

EXPECTED = Expected("https://idp.example", frozenset({"an-app"}))


def claims(**changes: object) -> dict[str, object]:
    """Good claims, changed; `...` removes one."""
    return {name: value for name, value in {**CLAIMS, **changes}.items() if value is not ...}


def test_the_claims_expected_are_accepted() -> None:
    check(claims(), EXPECTED, NOW)
    check(claims(aud=["an-app"], azp="an-app"), EXPECTED, NOW)
    check(claims(exp=NOW + 60.5), EXPECTED, NOW)


REFUSED: dict[str, tuple[dict[str, object], type[BadClaims]]] = {
    "iss missing": ({"iss": ...}, WrongIssuer),
    "iss of another": ({"iss": "https://idp.example/"}, WrongIssuer),
    "iss a list": ({"iss": ["https://idp.example"]}, WrongIssuer),
    "aud missing": ({"aud": ...}, WrongAudience),
    "aud null": ({"aud": None}, WrongAudience),
    "aud empty": ({"aud": []}, WrongAudience),
    "aud an empty text": ({"aud": ""}, WrongAudience),
    "aud of another": ({"aud": "another-app"}, WrongAudience),
    "aud with others": ({"aud": ["an-app", "another-app"]}, WrongAudience),
    "aud with others and azp": ({"aud": ["an-app", "another-app"], "azp": "an-app"}, WrongAudience),
    "aud an object": ({"aud": {"an-app": True}}, WrongAudience),
    "aud with a number": ({"aud": ["an-app", 1]}, WrongAudience),
    "aud containing our name": ({"aud": "an-app-2"}, WrongAudience),
    "exp missing": ({"exp": ...}, ClaimMissing),
    "exp text": ({"exp": str(NOW + 60)}, ClaimMissing),
    "exp null": ({"exp": None}, ClaimMissing),
    "exp true": ({"exp": True}, ClaimMissing),
    "exp infinite": ({"exp": float("inf")}, ClaimMissing),
    "exp before all time": ({"exp": -(10**400)}, TokenExpired),
    "exp passed": ({"exp": NOW - 30}, TokenExpired),
    "nbf ahead": ({"nbf": NOW + 31}, TokenNotYetValid),
    "nbf beyond every float": ({"nbf": 10**400}, TokenNotYetValid),
    "nbf text": ({"nbf": "now"}, ClaimMissing),
    "iat ahead": ({"iat": NOW + 31}, TokenNotYetValid),
    "iat not a number": ({"iat": float("nan")}, ClaimMissing),
}


@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_other_claims_are_refused_with_their_own_error(changes: dict[str, object], error: type[BadClaims]) -> None:
    with pytest.raises(error):
        check(claims(**changes), EXPECTED, NOW)


def test_leeway_is_counted_to_the_second() -> None:
    check(claims(exp=NOW - 29), EXPECTED, NOW)
    check(claims(iat=NOW + 30, nbf=NOW + 30), EXPECTED, NOW)
    exact = replace(EXPECTED, leeway=0)
    check(claims(exp=NOW + 1, iat=NOW), exact, NOW)
    with pytest.raises(TokenExpired):
        check(claims(exp=NOW), exact, NOW)
    with pytest.raises(TokenNotYetValid):
        check(claims(iat=NOW + 1), exact, NOW)


def test_other_audiences_are_accepted_beside_the_right_authorized_party_only() -> None:
    expected = replace(EXPECTED, authorized_party="an-app")
    check(claims(), expected, NOW)
    check(claims(aud=["an-app", "another-app"], azp="an-app"), expected, NOW)
    for aud, azp in ((["an-app", "another-app"], ...), (["an-app", "another-app"], "another-app"), ("an-app", "x")):
        with pytest.raises(WrongAudience):
            check(claims(aud=aud, azp=azp), expected, NOW)


@pytest.mark.parametrize("aud", [[], "", "an-app"], ids=["empty list", "empty text", "a name"])
def test_without_a_name_of_our_own_nobody_is_accepted(aud: object) -> None:
    with pytest.raises(WrongAudience):
        check(claims(aud=aud), replace(EXPECTED, audiences=frozenset()), NOW)


def test_required_claims_must_be_present() -> None:
    expected = replace(EXPECTED, required=("exp", "jti"))
    check(claims(jti="once"), expected, NOW)
    with pytest.raises(ClaimMissing, match="jti"):
        check(claims(), expected, NOW)


def test_a_lifetime_has_a_ceiling() -> None:
    expected = replace(EXPECTED, longest_life=300)
    check(claims(exp=NOW + 300), expected, NOW)
    with pytest.raises(LifetimeTooLong):
        check(claims(exp=NOW + 301), expected, NOW)
    with pytest.raises(LifetimeTooLong):
        check(claims(exp=10**400), expected, NOW)


def test_a_hint_may_have_expired_but_not_come_from_the_future() -> None:
    expected = replace(EXPECTED, accept_expired=True)
    check(claims(exp=NOW - 86_400), expected, NOW)
    with pytest.raises(TokenNotYetValid):
        check(claims(exp=NOW - 86_400, iat=NOW + 3_600), expected, NOW)


def test_half_hash_matches_the_example_of_the_specification() -> None:
    """OpenID Connect Core, appendix A.3 and A.4: the code and the access token, under RS256."""
    assert half_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk", "RS256") == "LDktKdoQak3Pk0cnXxCltA"
    assert half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "ES256") == "77QmUPtjPfzWtF2AnpK9RQ"


def test_half_hash_under_eddsa_is_half_of_sha512() -> None:
    expected = base64.urlsafe_b64encode(hashlib.sha512(b"a token").digest()[:32]).rstrip(b"=").decode()
    assert half_hash("a token", "EdDSA") == expected


@pytest.mark.parametrize("alg", ["none", "HS256", "rs256", ""])
def test_half_hash_of_an_unknown_algorithm_is_an_error_never_a_pass(alg: str) -> None:
    with pytest.raises(ValueError, match="no hash"):
        half_hash("a token", alg)
