"""Dates and times as people read them: in their language, in the time of metropolitan France."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

TIME_ZONE = ZoneInfo("Europe/Paris")


def moment(at: int, locale: str) -> str:
    """A date and its time, from seconds UTC: « 24 novembre 2026, 23:05 »."""
    return format_datetime(datetime.fromtimestamp(at, TIME_ZONE), "d MMMM y, HH:mm", locale=locale)


def day(at: int, locale: str) -> str:
    """A date, from seconds UTC: « 24 novembre 2026 »."""
    return format_date(datetime.fromtimestamp(at, TIME_ZONE), "d MMMM y", locale=locale)


def birthdate(written: str, locale: str) -> str:
    """A birth date written AAAA-MM-JJ; a presumed one (FranceConnect: parts that are 00) says only what is known."""
    year, month, day_of_month = (int(part) for part in written.split("-"))
    if not month:
        return str(year)
    known = date(year, month, day_of_month or 1)
    return format_date(known, "d MMMM y" if day_of_month else "MMMM y", locale=locale)
