"""Dates are read in every spelling people use, and kept as AAAA-MM-JJ."""

from datetime import date

import pytest

from idp.foundation.texts import Text
from idp.people import dates

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("01/01/2000", "2000-01-01"),
        ("1/1/2000", "2000-01-01"),
        ("27.03.1985", "1985-03-27"),
        ("27-03-1985", "1985-03-27"),
        ("27031985", "1985-03-27"),
        (" 27 / 03 / 1985 ", "1985-03-27"),
        ("1985-03-27", "1985-03-27"),
        ("29/02/2000", "2000-02-29"),
        ("٢٧/٠٣/١٩٨٥", "1985-03-27"),
        ("２７/０３/１９８５", "1985-03-27"),
        ("24/11/2011", "2011-11-24"),
        ("24/11/1901", "1901-11-24"),
    ],
)
def test_a_birth_date_is_understood(typed: str, kept: str) -> None:
    assert dates.birthdate(typed, today=TODAY, minimum_age=15) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "29/02/2001",
        "31/04/1990",
        "25/11/2026",
        "31/12/1899",
        "00/01/1990",
        "01/13/1990",
        "hier",
        "",
        "1/1/90",
        "1/1-1990/2",
    ],
)
def test_an_impossible_birth_date_is_refused(typed: str) -> None:
    assert isinstance(dates.birthdate(typed, today=TODAY, minimum_age=0), Text)


def test_the_youngest_allowed_becomes_so_on_the_birthday() -> None:
    assert dates.birthdate("25/11/2011", today=TODAY, minimum_age=15) == dates.TOO_YOUNG
    assert dates.birthdate("24/11/2011", today=TODAY, minimum_age=15) == "2011-11-24"


def test_nobody_is_older_than_125() -> None:
    assert dates.birthdate("24/11/1900", today=date(2025, 11, 24), minimum_age=15) == "1900-11-24"
    assert isinstance(dates.birthdate("24/11/1900", today=TODAY, minimum_age=15), Text)


def test_born_on_the_29th_of_february_one_is_older_on_the_1st_of_march() -> None:
    born = date(2008, 2, 29)
    assert dates.age(born, date(2023, 2, 28)) == 14
    assert dates.age(born, date(2023, 3, 1)) == 15


@pytest.mark.parametrize("presumed", ["1950-00-00", "1950-04-00", "1950-04-12"])
def test_a_presumed_date_of_the_civil_registry_is_kept_as_it_is(presumed: str) -> None:
    assert dates.civil_birthdate(presumed) == presumed


@pytest.mark.parametrize("value", ["1950-00-12", "1950-13-00", "1950-02-30", "12/04/1950", "", "0000-01-01"])
def test_what_is_no_civil_date_is_not_taken(value: str) -> None:
    assert dates.civil_birthdate(value) is None


@pytest.mark.parametrize(
    ("birth", "under"), [("2011-11-24", False), ("2011-11-25", True), ("2011-00-00", False), ("2012-00-00", True)]
)
def test_age_is_compared_with_what_is_known_of_the_birth(birth: str, under: bool) -> None:
    assert dates.is_under(birth, 15, TODAY) is under


@pytest.mark.parametrize(
    ("kept", "shown"), [("1985-03-27", "27/03/1985"), ("1950-04-00", "04/1950"), ("1950-00-00", "1950")]
)
def test_unknown_parts_are_not_shown(kept: str, shown: str) -> None:
    assert dates.display_date(kept) == shown


def test_a_declaration_is_not_older_than_the_law_of_1901() -> None:
    assert dates.past_date("01/07/1901", today=TODAY, earliest=dates.FIRST_DECLARATION) == "1901-07-01"
    for typed in ("30/06/1901", "25/11/2026", "32/01/2000"):
        assert isinstance(dates.past_date(typed, today=TODAY, earliest=dates.FIRST_DECLARATION), Text)


def test_the_day_is_told_from_the_seconds() -> None:
    assert dates.day_of(1_795_478_400) == date(2026, 11, 24)
