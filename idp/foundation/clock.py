"""The only place that reads the time. Everything else receives it, so that tests can move it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in whole seconds since 1970-01-01T00:00:00 UTC."""

    def now(self) -> int: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return int(time.time())


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        return self._now

    def advance(self, seconds: int) -> None:
        self._now += seconds
