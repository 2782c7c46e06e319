"""Query strings and form bodies, read once, strictly (RFC 6749 section 3.1 and appendix B, WHATWG URL section 5.1)."""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from idp.foundation.errors import BadRequest
from idp.foundation.texts import text

MOST_FIELDS = 100


class Parameters:
    """The names and values that were sent, in order. A name sent twice is never silently resolved."""

    __slots__ = ("_first", "_pairs")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)
        self._first: dict[str, str] = {}
        for name, value in self._pairs:
            self._first.setdefault(name, value)

    def get(self, name: str) -> str | None:
        """The value as sent, or None. An empty value counts as absent (RFC 6749 section 3.1)."""
        return self._first.get(name) or None

    def text(self, name: str) -> str:
        """What a person typed: composed form (NFC), surrounding spaces removed; empty when absent."""
        return unicodedata.normalize("NFC", self._first.get(name, "")).strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Every value sent under a name."""
        return tuple(value for key, value in self._pairs if key == name)

    def doubled(self, besides: Collection[str] = ()) -> tuple[str, ...]:
        """The names sent more than once, `besides` those that may be."""
        if len(self._pairs) == len(self._first):
            return ()
        names = [name for name, _ in self._pairs]
        return tuple(sorted({name for name in names if names.count(name) > 1 and name not in besides}))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Everything that was sent, in order."""
        return self._pairs

    def values(self) -> Mapping[str, str]:
        """The first value of each name."""
        return self._first

    def __contains__(self, name: str) -> bool:
        """Whether it was sent with a value: without one it counts as absent, as for `get`."""
        return bool(self._first.get(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._first)


NONE = Parameters()


def parse(encoded: bytes) -> Parameters:
    """Read `application/x-www-form-urlencoded`. Raises `BadRequest` when it is not well-formed UTF-8 text."""
    if not encoded:
        return NONE
    try:
        pairs = parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=False,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
            separator="&",
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequest("malformed_parameters", text("La demande est mal formée."), cause=str(error)[:100]) from error
    if any("\0" in name or "\0" in value for name, value in pairs):
        raise BadRequest("malformed_parameters", text("La demande est mal formée."), cause="NUL character")
    return Parameters(pairs)
