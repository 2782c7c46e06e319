"""What belongs to the whole site: the root, the colours, the logo, health."""

from dataclasses import replace
from pathlib import Path

import pytest

from idp.foundation.settings import Brand
from keys.ring import KeyRing
from tests.support.provider import Site, opened, settings_for

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f80f00010501012718e3660000"
    "000049454e44ae426082"
)


async def test_the_root_leads_to_ones_own_space(site: Site) -> None:
    response = await (await site.client()).get("/")
    assert (response.status_code, response.headers["location"]) == (303, "/mon-compte")


async def test_the_colours_of_the_authority_are_a_stylesheet(site: Site) -> None:
    response = await (await site.client()).get("/theme.css")
    assert response.headers["content-type"].startswith("text/css")
    assert response.headers["cache-control"] == "public, max-age=3600"
    assert site.provider.settings.brand.colour in response.text


async def test_there_is_no_logo_unless_one_is_named(site: Site) -> None:
    assert (await (await site.client()).get("/logo")).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("logo.png", 200), ("logo.txt", 404), ("logo", 404)])
async def test_a_logo_is_served_as_the_image_it_is(database_url: str, tmp_path: Path, name: str, status: int) -> None:
    file = tmp_path / name
    file.write_bytes(PIXEL)
    settings = settings_for(database_url, brand=replace(Brand(), logo_file=str(file)))
    async with opened(settings) as site:
        response = await (await site.client()).get("/logo")
    assert response.status_code == status
    if status == 200:
        assert response.content == PIXEL
        assert response.headers["content-type"] == "image/png"
        assert response.headers["content-security-policy"].startswith("default-src 'none'")


async def test_readiness_waits_for_the_keys_and_liveness_does_not(site: Site) -> None:
    client = await site.client()
    assert (await client.get("/health/ready")).json() == {"status": "ready"}
    site.provider.ring = KeyRing()
    response = await client.get("/health/ready")
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert (await client.get("/health/live")).json() == {"status": "alive"}
