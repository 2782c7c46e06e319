"""What a server was asked and has answered so far, and what one flow of requests to it is."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.benchmarks.subjects import CLIENT_ID, CLIENT_SECRET, Subject
from tests.benchmarks.wire import CONNECTIONS, Answer, request
from tests.support.relying_party import basic

CREDENTIALS = basic(CLIENT_ID, CLIENT_SECRET)


@dataclass
class Traffic:
    """What one server was asked and has answered so far, by one application and the browsers of these `cookies`.

    `count`: requests of a flow of the usual cost.
    """

    subject: Subject
    count: int
    cookies: list[str]
    keys: KeySet
    codes: list[str] = field(default_factory=list)
    tokens: list[dict[str, str]] = field(default_factory=list)
    refreshed: list[dict[str, str]] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    registered: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    async def begun(cls, subject: Subject, count: int) -> Self:
        """With browsers that are signed in: one for each connection, as none asks twice at once."""
        keys = KeySet.import_key_set(httpx2.get(subject.endpoints["jwks_uri"]).raise_for_status().json())
        return cls(subject, count, [await subject.signed_in(number) for number in range(CONNECTIONS)], keys)

    def browse(self, addresses: Iterable[str]) -> list[bytes]:
        """Requests of the browsers, in turn."""
        return [
            request("GET", address, cookie=self.cookies[number % len(self.cookies)])
            for number, address in enumerate(addresses)
        ]

    def post(self, endpoint: str, form: dict[str, str]) -> bytes:
        """A request of the application, which authenticates."""
        return request("POST", self.subject.endpoints[endpoint], form, authorization=CREDENTIALS)

    def identified(self, id_token: str) -> dict[str, Any]:
        """The claims of an ID token that this server signed with RS256 for the application."""
        claims: dict[str, Any] = jwt.decode(id_token, self.keys, algorithms=["RS256"]).claims
        assert (claims["iss"], claims["aud"]) == (self.subject.issuer, CLIENT_ID)
        assert claims["sub"]
        return claims


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of request: how it is asked, the status of its answers, and what becomes of the answer to the nth."""

    name: str
    asks: Callable[[Traffic], Awaitable[Sequence[bytes]]]
    status: int
    takes: Callable[[Traffic, int, Answer], None]
    connections: int = CONNECTIONS
    by_password: bool = False

    def serves(self, subject: Subject) -> bool:
        """Whether this server can be asked that."""
        return subject.signs_in_with_password or not self.by_password

    def judge(self, traffic: Traffic, answers: Sequence[Answer]) -> None:
        """Take every answer, in the order of the requests. The first that is not as it should be ends the run."""
        for number, answer in enumerate(answers):
            try:
                assert answer.status == self.status
                self.takes(traffic, number, answer)
            except Exception as error:
                said = f"{answer.head.decode()}\n\n{answer.body[:2000].decode()}"
                raise AssertionError(f"{traffic.subject.name}, {self.name}, answer {number}:\n{said}") from error
