"""`idp serve` and `idp check`."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import uvicorn
from sqlalchemy import Connection, make_url, text

from idp.app import build_provider, create_app
from idp.cli.context import fail, provider, settings
from idp.foundation.configuration import load
from idp.foundation.errors import Problem
from idp.foundation.logs import configure_logs
from idp.foundation.provider import Provider
from idp.foundation.settings import Settings
from idp.messages import checking as messages
from idp.upstream import checking
from idp.web import measures
from keys import store as key_store
from keys.errors import SealBroken
from migrations import revision

DRAIN_SECONDS = 25
KEEP_ALIVE_SECONDS = 75
"""Longer than a reverse proxy keeps an idle connection, so that it is never the server that closes first."""
LARGEST_SKEW_SECONDS = 5
_DATABASE_TIME = {
    "sqlite": text("SELECT CAST(strftime('%s', 'now') AS INTEGER)"),
    "postgresql": text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT)"),
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.pass_context
def serve(context: click.Context, host: str, port: int, workers: int) -> None:
    """Run the production server until it is told to stop."""
    configured = settings()
    if workers > 1 and configured.database_url.startswith("sqlite"):
        fail("SQLite serves one process; use PostgreSQL for several workers")
    configure_logs()
    _refuse_unusable_database()
    config = context.find_root().obj
    if config:
        os.environ["IDP_CONFIG"] = str(Path(config).absolute())
    with only_server_of(configured), counting_together(workers):
        uvicorn.run(
            "idp.cli.server:application",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=1_000,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
        )


def application() -> object:
    """The ASGI application of the environment's settings, made in each worker."""
    configure_logs()
    return create_app(build_provider(load(os.environ)))


@contextmanager
def only_server_of(configured: Settings) -> Iterator[None]:
    """Hold the lock of an embedded database: two servers on one SQLite file would each believe to be alone."""
    url = make_url(configured.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or sys.platform == "win32":
        yield
        return
    import fcntl  # noqa: PLC0415 - exists on POSIX systems only

    with Path(f"{url.database}.server-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fail(f"another server already runs on {url.database}")
        yield


@contextmanager
def counting_together(workers: int) -> Iterator[None]:
    """Give several workers a folder to count their requests in, so that whichever is asked tells of all of them."""
    if workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="idp-metrics-") as folder:
        os.environ[measures.FOLDER] = folder
        yield


def _refuse_unusable_database() -> None:
    """Exit when the database answers and its schema is not ours, or its keys were sealed under another secret.

    When it does not answer, the server waits for it.
    """

    async def look() -> str | None:
        opened = provider()
        try:
            return await opened.database.transaction(_unusable, opened)
        finally:
            await opened.close()

    try:
        verdict = asyncio.run(look())
    except Problem as problem:
        logging.getLogger(__name__).warning("the database does not answer: %s", problem.cause)
        return
    if verdict:
        fail(verdict)


def _unusable(connection: Connection, opened: Provider) -> str | None:
    if revision.current(connection) != revision.head():
        return "the database schema is not up to date; run `idp migrate`"
    try:
        key_store.load(connection, opened.seal)
    except SealBroken as error:
        return str(error)
    return None


@click.command()
def check() -> None:
    """Verify the settings, database, keys, clock, mail, SMS and upstreams; exit with 1 when one is not right."""
    results = asyncio.run(_check())
    for name, verdict in results:
        click.echo(f"{'ok ' if verdict is None else 'NOT'}  {name}{f': {verdict}' if verdict else ''}")
    if any(verdict for _, verdict in results):
        sys.exit(1)


async def _check() -> list[tuple[str, str | None]]:
    opened = provider()
    try:
        return [
            ("settings", None),
            ("database", await _verdict(opened, _schema_is_ours)),
            ("clock", await _verdict(opened, _clocks_agree)),
            ("keys", await _verdict(opened, _keys_open)),
            ("mail", await messages.mail(opened)),
            ("SMS", await messages.sms(opened)),
            *[(each.name, await checking.verdict(opened, each.name)) for each in opened.settings.upstreams],
        ]
    finally:
        await opened.close()


async def _verdict(opened: Provider, step: Callable[[Connection, Provider], str | None]) -> str | None:
    try:
        return await opened.database.transaction(step, opened)
    except Problem as problem:
        return problem.cause


def _schema_is_ours(connection: Connection, _opened: Provider) -> str | None:
    return None if revision.current(connection) == revision.head() else "schema not up to date; run `idp migrate`"


def _clocks_agree(connection: Connection, opened: Provider) -> str | None:
    """A database on another machine has a clock of its own, and leases are compared across machines."""
    skew = abs(int(connection.execute(_DATABASE_TIME[connection.dialect.name]).scalar_one()) - opened.clock.now())
    return f"this machine and the database differ by {skew} seconds" if skew > LARGEST_SKEW_SECONDS else None


def _keys_open(connection: Connection, opened: Provider) -> str | None:
    try:
        ring = key_store.load(connection, opened.seal)
    except SealBroken as error:
        return str(error)
    return None if ring.keys else "no keys yet; the first start makes them"
