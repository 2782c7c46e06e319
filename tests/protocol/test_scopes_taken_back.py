"""What an application is no longer registered for is no longer told, whatever it was granted (RFC 9700 section 2.3)."""

from dataclasses import replace

import pytest

from clients import registry
from tests.protocol.test_device import GRANT, begin, enter
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor


async def narrow(site: Site, application: RelyingParty, scope: str) -> None:
    """An operator leaves an application these scopes."""
    client = replace(application.client, scope=scope)
    random_bytes = site.provider.randomness.token_bytes
    await site.provider.database.transaction(registry.amend, client, now=site.clock.now(), random_bytes=random_bytes)
    site.provider.clients.invalidate()


async def test_userinfo_tells_nothing_of_a_scope_that_was_taken_back(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    token = (await tokens_for(visitor, application, scope="openid profile email"))["access_token"]
    assert {"email", "name"} <= (await application.userinfo(token)).json().keys()
    await narrow(site, application, "openid profile")
    told = (await application.userinfo(token)).json()
    assert ("email" in told, "name" in told) == (False, True)
    await narrow(site, application, "profile")
    assert (await application.userinfo(token)).status_code == 403


async def test_a_refresh_gives_no_scope_that_was_taken_back(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    issued = await tokens_for(visitor, application, scope="openid profile email offline_access")
    await narrow(site, application, "openid profile offline_access")
    site.clock.advance(60)
    refreshed = (await application.refresh(issued["refresh_token"])).json()
    assert refreshed["scope"] == "openid profile offline_access"
    await narrow(site, application, "email")
    site.clock.advance(60)
    refreshed = (await application.refresh(refreshed["refresh_token"])).json()
    assert (refreshed["scope"], "id_token" in refreshed) == ("email", False)
    await narrow(site, application, "phone")
    site.clock.advance(60)
    assert (await application.refresh(refreshed["refresh_token"])).json()["error"] == "invalid_scope"


async def test_a_code_gives_no_scope_that_was_taken_back_meanwhile(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    code = await code_for(visitor, application, scope="openid email")
    await narrow(site, application, "openid")
    assert (await application.exchange(code)).json()["scope"] == "openid"


@pytest.mark.usefixtures("person")
async def test_a_device_receives_no_scope_that_was_taken_back_meanwhile(site: Site, visitor: Visitor) -> None:
    device = await register(site, "television", grant_types=(GRANT,), response_types=(), redirect_uris=())
    codes = await begin(device, "openid email")
    await (await enter(visitor, codes)).form("#consent").submit("#consent-accept")
    await narrow(site, device, "openid")
    assert (await device.token(grant_type=GRANT, device_code=codes["device_code"])).json()["scope"] == "openid"
