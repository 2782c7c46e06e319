"""What an application learns is what the person let it learn (OpenID Connect Core 1.0 section 3.1.2.4)."""

import pytest
from sqlalchemy import Connection, select

from idp.account.acts import Author, withdraw_application
from idp.foundation.audit import audit
from idp.people import store as people
from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty
from tests.support.signing_in import accept, arrive, sign_in, tokens_for
from tests.support.visitor import Visitor


async def withdraw(site: Site, person: str, client_id: str) -> None:
    def step(connection: Connection) -> None:
        found = people.find(connection, person)
        assert found is not None
        withdraw_application(connection, Author(found, "session", "192.0.2.10", site.clock.now()), client_id)

    await site.provider.database.transaction(step)


async def events(site: Site, client_id: str) -> list[tuple[str, str]]:
    def step(connection: Connection) -> list[tuple[str, str]]:
        rows = connection.execute(
            select(audit.c.event, audit.c.detail).where(audit.c.client_id == client_id).order_by(audit.c.id)
        )
        return [(row.event, (row.detail or {}).get("scope", "")) for row in rows if row.event.startswith("consent")]

    return await site.provider.database.read(step)


async def test_the_authoritys_own_application_is_not_asked_about(visitor: Visitor, application: RelyingParty) -> None:
    page = await sign_in(await visitor.open(application.start()))
    assert "code" in page.returned


async def test_any_other_application_is_asked_about_with_what_it_would_read(
    site: Site, visitor: Visitor, stranger: RelyingParty
) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    assert page.has("#consent")
    assert "Cantine scolaire" in page.text
    assert "Camille Martin" in page.text
    assert "camille.martin@exemple.fr" in page.text
    assert "code" in (await accept(page)).returned
    assert await events(site, "cantine") == [("consent.given", "openid profile email")]


async def test_what_was_allowed_is_remembered(site: Site, visitor: Visitor, stranger: RelyingParty) -> None:
    await arrive(visitor, stranger)
    assert "code" in (await visitor.open(stranger.start())).returned
    elsewhere = await site.visitor()
    assert "code" in (await sign_in(await elsewhere.open(stranger.start()))).returned
    assert "code" in (await visitor.open(stranger.start(scope="openid"))).returned


async def test_more_than_was_allowed_is_asked_again(visitor: Visitor, stranger: RelyingParty) -> None:
    await arrive(visitor, stranger, scope="openid profile")
    page = await visitor.open(stranger.start(scope="openid profile email"))
    assert page.has("#consent")
    await accept(page)
    assert "code" in (await visitor.open(stranger.start(scope="openid email"))).returned


async def test_a_refusal_goes_back_to_the_application_and_is_not_remembered(
    site: Site, visitor: Visitor, stranger: RelyingParty
) -> None:
    page = await sign_in(await visitor.open(stranger.start(state="s")))
    refused = await page.form("#consent").submit("#consent-deny")
    assert refused.returned["error"] == "access_denied"
    assert refused.returned["state"] == "s"
    assert (await visitor.open(stranger.start())).has("#consent")
    assert await events(site, "cantine") == [("consent.refused", "openid profile email")]


async def test_an_answer_that_is_neither_is_refused(visitor: Visitor, stranger: RelyingParty) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    form = page.form("#consent")
    form.values["decision"] = ["peut-être"]
    assert (await form.submit()).error_code == "decision_missing"


async def test_the_form_cannot_ask_for_more_than_the_page_showed(visitor: Visitor, stranger: RelyingParty) -> None:
    page = await sign_in(await visitor.open(stranger.start(scope="openid")))
    form = page.form("#consent")
    form.values |= {"scope": ["openid profile email"], "scopes": ["email"], "decision": ["accept"]}
    code = (await form.submit()).returned["code"]
    assert (await stranger.exchange(code)).json()["scope"] == "openid"
    assert (await visitor.open(stranger.start(scope="openid email"))).has("#consent")


