"""Dates as people type them (JJ/MM/AAAA) and as they are kept (AAAA-MM-JJ, as text).

Kept as text because the civil registry knows presumed dates: FranceConnect writes 1950-00-00 when only the year is
known and 1950-04-00 when the day is not, and those must be given on as they came.
"""

import re
from datetime import UTC, date, datetime

from idp.foundation.texts import Text, text
from idp.people.characters import ascii_digits, tidy

OLDEST = 125
FIRST_BIRTH_YEAR = 1900
FIRST_DECLARATION = date(1901, 7, 1)  # loi du 1er juillet 1901

NO_SUCH_DATE = text("Cette date n'existe pas. Écrivez le jour, le mois et l'année, par exemple 05/11/1978.")
TOO_YOUNG = text("Vous êtes trop jeune pour créer un compte vous-même : un parent doit créer le compte.")

_FRENCH = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def day_of(now: int) -> date:
    """The day it is, in UTC, at `now` seconds."""
    return datetime.fromtimestamp(now, UTC).date()


def read_date(value: str) -> date | None:
    """A date in one of the spellings people use; AAAA-MM-JJ too, which is what date pickers send."""
    typed = ascii_digits(tidy(value)).replace(" ", "")
    if found := _FRENCH.fullmatch(typed) or _COMPACT.fullmatch(typed):
        day, month, year = (int(part) for part in found.groups())
    elif found := _ISO.fullmatch(typed):
        year, month, day = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def birthdate(value: str, *, today: date, minimum_age: int) -> str | Text:
    """A typed birth date as AAAA-MM-JJ, or what to correct."""
    born = read_date(value)
    if born is None:
        return NO_SUCH_DATE
    if born > today:
        return text("Cette date est dans l'avenir. Indiquez votre date de naissance.")
    if born.year < FIRST_BIRTH_YEAR or age(born, today) > OLDEST:
        return text("Cette date semble trop ancienne. Vérifiez l'année.")
    if age(born, today) < minimum_age:
        return TOO_YOUNG
    return born.isoformat()


def past_date(value: str, *, today: date, earliest: date) -> str | Text:
    """A day between `earliest` and today as AAAA-MM-JJ, or what to correct."""
    day = read_date(value)
    if day is None:
        return NO_SUCH_DATE
    if day > today:
        return text("Cette date est dans l'avenir. Indiquez une date passée.")
    if day < earliest:
        return text("Cette date est trop ancienne. Vérifiez l'année.")
    return day.isoformat()


def age(born: date, today: date) -> int:
    """Whole years lived. Born on 29 February, one is a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def civil_birthdate(value: str) -> str | None:
    """A birth date of the civil registry, parts possibly unknown (`00`), or None when it is not one."""
    found = _ISO.fullmatch(value)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    if month == 0 and day != 0:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return value


def is_under(birth: str, years: int, today: date) -> bool:
    """Whether a person born then is certainly younger. Unknown parts are read as the earliest possible day."""
    year, month, day = (int(part) for part in birth.split("-"))
    return age(date(year, month or 1, day or 1), today) < years


def display_date(iso: str) -> str:
    """JJ/MM/AAAA, without the parts that are unknown."""
    year, month, day = iso.split("-")
    return "/".join(part for part in (day, month, year) if part != "00")
