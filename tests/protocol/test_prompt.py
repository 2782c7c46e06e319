"""When a person is asked something and when not: `prompt` and `max_age` (OpenID Connect Core 1.0 section 3.1.2.1)."""

from typing import Any

import pytest

from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import accept, arrive, sign_in
from tests.support.visitor import Page, Visitor


async def id_token_of(application: RelyingParty, page: Page) -> dict[str, Any]:
    response = await application.exchange(page.returned["code"])
    return payload_of(response.json()["id_token"])


# Without any page


async def test_none_without_a_session_is_login_required(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start(prompt="none"))
    assert page.returned["error"] == "login_required"


async def test_none_with_a_session_gives_a_code_without_any_page(visitor: Visitor, application: RelyingParty) -> None:
    first = await id_token_of(application, await arrive(visitor, application))
    second = await id_token_of(application, await visitor.open(application.start(prompt="none")))
    assert {name: second[name] for name in ("sub", "auth_time", "sid")} == {
        name: first[name] for name in ("sub", "auth_time", "sid")
    }


async def test_none_with_a_consent_missing_is_consent_required(
    visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    await arrive(visitor, application)
    page = await visitor.open(stranger.start(prompt="none"))
    assert page.returned["error"] == "consent_required"


async def test_none_after_a_consent_gives_a_code(visitor: Visitor, stranger: RelyingParty) -> None:
    await arrive(visitor, stranger)
    assert "code" in (await visitor.open(stranger.start(prompt="none"))).returned


async def test_none_with_a_sign_in_too_old_is_login_required(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await arrive(visitor, application)
    site.clock.advance(61)
    page = await visitor.open(application.start(prompt="none", max_age="60"))
    assert page.returned["error"] == "login_required"


async def test_none_leaves_no_journey_and_no_cookie_behind(visitor: Visitor, application: RelyingParty) -> None:
    await visitor.open(application.start(prompt="none"))
    assert "__Host-session" not in visitor.client.cookies


@pytest.mark.parametrize(
    "prompt", ["none login", "login none", "none consent select_account", "none create", "none none"]
)
async def test_none_stands_alone(visitor: Visitor, application: RelyingParty, prompt: str) -> None:
    page = await visitor.open(application.start(prompt=prompt))
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize("prompt", ["inconnu", "login inconnu", "LOGIN", "create inconnu"])
async def test_an_unknown_prompt_is_refused(visitor: Visitor, application: RelyingParty, prompt: str) -> None:
    page = await visitor.open(application.start(prompt=prompt))
    assert page.returned["error"] == "invalid_request"


# Signing in again


@pytest.mark.parametrize("prompt", ["login", "select_account", "login select_account", "select_account login consent"])
async def test_a_signed_in_person_signs_in_again_when_asked(
    site: Site, visitor: Visitor, application: RelyingParty, prompt: str
) -> None:
    before = await id_token_of(application, await arrive(visitor, application))
    site.clock.advance(5)
    page = await visitor.open(application.start(prompt=prompt))
    assert page.has("#signin")
    page = await sign_in(page)
    after = await id_token_of(application, await accept(page) if page.has("#consent") else page)
    assert after["auth_time"] == before["auth_time"] + 5
    assert after["sid"] == before["sid"]


async def test_there_is_no_way_round_signing_in_again(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    page = await visitor.open(application.start(prompt="login"))
    journey = page.address.partition("i=")[2]
    for address in (f"/interaction/{journey}", f"/authorize/suite?i={journey}", f"/consentement?i={journey}"):
        again = await visitor.open(address)
        assert not again.outside, address
        assert again.path in {"/connexion", "/consentement"}
    assert (await sign_in(page)).returned["code"]


async def test_another_person_may_be_chosen(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    other = await add_person(site.provider, "alix.durand", email="alix@exemple.fr", mobile="+33612345679")
    before = await id_token_of(application, await arrive(visitor, application))
    page = await visitor.open(application.start(prompt="select_account"))
    after = await id_token_of(application, await sign_in(page, "alix.durand"))
    assert after["sub"] == other != before["sub"]
    assert after["sid"] != before["sid"]
    silent = await id_token_of(application, await visitor.open(application.start(prompt="none")))
    assert silent["sub"] == other


# How long ago


@pytest.mark.parametrize(("age", "asked"), [(59, False), (60, False), (61, True)])
async def test_a_sign_in_older_than_max_age_is_made_again(
    site: Site, visitor: Visitor, application: RelyingParty, age: int, asked: bool
) -> None:
    first = await id_token_of(application, await arrive(visitor, application, max_age="15000"))
    site.clock.advance(age)
    page = await visitor.open(application.start(max_age="60"))
    assert page.has("#signin") is asked
    token = await id_token_of(application, await sign_in(page) if asked else page)
    assert token["auth_time"] == first["auth_time"] + (age if asked else 0)


async def test_max_age_zero_always_asks(site: Site, visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    page = await visitor.open(application.start(max_age="0"))
    assert page.has("#signin")
    site.clock.advance(30)
    token = await id_token_of(application, await sign_in(page))
    assert token["auth_time"] == site.clock.now()
    silent = await visitor.open(application.start(max_age="0", prompt="none"))
    assert silent.returned["error"] == "login_required"


@pytest.mark.parametrize("value", ["-1", "1e9", "abc", "1.5", "٣", "+5", " 5", "0x10", "9" * 19])
async def test_a_max_age_that_is_no_number_of_seconds_is_refused(
    visitor: Visitor, application: RelyingParty, value: str
) -> None:
    page = await visitor.open(application.start(max_age=value))
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize("value", ["2147483648", "9" * 18])
async def test_a_very_long_max_age_asks_nothing(visitor: Visitor, application: RelyingParty, value: str) -> None:
    page = await arrive(visitor, application, max_age=value)
    assert "auth_time" in await id_token_of(application, page)
    assert "code" in (await visitor.open(application.start(max_age=value))).returned


async def test_the_application_may_register_its_own_max_age(site: Site, visitor: Visitor) -> None:
    careful = await register(site, default_max_age=60)
    await arrive(visitor, careful)
    site.clock.advance(61)
    assert (await visitor.open(careful.start())).has("#signin")
    assert "code" in (await visitor.open(careful.start(max_age="3600"))).returned


# Consenting again


async def test_consent_is_asked_again_when_the_application_wants_it(visitor: Visitor, stranger: RelyingParty) -> None:
    await arrive(visitor, stranger)
    page = await visitor.open(stranger.start(prompt="consent"))
    assert page.has("#consent")
    assert "code" in (await accept(page)).returned


async def test_even_the_authoritys_own_application_may_want_it(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    page = await visitor.open(application.start(prompt="consent"))
    assert page.has("#consent")
    assert "code" in (await accept(page)).returned
