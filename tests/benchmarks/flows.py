"""What is asked of each server, one flow after another; each hands on what the next one needs (codes, then tokens)."""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from tests.benchmarks import processes
from tests.benchmarks.subjects import CLIENT_ID, CLIENT_SECRET, PEOPLE, REDIRECT, Subject
from tests.benchmarks.wire import CONNECTIONS, Answer, ask_all, request
from tests.support.people import PASSWORD
from tests.support.relying_party import VERIFIER, basic
from tests.support.visitor import Visitor

WARM_UP = 0.2
"""The part of the requests that is not counted: the first ones fill caches and let compilers work."""

SIGN_INS_AT_ONCE = 4
CREDENTIALS = basic(CLIENT_ID, CLIENT_SECRET)
SIGN_IN = "password sign-in"


@dataclass(frozen=True, slots=True)
class Measure:
    """One flow on one server. CPU in seconds a request: of the server, its password hashing, its database beside it."""

    flow: str
    count: int
    cpu: float
    hashing_cpu: float
    database_cpu: float
    a_second: float
    latencies: tuple[float, ...]

    def percentile(self, rank: float) -> float:
        """The latency (seconds) that this part of the requests did not exceed."""
        return sorted(self.latencies)[min(int(rank * len(self.latencies)), len(self.latencies) - 1)]


class Run:
    """All the flows of one server."""

    def __init__(self, subject: Subject, count: int) -> None:
        self.subject = subject
        self.count = count
        self.measures: list[Measure] = []

    async def all(self) -> list[Measure]:
        """Measure every flow. Any answer that is not the expected one ends the run: a fast refusal is no result."""
        at = self.subject.endpoints
        cookies = await self.subject.signed_in()
        discovery = request("GET", f"{self.subject.issuer}/.well-known/openid-configuration")
        await self.measure("discovery", [discovery] * self.count, 200)
        asking = [request("GET", self.subject.authorization(n), cookie=cookies) for n in range(1, self.count + 1)]
        codes = [code_of(answer) for answer in await self.measure("authorize with a session", asking, 0)]
        tokens = await self.exchange("code exchange", [{"grant_type": "authorization_code", "code": c} for c in codes])
        tokens = await self.exchange(
            "refresh", [{"grant_type": "refresh_token", "refresh_token": each["refresh_token"]} for each in tokens]
        )
        bearing = [f"Bearer {each['access_token']}" for each in tokens]
        reading = [request("GET", at["userinfo_endpoint"], authorization=bearer) for bearer in bearing]
        await self.measure("userinfo", reading, 200)
        asked = [
            request("POST", at["introspection_endpoint"], {"token": t["access_token"]}, authorization=CREDENTIALS)
            for t in tokens
        ]
        await self.measure("introspection", asked, 200)
        await self.exchange("client credentials", [{"grant_type": "client_credentials"}] * self.count)
        if self.subject.signs_in_with_password:
            await self.sign_in(max(self.count // 10, 20))
        return self.measures

    async def exchange(self, flow: str, forms: Sequence[dict[str, str]]) -> list[dict[str, str]]:
        """Ask the token endpoint and return what it gave."""
        if "code" in forms[0]:
            forms = [{**form, "redirect_uri": REDIRECT, "code_verifier": VERIFIER} for form in forms]
        address = self.subject.endpoints["token_endpoint"]
        asking = [request("POST", address, form, authorization=CREDENTIALS) for form in forms]
        return [json.loads(answer.body) for answer in await self.measure(flow, asking, 200)]

    async def sign_in(self, count: int) -> None:
        """Everybody signs in again from the browser they signed in with before, as people mostly do."""
        async with AsyncExitStack() as stack:
            browsers = [await stack.enter_async_context(httpx2.AsyncClient()) for _ in range(PEOPLE)]
            first = [await self.sign_in_form(browsers[n], n) for n in range(PEOPLE)]
            await ask_all(self.subject.issuer, first, SIGN_INS_AT_ONCE)
            forms = [await self.sign_in_form(browsers[n % PEOPLE], n) for n in range(count)]
            await self.measure(SIGN_IN, forms, 303, connections=SIGN_INS_AT_ONCE)

    async def sign_in_form(self, browser: httpx2.AsyncClient, number: int) -> bytes:
        """The form of a person's browser, filled in and not yet sent, from an address of its own."""
        page = await Visitor(browser, self.subject.issuer).open(self.subject.authorization(number))
        form = page.form("#signin").fill(identifier=f"person.{number % PEOPLE}", password=PASSWORD)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
        sent = {name: values[0] for name, values in form.values.items() if values}
        address = urljoin(page.address, str(form.element.get("action") or page.address))
        origin = {"origin": self.subject.issuer, "sec_fetch_site": "same-origin"}
        proxied = {"x_forwarded_for": f"10.0.{number // 250}.{number % 250 + 1}"}
        return request("POST", address, sent, cookie=cookies, **origin, **proxied)

    async def measure(
        self, flow: str, requests: Sequence[bytes], status: int, connections: int = CONNECTIONS
    ) -> list[Answer]:
        """Ask everything, count the last part, and return every answer. Status 0 expects a redirect with a code."""
        subject = self.subject
        warm = int(len(requests) * WARM_UP)
        expected = self.judge(flow, status)
        answers = await ask_all(subject.issuer, requests[:warm], connections)
        before, started = self.used(), time.perf_counter()
        counted = await ask_all(subject.issuer, requests[warm:], connections)
        ended, after = time.perf_counter(), self.used()
        for answer in (*answers, *counted):
            expected(answer)
        number = len(counted)
        cpu, event_loop, database = ((late - early) / number for early, late in zip(before, after, strict=True))
        latencies = tuple(answer.seconds for answer in counted)
        speed = number / (ended - started)
        self.measures.append(Measure(flow, number, cpu, cpu - event_loop, database, speed, latencies))
        return answers + counted

    def used(self) -> tuple[float, float, float]:
        """CPU of the server, of its event loops alone, and of its database."""
        server = self.subject.pids()
        database = processes.cpu_seconds(self.subject.database_pids())
        return processes.cpu_seconds(server), processes.event_loop_seconds(server), database

    def judge(self, flow: str, status: int) -> Callable[[Answer], None]:
        def expected(answer: Answer) -> None:
            right = bool(code_of(answer)) if status == 0 else answer.status == status
            assert right, f"{self.subject.name}, {flow}: {answer.head.decode()}\n{answer.body[:2000].decode()}"

        return expected


def code_of(answer: Answer) -> str:
    """The authorization code in a redirect to the application, empty when there is none."""
    location = answer.header("location")
    return parse_qs(urlsplit(location).query).get("code", [""])[0] if location.startswith(REDIRECT) else ""
