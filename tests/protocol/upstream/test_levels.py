"""The level that an application requires, or wishes for, and FranceConnect attests.

OpenID Connect Core 1.0 sections 3.1.2.1 and 5.5.1.1, OpenID Connect Core Error Code unmet_authentication_requirements.
"""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.sessions.session import LOCAL_ACR, UPSTREAM_ACR
from tests.protocol.upstream.accounts import returning
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import sign_in
from tests.support.upstream import ScriptedUpstream, brokering, come_back, press, settings_of, through
from tests.support.visitor import Visitor


def requiring(*levels: str) -> dict[str, str]:
    return {"claims": json.dumps({"id_token": {"acr": {"essential": True, "values": levels}}})}


async def level_of(application: RelyingParty, code: str) -> Any:
    return payload_of((await application.exchange(code)).json()["id_token"])["acr"]


async def announced(site: Site) -> Any:
    document = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    return document["acr_values_supported"]


async def test_the_levels_announced_are_those_that_sign_ins_give(file_url: str, upstream: ScriptedUpstream) -> None:
    for changes, levels in (
        ({}, [LOCAL_ACR, "eidas1"]),
        ({"acr_values": ("eidas2", "eidas3")}, [LOCAL_ACR, "eidas2", "eidas3"]),
        ({"kind": "oidc"}, [LOCAL_ACR, UPSTREAM_ACR]),
    ):
        async with brokering(file_url, settings_of(upstream, **changes)) as site:
            assert await announced(site) == levels


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (requiring("eidas3"), "eidas3"),
        (requiring("eidas3", "eidas2"), "eidas2 eidas3"),
        ({"acr_values": "eidas3"}, "eidas3"),
        ({"acr_values": "eidas1"}, "eidas2 eidas3"),
        ({"acr_values": "eidas2", **requiring("eidas3")}, "eidas3"),
        ({}, "eidas2 eidas3"),
    ],
)
async def test_the_level_wanted_is_the_one_asked_of_the_upstream_and_never_one_that_was_not_agreed(
    file_url: str, upstream: ScriptedUpstream, asked: dict[str, str], sent: str
) -> None:
    async with brokering(file_url, settings_of(upstream, acr_values=("eidas2", "eidas3"))) as site:
        application = await register(site)
        pressed = await press(await site.visitor(), start=application.start(**asked))
        assert parse_qs(urlsplit(pressed.address).query)["acr_values"] == [sent]


async def test_the_levels_registered_are_wished_for_where_a_request_names_none(
    file_url: str, upstream: ScriptedUpstream
) -> None:
    """`default_acr_values` (Dynamic Client Registration 1.0 section 2)."""
    async with brokering(file_url, settings_of(upstream, acr_values=("eidas2", "eidas3"))) as site:
        application = await register(site, default_acr_values=("eidas3",))
        for asked, sent in (({}, "eidas3"), ({"acr_values": "eidas2"}, "eidas2")):
            pressed = await press(await site.visitor(), start=application.start(**asked))
            assert parse_qs(urlsplit(pressed.address).query)["acr_values"] == [sent]


async def test_a_session_below_the_level_required_steps_up(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    person = await returning(broker, upstream.issuer)
    application = await register(broker)
    page = await sign_in(await visitor.open(application.start()))
    assert await level_of(application, page.returned["code"]) == LOCAL_ACR
    silent = await visitor.open(application.start(prompt="none", **requiring("eidas1")))
    assert silent.returned["error"] == "unmet_authentication_requirements"
    page = await visitor.open(application.start(**requiring("eidas1")))
    assert page.path == "/connexion"
    pressed = await page.form("form[action='/connexion/franceconnect']").submit()
    page = await visitor.open(await come_back(pressed.address))
    claims = payload_of((await application.exchange(page.returned["code"])).json()["id_token"])
    assert (claims["acr"], claims["sub"]) == ("eidas1", person)


async def test_the_sign_in_page_says_that_a_password_does_not_reach_it(broker: Site, visitor: Visitor) -> None:
    application = await register(broker)
    page = await visitor.open(application.start(**requiring("eidas1")))
    assert "demande une connexion par FranceConnect" in page.one(".notice").get_text()
    for free in ({}, {"acr_values": "eidas1"}, requiring("eidas1", LOCAL_ACR)):
        assert not (await visitor.open(application.start(**free))).has(".notice")


async def test_whoever_answers_by_a_password_has_not_reached_it(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    application = await register(broker)
    page = await sign_in(await visitor.open(application.start(**requiring("eidas1"))))
    assert page.returned["error"] == "unmet_authentication_requirements"


async def test_a_level_wished_for_and_not_reached_is_no_error(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    application = await register(broker)
    page = await sign_in(await visitor.open(application.start(acr_values="eidas1")))
    assert await level_of(application, page.returned["code"]) == LOCAL_ACR


async def test_an_upstream_that_attests_higher_than_asked_is_believed(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    upstream.alter_id_token(acr="eidas2")
    application = await register(broker)
    page = await through(visitor, start=application.start(**requiring("eidas1", "eidas2")))
    assert await level_of(application, page.returned["code"]) == "eidas2"
