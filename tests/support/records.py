"""What the database remembers, for tests that look behind the answers."""

from sqlalchemy import Connection, select

from idp.foundation.audit import audit
from tests.support.provider import Site


async def events(site: Site) -> list[str]:
    """The audit lines so far, by name, oldest first."""

    def step(connection: Connection) -> list[str]:
        return list(connection.execute(select(audit.c.event).order_by(audit.c.id)).scalars())

    return await site.provider.database.read(step)
