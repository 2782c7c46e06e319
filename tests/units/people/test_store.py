"""Accounts in the database: unique identifiers, shared mailboxes, proofs."""

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import Randomness
from idp.people import availability, store
from idp.people.person import Person, State
from idp.people.store import IdentifierTaken
from tests.units.people.conftest import NOW, NewAccount


def found(connection: Connection, person_id: str) -> Person:
    person = store.find(connection, person_id)
    assert person is not None
    return person


def test_an_account_begins_pending_with_nothing_proved(connection: Connection, pending: NewAccount) -> None:
    person = found(connection, pending(mobile="+33639981234", street="1 rue des Lilas", city="Bastia"))
    assert person.state is State.PENDING
    assert (person.identifier, person.email, person.mobile) == ("camille.martin", "camille@exemple.fr", "+33639981234")
    assert not person.email_verified
    assert not person.mobile_verified
    assert person.address == {"street": "1 rue des Lilas", "city": "Bastia"}
    assert person.full_name == "Camille Martin"
    assert person.organisation is None


def test_an_identifier_belongs_to_one_account_whatever_its_case(connection: Connection, pending: NewAccount) -> None:
    person_id = pending("Camille.Martin")
    with pytest.raises(IdentifierTaken):
        pending("camille.MARTIN")
    for typed in ("camille.martin", "CAMILLE.MARTIN", " Camille.Martin "):
        held = store.find_by_identifier(connection, typed)
        assert held is not None
        assert held.id == person_id
    assert not availability.is_free(connection, "CAMILLE.martin")


def test_accounts_without_identifier_do_not_collide(connection: Connection, pending: NewAccount) -> None:
    assert pending(None) != pending(None)


def test_what_is_offered_instead_is_free(connection: Connection, pending: NewAccount) -> None:
    for identifier in ("camille.martin", "camille.martin.2", "camille.martin.4"):
        pending(identifier)
    assert availability.free_alternatives(connection, "Camille.Martin") == ("camille.martin.3", "camille.martin.5")


def test_an_address_signs_in_only_once_it_is_proved(connection: Connection, pending: NewAccount) -> None:
    person_id = pending()
    assert store.find_by_identifier(connection, "camille@exemple.fr") is None
    store.verify_email(connection, person_id, "Camille@exemple.fr", NOW + 1)
    by_address = store.find_by_identifier(connection, "CAMILLE@Exemple.fr")
    assert by_address is not None
    assert (by_address.id, by_address.email, by_address.email_verified_at) == (person_id, "Camille@exemple.fr", NOW + 1)


def test_a_shared_mailbox_signs_in_the_first_account_that_proved_it(connection: Connection, active: NewAccount) -> None:
    first, second = active("camille.martin"), active("claude.martin")
    by_address = store.find_by_identifier(connection, "camille@exemple.fr")
    assert by_address is not None
    assert by_address.id == first
    assert {each.id for each in store.holders_of_email(connection, "camille@exemple.fr")} == {first, second}


def test_a_new_address_frees_the_old_one(connection: Connection, active: NewAccount) -> None:
    first, second = active("camille.martin"), active("claude.martin")
    store.verify_email(connection, first, "autre@exemple.fr", NOW + 1)
    assert store.find_by_identifier(connection, "camille@exemple.fr") is None
    store.verify_email(connection, second, "camille@exemple.fr", NOW + 2)
    by_address = store.find_by_identifier(connection, "camille@exemple.fr")
    assert by_address is not None
    assert by_address.id == second


def test_a_declared_change_is_unproved(connection: Connection, active: NewAccount) -> None:
    person_id = active()
    store.verify_mobile(connection, person_id, "+33639981234", NOW + 1)
    assert found(connection, person_id).mobile_verified_at == NOW + 1
    store.amend(
        connection, person_id, {"email": "autre@exemple.fr", "mobile": None, "landline": "+33101010101"}, NOW + 2
    )
    person = found(connection, person_id)
    assert (person.email, person.email_verified, person.mobile, person.mobile_verified) == (
        "autre@exemple.fr",
        False,
        None,
        False,
    )
    assert (person.landline, person.updated_at) == ("+33101010101", NOW + 2)
    assert store.find_by_identifier(connection, "camille@exemple.fr") is None
    assert store.find_by_identifier(connection, "autre@exemple.fr") is None


def test_holders_of_a_number_are_the_active_accounts_that_proved_it(connection: Connection, active: NewAccount) -> None:
    person_id = active("camille.martin", mobile="+33639981234")
    assert store.holders_of_mobile(connection, "+33639981234") == ()
    store.verify_mobile(connection, person_id, "+33639981234", NOW)
    assert [each.id for each in store.holders_of_mobile(connection, "+33639981234")] == [person_id]


def test_a_new_hash_of_the_same_password_never_undoes_a_change(connection: Connection, active: NewAccount) -> None:
    person_id = active()
    store.set_password(connection, person_id, "new", NOW + 5)
    store.rehash(connection, person_id, "hash", "hash at today's cost")
    person = found(connection, person_id)
    assert (person.password_hash, person.password_changed_at) == ("new", NOW + 5)
    store.rehash(connection, person_id, "new", "new at today's cost")
    assert found(connection, person_id).password_hash == "new at today's cost"


def test_the_hash_is_not_shown_with_the_person(connection: Connection, active: NewAccount) -> None:
    assert "hash" not in repr(found(connection, active())).replace("password_hash", "")


@pytest.mark.parametrize("words", ["CAMILLE", "mart", "@exemple", ""])
def test_an_account_is_found_by_a_part_of_what_it_is_known_by(
    connection: Connection, active: NewAccount, words: str
) -> None:
    person_id = active()
    assert [each.id for each in store.search(connection, words)] == [person_id]


@pytest.mark.parametrize("words", ["%", "_", "camille/%", "' OR 1=1 --"])
def test_wildcards_are_only_characters(connection: Connection, active: NewAccount, words: str) -> None:
    active()
    assert store.search(connection, words) == ()


def test_a_search_is_bounded(connection: Connection, pending: NewAccount) -> None:
    for number in range(3):
        pending(f"camille.{number}")
    assert len(store.search(connection, "camille", most=2)) == 2


def test_an_unknown_person_is_nobody(connection: Connection, randomness: Randomness) -> None:
    assert store.find(connection, "nobody") is None
    assert store.find_by_identifier(connection, "nobody") is None
    assert store.find_by_identifier(connection, "not an @ address") is None


def test_an_account_takes_an_identifier_that_is_free(connection: Connection, active: NewAccount) -> None:
    taken, person_id = active("camille.martin"), active(None)
    with pytest.raises(IdentifierTaken):
        availability.take(connection, person_id, "Camille.Martin")
    availability.take(connection, person_id, "Dominique.Leroy")
    assert found(connection, person_id).identifier == "Dominique.Leroy"
    assert found(connection, taken).identifier == "camille.martin"


def test_only_the_first_who_proved_a_mailbox_signs_in_with_it(connection: Connection, active: NewAccount) -> None:
    first, second = active("first"), active("second")
    assert store.signs_in_by_email(connection, first)
    assert not store.signs_in_by_email(connection, second)
