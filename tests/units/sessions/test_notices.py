"""Notices are claimed by one worker at a time, settled once, and wait together for an application that is down."""

import pytest
from sqlalchemy import Connection

from idp.sessions import notices, store
from idp.sessions.notices import LEASE_SECONDS, Notice, Outcome
from tests.units.sessions.people import NOW, noted, person, signed_in


def ended(connection: Connection, *clients: str) -> str:
    """A session that has just ended; its id."""
    session = signed_in(connection, person(connection, f"personne{len(noted(connection))}"), *clients)
    store.end(connection, session.id, NOW)
    return session.id


def one(claimed: list[Notice]) -> Notice:
    assert len(claimed) == 1
    return claimed[0]


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(connection: Connection) -> None:
    ended(connection, "portail")
    first = one(notices.claim(connection, 10, NOW))
    assert not notices.has_due(connection, NOW + LEASE_SECONDS - 1)
    assert notices.claim(connection, 10, NOW + LEASE_SECONDS - 1) == []
    second = one(notices.claim(connection, 10, NOW + LEASE_SECONDS))
    assert (first.attempts, second.attempts) == (1, 2)


def test_a_worker_that_was_too_slow_settles_nothing(connection: Connection) -> None:
    ended(connection, "portail")
    slow = one(notices.claim(connection, 10, NOW))
    quick = one(notices.claim(connection, 10, NOW + LEASE_SECONDS))
    assert not notices.settle(connection, slow, Outcome.ABANDONED, "slow", NOW + LEASE_SECONDS)
    notices.postpone(connection, slow, "slow", NOW + 999)
    assert notices.settle(connection, quick, Outcome.DELIVERED, None, NOW + LEASE_SECONDS)
    assert not notices.settle(connection, quick, Outcome.REFUSED, None, NOW + LEASE_SECONDS)
    assert [(row.outcome, row.failure, row.next_attempt_at) for row in noted(connection)] == [("delivered", None, None)]


def test_an_application_that_is_down_is_left_alone_until_its_next_attempt(connection: Connection) -> None:
    ended(connection, "down", "up")
    down, up = sorted(notices.claim(connection, 10, NOW), key=lambda each: each.client_id)
    notices.postpone(connection, down, "no connection", NOW + 30)
    notices.settle(connection, up, Outcome.DELIVERED, None, NOW)
    ended(connection, "down", "up")
    assert one(notices.claim(connection, 10, NOW + 1)).client_id == "up"
    assert not notices.has_due(connection, NOW + 29)
    assert [each.client_id for each in notices.claim(connection, 10, NOW + 30)] == ["down", "down"]


def test_a_claim_given_back_counts_as_no_attempt(connection: Connection) -> None:
    ended(connection, "portail")
    notices.release(connection, notices.claim(connection, 10, NOW))
    assert one(notices.claim(connection, 10, NOW)).attempts == 1


@pytest.mark.parametrize("at_most", [1, 2])
def test_no_more_is_claimed_than_asked_for(connection: Connection, at_most: int) -> None:
    ended(connection, "a", "b", "c")
    assert len(notices.claim(connection, at_most, NOW)) == at_most


def test_what_became_of_a_session_is_known_by_application(connection: Connection) -> None:
    session = ended(connection, "a", "b", "c")
    a, b, c = sorted(notices.claim(connection, 10, NOW), key=lambda each: each.client_id)
    notices.settle(connection, a, Outcome.DELIVERED, None, NOW)
    notices.settle(connection, b, Outcome.REFUSED, "status 400", NOW)
    notices.postpone(connection, c, "status 503", NOW + 5)
    assert notices.outcomes(connection, session) == {"a": Outcome.DELIVERED, "b": Outcome.REFUSED}
