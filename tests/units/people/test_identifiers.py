"""The identifier: what is proposed, what is accepted, what is offered when it is taken."""

import pytest

from idp.foundation.secrets import SeededRandomness
from idp.foundation.texts import Text
from idp.people.identifiers import (
    RESERVED_IDENTIFIER,
    alternatives,
    identifier,
    identifier_key,
    propose,
    suggestions,
)


@pytest.mark.parametrize(
    ("given_names", "surname", "proposed"),
    [
        ("Jean-Éric", "D’Ormesson", "jean-eric.dormesson"),
        ("Zoé", "Le Cœur", "zoe.le-coeur"),
        ("Fañch", "N'Diaye", "fanch.ndiaye"),
        ("Marie Anne", "DUPONT--MARTIN", "marie-anne.dupont-martin"),
        ("Łukasz", "Øster", "lukasz.oster"),
        ("ÆGIR", "STRAẞE", "aegir.strasse"),
        ("Đorđe", "ŒUF", "dorde.oeuf"),
        ("Jean", "Иванов", "jean"),
        ("  Ana ", "da  Silva", "ana.da-silva"),
    ],
)
def test_prenom_nom_is_proposed_in_plain_letters(given_names: str, surname: str, proposed: str) -> None:
    assert propose(given_names, surname, SeededRandomness(1)) == proposed
    assert identifier(proposed) == proposed


@pytest.mark.parametrize(("given_names", "surname"), [("Мария", "Иванова"), ("李", "小龍"), ("A", "")])
def test_without_enough_latin_letters_a_neutral_identifier_is_proposed(given_names: str, surname: str) -> None:
    proposed = propose(given_names, surname, SeededRandomness(1))
    assert proposed.startswith("usager")
    assert identifier(proposed) == proposed


def test_a_long_name_is_cut_to_an_identifier_that_is_accepted() -> None:
    for length in (62, 63, 64, 100):
        proposed = propose("A" * length, "B" * 60, SeededRandomness(1))
        assert identifier(proposed) == proposed


@pytest.mark.parametrize("typed", ["camille.martin", "Camille.Martin", "a-b", "x_1", "123", "a" * 64, "jean--luc"])
def test_an_identifier_is_kept_as_typed(typed: str) -> None:
    assert identifier(typed) == typed


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ab",
        "a" * 65,
        ".camille",
        "camille.",
        "camille..martin",
        "camille martin",
        "zoé.martin",
        "camille@ville.fr",
        "c\u0430mille",
        "camille\u200b",
        "camille/martin",
        "camille\nmartin",
    ],
    ids=ascii,
)
def test_a_confusing_identifier_is_refused(typed: str) -> None:
    assert isinstance(identifier(typed), Text)


@pytest.mark.parametrize("typed", ["admin", "Root", "SUPPORT", "mairie", "franceconnect"])
def test_a_name_that_would_mislead_is_reserved(typed: str) -> None:
    assert identifier(typed) == RESERVED_IDENTIFIER


def test_identifiers_are_compared_without_case_and_without_any_other_folding() -> None:
    assert identifier_key(" Camille.Martin ") == "camille.martin"
    assert identifier_key("\u212aim") != identifier_key("kim")
    assert identifier_key("\u0130nes") != identifier_key("ines")


def test_what_is_offered_instead_is_numbered_and_never_dated() -> None:
    assert suggestions("camille.martin", {"camille.martin", "camille.martin.2"}) == (
        "camille.martin.3",
        "camille.martin.4",
    )


def test_every_alternative_is_an_identifier() -> None:
    for taken in ("camille.martin", "a" * 64, "abc"):
        assert all(identifier(alternative) == alternative for alternative in alternatives(taken))


def test_when_everything_is_taken_nothing_is_offered() -> None:
    assert suggestions("camille.martin", alternatives("camille.martin")) == ()
