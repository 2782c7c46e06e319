"""An operator leaves a signature algorithm out while applications are registered for it (`keys.signing`)."""

from dataclasses import replace
from typing import Any

import pytest

from clients import registry
from idp.foundation import keyring
from idp.foundation.provider import Provider
from idp.foundation.settings import Keys
from idp.oidc.registration.policy import own_policy
from keys import jose
from keys.peers import PeerKeys
from keys.ring import Stage
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.signing_in import tokens_for
from tests.support.visitor import Visitor


def stages(provider: Provider, alg: str) -> set[Stage]:
    return {key.stage for key in provider.ring if key.alg == alg}


async def leave_out(site: Site) -> None:
    """Restart under other settings, and let the calendar be followed."""
    site.provider.settings = replace(site.provider.settings, keys=Keys(signing=("RS256",)))
    await keyring.follow_calendar(site.provider)


@pytest.mark.parametrize("member", ["id_token_signed_response_alg", "userinfo_signed_response_alg"])
async def test_an_algorithm_serves_those_registered_for_it_until_the_last_has_left(
    site: Site, visitor: Visitor, member: str
) -> None:
    application = await register(site, **{member: "EdDSA"})
    await leave_out(site)
    assert (stages(site.provider, "EdDSA"), stages(site.provider, "ES256")) == ({Stage.ACTIVE}, {Stage.RETIRING})
    tokens = await tokens_for(visitor, application)
    told = (
        tokens["id_token"]
        if member.startswith("id_token")
        else (await application.userinfo(tokens["access_token"])).text
    )
    published = PeerKeys.parse((await application.http.get("/jwks")).json())
    assert jose.verify(told, published, algorithms=["EdDSA"])["aud"] == "demarches"
    changes: dict[str, Any] = {member: "RS256"}
    amended = replace(application.client, **changes)
    await site.provider.database.transaction(
        registry.amend,
        amended,
        now=site.clock.now(),
        random_bytes=site.provider.randomness.token_bytes,
        seal=site.provider.seal,
    )
    await keyring.follow_calendar(site.provider)
    assert stages(site.provider, "EdDSA") == {Stage.RETIRING}


async def test_it_is_announced_to_nobody_else_and_registered_no_more(site: Site) -> None:
    await register(site, id_token_signed_response_alg="EdDSA")
    await leave_out(site)
    document: dict[str, Any] = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    assert document["id_token_signing_alg_values_supported"] == ["RS256"]
    assert document["userinfo_signing_alg_values_supported"] == ["RS256"]
    assert own_policy(site.provider.settings).signing_algs == ("RS256",)


async def test_a_leak_of_the_secret_key_leaves_nobody_without_a_key(site: Site) -> None:
    await register(site, id_token_signed_response_alg="EdDSA")
    await leave_out(site)
    former = {key.kid for key in site.provider.ring}
    await keyring.replace_all(site.provider)
    assert stages(site.provider, "EdDSA") == {Stage.ACTIVE}
    assert former.isdisjoint(key.kid for key in site.provider.ring)
