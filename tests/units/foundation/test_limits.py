"""Attempts: counted before they are made, in one count for all, forgotten in time."""

import pytest
from sqlalchemy import Connection, select

from idp.foundation import limits
from idp.foundation.limits import Delay, Limit, attempts

NOW = 1_790_000_000
THREE_A_MINUTE = Limit("three a minute", allowed=3, per_seconds=60)
GROWING = Delay("growing", free=2, first_seconds=10, cap_seconds=60, forget_after_seconds=3600)


def test_so_many_are_allowed_in_a_window_and_no_more(connection: Connection) -> None:
    assert [limits.take(connection, THREE_A_MINUTE, "key", NOW + second) for second in range(5)] == [0, 0, 0, 57, 56]


def test_the_next_window_begins_at_its_second(connection: Connection) -> None:
    for _ in range(3):
        limits.take(connection, THREE_A_MINUTE, "key", NOW)
    assert limits.take(connection, THREE_A_MINUTE, "key", NOW + 59) == 1
    assert [limits.take(connection, THREE_A_MINUTE, "key", NOW + 60) for _ in range(4)] == [0, 0, 0, 60]


def test_each_key_and_each_limit_has_a_count_of_its_own(connection: Connection) -> None:
    other = Limit("another", allowed=1, per_seconds=60)
    for _ in range(3):
        limits.take(connection, THREE_A_MINUTE, "key", NOW)
    assert limits.take(connection, THREE_A_MINUTE, "another key", NOW) == 0
    assert limits.take(connection, other, "key", NOW) == 0


def test_what_is_refused_does_not_lengthen_the_wait(connection: Connection) -> None:
    for _ in range(3):
        limits.take(connection, THREE_A_MINUTE, "key", NOW)
    assert [limits.take(connection, THREE_A_MINUTE, "key", NOW + 30) for _ in range(10)] == [30] * 10
    assert limits.take(connection, THREE_A_MINUTE, "key", NOW + 60) == 0


def test_a_few_failures_pass_then_each_waits_twice_as_long_up_to_a_cap(connection: Connection) -> None:
    now, waits = NOW, []
    for _ in range(8):
        assert limits.reserve(connection, GROWING, "key", now) == 0
        waits.append(limits.waiting(connection, GROWING, "key", now))
        now += waits[-1]
    assert waits == [0, 10, 20, 40, 60, 60, 60, 60]


def test_an_attempt_made_too_soon_waits_the_rest_and_is_not_counted(connection: Connection) -> None:
    for _ in range(2):
        limits.reserve(connection, GROWING, "key", NOW)
    assert [limits.reserve(connection, GROWING, "key", NOW + 4) for _ in range(20)] == [6] * 20
    assert limits.reserve(connection, GROWING, "key", NOW + 10) == 0
    assert limits.waiting(connection, GROWING, "key", NOW + 10) == 20


def test_a_success_forgets_everything(connection: Connection) -> None:
    for _ in range(2):
        limits.reserve(connection, GROWING, "key", NOW)
    limits.clear(connection, GROWING, "key")
    assert limits.waiting(connection, GROWING, "key", NOW) == 0
    assert [limits.reserve(connection, GROWING, "key", NOW) for _ in range(2)] == [0, 0]


def test_failures_are_forgotten_after_a_while(connection: Connection) -> None:
    for now in (NOW, NOW + 10):
        limits.reserve(connection, GROWING, "key", now)
    later = NOW + 10 + GROWING.forget_after_seconds
    assert limits.reserve(connection, GROWING, "key", later) == 0
    assert limits.waiting(connection, GROWING, "key", later) == 0


@pytest.mark.parametrize("failures", [0, 1, 2, 5, 100, 10_000])
def test_no_wait_is_ever_longer_than_its_cap(failures: int) -> None:
    assert 0 <= GROWING.wait_after(failures) <= GROWING.cap_seconds


def test_a_row_can_be_forgotten_when_it_no_longer_matters(connection: Connection) -> None:
    limits.take(connection, THREE_A_MINUTE, "key", NOW)
    limits.reserve(connection, GROWING, "key", NOW)
    rows = connection.execute(select(attempts.c.key_digest, attempts.c.expires_at))
    assert {row.key_digest: row.expires_at for row in rows} == {
        "three a minute:key": NOW + 60,
        "growing:key": NOW + 3600,
    }
