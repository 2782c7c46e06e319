"""A device that has no browser: its owner reads a code on it, types it here and agrees (RFC 8628)."""

from typing import Any

import httpx2
import pytest

from clients.client import Client
from tests.journeys import leaving
from tests.journeys.residents import give_password, resident
from tests.journeys.town import Town
from tests.journeys.walker import Walker
from tests.support.server import acting

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.needs("peers")]

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
TELEVISION = Client(
    client_id="television",
    client_name="Téléviseur de la médiathèque",
    grant_types=(GRANT,),
    response_types=(),
    scope="openid email",
    token_endpoint_auth_method="none",
)


@pytest.fixture(scope="module")
async def television(town: Town) -> Client:
    await acting(town.server.environ, lambda provider: leaving.register(provider, TELEVISION))
    return TELEVISION


async def call(town: Town, path: str, **form: str) -> dict[str, Any]:
    """What the device asks of the provider."""
    async with httpx2.AsyncClient() as client:
        answered = await client.post(f"{town.issuer}{path}", data={"client_id": TELEVISION.client_id, **form})
    found: dict[str, Any] = answered.json()
    return found


@pytest.mark.usefixtures("television")
async def test_a_device_is_connected_by_the_code_it_shows(walker: Walker, town: Town) -> None:
    person = await resident(town)
    codes = await call(town, "/device", scope="openid email")
    await walker.open(codes["verification_uri"])
    await walker.fill(user_code="ZZZZ-ZZZZ")
    await walker.press("#device-submit")
    await walker.sees("#user_code-error")
    await walker.fill(user_code=codes["user_code"].lower())
    await walker.press("#device-submit")
    await give_password(walker, person)
    await walker.sees("main", codes["user_code"])
    await walker.press("#consent-accept")
    await walker.sees("#device-done", "Votre appareil est connecté")
    tokens = await call(town, "/token", grant_type=GRANT, device_code=codes["device_code"])
    assert tokens["access_token"]
    await walker.open(f"{town.issuer}/mon-compte")
    await walker.sees("[aria-labelledby=applications-title]", TELEVISION.client_name)


@pytest.mark.usefixtures("television")
async def test_a_device_that_is_not_one_s_own_is_refused(walker: Walker, town: Town) -> None:
    person = await resident(town)
    codes = await call(town, "/device", scope="openid email")
    await walker.open(codes["verification_uri_complete"])
    if await walker.page.locator("#device-submit").count():
        await walker.press("#device-submit")
    await give_password(walker, person)
    await walker.press("#consent-deny")
    await walker.sees("#device-done", "L'appareil n'est pas connecté")
    refused = await call(town, "/token", grant_type=GRANT, device_code=codes["device_code"])
    assert refused["error"] == "access_denied"
