"""Let a plain test hold a PostgreSQL connection, as a step of a transaction does inside the bridge.

A step reaches asyncpg by switching from its greenlet to the one that runs the event loop. Here the test with its
fixtures is the step, and the loop turns only while the test waits: inside the test no loop is running.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec

import greenlet

P = ParamSpec("P")


class _Step(greenlet.greenlet):
    __sqlalchemy_greenlet_provider__ = True  # how SQLAlchemy knows a greenlet it may switch out of


class Pump:
    """An event loop that turns only on behalf of functions run by `run`."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run a plain function whose database calls wait on this loop."""
        step = _Step(function)
        awaited: Any = step.switch(*args, **kwargs)
        while not step.dead:
            try:
                value = self._runner.run(_until_done(awaited))
            except BaseException:
                awaited = step.throw(*sys.exc_info())
            else:
                awaited = step.switch(value)

    def close(self) -> None:
        self._runner.close()


async def _until_done(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
