"""An account elsewhere opens one account here, by issuer and subject."""

from sqlalchemy import Connection

from idp.foundation.secrets import Randomness
from idp.people import identity
from idp.people.identity import Account
from tests.units.people.conftest import NOW, NewAccount

FRANCECONNECT = Account("franceconnect", "https://fc.example", "subject")


def test_a_link_is_found_by_issuer_and_subject(
    connection: Connection, active: NewAccount, randomness: Randomness
) -> None:
    person_id = active()
    assert identity.link(connection, person_id, FRANCECONNECT, randomness, NOW)
    assert identity.owner(connection, "https://fc.example", "subject") == person_id
    assert identity.owner(connection, "https://other.example", "subject") is None
    assert identity.owner(connection, "https://fc.example", "other") is None


def test_a_link_is_tied_to_one_person(connection: Connection, active: NewAccount, randomness: Randomness) -> None:
    first, second = active("first"), active("second")
    assert identity.link(connection, first, FRANCECONNECT, randomness, NOW)
    assert not identity.link(connection, second, FRANCECONNECT, randomness, NOW)
    assert not identity.link(connection, first, FRANCECONNECT, randomness, NOW)
    assert identity.owner(connection, "https://fc.example", "subject") == first


def test_coming_in_by_a_link_is_noted(connection: Connection, active: NewAccount, randomness: Randomness) -> None:
    person_id = active()
    assert identity.use(connection, "https://fc.example", "subject", NOW + 5) is None
    identity.link(connection, person_id, FRANCECONNECT, randomness, NOW)
    assert identity.use(connection, "https://fc.example", "subject", NOW + 5) == person_id
    (link,) = identity.links_of(connection, person_id)
    assert (link.provider, link.linked_at, link.used_at) == ("franceconnect", NOW, NOW + 5)


def test_only_its_own_person_unties_a_link(connection: Connection, active: NewAccount, randomness: Randomness) -> None:
    person_id, other = active("first"), active("second")
    identity.link(connection, person_id, FRANCECONNECT, randomness, NOW)
    (link,) = identity.links_of(connection, person_id)
    assert not identity.unlink(connection, other, link.id)
    assert identity.unlink(connection, person_id, link.id)
    assert identity.links_of(connection, person_id) == ()
