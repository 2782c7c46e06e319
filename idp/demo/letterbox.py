"""The letter box of the demonstration: a mail server, an SMS gateway, and a page to read what they received.

The provider talks to them as it would to real ones.
"""

import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from idp.foundation.clock import Clock

_ROOT = Path(__file__).parent.parent
_KEPT = 200
_LARGEST_SMS = 16_384
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True)
class Received:
    """One message. `channel` is "mail" or "sms"; `at` in seconds UTC."""

    channel: str
    to: str
    subject: str
    text: str
    at: int

    @property
    def lines(self) -> list[list[str]]:
        """The text cut in words, so that the page can make links of addresses."""
        return [line.split(" ") for line in self.text.splitlines()]


class LetterBox:
    """What was received, the newest first."""

    def __init__(self, clock: Clock, token: str) -> None:
        self.messages: deque[Received] = deque(maxlen=_KEPT)
        self._clock = clock
        self._token = token
        self._templates = Environment(
            loader=FileSystemLoader(_ROOT / "templates" / "demo" / "letterbox"),
            autoescape=True,
            undefined=StrictUndefined,
        )

    def smtp(self) -> Callable[[], SMTP]:
        """What an SMTP server answers connections with."""
        return lambda: SMTP(self, enable_SMTPUTF8=True)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=SMTPUTF8)
        part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
        text = str(part.get_content()) if part is not None else ""
        to = ", ".join(envelope.rcpt_tos)
        self.messages.appendleft(Received("mail", to, str(message["Subject"]), text, self._clock.now()))
        return "250 OK"

    def application(self) -> Starlette:
        """The page to read the messages on, and the SMS gateway."""
        return Starlette(
            routes=[
                Route("/", self.page),
                Route("/sms", self.take, methods=["POST"]),
                Route("/style.css", self.style),
            ]
        )

    async def take(self, request: Request) -> Response:
        """Take an SMS, as docs/operators/sms.md says."""
        proof = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(proof.encode(), self._token.encode()):
            return JSONResponse({"status": "rejected"}, 401)
        if int(request.headers.get("content-length", "0")) > _LARGEST_SMS:
            return JSONResponse({"status": "rejected"}, 413)
        document = await request.json()
        self.messages.appendleft(Received("sms", str(document["to"]), "", str(document["text"]), self._clock.now()))
        return JSONResponse({"status": "accepted"}, 202)

    async def page(self, _request: Request) -> Response:
        """Everything received, the newest first."""
        html = self._templates.get_template("messages.html").render(messages=self.messages)
        return HTMLResponse(html, headers=_HEADERS)

    async def style(self, _request: Request) -> Response:
        return FileResponse(_ROOT / "static" / "demo" / "letterbox.css", media_type="text/css")
