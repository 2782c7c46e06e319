"""`kill -9` at each commit of a sign-up: no account in part, no code without its message, and the person goes on."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Connection, func, select

from idp.foundation.audit import audit
from idp.messages.tables import outbox
from idp.people.tables import agreements, people
from idp.signup.tables import activations
from tests.pages.signup.conftest import CITIZEN
from tests.support import engines
from tests.support.ports import free_port
from tests.support.remote import reached
from tests.support.server import Server, environment, launch
from tests.support.tcp_proxy import Proxy
from tests.support.visitor import Form, Page, Visitor


@pytest.fixture
def url() -> Iterator[str]:
    yield engines.worker_database()
    engines.empty_worker_database()


@dataclass
class Town:
    """A server that is killed again and again, and a person's browser that goes on."""

    proxy: Proxy
    environ: dict[str, str]
    port: int
    log: Path
    server: Server | None = None
    kills: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.server = launch(self.environ, self.port, self.log)
        await asyncio.to_thread(self.server.wait_until_ready)

    async def killed_at(self, form: Form, button: str, commit: int, *, done: bool) -> Page | None:
        """Press a button and kill the server at that commit; the page when there were fewer commits."""
        assert self.server is not None
        stopped = self.proxy.stop_at(b"COMMIT;", forwarded=done, before=commit)
        sending = asyncio.create_task(form.submit(button))
        waiting = asyncio.create_task(asyncio.to_thread(stopped.wait, 10))
        await asyncio.wait({sending, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            stopped.set()
            await waiting
            self.proxy.stop_at(b"COMMIT;", forwarded=False, before=1_000_000)
            return sending.result()
        await asyncio.sleep(0.1 if done else 0)
        self.server.kill()
        with suppress(httpx2.TransportError):
            await sending
        self.proxy.cut()
        self.kills.append(button)
        await self.start()
        return None


def assert_whole(connection: Connection) -> None:
    """Every account has what it was opened with, every code or link the message that carries it, and conversely."""
    persons = set(connection.execute(select(people.c.id)).scalars())
    assert persons == set(connection.execute(select(agreements.c.person_id)).scalars())
    created = select(audit.c.person_id).where(audit.c.event == "account.created")
    assert sorted(persons) == sorted(connection.execute(created).scalars())
    per_person = {}
    for table in (activations, outbox):
        rows = connection.execute(select(table.c.person_id, func.count()).group_by(table.c.person_id))
        per_person[table.name] = {row[0]: row[1] for row in rows}
    assert per_person["activations"] == per_person["outbox"]


def answers(number: int) -> dict[str, str | bool]:
    name = f"personne{number}"
    return {**CITIZEN, "identifier": name, "email": f"{name}@exemple.fr", "mobile": f"06 39 98 {number:02} 34"}


async def form_of(visitor: Visitor) -> Form:
    choice = await visitor.open("/inscription")
    return (await choice.follow("#profile-citoyen")).form("#signup")


async def test_a_sign_up_killed_at_any_commit_is_whole_or_not_there_and_goes_on(url: str, tmp_path: Path) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    port = free_port()
    with Proxy(engines.postgres().socket, free_port()) as proxy:
        database = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}"
        town = Town(proxy, environment(database, port, jobs="apart"), port, tmp_path / "log")
        await town.start()
        try:
            assert town.server is not None
            async with reached(town.server, url) as site:
                numbers = count()
                for done in (False, True):
                    for commit in count():
                        visitor = await site.visitor()
                        form = (await form_of(visitor)).fill(**answers(next(numbers)))
                        page = await town.killed_at(form, "#signup-submit", commit, done=done)
                        await site.provider.database.read(assert_whole)
                        again = page or await form.submit("#signup-submit")
                        assert again.path == "/activation", again.text
                        if page is not None:
                            break
                    for commit in count():
                        sending = again.form("#activate-email")
                        page = await town.killed_at(sending, "#activate-email button", commit, done=done)
                        await site.provider.database.read(assert_whole)
                        if page is not None:
                            break
        finally:
            assert town.server is not None
            town.server.stop()
    assert town.kills.count("#signup-submit") >= 2
    assert town.kills.count("#activate-email button") >= 2
