"""When the civil register contradicts what an account declares, and when it only knows more or less."""

from dataclasses import replace
from typing import Any

import pytest

from idp.people.civil_status import contradicts
from idp.people.person import Person, State

ANGELA = Person(
    id="angela",
    state=State.ACTIVE,
    profile="citoyen",
    given_names="Angela",
    birth_name="Dubois",
    birthdate="1962-08-24",
)
SAID = {"given_name": "Angela Claire Louise", "family_name": "DUBOIS", "birthdate": "1962-08-24"}


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        pytest.param({}, {}, id="the same"),
        pytest.param({"birth_name": "dubois", "given_names": "Angéla, Rose"}, {}, id="written otherwise"),
        pytest.param({"birthdate": None}, {}, id="no birth date declared"),
        pytest.param({"birth_name": "Martin", "preferred_name": "Dubois"}, {}, id="the other name first"),
        pytest.param({}, {"birthdate": "1962-01-01", "idp_birthdate": "1962-00-00"}, id="a presumed date"),
        pytest.param({"birthdate": "1962-00-00"}, {}, id="a presumed date, known better since"),
        pytest.param({}, {"given_name": "", "family_name": ""}, id="a register that says nothing"),
    ],
)
def test_nothing_is_contradicted(declared: dict[str, Any], said: dict[str, str]) -> None:
    assert not contradicts(replace(ANGELA, **declared), {**SAID, **said})


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        pytest.param({"birth_name": "Durand"}, {}, id="another birth name"),
        pytest.param({"given_names": "Claire"}, {}, id="another first given name"),
        pytest.param({"birthdate": "1962-08-25"}, {}, id="another day"),
        pytest.param({}, {"birthdate": "1961-01-01", "idp_birthdate": "1961-00-00"}, id="another year, presumed"),
    ],
)
def test_somebody_else_is_told_apart(declared: dict[str, Any], said: dict[str, str]) -> None:
    assert contradicts(replace(ANGELA, **declared), {**SAID, **said})
