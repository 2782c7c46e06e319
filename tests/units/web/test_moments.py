"""Dates are written as people read them, in the time of metropolitan France."""

import pytest

from idp.web.moments import birthdate, day, moment

A_WINTER_NIGHT = 1_795_557_900
"""24 November 2026 at 23:05 in Paris, 22:05 UTC."""


def test_a_moment_is_said_in_the_readers_language() -> None:
    assert moment(A_WINTER_NIGHT, "fr") == "24 novembre 2026, 23:05"
    assert moment(A_WINTER_NIGHT, "en") == "24 November 2026, 23:05"


def test_a_day_changes_at_midnight_in_paris() -> None:
    an_hour_later = A_WINTER_NIGHT + 3600
    assert day(A_WINTER_NIGHT, "fr") == "24 novembre 2026"
    assert day(an_hour_later, "fr") == "25 novembre 2026"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param("1985-03-27", "27 mars 1985", id="whole"),
        pytest.param("1962-08-00", "août 1962", id="day unknown"),
        pytest.param("1962-00-00", "1962", id="only the year"),
    ],
)
def test_a_presumed_birth_date_says_only_what_is_known(written: str, said: str) -> None:
    assert birthdate(written, "fr") == said
