"""`idp jobs`: the background work, apart from the servers."""

import asyncio
import contextlib
import logging
import signal

import click

from idp import jobs as work
from idp.app import prepare
from idp.cli import context
from idp.foundation.errors import Unavailable
from idp.foundation.logs import configure_logs
from idp.foundation.provider import Provider

log = logging.getLogger(__name__)


@click.group()
def jobs() -> None:
    """The background work: messages, keys, and forgetting what is over."""


@jobs.command()
@click.option("--once", is_flag=True, help="Do what there is to do now, and stop.")
@context.as_json
def run(once: bool, as_json: bool) -> None:
    """Run the background work until told to stop (SIGTERM, SIGINT); work under way is ended first.

    For servers whose settings say `jobs = "apart"`. On PostgreSQL several may run at once.
    """
    if not once:
        configure_logs()
        context.run(_until_told)
        return
    done = context.run(_once)
    if as_json:
        context.show(done)
    else:
        context.table(sorted(done.items()), ("JOB", "DONE"))


async def _once(provider: Provider) -> dict[str, int]:
    await prepare(provider)
    return await work.run_once(provider)


async def _until_told(provider: Provider) -> None:
    running = asyncio.create_task(_work(provider))
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    log.info("background work stopped")


async def _work(provider: Provider) -> None:
    while True:
        try:
            await prepare(provider)
            break
        except Unavailable as problem:
            log.warning("the database does not answer yet: %s", problem.cause)
            await asyncio.sleep(work.AWAY_SECONDS)
    log.info("background work runs")
    await work.run_forever(provider)
