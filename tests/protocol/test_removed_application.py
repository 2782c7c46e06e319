"""Removing an application takes back all it was given: whoever registers its identifier again begins with nothing."""

from typing import Any

import pytest

from idp.cli import registration
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import tokens_for
from tests.support.visitor import Visitor


async def registered_anew(site: Site, former: RelyingParty) -> RelyingParty:
    """Another application under the same identifier, in the very second in which the former one is removed."""
    members = {"first_party": former.client.first_party, "grant_types": former.client.grant_types}
    await site.provider.database.transaction(registration.remove, former.client.client_id, now=site.clock.now())
    site.provider.clients.invalidate()
    return await register(site, former.client.client_id, **members)


@pytest.mark.parametrize("first_party", [True, False], ids=["of the authority", "of somebody else"])
async def test_its_tokens_serve_nobody_who_comes_after_it(
    site: Site, visitor: Visitor, person: str, first_party: bool
) -> None:
    former = await register(site, first_party=first_party)
    tokens = await tokens_for(visitor, former, scope="openid email offline_access", prompt="consent")
    successor = await registered_anew(site, former)
    assert (await successor.userinfo(tokens["access_token"])).status_code == 401
    assert (await successor.introspect(tokens["access_token"]))["active"] is False
    assert (await successor.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_token_it_obtained_for_itself_serves_nobody_either(site: Site) -> None:
    members: dict[str, Any] = {"grant_types": ("client_credentials",), "scope": "agenda:read", "first_party": True}
    former = await register(site, **members)
    token = (await former.token(grant_type="client_credentials")).json()["access_token"]
    assert (await former.introspect(token))["active"] is True
    successor = await registered_anew(site, former)
    assert (await successor.introspect(token))["active"] is False


async def test_what_people_allowed_it_is_asked_again_of_its_successor(
    site: Site, visitor: Visitor, person: str
) -> None:
    former = await register(site, first_party=False)
    await tokens_for(visitor, former, scope="openid email")
    silent = await visitor.open(former.start(scope="openid email", prompt="none"))
    assert "code" in silent.returned
    successor = await registered_anew(site, former)
    silent = await visitor.open(successor.start(scope="openid email", prompt="none"))
    assert silent.returned["error"] == "consent_required"
