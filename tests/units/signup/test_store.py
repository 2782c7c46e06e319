"""Links and codes in the database: used once, counted before they are compared, dead when they should be."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import SystemRandomness, new_id
from idp.people.codes import MOST_TRIES
from idp.people.store import NewPerson, create
from idp.signup import store
from idp.signup.store import Activation

NOW = 1_790_000_000


@pytest.fixture
def sent(connection: Connection) -> Activation:
    """A code just sent to someone."""
    randomness = SystemRandomness()
    answers = {"given_names": "Camille", "birth_name": "Martin"}
    person_id = create(connection, NewPerson(profile="citoyen", answers=answers, locale="fr"), randomness, NOW)
    activation = Activation(
        id=new_id(randomness),
        person_id=person_id,
        channel="sms",
        destination="+33639981234",
        digest="digest",
        interaction_id="journey",
        client_id=None,
        browser_digest="browser",
        attempts=0,
        created_at=NOW,
        expires_at=NOW + 900,
    )
    store.write(connection, activation)
    return activation


def test_it_is_taken_once(connection: Connection, sent: Activation) -> None:
    assert store.look(connection, "digest", NOW) == sent
    assert store.take(connection, "digest", NOW) == sent
    assert store.take(connection, "digest", NOW) is None
    assert store.look(connection, "digest", NOW) is None


def test_it_expires_to_the_second(connection: Connection, sent: Activation) -> None:
    assert store.look(connection, "digest", NOW + 899) == sent
    assert store.look(connection, "digest", NOW + 900) is None
    assert store.take(connection, "digest", NOW + 900) is None


def test_attempts_are_counted_up_to_the_last(connection: Connection, sent: Activation) -> None:
    counted = [store.count_attempt(connection, sent.id, NOW) for _ in range(MOST_TRIES + 2)]
    assert [each.attempts_left if each else None for each in counted] == [4, 3, 2, 1, 0, None, None]


def test_what_expired_is_not_revived_by_a_clock_that_goes_back(connection: Connection, sent: Activation) -> None:
    store.close_expired(connection, sent.person_id, "sms", NOW + 900)
    assert store.latest(connection, sent.person_id, "sms", NOW) is None
    assert store.count_attempt(connection, sent.id, NOW) is None


def test_what_has_not_expired_is_left_alone(connection: Connection, sent: Activation) -> None:
    store.close_expired(connection, sent.person_id, "sms", NOW + 899)
    assert store.latest(connection, sent.person_id, "sms", NOW + 899) == sent


def test_closing_reaches_one_channel_of_one_person(connection: Connection, sent: Activation) -> None:
    link = replace(sent, id="link", channel="email", destination="a@exemple.fr", digest="link")
    store.write(connection, link)
    store.close(connection, sent.person_id, "sms", NOW)
    assert store.latest(connection, sent.person_id, "sms", NOW) is None
    assert store.latest(connection, sent.person_id, "email", NOW) == link


def test_links_to_the_same_address_all_work(connection: Connection, sent: Activation) -> None:
    for number, address in enumerate(("a@exemple.fr", "b@exemple.fr", "b@exemple.fr")):
        link = replace(sent, id=f"l{number}", channel="email", destination=address, digest=f"d{number}")
        store.write(connection, replace(link, created_at=NOW + number))
    store.close_other_destinations(connection, sent.person_id, "email", "b@exemple.fr", NOW)
    assert [store.look(connection, f"d{number}", NOW) is not None for number in range(3)] == [False, True, True]
    latest = store.latest(connection, sent.person_id, "email", NOW)
    assert latest is not None
    assert latest.id == "l2"
