"""`kill -9` while a message is being handed over: nothing is lost, and a second copy can be told from the first."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from idp import jobs
from idp.foundation.clock import SystemClock
from idp.foundation.provider import Provider
from idp.messages import outbox
from idp.messages.message import Email, Purpose
from idp.messages.message import Envelope as Addressed
from idp.messages.queue import LEASE_SECONDS
from tests.support.mailbox import Mailbox
from tests.support.server import acting, environment

MARIE = "marie@ville.example"
LETTER = Email("Activez votre compte", "Ouvrez ce lien", "<p>Ouvrez ce lien</p>")


class Later:
    """The machine's clock, once the lease of whoever died has ended."""

    def now(self) -> int:
        return SystemClock().now() + LEASE_SECONDS + 1


@dataclass
class Holding(Mailbox):
    """A relay that takes a message in charge and is slow to say so."""

    took_one: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        self.took_one.set()
        await asyncio.to_thread(self.may_answer.wait)
        return answer


@pytest.fixture
def relay() -> Iterator[Holding]:
    relay = Holding()
    relay.start()
    yield relay
    relay.may_answer.set()
    relay.stop()


async def write(provider: Provider) -> None:
    now = provider.clock.now()
    envelope = Addressed(Purpose.ACTIVATION, MARIE, now + 900)
    await provider.database.transaction(outbox.enqueue_email, provider, envelope, LETTER, now)


async def work(provider: Provider) -> int:
    return (await jobs.run_once(provider))["deliver messages"]


async def work_later(provider: Provider) -> int:
    provider.clock = Later()
    return await work(provider)


def test_a_message_is_taken_up_by_another_process_under_the_same_name(database_url: str, relay: Holding) -> None:
    environ = environment(database_url, 8000, smtp_url=relay.url, jobs="apart")
    asyncio.run(acting(environ, write))
    process = subprocess.Popen([sys.executable, "-m", "idp", "jobs", "run"], env=environ, stderr=subprocess.DEVNULL)
    try:
        assert relay.took_one.wait(20)
    finally:
        process.kill()
        process.wait()
    relay.may_answer.set()

    assert asyncio.run(acting(environ, work)) == 0, "the lease of the process that died still runs"
    assert asyncio.run(acting(environ, work_later)) == 1
    first, second = relay.to(MARIE)
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert asyncio.run(acting(environ, work_later)) == 0
