"""Bytes that no browser sends, to the real server: refused, without a fault and without harm to the next request."""

import re
import socket
from collections.abc import Iterator

import httpx2
import pytest

from tests.support import engines
from tests.support.ports import free_port
from tests.support.server import Server, environment, served

GOOD = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
POST = b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all of these: none of them may hurt it."""
    folder = tmp_path_factory.mktemp("raw")
    url = f"sqlite:///{folder}/provider.db"
    engines.migrate(url)
    port = free_port()
    with served(environment(url, port, jobs="apart"), port, folder / "log") as running:
        yield running


def said_to(server: Server, request: bytes) -> bytes:
    """Everything the server answers until it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(request)
        answer = b""
        while received := connection.recv(65_536):
            answer += received
    return answer


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]


REFUSED = {
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GOOD,
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\na=bcd" + GOOD,
    "a negative length": POST + b"Content-Length: -5\r\n\r\n" + GOOD,
    "a length that is no number": POST + b"Content-Length: 5x\r\n\r\na=bcd" + GOOD,
    "an unknown transfer": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + GOOD,
    "a space before the colon": POST + b"Content-Length : 5\r\n\r\na=bcd" + GOOD,
    "a chunk of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + GOOD,
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a NUL in a header": b"GET /health/live HTTP/1.1\r\nHost: local\0host\r\n\r\n",
    "a method that is none": b"G E T /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.mark.parametrize("request_", REFUSED.values(), ids=REFUSED.keys())
def test_what_two_readers_could_read_differently_is_refused(server: Server, request_: bytes) -> None:
    assert statuses(said_to(server, request_)) == [400]
    assert statuses(said_to(server, GOOD)) == [200]


TOLERATED = {
    "no version": b"GET /jwks\r\n\r\n",
    "no host": b"GET /jwks HTTP/1.0\r\n\r\n",
    "two hosts": b"GET /jwks HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    "a host with a path": b"GET /jwks HTTP/1.1\r\nHost: evil.example/x\r\nConnection: close\r\n\r\n",
    "an absolute address": b"GET http://evil.example/jwks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "a header in Latin-1": b"GET /jwks HTTP/1.1\r\nHost: a\r\nCookie: browser=\xe9\xff\r\nConnection: close\r\n\r\n",
    "bytes in a path": b"GET /%ff%fe/%00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "ten thousand cookies": b"GET /connexion HTTP/1.1\r\nHost: a\r\nCookie: "
    + b"a=b; " * 10_000
    + b"\r\nConnection: close\r\n\r\n",
}


@pytest.mark.parametrize("request_", TOLERATED.values(), ids=TOLERATED.keys())
def test_what_is_odd_and_clear_is_answered_without_a_fault(server: Server, request_: bytes) -> None:
    answer = said_to(server, request_)
    (status,) = statuses(answer)
    assert status < 500
    assert b"evil.example" not in answer
    assert b"\r\nserver:" not in answer.lower()


def test_two_requests_at_once_get_two_answers_in_order(server: Server) -> None:
    first = GOOD.replace(b"Connection: close\r\n", b"")
    assert statuses(said_to(server, first.replace(b"/health/live", b"/rien") + GOOD)) == [404, 200]


def test_no_fault_was_logged(server: Server) -> None:
    assert '"level": "error"' not in server.log.read_text()
    assert httpx2.get(f"{server.url}/health/ready").status_code == 200
