"""Signing in with a password: the same answer whoever is meant, slower and slower, never shut."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from idp.foundation import limits
from idp.foundation.settings import SignIn
from idp.people import standing, store
from idp.signin.password import by_address
from idp.web.addresses import throttle_key
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.records import events
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import IDENTIFIER, arrive, sign_in, tokens_for
from tests.support.visitor import Page, Visitor

MINUTE = 60


async def page_of(visitor: Visitor, application: RelyingParty) -> Page:
    return await visitor.open(application.start())


def seen(page: Page) -> tuple[int, str]:
    """What can be told of a page but what was typed and what is random."""
    text = re.sub(r'(value|href)="[^"]*"', "", page.response.text)
    return page.status, text


async def lock(site: Site, person: str) -> None:
    await site.provider.database.transaction(standing.lock, person, site.clock.now())


# Who is meant


@pytest.mark.parametrize(
    "typed",
    [
        "camille.martin",
        "CAMILLE.MARTIN",
        " camille.martin ",
        "camille.martin@exemple.fr",
        "Camille.Martin@EXEMPLE.fr",
    ],
)
async def test_a_person_signs_in_by_identifier_or_by_verified_address(
    visitor: Visitor, application: RelyingParty, typed: str
) -> None:
    assert "code" in (await sign_in(await page_of(visitor, application), typed)).returned


async def test_a_password_is_taken_in_any_unicode_form(site: Site, application: RelyingParty) -> None:
    await add_person(site.provider, password="Cerisier-\u00e9t\u00e9-42")
    page = await sign_in(await page_of(await site.visitor(), application), password="Cerisier-e\u0301te\u0301-42")
    assert "code" in page.returned


async def test_spaces_of_a_password_count(visitor: Visitor, application: RelyingParty) -> None:
    assert (await sign_in(await page_of(visitor, application), password=f"{PASSWORD} ")).status == 422


async def test_an_empty_field_is_named(visitor: Visitor, application: RelyingParty) -> None:
    page = await sign_in(await page_of(visitor, application), "", "")
    assert page.status == 422
    assert page.form_errors.keys() == {"identifier", "password"}
    assert page.has("#form-errors")


async def test_what_was_typed_stays_but_for_the_password(visitor: Visitor, application: RelyingParty) -> None:
    page = await sign_in(await page_of(visitor, application), 'camille" onfocus="x', "faux-mot-de-passe")
    assert page.one("[name=identifier]")["value"] == 'camille" onfocus="x'
    assert not page.one("[name=password]").get("value")
    assert "faux-mot-de-passe" not in page.response.text


# The same answer


async def test_nobody_learns_which_accounts_exist(site: Site, application: RelyingParty) -> None:
    await add_person(site.provider)
    locked = await add_person(site.provider, "verrouille", email="v@exemple.fr", mobile="+33612345671")
    await lock(site, locked)
    new = store.NewPerson(
        profile="citoyen",
        answers={"given_names": "Sans", "birth_name": "Motdepasse", "email": "sans@exemple.fr"},
        locale="fr",
        identifier="sans.motdepasse",
        password_hash=None,
    )
    await site.provider.database.transaction(store.create, new, site.provider.randomness, site.clock.now())
    answers = {
        typed: seen(await sign_in(await page_of(await site.visitor(), application), typed, password))
        for typed, password in (
            ("camille.martin", "faux"),
            ("personne", "faux"),
            ("personne@exemple.fr", PASSWORD),
            ("verrouille", PASSWORD),
            ("sans.motdepasse", "faux"),
            ("x" * 300, "faux"),
            ("'; DROP TABLE people; --", "faux"),
        )
    }
    assert {status for status, _ in answers.values()} == {422}
    assert len({text for _, text in answers.values()}) == 1


async def test_nobody_learns_it_from_the_wait_either(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    answers = []
    for typed in ("camille.martin", "personne"):
        page = await page_of(await site.visitor(), application)
        for _ in range(6):
            last = await sign_in(page, typed, "faux")
        answers.append((*seen(last), last.response.headers.get("retry-after")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 429


async def test_nobody_learns_it_from_the_time_either(
    site: Site, visitor: Visitor, application: RelyingParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = await add_person(site.provider, "verrouille", email="v@exemple.fr", mobile="+33612345671")
    await lock(site, locked)
    costs: list[str] = []
    check = site.provider.hasher._check

    def noted(stored: str, password: str) -> object:
        costs.append(stored.rpartition("$")[0].rpartition("$")[0])
        return check(stored, password)

    monkeypatch.setattr(site.provider.hasher, "_check", noted)
    for typed in ("camille.martin", "personne", "verrouille"):
        await sign_in(await page_of(await site.visitor(), application), typed, "faux")
    assert costs == ["$argon2id$v=19$m=64,t=1,p=1"] * 3


@pytest.mark.parametrize("size", [1_025, 20_000])
async def test_a_very_long_password_is_wrong_like_any_other(
    visitor: Visitor, application: RelyingParty, size: int
) -> None:
    wrong = await sign_in(await page_of(visitor, application), password="faux")
    assert seen(await sign_in(await page_of(visitor, application), password="x" * size)) == seen(wrong)


async def test_no_password_is_cut(site: Site, application: RelyingParty) -> None:
    await add_person(site.provider, password="A1-" + "x" * 1_021)
    page = await page_of(await site.visitor(), application)
    assert (await sign_in(page, password="A1-" + "x" * 1_022)).status == 422


# Slower and slower


async def test_five_tries_then_waits_that_double_up_to_two_hours(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await page_of(visitor, application)
    for _ in range(5):
        assert (await sign_in(page, password="faux")).status == 422
    for wait in (1, 2, 4, 8, 16, 32, 64, 120, 120):
        slowed = await sign_in(page, password="faux")
        assert (slowed.status, slowed.response.headers["retry-after"]) == (429, str(wait * MINUTE))
        assert slowed.has("#form-errors")
        site.clock.advance(wait * MINUTE - 1)
        assert (await sign_in(page, password="faux")).status == 429
        site.clock.advance(1)
        assert (await sign_in(page, password="faux")).status == 422
    assert "sign_in.delayed" in await events(site)


async def test_the_right_password_is_never_shut_out(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    page = await page_of(visitor, application)
    for _ in range(5):
        await sign_in(page, password="faux")
    assert (await sign_in(page)).status == 429
    site.clock.advance(MINUTE)
    assert "code" in (await sign_in(page)).returned


async def test_a_success_forgets_the_failures(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    for _ in range(3):
        page = await page_of(await site.visitor(), application)
        for _ in range(4):
            assert (await sign_in(page, password="faux")).status == 422
        assert "code" in (await sign_in(page)).returned


async def test_all_the_names_of_an_account_share_one_count(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await page_of(visitor, application)
    names = [
        "camille.martin",
        "CAMILLE.martin",
        "camille.martin@exemple.fr",
        "Camille.Martin@Exemple.FR",
        " camille.martin",
    ]
    for name in names:
        assert (await sign_in(page, name, "faux")).status == 422
    assert (await sign_in(page, names[0], "faux")).status == 429


async def test_a_browser_that_signed_in_before_is_not_slowed_down_by_others(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await arrive(visitor, application)
    attacker = await site.visitor(address="198.51.100.7")
    page = await page_of(attacker, application)
    for _ in range(6):
        slowed = await sign_in(page, password="faux")
    assert slowed.status == 429
    again = await visitor.open(application.start(prompt="login"))
    assert "code" in (await sign_in(again)).returned


async def test_the_mark_of_a_known_browser_serves_nowhere_else(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await arrive(visitor, application)
    mark = visitor.client.cookies["__Host-device"]
    attacker = await site.visitor()
    page = await page_of(attacker, application)
    for _ in range(5):
        await sign_in(page, password="faux")
    attacker.client.cookies.set("__Host-device", mark, domain="connexion.exemple.fr")
    assert (await sign_in(page, password="faux")).status == 429


async def test_one_address_cannot_try_account_after_account(site: Site, application: RelyingParty) -> None:
    address = "2001:db8:1:1::1"
    key = site.provider.pepper.digest("address", throttle_key(address))

    def try_299_times(connection: Connection) -> None:
        for _ in range(299):
            assert limits.take(connection, by_address(site.provider.settings), key, site.clock.now()) == 0

    await site.provider.database.transaction(try_299_times)
    page = await page_of(await site.visitor(address=address), application)
    assert (await sign_in(page, "compte299", "faux")).status == 422
    assert (await sign_in(page, "compte300", "faux")).status == 429
    neighbour = await page_of(await site.visitor(address="2001:db8:1:1:ffff::2"), application)
    assert (await sign_in(neighbour, "compte301", "faux")).status == 429
    elsewhere = await page_of(await site.visitor(address="2001:db8:1:2::1"), application)
    assert (await sign_in(elsewhere, "compte302", "faux")).status == 422


async def test_the_operator_says_how_many_passwords_one_address_may_try(database_url: str) -> None:
    async with opened(settings_for(database_url, signin=SignIn(per_address=2))) as site:
        page = await page_of(await site.visitor(), await register(site))
        statuses = [(await sign_in(page, f"compte{number}", "faux")).status for number in range(3)]
    assert statuses == [422, 422, 429]


# What a right password opens


async def test_a_pending_account_goes_to_its_activation_and_opens_nothing(
    site: Site, application: RelyingParty
) -> None:
    hashed = await site.provider.hasher.hash(PASSWORD)
    new = store.NewPerson(
        profile="citoyen",
        answers={"given_names": "Camille", "birth_name": "Martin", "email": "camille.martin@exemple.fr"},
        locale="fr",
        identifier=IDENTIFIER,
        password_hash=hashed,
    )
    person = await site.provider.database.transaction(store.create, new, site.provider.randomness, site.clock.now())
    visitor = await site.visitor()
    page = await sign_in(await page_of(visitor, application))
    assert page.path == "/activation"
    assert "__Host-session" not in visitor.client.cookies
    silent = await visitor.open(application.start(prompt="none"))
    assert silent.returned["error"] == "login_required"
    journey = page.address.partition("i=")[2]

    def activate(connection: Connection) -> None:
        standing.activate(connection, person, site.clock.now())

    await site.provider.database.transaction(activate)
    again = await visitor.open(f"/interaction/{journey}")
    assert again.has("#signin")
    assert "code" in (await sign_in(again)).returned


async def test_a_wrong_password_of_a_pending_account_tells_nothing(site: Site, application: RelyingParty) -> None:
    hashed = await site.provider.hasher.hash(PASSWORD)
    new = store.NewPerson(
        profile="citoyen",
        answers={"given_names": "Camille", "birth_name": "Martin", "email": "camille.martin@exemple.fr"},
        locale="fr",
        identifier=IDENTIFIER,
        password_hash=hashed,
    )
    await site.provider.database.transaction(store.create, new, site.provider.randomness, site.clock.now())
    wrong = await sign_in(await page_of(await site.visitor(), application), password="faux")
    unknown = await sign_in(await page_of(await site.visitor(), application), "personne", "faux")
    assert seen(wrong) == seen(unknown)


async def test_a_cookie_chosen_by_somebody_else_is_never_kept(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    planted = "lpss_" + "A" * 43
    visitor.client.cookies.set("__Host-session", planted, domain="connexion.exemple.fr", path="/")
    await arrive(visitor, application)
    assert visitor.client.cookies["__Host-session"] != planted
    attacker = await site.visitor()
    attacker.client.cookies.set("__Host-session", planted, domain="connexion.exemple.fr")
    assert (await attacker.open("/mon-compte")).has("#signin")


async def test_the_same_person_again_keeps_the_session_under_a_new_secret(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    before = await tokens_for(visitor, application, scope="openid")
    old_cookie = visitor.client.cookies["__Host-session"]
    site.clock.advance(5)
    after = await tokens_for(visitor, application, scope="openid", prompt="login")
    assert payload_of(after["id_token"])["sid"] == payload_of(before["id_token"])["sid"]
    assert visitor.client.cookies["__Host-session"] != old_cookie
    assert (await application.refresh(before["refresh_token"])).status_code == 200
    thief = await site.visitor()
    thief.client.cookies.set("__Host-session", old_cookie, domain="connexion.exemple.fr")
    assert (await thief.open("/mon-compte")).has("#signin")


async def test_somebody_else_ends_the_session_that_was_there(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await add_person(site.provider, "alix.durand", email="alix@exemple.fr", mobile="+33612345679")
    before = await tokens_for(visitor, application, scope="openid")
    page = await sign_in(await visitor.open(application.start(prompt="select_account")), "alix.durand")
    after = (await application.exchange(page.returned["code"])).json()
    assert payload_of(after["id_token"])["sid"] != payload_of(before["id_token"])["sid"]
    assert (await application.refresh(before["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await application.userinfo(before["access_token"])).status_code == 401


async def test_one_sign_in_opens_the_second_application_without_typing(
    visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    first = await tokens_for(visitor, application)
    page = await visitor.open(stranger.start())
    assert page.has("#consent")
    page = await page.form("#consent").submit("#consent-accept")
    second = (await stranger.exchange(page.returned["code"])).json()
    for name in ("sub", "sid", "auth_time"):
        assert payload_of(second["id_token"])[name] == payload_of(first["id_token"])[name]


# How long it lasts


@pytest.mark.parametrize(("idle", "alive"), [(7199, True), (7200, False)])
async def test_a_session_unused_for_two_hours_is_over(
    site: Site, visitor: Visitor, application: RelyingParty, idle: int, alive: bool
) -> None:
    await arrive(visitor, application)
    site.clock.advance(idle)
    page = await visitor.open(application.start(prompt="none"))
    assert ("code" in page.returned) is alive


async def test_a_session_used_without_a_break_is_over_after_twelve_hours(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await arrive(visitor, application)
    for _ in range(11):
        site.clock.advance(3600)
        assert "code" in (await visitor.open(application.start(prompt="none"))).returned
    site.clock.advance(3599)
    assert "code" in (await visitor.open(application.start(prompt="none"))).returned
    site.clock.advance(1)
    assert (await visitor.open(application.start(prompt="none"))).returned["error"] == "login_required"


async def test_a_session_of_somebody_locked_is_over_at_once(
    site: Site, visitor: Visitor, application: RelyingParty, person: str
) -> None:
    await arrive(visitor, application)
    await lock(site, person)
    assert (await visitor.open(application.start(prompt="none"))).returned["error"] == "login_required"


async def test_a_password_hashed_at_an_old_cost_is_hashed_anew(database_url: str) -> None:
    settings = settings_for(database_url)
    async with opened(settings) as site:
        person = await add_person(site.provider)
    dearer = replace(settings, hashing=replace(settings.hashing, passes=2))
    async with opened(dearer) as site:
        application = await register(site)

        async def stored() -> str:
            found = await site.provider.database.read(store.find, person)
            assert found is not None
            assert found.password_hash is not None
            return found.password_hash

        assert "t=1," in await stored()
        await arrive(await site.visitor(), application)
        assert "t=2," in await stored()
        await arrive(await site.visitor(), application)