async def test_a_consent_posted_twice_gives_one_code(visitor: Visitor, stranger: RelyingParty) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    assert "code" in (await accept(page)).returned
    assert (await accept(page)).error_code == "interaction_expired"


@pytest.mark.parametrize("button", ["#consent-accept", "#consent-deny", None])
async def test_an_answer_after_signing_out_elsewhere_asks_to_sign_in(
    site: Site, visitor: Visitor, stranger: RelyingParty, button: str | None
) -> None:
    page = await sign_in(await visitor.open(stranger.start()))
    await (await visitor.open("/deconnexion")).form("#signout").submit()
    answered = await (page.form("#consent").submit(button) if button else visitor.open(page.address))
    assert answered.has("#signin")
    assert not {"consent.given", "consent.refused"} & {event for event, _ in await events(site, "cantine")}
    assert (await sign_in(answered)).has("#consent")


async def test_a_lasting_access_is_given_only_on_a_consent_asked_for_it(
    visitor: Visitor, stranger: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, stranger)
    assert tokens["scope"] == "openid profile email"
    tokens = await tokens_for(visitor, stranger, prompt="consent")
    assert tokens["scope"] == "openid profile email offline_access"


async def test_a_consent_withdrawn_kills_what_it_gave_at_once(
    site: Site, visitor: Visitor, stranger: RelyingParty, person: str
) -> None:
    tokens = await tokens_for(visitor, stranger, prompt="consent")
    await withdraw(site, person, "cantine")
    assert (await stranger.userinfo(tokens["access_token"])).status_code == 401
    assert await stranger.introspect(tokens["access_token"]) == {"active": False}
    assert (await stranger.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await visitor.open(stranger.start(prompt="none"))).returned["error"] == "consent_required"
    assert ("consent.withdrawn", "") in await events(site, "cantine")


async def test_a_new_consent_does_not_revive_what_the_old_one_gave(
    site: Site, visitor: Visitor, stranger: RelyingParty, person: str
) -> None:
    before = await tokens_for(visitor, stranger, prompt="consent")
    site.clock.advance(1)
    await withdraw(site, person, "cantine")
    site.clock.advance(1)
    after = await tokens_for(visitor, stranger, prompt="consent")
    assert (await stranger.userinfo(after["access_token"])).status_code == 200
    assert (await stranger.userinfo(before["access_token"])).status_code == 401
    assert (await stranger.refresh(before["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await stranger.refresh(after["refresh_token"])).status_code == 200


@pytest.mark.parametrize("again", [False, True], ids=["given then withdrawn", "given again in the same second"])
async def test_consents_of_one_second_keep_their_order(
    site: Site, visitor: Visitor, stranger: RelyingParty, person: str, again: bool
) -> None:
    await arrive(visitor, stranger)
    await withdraw(site, person, "cantine")
    if again:
        await arrive(visitor, stranger)
    page = await visitor.open(stranger.start())
    assert page.has("#consent") is not again


async def test_a_code_of_a_consent_withdrawn_meanwhile_is_refused(
    site: Site, visitor: Visitor, stranger: RelyingParty, person: str
) -> None:
    code = (await arrive(visitor, stranger)).returned["code"]
    await withdraw(site, person, "cantine")
    assert (await stranger.exchange(code)).json()["error"] == "invalid_grant"


async def test_a_page_left_open_decides_nothing_for_who_has_signed_in_since(
    site: Site, visitor: Visitor, stranger: RelyingParty
) -> None:
    await add_person(site.provider, "dominique.leroy")
    left_open = await sign_in(await visitor.open(stranger.start(login_hint="camille.martin")))
    visitor.client.cookies.delete("__Host-session")
    await sign_in(await visitor.open("/connexion"), "dominique.leroy")
    asked = await accept(left_open)
    assert asked.has("#consent"), "the same is asked of the person who is here now"
    assert await events(site, "cantine") == []
    assert "code" in (await accept(asked)).returned
