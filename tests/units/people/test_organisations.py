"""Organisations as people declare them."""

from sqlalchemy import Connection

from idp.foundation.secrets import Randomness
from idp.people import organisations, store
from tests.units.people.conftest import NOW, NewAccount

LILAS = {
    "legal_name": "Les Lilas",
    "siret": "73282932000074",
    "legal_form": "sas",
    "role": "president",
    "city": "Bastia",
}


def test_the_first_organisation_comes_with_the_person(
    connection: Connection, active: NewAccount, randomness: Randomness
) -> None:
    person_id = active()
    organisations.declare(connection, person_id, "entreprise", LILAS, randomness, NOW)
    organisations.declare(connection, person_id, "association", {"legal_name": "Les Amis"}, randomness, NOW + 1)
    person = store.find(connection, person_id)
    assert person is not None
    assert person.organisation is not None
    declared = person.organisation
    assert (declared.legal_name, declared.siret, declared.siren) == ("Les Lilas", "73282932000074", "732829320")
    assert (declared.role, declared.insee_legal_form, declared.details) == ("president", "5710", {"city": "Bastia"})
    assert not declared.verified
    assert [each.legal_name for each in organisations.organisations_of(connection, person_id)] == [
        "Les Lilas",
        "Les Amis",
    ]


def test_a_number_declared_before_is_marked_and_the_first_declaration_is_untouched(
    connection: Connection, active: NewAccount, randomness: Randomness
) -> None:
    first, second, third = active("first"), active("second"), active("third")
    organisations.declare(connection, first, "entreprise", LILAS, randomness, NOW)
    organisations.declare(connection, second, "entreprise", {**LILAS, "legal_name": "Autre"}, randomness, NOW)
    organisations.declare(connection, third, "entreprise", {"legal_name": "Sans numéro"}, randomness, NOW)
    declared = [organisations.organisations_of(connection, person_id)[0] for person_id in (first, second, third)]
    assert [(each.legal_name, each.shared) for each in declared] == [
        ("Les Lilas", False),
        ("Autre", True),
        ("Sans numéro", False),
    ]


def test_the_legal_form_of_an_association_follows_from_its_situation(
    connection: Connection, active: NewAccount, randomness: Randomness
) -> None:
    person_id = active()
    answers = {"legal_name": "Les Amis", "situation": "declaree", "rna": "W751515517"}
    organisations.declare(connection, person_id, "association", answers, randomness, NOW)
    (declared,) = organisations.organisations_of(connection, person_id)
    assert (declared.rna, declared.siren, declared.insee_legal_form) == ("W751515517", None, "9220")
