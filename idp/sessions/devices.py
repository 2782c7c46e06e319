"""What a person recognises of a device: the family of its browser and of its system, never the raw text it sent."""

from collections.abc import Iterable

from idp.foundation.texts import Text, text

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""In this order: browsers name their ancestors too, and Android names Linux."""

_PHONES = frozenset({"iPhone", "iPad", "Android"})


def describe(agent: str) -> Text:
    """The device that sent this `User-Agent` (RFC 9110 section 10.1.5)."""
    browser, system = _first(_BROWSERS, agent), _first(_SYSTEMS, agent)
    if browser and system:
        return text("{browser} sur {system}", browser=browser, system=system)
    name = browser or system
    return Text(name) if name else text("Appareil inconnu")


def is_handheld(agent: str) -> bool:
    """Whether it is a telephone or a tablet."""
    return _first(_SYSTEMS, agent) in _PHONES


def _first(families: Iterable[tuple[str, str]], agent: str) -> str | None:
    return next((name for mark, name in families if mark in agent), None)
