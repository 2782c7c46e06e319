"""What a slice opens at its first use and keeps while the process lives: an HTTP client, a cache.

Each slice has one resource, found by its type; all are closed with the provider. Nothing in them decides alone what is
true: that is in the database.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast


class Resource(Protocol):
    """Something to close."""

    async def close(self) -> None: ...


R = TypeVar("R", bound=Resource)


class Resources:
    """The resources of one provider."""

    def __init__(self) -> None:
        self._opened: dict[type[Any], Resource] = {}

    def obtain(self, kind: type[R], open_it: Callable[[], R]) -> R:
        """The resource of this type, opened if it was not."""
        if kind not in self._opened:
            self._opened[kind] = open_it()
        return cast(R, self._opened[kind])

    async def close(self) -> None:
        """Close everything that was opened."""
        while self._opened:
            _, resource = self._opened.popitem()
            await resource.close()
