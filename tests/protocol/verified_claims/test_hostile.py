"""Whatever an application sends, it is read or refused, and learns nothing that it did not ask for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.settings import Settings, Upstream
from idp.oidc import claims_request
from idp.oidc.errors import AuthorizationRefused
from idp.oidc.verified_claims import Verified, told, verified
from idp.oidc.verified_claims_request import CLAIMS, elements, names
from idp.people.attestations import Attested
from idp.people.person import Person, State
from tests.protocol.verified_claims.asking import DUBOIS

NOW = 1_790_000_000
SETTINGS = Settings(
    issuer="https://connexion.exemple.fr",
    database_url="sqlite://",
    secret_key="x" * 32,
    upstreams=(Upstream("franceconnect", "https://fc.exemple.fr", "id", "secret", kind="franceconnect"),),
)
PERSON = Person(
    id="p",
    state=State.ACTIVE,
    profile="citoyen",
    given_names="Angela Claire Louise",
    birth_name="DURAND",
    gender="female",
    birthdate="1962-08-24",
)
SAID = {"given_names": "Angela Claire Louise", "birth_name": "DUBOIS", "gender": "female", "birthdate": "1962-08-24"}
TRUE = {name: DUBOIS[name] for name in ("given_name", "gender", "birthdate")}
"""What of it the account still holds: its name was changed."""


def held(level: str = "low", at: int = NOW - 10) -> Verified:
    return verified(Attested("franceconnect", "eidas", level, SAID, at), PERSON, SETTINGS)


WORDS = st.sampled_from(
    [
        *("verification", "claims", "trust_framework", "assurance_level", "time", "evidence", "type", "attestation"),
        *("voucher", "organization", "date_of_issuance", "value", "values", "max_age", "essential", "purpose"),
        *CLAIMS,
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 100),
    st.sampled_from(["eidas", "low", "vouch", "female", "FranceConnect", ""]),
    st.text(max_size=6),
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, st.text(max_size=5)), inner)),
    max_leaves=25,
)
LEAF = st.one_of(st.none(), st.fixed_dictionaries({}, optional={"essential": st.booleans(), "value": VALUES}))
LIKELY = st.fixed_dictionaries(
    {
        "verification": st.dictionaries(WORDS, st.one_of(LEAF, TREES), max_size=4),
        "claims": st.dictionaries(st.one_of(WORDS, st.text(max_size=5)), st.one_of(LEAF, TREES), max_size=5),
    }
)


def parsed(asked: Any) -> Any:
    """The element as it is kept, or None when it is refused or asks for nothing."""
    try:
        claims = claims_request.parse(json.dumps({"userinfo": {"verified_claims": asked}}))
    except AuthorizationRefused:
        return None
    return claims.get("userinfo", {}).get("verified_claims")


def leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for member in tree.values() for leaf in leaves(member)]
    return [leaf for item in tree for leaf in leaves(item)] if isinstance(tree, list) else [tree]


@given(st.one_of(TREES, LIKELY, st.lists(LIKELY, max_size=3)))
def test_any_request_is_answered_with_what_is_true_and_asked_or_not_at_all(asked: Any) -> None:
    kept = parsed(asked)
    whole = held()
    answer = told(kept, [whole], frozenset(CLAIMS), NOW)
    if answer is None:
        return
    assert isinstance(answer, list) == isinstance(asked, list)
    wanted = names({"userinfo": {"verified_claims": kept}})
    for element in answer if isinstance(answer, list) else [answer]:
        assert element.keys() == {"verification", "claims"}
        assert element["claims"]
        assert element["claims"].items() <= TRUE.items()
        assert element["claims"].keys() <= wanted
        assert element["verification"]["trust_framework"] == "eidas"
        assert set(leaves(element["verification"])) <= set(leaves(whole.verification))


@given(LIKELY)
def test_what_is_kept_of_a_request_is_read_again_as_it_was(asked: Any) -> None:
    kept = parsed(asked)
    assert parsed(kept) == kept
    for element in elements(kept):
        assert element["claims"].keys() <= set(CLAIMS)


@given(LIKELY, st.frozensets(st.sampled_from(CLAIMS)))
def test_nothing_is_told_beyond_what_is_allowed(asked: Any, allowed: frozenset[str]) -> None:
    answer = told(parsed(asked), [held()], allowed, NOW)
    assert answer is None or answer["claims"].keys() <= allowed


@pytest.mark.parametrize("depth", [4, 8, 9, 50, 200, 400])
def test_a_deep_request_is_refused_before_anything_reads_it(depth: int) -> None:
    tree: Any = None
    for _ in range(depth):
        tree = {"a": tree}
    asked = {"verification": {"trust_framework": None, "evidence": [tree]}, "claims": {"given_name": None}}
    written = json.dumps({"userinfo": {"verified_claims": asked}})
    if depth > 5:
        with pytest.raises(AuthorizationRefused):
            claims_request.parse(written)
    else:
        assert told(claims_request.parse(written)["userinfo"]["verified_claims"], [held()], frozenset(CLAIMS), NOW)


def test_the_first_attestation_that_meets_a_request_is_the_one_told() -> None:
    asked = {"verification": {"assurance_level": None}, "claims": {"gender": None}}
    attested = [held("high", NOW - 9_000), held("low", NOW - 10)]
    answer = told(parsed(asked), attested, frozenset(CLAIMS), NOW)
    assert answer["verification"]["assurance_level"] == "high"
    recent = {**asked, "verification": {"assurance_level": None, "time": {"max_age": 100}}}
    assert told(parsed(recent), attested, frozenset(CLAIMS), NOW)["verification"]["assurance_level"] == "low"


@pytest.mark.parametrize(("age", "met"), [(0, True), (2 * 86_400 - 1, True), (2 * 86_400, False)])
def test_the_age_of_a_day_is_counted_from_its_last_second(age: int, met: bool) -> None:
    midnight = NOW - NOW % 86_400
    wish = {"evidence": [{"type": {"value": "vouch"}, "attestation": {"date_of_issuance": {"max_age": 86_400}}}]}
    asked = {"verification": wish, "claims": {"gender": None}}
    answer = told(parsed(asked), [held(at=midnight)], frozenset(CLAIMS), midnight + age)
    assert (answer is not None) is met
