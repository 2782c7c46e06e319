"""Names are taken as people write them, in any script, and nothing hidden gets in."""

import pytest

from idp.foundation.texts import Text
from idp.people.characters import INVISIBLE
from idp.people.names import organisation_name, person_name

ACCEPTED = [
    "Fañch",
    "N'Diaye",
    "D’Ormesson",
    "Kaʼiulani",
    "DUPONT--MARTIN",
    "Ng",
    "Ö",
    "Le Cœur",
    "de La Rochefoucauld",
    "St. John",
    "Ÿ",
    "Мария",
    "李小龍",
    "محمد",
    "अनीता",
    "a" * 256,
]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_name_is_kept_as_it_is_written(name: str) -> None:
    assert person_name(name) == name


@pytest.mark.parametrize("typed", ["J3an", "a@b", "", "   ", "-", "Jean<script>", "A{b}", "x" * 257, "Jean/Paul", "٣"])
def test_what_is_not_a_name_is_refused(typed: str) -> None:
    assert isinstance(person_name(typed), Text)


def test_spaces_are_collapsed_and_letters_composed() -> None:
    assert person_name("  Jose\u0301  \u00a0Luis ") == "José Luis"


HIDDEN = [
    "\r\n",
    "\x00",
    "\t",
    "\x0b",
    "\u2028",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\U000e0041",
]


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
@pytest.mark.parametrize("rule", [person_name, organisation_name])
def test_an_invisible_character_is_refused_within_a_name(rule: object, character: str) -> None:
    assert callable(rule)
    refusal = rule(f"Jean{character}Bcc")
    # line ends within a company's name become spaces, everything else hidden is refused
    assert refusal == ("Jean Bcc" if rule is organisation_name and character == "\r\n" else INVISIBLE)


@pytest.mark.parametrize("name", ["3 Suisses", "L'Atelier & Fils", "SARL Dupont (Nord)", "Ça va ?"])
def test_an_organisation_may_have_digits_and_signs_in_its_name(name: str) -> None:
    assert organisation_name(name) == name


@pytest.mark.parametrize("typed", ["", "&", "...", "x" * 201])
def test_an_organisation_needs_a_name_that_can_be_read(typed: str) -> None:
    assert isinstance(organisation_name(typed), Text)
