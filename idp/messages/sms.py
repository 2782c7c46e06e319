"""Sending SMS through an HTTP gateway; docs/operators/sms.md is the contract an operator gives to its provider.

The message's own id is the idempotency key: a gateway that receives it twice sends it once. No redirect is followed,
since it would carry the credentials and a citizen's number elsewhere.
"""

import json
import ssl
from collections.abc import AsyncIterator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus

import httpx2

from idp.foundation.outlets import SmsGateway
from idp.messages.delivery import Deliver, Parcel, Postponed, Refused
from idp.messages.message import Sms

TIMEOUT_SECONDS = 10.0
"""For each exchange with the gateway."""

LARGEST_ANSWER = 64 * 1024
LONGEST_WAIT_SECONDS = 3600

_REFUSED_FOR_GOOD = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
)


class Texter:
    """Carries SMS to one gateway. `sender` is the name shown on the telephone, or empty for the gateway's own."""

    def __init__(self, gateway: SmsGateway, sender: str, trust: ssl.SSLContext) -> None:
        self._gateway = gateway
        self._sender = sender
        self._trust = trust

    def open(self) -> AbstractAsyncContextManager[Deliver]:
        """Ready a client for a batch."""
        return self._client()

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[Deliver]:
        async with httpx2.AsyncClient(
            auth=self._credentials(),
            verify=self._trust,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
            headers={"Accept": "application/json", "User-Agent": "laissez-passer"},
        ) as client:

            async def deliver(parcel: Parcel) -> None:
                request = client.build_request(
                    "POST", self._gateway.url, json=self._payload(parcel), headers={"Idempotency-Key": parcel.id}
                )
                try:
                    answer = await client.send(request, stream=True)
                    try:
                        body = await _bounded(answer)
                    finally:
                        await answer.aclose()
                except httpx2.HTTPError as error:
                    raise Postponed(f"gateway: {type(error).__name__}") from error
                _judge(answer, body)

            yield deliver

    def _credentials(self) -> httpx2.Auth | None:
        if self._gateway.username and self._gateway.password:
            return httpx2.BasicAuth(self._gateway.username, self._gateway.password)
        return _Bearer(self._gateway.token) if self._gateway.token else None

    def _payload(self, parcel: Parcel) -> dict[str, str]:
        if not isinstance(parcel.words, Sms):
            raise TypeError("a texter carries SMS")
        kind = "notice" if parcel.purpose.is_notice else "otp"
        return {"id": parcel.id, "to": parcel.recipient, "from": self._sender, "text": parcel.words.text, "class": kind}


class _Bearer(httpx2.Auth):
    """A bearer token (RFC 6750 section 2.1)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


async def _bounded(answer: httpx2.Response) -> bytes:
    body = b""
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise Postponed("gateway: answer too large")
    return body


def _judge(answer: httpx2.Response, body: bytes) -> None:
    """Whether the gateway took charge of the message; raise `DeliveryFailed` when it did not."""
    status = answer.status_code
    if status == HTTPStatus.CONFLICT:
        return  # it already has a message of this id
    if status in _REFUSED_FOR_GOOD:
        raise Refused(f"gateway: {status}")
    if not answer.is_success:
        raise Postponed(f"gateway: {status}", _retry_after(answer))
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if body and kind != "application/json":
        raise Postponed("gateway: not an answer in JSON")  # a captive portal or a proxy's page, most likely
    if body and _says_rejected(body):
        raise Refused("gateway: rejected")


def _says_rejected(body: bytes) -> bool:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Postponed("gateway: not an answer in JSON") from error
    return isinstance(said, dict) and said.get("status") == "rejected"


def _retry_after(answer: httpx2.Response) -> int:
    wanted = answer.headers.get("Retry-After", "")
    return min(int(wanted), LONGEST_WAIT_SECONDS) if wanted.isascii() and wanted.isdigit() else 0
