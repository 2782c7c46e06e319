"""What an account may do, and how it is forgotten."""

from sqlalchemy import Connection

from idp.foundation.secrets import Randomness
from idp.people import consents, identity, organisations, roles, standing, store
from idp.people.consents import Given, Kind
from idp.people.identity import Account
from idp.people.person import State
from idp.people.roles import Role
from tests.units.people.conftest import NOW, NewAccount


def state(connection: Connection, person_id: str) -> State | None:
    person = store.find(connection, person_id)
    return person.state if person else None


def test_an_account_is_activated_once(connection: Connection, pending: NewAccount) -> None:
    person_id = pending()
    assert standing.activate(connection, person_id, NOW + 1)
    assert not standing.activate(connection, person_id, NOW + 2)
    person = store.find(connection, person_id)
    assert person is not None
    assert (person.state, person.activated_at) == (State.ACTIVE, NOW + 1)


def test_a_locked_account_is_not_activated_and_an_unlocked_one_is_active(
    connection: Connection, active: NewAccount
) -> None:
    person_id = active()
    assert standing.lock(connection, person_id, NOW + 1)
    assert not standing.lock(connection, person_id, NOW + 2)
    assert not standing.activate(connection, person_id, NOW + 3)
    assert state(connection, person_id) is State.LOCKED
    assert standing.unlock(connection, person_id)
    assert not standing.unlock(connection, person_id)
    assert state(connection, person_id) is State.ACTIVE


def test_locking_ends_what_was_open(connection: Connection, active: NewAccount) -> None:
    person_id = active()
    standing.lock(connection, person_id, NOW + 1)
    person = store.find(connection, person_id)
    assert person is not None
    assert person.cutoff_at == NOW + 1


def test_a_pending_account_cannot_be_locked_into_being_active(connection: Connection, pending: NewAccount) -> None:
    person_id = pending()
    assert not standing.lock(connection, person_id, NOW)
    assert not standing.unlock(connection, person_id)
    assert state(connection, person_id) is State.PENDING


def test_erasing_leaves_no_trace_of_the_person(
    connection: Connection, active: NewAccount, randomness: Randomness
) -> None:
    person_id = active(mobile="+33639981234")
    identity.link(connection, person_id, Account("franceconnect", "https://fc.example", "subject"), randomness, NOW)
    organisations.declare(connection, person_id, "entreprise", {"legal_name": "Les Lilas"}, randomness, NOW)
    consents.agree(connection, person_id, Given(Kind.TERMS, "2026-11", "inscription"), randomness, NOW)
    roles.grant(connection, person_id, Role.ADMINISTRATOR, NOW)

    standing.erase(connection, person_id, NOW + 1)

    person = store.find(connection, person_id)
    assert person is not None
    assert (person.state, person.full_name, person.email, person.mobile) == (State.ERASED, "", None, None)
    assert person.organisation is None
    assert store.find_by_identifier(connection, "camille.martin") is None
    assert store.find_by_identifier(connection, "camille@exemple.fr") is None
    assert identity.owner(connection, "https://fc.example", "subject") is None
    assert roles.roles_of(connection, person_id) == frozenset()
    assert [each.kind for each in consents.agreements_of(connection, person_id)] == [Kind.TERMS]


def test_an_account_never_activated_is_forgotten_in_time(
    connection: Connection, pending: NewAccount, active: NewAccount
) -> None:
    waiting, used = pending("waiting"), active("used")
    assert standing.forget_pending(connection, NOW - 1) == 0
    assert standing.forget_pending(connection, NOW) == 1
    assert store.find(connection, waiting) is None
    assert store.find(connection, used) is not None
