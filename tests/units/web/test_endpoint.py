"""The adapter between the network and what we wrote: what it reads, what it refuses, what it never lets out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router

from idp.foundation.errors import BadRequest, TooManyAttempts, Unavailable
from idp.foundation.provider import Provider
from idp.foundation.texts import text
from idp.web.endpoint import Adapter, Call, Endpoint, Handler, Style
from tests.pages.rendering import provider

SECRET = "le nom d'une personne"


async def fail(_call: Call) -> Response:
    raise KeyError(SECRET)


async def refuse(_call: Call) -> Response:
    raise BadRequest("refused", text("Indiquez votre nom."), cause="a private detail")


async def slow_down(_call: Call) -> Response:
    raise TooManyAttempts("too_many", text("Attendez."), retry_after=7)


async def away(_call: Call) -> Response:
    raise Unavailable("away", text("Revenez."), retry_after=3)


async def told(call: Call) -> Response:
    return PlainTextResponse(f"{call.method} {call.locale} {call.sent.values()}")


@asynccontextmanager
async def calling(
    handler: Handler, style: Style, methods: tuple[str, ...] = ("GET",)
) -> AsyncIterator[httpx2.AsyncClient]:
    built: Provider = provider()
    adapter = Adapter(built, [Endpoint("/x", handler, "x", methods, style, own_form=False)], ())
    transport = httpx2.ASGITransport(Router([Route("/x", adapter)]), raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url=built.settings.issuer) as client:
        yield client


@pytest.mark.parametrize("style", Style)
async def test_a_mistake_of_ours_is_logged_and_never_shown(style: Style, caplog: pytest.LogCaptureFixture) -> None:
    async with calling(fail, style) as client:
        response = await client.get("/x")
    assert response.status_code == 500
    assert SECRET not in response.text
    assert "KeyError" not in response.text
    assert response.headers["cache-control"] == "no-store"
    assert [record.levelname for record in caplog.records if record.exc_info] == ["ERROR"]
    if style is Style.PROTOCOL:
        assert response.json() == {"error": "server_error", "error_description": "unexpected"}


async def test_a_refusal_is_a_page_for_people_and_an_error_for_programs() -> None:
    async with calling(refuse, Style.PAGE) as client:
        page = await client.get("/x")
    async with calling(refuse, Style.PROTOCOL) as client:
        error = await client.get("/x")
    assert (page.status_code, error.status_code) == (400, 400)
    assert "Indiquez votre nom." in page.text
    assert 'data-code="refused"' in page.text
    assert error.json() == {"error": "invalid_request", "error_description": "refused"}
    assert "private" not in page.text + error.text


@pytest.mark.parametrize(("handler", "status", "wait"), [(slow_down, 429, "7"), (away, 503, "3")])
@pytest.mark.parametrize("style", Style)
async def test_who_is_told_to_wait_is_told_how_long(handler: Handler, status: int, wait: str, style: Style) -> None:
    async with calling(handler, style) as client:
        response = await client.get("/x")
    assert (response.status_code, response.headers["retry-after"]) == (status, wait)


async def test_a_refusal_has_a_reference_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    async with calling(refuse, Style.PAGE) as client:
        page = await client.get("/x")
    reference = page.text.partition("<code>")[2].partition("</code>")[0]
    assert len(reference) == 8
    assert f"reference={reference}" in caplog.text
    assert "a private detail" in caplog.text


async def test_the_language_asked_for_is_remembered_by_the_browser() -> None:
    async with calling(told, Style.PAGE) as client:
        asked = await client.get("/x?ui_locales=en", headers={"accept-language": "fr"})
        later = await client.get("/x", headers={"accept-language": "fr"})
    assert asked.text.startswith("GET en")
    assert "__Host-lang=en" in asked.headers["set-cookie"]
    assert later.text.startswith("GET en")


async def test_programs_are_given_no_language() -> None:
    async with calling(told, Style.PROTOCOL) as client:
        response = await client.get("/x?ui_locales=en")
    assert "set-cookie" not in response.headers


async def test_what_was_sent_is_the_form_of_a_post_and_the_query_of_a_get() -> None:
    async with calling(told, Style.PROTOCOL, ("GET", "POST")) as client:
        read = await client.get("/x?a=1")
        posted = await client.post("/x?a=1", data={"a": "2"})
    assert "{'a': '1'}" in read.text
    assert "{'a': '2'}" in posted.text
