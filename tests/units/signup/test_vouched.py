"""What is kept and shown of someone for whom an identity provider answers."""

from datetime import date
from typing import Any

import pytest

from idp.foundation.errors import Forbidden
from idp.interactions.interaction import Vouched
from idp.signup import vouched

TODAY = date(2026, 11, 24)
CLAIMS = {
    "given_name": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "preferred_username": "Durand",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "99100",
    "email": "angela.dubois@exemple.fr",
}


def said(**changes: Any) -> Vouched:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    return Vouched("franceconnect", "https://fc.exemple.fr", "sub", "eidas1", ("pwd",), claims, "sealed", 0)


def test_the_civil_status_is_kept_in_the_terms_of_an_account() -> None:
    assert vouched.civil_answers(said()) == {
        "given_names": "Angela Claire Louise",
        "birth_name": "DUBOIS",
        "preferred_name": "Durand",
        "gender": "female",
        "birthdate": "1962-08-24",
        "birthplace": "75107",
        "birthcountry": "99100",
    }


@pytest.mark.parametrize(
    ("claim", "value", "field"),
    [
        ("family_name", "DU\u202eBOIS", "birth_name"),
        ("given_name", "<script>", "given_names"),
        ("preferred_username", "x" * 300, "preferred_name"),
        ("birthdate", "24/08/1962", "birthdate"),
        ("birthdate", "1962-13-01", "birthdate"),
        ("birthplace", "", "birthplace"),
        ("gender", None, "gender"),
    ],
)
def test_what_cannot_be_used_is_left_out(claim: str, value: str | None, field: str) -> None:
    assert field not in vouched.civil_answers(said(**{claim: value}))


def test_a_professional_name_in_use_stands_for_the_birth_name() -> None:
    assert vouched.civil_answers(said(family_name=None, usual_name="Dubois"))["birth_name"] == "Dubois"


def test_what_is_shown_is_in_the_order_of_the_form() -> None:
    shown = [(fact.label.msgid, fact.value) for fact in vouched.facts(vouched.civil_answers(said()))]
    assert shown == [
        ("Nom de naissance", "DUBOIS"),
        ("Nom d'usage", "Durand"),
        ("Prénom", "Angela Claire Louise"),
        ("Date de naissance", "24/08/1962"),
    ]


@pytest.mark.parametrize("received", ["", "not an address", "a@b\r\nBcc: c@d.fr"])
def test_an_address_that_cannot_be_used_fills_nothing_in(received: str) -> None:
    assert vouched.given_email(said(email=received)) == ""


def test_minors_are_refused_and_the_unsure_are_not() -> None:
    vouched.refuse_minors({"birthdate": "2011-00-00"}, 15, TODAY)
    vouched.refuse_minors({}, 15, TODAY)
    with pytest.raises(Forbidden):
        vouched.refuse_minors({"birthdate": "2012-00-00"}, 15, TODAY)
