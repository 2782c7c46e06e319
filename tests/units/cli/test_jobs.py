"""`idp jobs run`, once and until told to stop, on each database."""

import asyncio
import json
import signal
import subprocess
import sys

import pytest

from idp.foundation.provider import Provider
from idp.messages import outbox
from idp.messages.message import Email, Envelope, Purpose
from tests.support.mailbox import Mailbox
from tests.support.server import acting, environment, idp

EMAIL = Email("Bonjour", "Bonjour", "<p>Bonjour</p>")


async def write(provider: Provider) -> None:
    now = provider.clock.now()
    envelope = Envelope(Purpose.ACTIVATION, "marie@ville.example", now + 900)
    await provider.database.transaction(outbox.enqueue_email, provider, envelope, EMAIL, now)


@pytest.fixture
def environ(database_url: str, mailbox: Mailbox) -> dict[str, str]:
    return environment(database_url, 8000, smtp_url=mailbox.url, jobs="apart")


async def test_once_does_what_there_is_to_do_and_says_it(environ: dict[str, str], mailbox: Mailbox) -> None:
    await acting(environ, write)

    assert json.loads(idp(environ, "jobs", "run", "--once", "--json"))["deliver messages"] == 1
    assert len(mailbox.letters) == 1
    assert ["deliver", "messages", "0"] in [line.split() for line in idp(environ, "jobs", "run", "--once").splitlines()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_until_told_to_stop_it_delivers_and_then_ends_cleanly(
    how: signal.Signals, environ: dict[str, str], mailbox: Mailbox
) -> None:
    process = subprocess.Popen([sys.executable, "-m", "idp", "jobs", "run"], env=environ, stderr=subprocess.PIPE)
    try:
        asyncio.run(acting(environ, write))
        mailbox.wait("marie@ville.example", seconds=20)
        process.send_signal(how)
        _, log = process.communicate(timeout=10)
    finally:
        process.kill()

    assert process.returncode == 0
    messages = [json.loads(line)["message"] for line in log.decode().splitlines()]
    assert messages[-1] == "background work stopped"
    assert "no way out is set up for sms: its messages will not leave" in messages


def test_it_waits_for_a_database_that_does_not_answer(mailbox: Mailbox) -> None:
    environ = environment("postgresql://nobody@127.0.0.1:9/none", 8000, smtp_url=mailbox.url)
    process = subprocess.Popen([sys.executable, "-m", "idp", "jobs", "run"], env=environ, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    finally:
        process.kill()

    assert line["message"].startswith("the database does not answer yet")
    assert process.returncode == 0
