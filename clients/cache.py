"""A read cache of the registry, for the paths that every request takes."""

from sqlalchemy import Connection

from clients import store
from clients.client import Client
from clients.registry import Registered, is_id


class CachedRegistry:
    """Clients as they were at most `stale_after` seconds ago, so that a busy endpoint reads each one rarely.

    Unknown identifiers are not remembered: whoever invents them would fill the memory.
    """

    def __init__(self, stale_after: int = 5) -> None:
        self._stale_after = stale_after
        self._kept: dict[str, tuple[int, Registered]] = {}

    def kept(self, client_id: str, now: int) -> Registered | None:
        """Return a client that was read a moment ago; None says nothing but that the database has to be asked."""
        kept = self._kept.get(client_id)
        return kept[1] if kept is not None and 0 <= now - kept[0] < self._stale_after else None

    def find(self, connection: Connection, client_id: str, now: int) -> Registered | None:
        """Return a client, suspended or not, with its secrets; at most one query."""
        if kept := self.kept(client_id, now):
            return kept
        found = store.find_with_secrets(connection, client_id) if is_id(client_id) else None
        if found is None:
            self._kept.pop(client_id, None)
            return None
        registered = Registered(*found)
        self._kept[client_id] = (now, registered)
        return registered

    def client(self, connection: Connection, client_id: str, now: int) -> Client | None:
        """Return a client alone, suspended or not, for those who authenticate nobody."""
        registered = self.find(connection, client_id, now)
        return registered.client if registered else None

    def invalidate(self) -> None:
        """Forget everything: the next look-ups read the database."""
        self._kept.clear()
