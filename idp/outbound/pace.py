"""How often one host may be called, so that nobody makes of us the one who floods it.

Counted in this process alone: it protects others from us and decides nothing about anyone's rights.
"""

from collections import OrderedDict

_MOST_KEYS = 10_000


class Pace:
    """At most `allowed` calls in a window of `per_seconds` seconds, for each key."""

    def __init__(self, allowed: int, per_seconds: int) -> None:
        self._allowed = allowed
        self._per_seconds = per_seconds
        self._windows: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def take(self, key: str, now: int) -> bool:
        """Count one call at `now` (seconds UTC); False when there were enough already."""
        began_at, count = self._windows.get(key, (now, 0))
        if not 0 <= now - began_at < self._per_seconds:
            began_at, count = now, 0
        if count >= self._allowed:
            return False
        self._windows[key] = (began_at, count + 1)
        self._windows.move_to_end(key)
        if len(self._windows) > _MOST_KEYS:
            self._windows.popitem(last=False)
        return True
