"""A real HTTP gateway that takes SMS as docs/operators/sms.md says, and refuses what does not follow it."""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

TOKEN = "jeton-de-la-passerelle"
LONGEST_TEXT = 1600
_MEMBERS = {"id", "to", "from", "text", "class"}
_INTERNATIONAL = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass(frozen=True, slots=True)
class Received:
    """One SMS as it was taken."""

    id: str
    to: str
    sender: str
    text: str
    kind: str

    @property
    def code(self) -> str:
        """The code of six digits that it carries."""
        found = set(_CODE.findall(self.text))  # said in words, and again for browsers on the last line
        assert len(found) == 1, f"{len(found)} codes in {self.text!r}"
        return str(found.pop())


@dataclass
class SmsGateway:
    """Every message taken, oldest first; `answers` are statuses to give to the next requests instead of taking them."""

    received: list[Received] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """What to give as `IDP_SMS_URL`."""
        assert self._server is not None
        return f"http://{TOKEN}@127.0.0.1:{self._server.server_port}/messages"

    def to(self, number: str) -> list[Received]:
        """What was taken for a number (E.164)."""
        return [message for message in self.received if message.to == number]

    def wait(self, number: str, count: int = 1, seconds: float = 10.0) -> Received:
        """The `count`-th SMS to a number, as soon as it is taken."""
        deadline = time.monotonic() + seconds
        while len(found := self.to(number)) < count:
            assert time.monotonic() < deadline, f"no SMS {count} to {number}: {self.received}, faults: {self.faults}"
            time.sleep(0.02)
        return found[count - 1]

    def start(self) -> None:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status = gateway.answers.popleft() if gateway.answers else gateway.take(self.path, self.headers, body)
                answer = json.dumps({"status": "accepted" if status < 300 else "rejected"}).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing on the terminal of the tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def take(self, path: str, headers: Message, body: bytes) -> int:
        """Take one message, or say with a status what is wrong with the request. The same id is taken once."""
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return self._wrong(401, "not our bearer token")
        if path != "/messages" or headers.get_content_type() != "application/json":
            return self._wrong(400, f"{path} with {headers.get_content_type()}")
        document = json.loads(body)
        if set(document) != _MEMBERS or not all(isinstance(value, str) for value in document.values()):
            return self._wrong(400, f"members {sorted(document)}")
        if headers.get("Idempotency-Key") != document["id"]:
            return self._wrong(400, "the key is not the id")
        if not _INTERNATIONAL.fullmatch(document["to"]) or not 0 < len(document["text"]) <= LONGEST_TEXT:
            return self._wrong(422, f"number or length: {document['to']}")
        if any(message.id == document["id"] for message in self.received):
            return 409
        self.received.append(
            Received(document["id"], document["to"], document["from"], document["text"], document["class"])
        )
        return 202

    def _wrong(self, status: int, fault: str) -> int:
        self.faults.append(fault)
        return status


@pytest.fixture
def sms_gateway() -> Iterator[SmsGateway]:
    """An SMS gateway of this test, which must have had nothing to reproach."""
    gateway = SmsGateway()
    gateway.start()
    yield gateway
    gateway.stop()
    assert gateway.faults == []
