"""Refresh tokens: each serves once, its family is a line (RFC 6749 section 6, RFC 9700 section 4.14.2)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from clients import registry
from idp.people import standing
from idp.sessions import closing
from tests.support.people import add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.records import events
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor

LASTING, WITH_SESSION = "openid offline_access", "openid"
DAY = 86_400


async def refused(application: RelyingParty, refresh_token: str) -> bool:
    response = await application.refresh(refresh_token)
    return (response.status_code, response.json().get("error")) == (400, "invalid_grant")


async def test_a_refresh_gives_new_tokens_about_the_same_sign_in(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    before = await tokens_for(visitor, application)
    site.clock.advance(300)
    response = await application.refresh(before["refresh_token"])
    after = response.json()
    assert response.headers["cache-control"] == "no-store"
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in ("access_token", "refresh_token", "id_token"))
    first, second = payload_of(before["id_token"]), payload_of(after["id_token"])
    assert "nonce" not in second
    assert second["iat"] == first["iat"] + 300
    unchanged = ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid")
    assert {name: second[name] for name in unchanged} == {name: first[name] for name in unchanged}


async def test_the_tokens_of_before_stay_good_until_their_end(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    before = await tokens_for(visitor, application)
    after = (await application.refresh(before["refresh_token"])).json()
    for tokens in (before, after):
        assert (await application.userinfo(tokens["access_token"])).status_code == 200


async def test_a_public_application_gets_a_new_token_each_time_too(site: Site, visitor: Visitor) -> None:
    public = await register(site, token_endpoint_auth_method="none")
    tokens = await tokens_for(visitor, public)
    renewed = (await public.refresh(tokens["refresh_token"])).json()
    site.clock.advance(11)
    assert await refused(public, tokens["refresh_token"])
    assert await refused(public, renewed["refresh_token"])


async def test_an_application_without_the_grant_gets_none(site: Site, visitor: Visitor) -> None:
    application = await register(site, grant_types=("authorization_code",))
    tokens = await tokens_for(visitor, application)
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid profile email"


# Less, never more


async def test_a_refresh_may_ask_for_less_and_the_next_one_for_all_again(
    visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application, scope="openid profile email")
    less = (await application.refresh(tokens["refresh_token"], scope="email openid")).json()
    assert less["scope"] == "openid email"
    told = (await application.userinfo(less["access_token"])).json()
    assert told.keys() == {"sub", "email", "email_verified"}
    again = (await application.refresh(less["refresh_token"])).json()
    assert again["scope"] == "openid profile email"


async def test_without_openid_there_is_no_new_id_token(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    assert "id_token" not in (await application.refresh(tokens["refresh_token"], scope="email")).json()


@pytest.mark.parametrize("scope", ["openid phone", "openid profile email offline_access admin", "phone"])
async def test_a_refresh_never_gives_more(visitor: Visitor, application: RelyingParty, scope: str) -> None:
    tokens = await tokens_for(visitor, application)
    response = await application.refresh(tokens["refresh_token"], scope=scope)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")
    assert (await application.refresh(tokens["refresh_token"])).status_code == 200


# Once, but for an answer that was lost


async def test_the_same_token_again_within_ten_seconds_gives_the_same_successor(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    first = (await application.refresh(tokens["refresh_token"])).json()
    site.clock.advance(10)
    second = (await application.refresh(tokens["refresh_token"])).json()
    assert second["refresh_token"] == first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    assert (await application.refresh(first["refresh_token"])).status_code == 200


async def test_the_same_token_after_ten_seconds_kills_the_family(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    successor = (await application.refresh(tokens["refresh_token"])).json()
    site.clock.advance(11)
    assert await refused(application, tokens["refresh_token"])
    assert await refused(application, successor["refresh_token"])
    for each in (tokens, successor):
        assert (await application.userinfo(each["access_token"])).status_code == 401
    assert (await events(site)).count("refresh.replayed") == 1


async def test_the_same_token_after_its_successor_served_kills_the_family_even_at_once(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    second = (await application.refresh(tokens["refresh_token"])).json()
    third = (await application.refresh(second["refresh_token"])).json()
    assert await refused(application, tokens["refresh_token"])
    assert await refused(application, third["refresh_token"])
    assert (await events(site)).count("refresh.replayed") == 1


async def test_a_reuse_touches_no_other_authorization(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    tokens, other = [await tokens_for(visitor, application) for _ in range(2)]
    await application.refresh(tokens["refresh_token"])
    site.clock.advance(11)
    assert await refused(application, tokens["refresh_token"])
    assert (await application.refresh(other["refresh_token"])).status_code == 200


async def test_no_grace_may_be_chosen(database_url: str) -> None:
    settings = settings_for(database_url)
    strict = replace(settings, lifetimes=replace(settings.lifetimes, refresh_grace=0))
    async with opened(strict) as site:
        await add_person(site.provider)
        application = await register(site)
        tokens = await tokens_for(await site.visitor(), application)
        await application.refresh(tokens["refresh_token"])
        site.clock.advance(1)
        assert await refused(application, tokens["refresh_token"])


@pytest.mark.parametrize("used", [False, True], ids=["fresh", "used"])
async def test_another_applications_token_is_refused_and_its_family_killed(
    site: Site, visitor: Visitor, application: RelyingParty, used: bool
) -> None:
    thief = await register(site, "autre")
    tokens = await tokens_for(visitor, application)
    last = tokens["refresh_token"]
    if used:
        last = (await application.refresh(tokens["refresh_token"])).json()["refresh_token"]
    assert await refused(thief, tokens["refresh_token"])
    assert await refused(application, last)
    assert (await events(site)).count("refresh.replayed") == 1


@pytest.mark.parametrize(
    "token", ["lprt_" + "A" * 43, "abc", "", "é", "x" * 60_000], ids=["unknown", "short", "empty", "é", "very long"]
)
async def test_what_was_never_given_is_refused(application: RelyingParty, token: str) -> None:
    response = await application.refresh(token)
    assert response.status_code == 400
    assert response.json()["error"] == ("invalid_grant" if token else "invalid_request")


async def test_no_other_kind_of_token_refreshes(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    tokens = (await application.exchange(code)).json()
    for wrong in (code, tokens["access_token"], tokens["id_token"]):
        assert await refused(application, wrong)
    assert (await application.refresh(tokens["refresh_token"])).status_code == 200


# Until when


@pytest.mark.parametrize(("age", "accepted"), [(30 * DAY - 1, True), (30 * DAY, False)])
async def test_a_lasting_refresh_token_lives_thirty_days(
    site: Site, visitor: Visitor, application: RelyingParty, age: int, accepted: bool
) -> None:
    tokens = await tokens_for(visitor, application, scope=LASTING)
    site.clock.advance(age)
    assert await refused(application, tokens["refresh_token"]) is not accepted


async def test_refreshing_does_not_move_the_end(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application, scope=LASTING)
    token = tokens["refresh_token"]
    for _ in range(3):
        site.clock.advance(10 * DAY - 1)
        token = (await application.refresh(token)).json()["refresh_token"]
    site.clock.advance(3)
    assert await refused(application, token)


async def test_the_application_may_have_a_shorter_life_of_its_own(site: Site, visitor: Visitor) -> None:
    short = await register(site, refresh_token_lifetime=3600)
    tokens = await tokens_for(visitor, short, scope=LASTING)
    site.clock.advance(3599)
    assert (await short.refresh(tokens["refresh_token"])).status_code == 200
    site.clock.advance(1)
    assert await refused(short, tokens["refresh_token"])


async def test_without_a_lasting_access_it_ends_with_the_session(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application, scope=WITH_SESSION)
    site.clock.advance(12 * 3600 - 1)
    renewed = (await application.refresh(tokens["refresh_token"])).json()
    site.clock.advance(1)
    assert await refused(application, renewed["refresh_token"])
    assert (await application.userinfo(renewed["access_token"])).status_code == 401


@pytest.mark.parametrize(("scope", "survives"), [(LASTING, True), (WITH_SESSION, False)], ids=["lasting", "not"])
async def test_signing_out_leaves_only_a_lasting_access(
    visitor: Visitor, application: RelyingParty, scope: str, survives: bool
) -> None:
    tokens = await tokens_for(visitor, application, scope=scope)
    page = await visitor.open("/deconnexion")
    await page.form("#signout").submit()
    assert (await application.userinfo(tokens["access_token"])).status_code == (200 if survives else 401)
    assert await refused(application, tokens["refresh_token"]) is not survives


ACTS: dict[str, Callable[[Connection, str, int], object]] = {
    "locked": standing.lock,
    "cut off, as when the password changes": standing.cut_off,
    "erased": standing.erase,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_nothing_is_refreshed_for_somebody(
    site: Site, visitor: Visitor, application: RelyingParty, person: str, act: Callable[[Connection, str, int], object]
) -> None:
    tokens = await tokens_for(visitor, application, scope=LASTING)
    site.clock.advance(1)

    def step(connection: Connection) -> None:
        act(connection, person, site.clock.now())

    await site.provider.database.transaction(step)
    assert await refused(application, tokens["refresh_token"])
    assert (await application.userinfo(tokens["access_token"])).status_code == 401
    assert await application.introspect(tokens["access_token"]) == {"active": False}


async def test_what_was_obtained_in_the_very_second_of_the_cut_is_dead_and_what_comes_after_it_is_not(
    site: Site, visitor: Visitor, application: RelyingParty, person: str
) -> None:
    before = await tokens_for(visitor, application, scope=LASTING)
    code = await code_for(visitor, application, scope=LASTING)
    await site.provider.database.transaction(closing.cut_off, person, site.clock.now())
    assert (await application.userinfo(before["access_token"])).status_code == 401
    assert await refused(application, before["refresh_token"])
    assert (await application.exchange(code)).json()["error"] == "invalid_grant"
    after = await tokens_for(visitor, application, scope=LASTING)
    assert (await application.refresh(after["refresh_token"])).status_code == 200


async def test_unlocking_somebody_does_not_revive_what_was_issued_before(
    site: Site, visitor: Visitor, application: RelyingParty, person: str
) -> None:
    tokens = await tokens_for(visitor, application, scope=LASTING)
    site.clock.advance(1)

    def lock_and_unlock(connection: Connection) -> None:
        standing.lock(connection, person, site.clock.now())
        standing.unlock(connection, person)

    await site.provider.database.transaction(lock_and_unlock)
    assert await refused(application, tokens["refresh_token"])
    assert (await tokens_for(visitor, application, scope=LASTING))["refresh_token"]


async def test_nothing_is_refreshed_for_a_suspended_application(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    await site.provider.database.transaction(registry.suspend, "demarches", now=site.clock.now())
    site.clock.advance(5)
    response = await application.refresh(tokens["refresh_token"])
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


async def test_what_was_refused_stays_refused_on_another_node(
    site: Site, database_url: str, visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application)
    renewed = (await application.refresh(tokens["refresh_token"])).json()
    site.clock.advance(11)
    assert await refused(application, tokens["refresh_token"])
    if database_url.startswith("sqlite"):
        await site.provider.database.close()
    async with opened(settings_for(database_url), seed=2) as other:
        application.http = await other.client()
        assert await refused(application, renewed["refresh_token"])
