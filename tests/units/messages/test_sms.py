"""Sending SMS to a real HTTP gateway."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from idp.foundation.outlets import sms_gateway as gateway_at
from idp.messages.delivery import DeliveryFailed, Parcel, Postponed, Refused
from idp.messages.message import Email, Purpose, Sms
from idp.messages.sms import Texter
from tests.support.ports import free_port
from tests.support.sms_gateway import Received, SmsGateway
from tests.units.messages.conftest import NOW

PARCEL = Parcel("message-1", Purpose.ACTIVATION, "+33639980001", Sms("Mairie : votre code est 123456"), NOW)


def texter(url: str, sender: str = "VILLENEUVE") -> Texter:
    return Texter(gateway_at(url), sender, ssl.create_default_context())


async def send(carrier: Texter, *parcels: Parcel) -> None:
    async with carrier.open() as hand_over:
        for parcel in parcels:
            await hand_over(parcel)


@dataclass
class Answering:
    """A server that answers each request as it is told, and keeps the requests' lines and headers."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[str]:
        told = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                told.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(told.body)))
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, *_: object) -> None:
                """Say nothing on the terminal of the tests."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()


async def test_a_message_arrives_as_the_contract_says(sms_gateway: SmsGateway) -> None:
    await send(texter(sms_gateway.url), PARCEL)

    assert sms_gateway.received == [
        Received("message-1", "+33639980001", "VILLENEUVE", "Mairie : votre code est 123456", "otp")
    ]


async def test_a_notice_is_told_from_a_code(sms_gateway: SmsGateway) -> None:
    await send(texter(sms_gateway.url, sender=""), replace(PARCEL, purpose=Purpose.PASSWORD_CHANGED))
    assert (sms_gateway.received[0].kind, sms_gateway.received[0].sender) == ("notice", "")


async def test_the_same_message_handed_over_twice_is_taken_once(sms_gateway: SmsGateway) -> None:
    await send(texter(sms_gateway.url), PARCEL, PARCEL)
    assert len(sms_gateway.received) == 1


async def test_a_user_and_a_password_make_basic_credentials() -> None:
    server = Answering(202)
    with server.running() as host:
        await send(texter(f"http://mairie:p%40ss@{host}/sms?v=2"), PARCEL)

    ((path, headers),) = server.seen
    assert path == "/sms?v=2"
    assert headers["authorization"] == "Basic " + base64.b64encode(b"mairie:p@ss").decode()


@pytest.mark.parametrize(
    ("server", "failure", "reason"),
    [
        pytest.param(Answering(400), Refused, "gateway: 400", id="malformed"),
        pytest.param(Answering(422), Refused, "gateway: 422", id="number not served"),
        pytest.param(
            Answering(200, {"Content-Type": "application/json"}, b'{"status": "rejected"}'),
            Refused,
            "rejected",
            id="rejected in the body",
        ),
        pytest.param(Answering(401), Postponed, "gateway: 401", id="our credentials"),
        pytest.param(Answering(404), Postponed, "gateway: 404", id="our address"),
        pytest.param(Answering(429, {"Retry-After": "120"}), Postponed, "gateway: 429", id="too fast"),
        pytest.param(Answering(500), Postponed, "gateway: 500", id="broken"),
        pytest.param(Answering(503, {"Retry-After": "soon"}), Postponed, "gateway: 503", id="down"),
        pytest.param(
            Answering(200, {"Content-Type": "text/html"}, b"<html>"), Postponed, "not an answer", id="a captive portal"
        ),
        pytest.param(
            Answering(200, {"Content-Type": "application/json"}, b"{"), Postponed, "not an answer", id="broken JSON"
        ),
        pytest.param(
            Answering(200, {"Content-Type": "application/json"}, b" " * 70_000), Postponed, "too large", id="endless"
        ),
    ],
)
async def test_an_answer_that_is_no_acceptance_fails_for_good_or_for_now(
    server: Answering, failure: type[DeliveryFailed], reason: str
) -> None:
    with server.running() as host, pytest.raises(failure, match=reason):
        await send(texter(f"http://{host}/"), PARCEL)


async def test_a_gateway_says_how_long_to_wait() -> None:
    with Answering(429, {"Retry-After": "120"}).running() as host, pytest.raises(Postponed) as caught:
        await send(texter(f"http://{host}/"), PARCEL)
    assert caught.value.after_seconds == 120


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(Answering(204), id="nothing said"),
        pytest.param(Answering(201, {"Content-Type": "application/json;charset=utf-8"}, b'{"id": 7}'), id="an id"),
        pytest.param(Answering(409), id="already taken"),
    ],
)
async def test_other_acceptances_count(server: Answering) -> None:
    with server.running() as host:
        await send(texter(f"http://{host}/"), PARCEL)
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_carries_a_number_and_our_credentials_elsewhere(status: int) -> None:
    elsewhere = Answering(202)
    with (
        elsewhere.running() as other,
        Answering(status, {"Location": f"http://{other}/"}).running() as host,
        pytest.raises(Postponed, match=str(status)),
    ):
        await send(texter(f"http://token@{host}/"), PARCEL)
    assert elsewhere.seen == []


async def test_a_gateway_that_does_not_answer_postpones() -> None:
    with pytest.raises(Postponed, match="ConnectError"):
        await send(texter(f"http://127.0.0.1:{free_port()}/"), PARCEL)


async def test_a_texter_carries_nothing_but_sms(sms_gateway: SmsGateway) -> None:
    with pytest.raises(TypeError):
        await send(texter(sms_gateway.url), replace(PARCEL, words=Email("a", "b", "c")))
