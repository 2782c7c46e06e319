"""A real SMTP server that keeps what it receives, so that a test reads a mail as its addressee would."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.support.ports import free_port

_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail as it arrived."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The part for those who read plain text."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The part for the others."""
        return self._part("html")

    def link(self, containing: str = "") -> str:
        """The first address in the text, of those that contain something."""
        for found in _LINK.findall(self.text):
            if containing in found:
                return str(found)
        raise AssertionError(f"no link with {containing!r} in:\n{self.text}")

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        assert part is not None, f"the mail has no {subtype} part"
        return str(part.get_content())


@dataclass
class Mailbox:
    """Everything received, oldest first. Addresses in `refusing` are told that they do not exist."""

    letters: list[Letter] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        """What to give as `IDP_SMTP_URL`."""
        assert self._controller is not None
        return f"smtp://127.0.0.1:{self._controller.port}"

    def to(self, address: str) -> list[Letter]:
        """What was received for an address."""
        return [letter for letter in self.letters if address in letter.recipients]

    def wait(self, address: str, count: int = 1, seconds: float = 10.0) -> Letter:
        """The `count`-th mail to an address, as soon as it arrives."""
        deadline = time.monotonic() + seconds
        while len(found := self.to(address)) < count:
            assert time.monotonic() < deadline, f"no mail number {count} to {address}; received: {self.letters}"
            time.sleep(0.02)
        return found[count - 1]

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()

    def stop(self) -> None:
        """Stop answering, as a relay that is down; `start` begins again elsewhere."""
        if self._controller is not None:
            self._controller.stop()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusing:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=SMTPUTF8)
        assert isinstance(message, EmailMessage)
        self.letters.append(Letter(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server of this test."""
    box = Mailbox()
    box.start()
    yield box
    box.stop()
