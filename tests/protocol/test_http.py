"""Requests that are wrong as HTTP: refused cheaply, the same everywhere, and never by a fault of ours."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message

from idp.routes import ENDPOINTS
from idp.web import endpoint as adapter
from idp.web.endpoint import FORM
from tests.support.provider import ISSUER, Site, opened, settings_for
from tests.support.relying_party import RelyingParty
from tests.support.signing_in import arrive, tokens_for
from tests.support.visitor import Visitor

FIXED = [endpoint for endpoint in ENDPOINTS if "{" not in endpoint.path]
PATHS = sorted({endpoint.path for endpoint in FIXED})
POSTED = sorted(endpoint.path for endpoint in FIXED if "POST" in endpoint.methods and endpoint.takes == FORM)


async def test_a_method_that_is_not_served_is_refused_with_those_that_are(site: Site) -> None:
    client = await site.client()
    for path in PATHS:
        served = {method for endpoint in ENDPOINTS if endpoint.path == path for method in endpoint.methods}
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
            if method in served:
                continue
            response = await client.request(method, path, headers={"origin": "https://evil.example"})
            assert response.status_code == 405, (method, path)
            assert set(response.headers["allow"].split(", ")) == served, (method, path)
            assert not [name for name in response.headers if name.startswith("access-control-")]
            assert response.headers["cache-control"] == "no-store"


async def test_reading_the_head_of_what_acts_is_refused(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    for address in (application.start(), "/authorize/suite?i=x", "/logout", "/userinfo", "/token"):
        assert (await visitor.client.head(address)).status_code == 405, address
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned


async def test_the_head_of_a_document_is_that_of_the_document(site: Site) -> None:
    client = await site.client()
    for path in ("/.well-known/openid-configuration", "/jwks", "/aide", "/health/live"):
        head, whole = await client.head(path), await client.get(path)
        assert head.status_code == whole.status_code == 200
        assert head.headers["content-type"] == whole.headers["content-type"]


@pytest.mark.parametrize(
    "path",
    [
        "/rien",
        "/authorize/",
        "/authorize.css",
        "/authorize;x",
        "/AUTHORIZE",
        "/token/x",
        "//evil.example/",
        "/mon-compte/x.css",
        "/%2e%2e/token",
        "/interaction/a/b",
        "/.well-known/",
        "/interaction/%00",
        "/inscription/%00",
    ],
)
async def test_what_is_nowhere_is_not_found(visitor: Visitor, path: str) -> None:
    response = await visitor.client.get(f"{ISSUER}{path}", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert 'data-code="not_found"' in response.text
    assert 'href="//' not in response.text
    as_program = await visitor.client.get(f"{ISSUER}/rien", headers={"accept": "application/json"})
    assert as_program.json() == {"error": "invalid_request", "error_description": "not_found"}


# Bodies


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", "x", ""])
async def test_only_forms_are_read(site: Site, kind: str) -> None:
    client = await site.client()
    for path in POSTED:
        response = await client.post(path, content=b"--x\r\na=b" * 100, headers={"content-type": kind})
        assert response.status_code == 415, path


async def test_a_body_beyond_64_kb_is_refused(site: Site) -> None:
    client = await site.client()
    for path in POSTED:
        response = await client.post(path, content=b"a=" + b"x" * 65_535, headers={"content-type": FORM})
        assert response.status_code == 413, path


MALFORMED = {
    "not UTF-8": b"code=%ff%fe",
    "raw bytes": "code=é".encode(),
    "a NUL": b"code=%00",
    "a NUL in a name": b"co%00de=1",
    "a lone surrogate": b"code=%ED%A0%80",
    "an overlong form": b"code=%C0%AF",
    "a byte order mark": b"\xef\xbb\xbfcode=1",
    "101 fields": b"&".join(b"a%d=1" % number for number in range(101)),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_body_is_refused(site: Site, body: bytes) -> None:
    client = await site.client()
    for path in POSTED:
        response = await client.post(path, content=body, headers={"content-type": FORM})
        assert response.status_code == 400, path


async def test_semicolons_separate_nothing(application: RelyingParty) -> None:
    response = await application.http.post(
        "/token", content=b"grant_type=client_credentials;client_id=demarches", headers={"content-type": FORM}
    )
    assert response.json()["error"] == "invalid_client"


@pytest.mark.parametrize("body", [b"a;" * 32_000, b"a&" * 32_000, b"%" * 64_000, b"=" * 64_000, b"+" * 64_000])
async def test_a_body_made_to_be_slow_is_not(application: RelyingParty, body: bytes) -> None:
    response = await application.http.post("/token", content=body, headers={"content-type": FORM})
    assert response.status_code in {400, 401}
    assert response.elapsed.total_seconds() < 2


@pytest.mark.parametrize("parameter", ["charset=utf-8", "charset=utf-7", "charset=iso-8859-1"])
async def test_a_form_is_utf_8_whatever_it_says(site: Site, application: RelyingParty, parameter: str) -> None:
    response = await application.http.post(
        "/token",
        content=b"grant_type=x&client_id=demarches&client_secret=%C3%A9",
        headers={"content-type": f"{FORM}; {parameter}"},
    )
    assert response.json()["error"] == "invalid_client"


async def call(site: Site, messages: list[Message], path: str = "/token") -> list[Message]:
    """Speak to the application as a server does, with whatever the network may bring."""
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", FORM.encode())],
        "client": ("192.0.2.10", 40_000),
        "server": ("connexion.exemple.fr", 443),
        "scheme": "https",
        "http_version": "1.1",
        "root_path": "",
    }
    await site.app(scope, receive, send)
    return sent


async def test_a_sender_who_leaves_in_the_middle_is_no_fault(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    sent = await call(
        site, [{"type": "http.request", "body": b"grant_type=", "more_body": True}, {"type": "http.disconnect"}]
    )
    assert sent[0]["status"] == 400
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_body_that_grows_is_stopped_as_it_grows(site: Site) -> None:
    chunk: Message = {"type": "http.request", "body": b"x" * 16_384, "more_body": True}
    messages = [chunk] * 100
    sent = await call(site, messages)
    assert sent[0]["status"] == 413
    assert len(messages) >= 95


async def test_a_body_that_never_ends_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "BODY_SECONDS", 0.05)

    async def slowly() -> AsyncIterator[bytes]:
        yield b"grant_type="
        await asyncio.sleep(5)
        raise AssertionError("the provider waited too long")

    response = await (await site.client()).post("/token", content=slowly(), headers={"content-type": FORM})
    assert (response.status_code, response.json()["error_description"]) == (400, "request_timeout")


# Where a request comes from


async def test_the_address_forwarded_by_a_stranger_counts_for_nothing(site: Site, application: RelyingParty) -> None:
    for value in ("1.2.3.4", "garbage", "1.2.3.4, 5.6.7.8", "x" * 5_000):
        response = await application.http.post(
            "/token", data={"grant_type": "x", "client_id": "x"}, headers={"x-forwarded-for": value}
        )
        assert response.status_code == 401


async def test_a_trusted_proxy_that_says_nonsense_is_refused(database_url: str) -> None:
    settings = settings_for(database_url, trusted_proxies=("192.0.2.0/24",))
    async with opened(settings) as site:
        client = await site.client()
        form = {"grant_type": "x", "client_id": "x"}
        for value, status in (("203.0.113.9", 401), ("garbage", 400), ("203.0.113.9:443", 400)):
            response = await client.post("/token", data=form, headers={"x-forwarded-for": value})
            assert response.status_code == status, value


async def test_nothing_is_ever_built_from_the_host_header(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    for host in ("evil.example", "evil.example:443", "user@evil.example", "[::1]", "connexion.exemple.fr/x", ""):
        headers = {"host": host, "x-forwarded-host": host or "x"}
        page = await visitor.client.get("/connexion", headers=headers, follow_redirects=True)
        assert page.status_code == 200
        assert "evil.example" not in page.text
        redirect = await visitor.client.get(application.start(prompt="none"), headers=headers)
        assert redirect.headers["location"].startswith("https://demarches.exemple.fr/retour?")
        userinfo = await application.http.get(
            "/userinfo", headers={**headers, "authorization": f"Bearer {tokens['access_token']}"}
        )
        assert userinfo.status_code == 200
