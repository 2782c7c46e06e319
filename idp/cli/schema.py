"""`idp migrate`: bring the database to the schema that this version needs."""

import asyncio

import click

from idp.cli import context
from idp.foundation.database import PoolLimits, open_database
from idp.foundation.errors import Problem
from migrations import history

PATIENT = PoolLimits(
    size=1,
    wait_seconds=10.0,
    statement_seconds=history.WAIT_FOR_OTHER_NODE_SECONDS + history.ONE_STATEMENT_SECONDS,
)
"""A migration may wait for another node and then run for minutes; the limits inside are the database's own."""


async def upgrade(database_url: str) -> tuple[str | None, str | None]:
    """Apply the missing revisions and return where the database stood and stands (None: empty).

    Raises `Unavailable` when the database does not answer.
    """
    database = open_database(database_url, PATIENT)
    try:
        return await database.transaction(history.upgrade)
    finally:
        await database.close()


@click.command()
@context.as_json
def migrate(as_json: bool) -> None:
    """Bring the database to the schema of this version.

    It may be run again, and by several nodes at once: they take turns, and what is done is not done twice.
    """
    try:
        before, after = asyncio.run(upgrade(context.settings().database_url))
    except Problem as problem:
        context.fail(f"the database does not answer: {problem.cause}")
    if as_json:
        context.show({"before": before, "after": after})
    elif before == after:
        click.echo(f"The database is at revision {after}: nothing to do.")
    else:
        click.echo(f"The database went from {before or 'nothing'} to revision {after}.")
