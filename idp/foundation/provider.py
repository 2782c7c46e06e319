"""What every endpoint may use: the one value that is composed at start and passed down."""

from dataclasses import dataclass, field

from clients.cache import CachedRegistry
from clients.client import Client
from idp.foundation.clock import Clock
from idp.foundation.database import Database
from idp.foundation.errors import Unavailable
from idp.foundation.hashing import PasswordHasher
from idp.foundation.resources import Resources
from idp.foundation.secrets import Pepper, Randomness
from idp.foundation.settings import Settings
from idp.foundation.texts import Catalogue, text
from keys import store
from keys.ring import KeyRing
from keys.sealing import Seal


@dataclass(slots=True)
class Provider:
    """The provider and its parts. Only the key ring in use changes: `refresh_ring` reads it again.

    A ring may be stale for some seconds without harm, since keys are announced long before they sign.
    """

    settings: Settings
    clock: Clock
    randomness: Randomness
    database: Database
    seal: Seal
    pepper: Pepper
    hasher: PasswordHasher
    catalogue: Catalogue
    clients: CachedRegistry
    ring: KeyRing
    resources: Resources = field(default_factory=Resources)

    def keys_in_use(self) -> KeyRing:
        """The key ring. Raises `Unavailable` until it was read: the database has not answered since the start."""
        if not self.ring.keys:
            raise Unavailable("starting", text("Le service démarre. Réessayez dans quelques instants."), retry_after=1)
        return self.ring

    async def client(self, client_id: str, now: int) -> Client | None:
        """A client, suspended or not, outside a transaction: as it was read a moment ago, else from the database."""
        if kept := self.clients.kept(client_id, now):
            return kept.client
        return await self.database.read(self.clients.client, client_id, now)

    async def refresh_ring(self) -> None:
        """Read the key ring again from the database."""
        self.ring = await self.database.read(store.load, self.seal, self.ring)

    async def close(self) -> None:
        await self.resources.close()
        self.hasher.close()
        await self.database.close()
