"""Logos of applications: shown from the provider, known by their bytes, fetched rarely and only where it is allowed."""

import asyncio
import gzip

import httpx2
import pytest

from clients import registry
from idp.oidc.logos import FRESH_SECONDS, LARGEST, RETRY_SECONDS, recognised
from tests.support.outside import Outside
from tests.support.provider import NOW, Site
from tests.support.registrant import Registrant, registering, registrant

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>'
IMAGES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(100),
    "image/gif": b"GIF89a" + bytes(100),
    "image/webp": b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(100),
    "image/svg+xml": SVG,
}


async def shown(program: Registrant, client_id: str) -> httpx2.Response:
    return await program.http.get(f"/applications/{client_id}/logo")


async def branded(program: Registrant, host: Outside) -> str:
    """The id of an application that registered a logo on that server."""
    return str((await program.registered(logo_uri=host.url("/logo")))["client_id"])


@pytest.mark.parametrize(("media_type", "body"), IMAGES.items(), ids=IMAGES.keys())
async def test_an_image_is_served_as_what_it_is_whatever_its_server_calls_it(
    somebody: Registrant, pool: Outside, media_type: str, body: bytes
) -> None:
    pool.answer("/logo", body, content_type="text/html")
    answer = await shown(somebody, await branded(somebody, pool))
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy.split("; ")
    assert "set-cookie" not in answer.headers


DRAWINGS = {
    "bare": (b"<svg>", True),
    "with attributes": (b"<svg\n width='1'/>", True),
    "with a prolog": (b'\xef\xbb\xbf <?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="x"/>', True),
    "with a public type": (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd"><svg />', True),
    "with entities": (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', False),
    "a page": (b"<!DOCTYPE html><html><svg></svg></html>", False),
    "a script": (b"alert('<svg>')", False),
    "another element": (b"<svgs>", False),
    "unfinished comment": (b"<!-- <svg>", False),
    "not UTF-8": (b"\xff\xfe<svg>", False),
    "with a NUL": (b"<svg>\0</svg>", False),
    "many comments": (b"<!---->" * 20_000 + b"<svg>", False),
    "much space": (b" " * 150_000, False),
    "nothing": (b"", False),
}


@pytest.mark.parametrize(("body", "is_drawing"), DRAWINGS.values(), ids=DRAWINGS.keys())
def test_a_drawing_is_told_from_what_only_looks_like_one(body: bytes, is_drawing: bool) -> None:
    assert (recognised(body) is not None) is is_drawing


async def test_what_is_no_image_is_not_shown(somebody: Registrant, pool: Outside) -> None:
    client_id = await branded(somebody, pool)
    answers = [b"<html><script>alert(1)</script></html>", b"", b"x" * 100, b"\x89PNG" + bytes(LARGEST)]
    for body in answers:
        pool.answer("/logo", body, content_type="image/png")
        assert (await shown(somebody, client_id)).status_code == 404
    assert len(pool.seen) == 1


async def test_a_compressed_bomb_is_not_shown(somebody: Registrant, pool: Outside) -> None:
    pool.answer("/logo", gzip.compress(PNG + bytes(10_000_000)), content_type="image/png", content_encoding="gzip")
    assert (await shown(somebody, await branded(somebody, pool))).status_code == 404


async def test_a_crowd_of_browsers_is_one_call_and_then_none_for_hours(
    open_site: Site, somebody: Registrant, pool: Outside
) -> None:
    pool.answer("/logo", PNG)
    client_id = await branded(somebody, pool)
    answers = await asyncio.gather(*(shown(somebody, client_id) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    open_site.clock.advance(FRESH_SECONDS - 1)
    await shown(somebody, client_id)
    assert len(pool.seen) == 1
    open_site.clock.advance(1)
    await shown(somebody, client_id)
    assert len(pool.seen) == 2


async def test_a_good_logo_stays_while_its_server_gives_none(
    open_site: Site, somebody: Registrant, pool: Outside
) -> None:
    pool.answer("/logo", PNG)
    client_id = await branded(somebody, pool)
    assert (await shown(somebody, client_id)).status_code == 200
    pool.answer("/logo", b"gone", status=503)
    for wait in (FRESH_SECONDS, RETRY_SECONDS):
        open_site.clock.advance(wait)
        assert (await shown(somebody, client_id)).content == PNG
    assert len(pool.seen) == 3


async def test_a_server_without_a_logo_is_called_again_after_minutes(
    open_site: Site, somebody: Registrant, pool: Outside
) -> None:
    client_id = await branded(somebody, pool)
    assert (await shown(somebody, client_id)).status_code == 404
    pool.answer("/logo", PNG)
    assert (await shown(somebody, client_id)).status_code == 404
    open_site.clock.advance(RETRY_SECONDS)
    assert (await shown(somebody, client_id)).status_code == 200


async def test_only_an_application_in_use_that_has_a_logo_makes_us_call_anybody(
    open_site: Site, somebody: Registrant, pool: Outside
) -> None:
    pool.answer("/logo", PNG)
    client_id = await branded(somebody, pool)
    plain = str((await somebody.registered())["client_id"])
    await open_site.provider.database.transaction(registry.suspend, client_id, now=NOW)
    for each in (client_id, plain, "nobody", "..%2f", "x" * 100):
        assert (await shown(somebody, each)).status_code == 404
    assert pool.connections == 0


async def test_by_default_a_logo_on_our_own_machine_is_not_read(database_url: str, pool: Outside) -> None:
    pool.answer("/logo", PNG)
    async with registering(database_url, outbound_allow=()) as site:
        program = await registrant(site)
        assert (await shown(program, await branded(program, pool))).status_code == 404
    assert pool.connections == 0
