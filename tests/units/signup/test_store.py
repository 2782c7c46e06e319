"""Links and codes in the database: used once, counted before they are compared, dead when they should be."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from idp.foundation.secrets import SystemRandomness, new_id
from idp.messages.message import Channel
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
        kind=Channel.SMS,
        destination="+33639981234",
        digest="digest",
        interaction_id="journey",
        client_id=None,
        browser_digest="browser",
        created_at=NOW,
        expires_at=NOW + 900,
    )
    store.sent.write(connection, activation)
    return activation


def test_it_is_taken_once(connection: Connection, sent: Activation) -> None:
    assert store.sent.look(connection, "digest", NOW) == sent
    assert store.sent.take(connection, "digest", NOW) == sent
    assert store.sent.take(connection, "digest", NOW) is None
    assert store.sent.look(connection, "digest", NOW) is None


def test_it_expires_to_the_second(connection: Connection, sent: Activation) -> None:
    assert store.sent.look(connection, "digest", NOW + 899) == sent
    assert store.sent.look(connection, "digest", NOW + 900) is None
    assert store.sent.take(connection, "digest", NOW + 900) is None


def test_attempts_are_counted_up_to_the_last(connection: Connection, sent: Activation) -> None:
    counted = [store.sent.count_try(connection, sent.id, NOW) for _ in range(MOST_TRIES + 2)]
    assert [each.tries_left if each else None for each in counted] == [4, 3, 2, 1, 0, None, None]


def test_what_expired_is_not_revived_by_a_clock_that_goes_back(connection: Connection, sent: Activation) -> None:
    store.sent.close_expired(connection, sent.person_id, Channel.SMS, NOW + 900)
    assert store.sent.latest(connection, sent.person_id, Channel.SMS, NOW) is None
    assert store.sent.count_try(connection, sent.id, NOW) is None


def test_what_has_not_expired_is_left_alone(connection: Connection, sent: Activation) -> None:
    store.sent.close_expired(connection, sent.person_id, Channel.SMS, NOW + 899)
    assert store.sent.latest(connection, sent.person_id, Channel.SMS, NOW + 899) == sent


def test_closing_reaches_one_channel_of_one_person(connection: Connection, sent: Activation) -> None:
    link = replace(sent, id="link", kind=Channel.EMAIL, destination="a@exemple.fr", digest="link")
    store.sent.write(connection, link)
    store.sent.close(connection, sent.person_id, Channel.SMS, NOW)
    assert store.sent.latest(connection, sent.person_id, Channel.SMS, NOW) is None
    assert store.sent.latest(connection, sent.person_id, Channel.EMAIL, NOW) == link


def test_links_to_the_same_address_all_work(connection: Connection, sent: Activation) -> None:
    for number, address in enumerate(("a@exemple.fr", "b@exemple.fr", "b@exemple.fr")):
        link = replace(sent, id=f"l{number}", kind=Channel.EMAIL, destination=address, digest=f"d{number}")
        store.sent.write(connection, replace(link, created_at=NOW + number))
    store.sent.close_elsewhere(connection, sent.person_id, Channel.EMAIL, "b@exemple.fr", NOW)
    assert [store.sent.look(connection, f"d{number}", NOW) is not None for number in range(3)] == [False, True, True]
    latest = store.sent.latest(connection, sent.person_id, Channel.EMAIL, NOW)
    assert latest is not None
    assert latest.id == "l2"
