"""What was read from addresses of applications, kept in this process for a stated time by whoever keeps it."""

import asyncio
from collections import OrderedDict
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

V = TypeVar("V")


class Kept(Generic[V]):
    """At most `most` values by key, the one used longest ago forgotten first, and a lock for each key.

    Whoever finds a value missing or old takes the lock, looks again, and only then fetches: of many who ask at once for
    the same thing, one asks for all.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[str, V] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def get(self, key: str) -> V | None:
        """The value kept under a key."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: str, value: V) -> None:
        """Keep a value in place of the former one."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def lock(self, key: str) -> asyncio.Lock:
        """The lock of a key, the same for all who hold it at once."""
        return self._locks.setdefault(key, asyncio.Lock())
