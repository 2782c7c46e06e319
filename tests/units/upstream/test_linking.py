"""Which account an attested identity is: by issuer and subject; never by e-mail; a namesake only after proof."""

from collections.abc import Mapping
from typing import Any

import pytest

from idp.people.civil_status import Declared, differences, vouched
from idp.people.person import Person, State
from idp.upstream.attestation import Attestation
from idp.upstream.linking import Claimed, Known, Unknown, decide
from tests.units.upstream.test_discovery import ours

FRANCECONNECT = ours(kind="franceconnect")
ANGELA: Mapping[str, object] = {
    "given_name": "Angela Claire Louise",
    "given_name_array": ["Angela", "Claire", "Louise"],
    "family_name": "DUBOIS",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "angela@exemple.fr",
}


def attested(**changes: object) -> Attestation:
    return Attestation("op", "https://op.exemple.fr", "s", "eidas1", (), {**ANGELA, **changes}, "token", 0)


def declared(**changes: str | None) -> Declared:
    given: dict[str, Any] = {
        "person_id": "p1",
        "given_names": "Angela",
        "birth_name": "Dubois",
        "birthdate": "1962-08-24",
    }
    return Declared(**(given | changes))


def person(**changes: Any) -> Person:
    given = {"id": "p1", "state": State.ACTIVE, "profile": "citoyen", "given_names": "Angela", "birth_name": "Dubois"}
    return Person(**(given | changes))


def test_a_known_subject_opens_its_account_whatever_else_is_said() -> None:
    angela = person()
    assert decide(angela, [declared()], attested(family_name="OTHER"), FRANCECONNECT) == Known(angela)


def test_nobody_born_that_day_is_a_new_person() -> None:
    assert decide(None, [], attested(), FRANCECONNECT) == Unknown()


@pytest.mark.parametrize(
    "account",
    [
        pytest.param(declared(), id="first given name alone"),
        pytest.param(declared(given_names="Angela Claire Louise", birth_name="DUBOIS"), id="the whole of it"),
        pytest.param(declared(given_names="ANGÉLA, Claire", birth_name="Dubôis"), id="accents and commas"),
    ],
)
def test_one_account_with_the_same_civil_status_may_be_claimed(account: Declared) -> None:
    assert decide(None, [account], attested(), FRANCECONNECT) == Claimed("p1")


@pytest.mark.parametrize(
    "account",
    [
        pytest.param(declared(given_names="Claire"), id="another first given name"),
        pytest.param(declared(birth_name="Dubosc"), id="another birth name"),
        pytest.param(declared(birthdate="1962-08-25"), id="another birth date"),
        pytest.param(declared(birthdate=None), id="no birth date"),
        pytest.param(declared(birth_name=""), id="no name"),
    ],
)
def test_another_civil_status_is_not_claimed(account: Declared) -> None:
    assert decide(None, [account], attested(), FRANCECONNECT) == Unknown()


def test_two_namesakes_born_the_same_day_are_not_guessed_between() -> None:
    twins = [declared(), declared(person_id="p2")]
    assert decide(None, twins, attested(), FRANCECONNECT) == Unknown()


def test_an_incomplete_identity_claims_nothing() -> None:
    for missing in ("given_name", "family_name", "birthdate"):
        assert decide(None, [declared()], attested(**{missing: ""}), FRANCECONNECT) == Unknown()


def test_a_provider_that_checks_no_civil_register_claims_nothing() -> None:
    assert decide(None, [declared()], attested(), ours(kind="oidc")) == Unknown()


def test_a_hyphenated_name_is_the_same_with_a_space() -> None:
    account = declared(birth_name="Trois Dupré")
    assert decide(None, [account], attested(family_name="TROIS-DUPRE"), FRANCECONNECT) == Claimed("p1")


def test_the_vouched_fields_are_those_of_an_account() -> None:
    assert vouched(ANGELA) == {
        "given_names": "Angela Claire Louise",
        "birth_name": "DUBOIS",
        "gender": "female",
        "birthdate": "1962-08-24",
        "birthplace": "75107",
        "birthcountry": "99100",
    }


def test_a_presumed_birth_date_is_kept_as_the_register_has_it() -> None:
    assert vouched({"birthdate": "1992-01-01", "idp_birthdate": "1992-00-00"}) == {"birthdate": "1992-00-00"}


def test_what_is_empty_absent_or_too_long_fills_nothing() -> None:
    assert vouched({"birthplace": "", "gender": None, "birthcountry": "Royaume-Uni de Grande-Bretagne"}) == {}


def test_only_what_the_register_says_otherwise_changes() -> None:
    married = person(given_names="Angela Claire Louise", birth_name="DUBOIS", gender="female", birthdate="1962-08-24")
    assert differences(married, ANGELA) == {"birthplace": "75107", "birthcountry": "99100"}
