"""The device flow: RFC 8628."""

from typing import Any

import pytest

from idp.sessions import closing
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, basic, payload_of, register
from tests.support.signing_in import sign_in
from tests.support.visitor import Page, Visitor

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture
async def television(site: Site, person: str) -> RelyingParty:
    """An application on a device without a keyboard."""
    return await register(site, "television", grant_types=(GRANT, "refresh_token"), response_types=(), redirect_uris=())


async def begin(device: RelyingParty, scope: str = "openid email") -> dict[str, Any]:
    headers = {"authorization": basic(device.client.client_id, device.secret or "")}
    answer = await device.http.post("/device", data={"scope": scope}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told: dict[str, Any] = answer.json()
    return told


async def ask(device: RelyingParty, codes: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = await device.token(grant_type=GRANT, device_code=codes["device_code"])
    return answer.status_code, answer.json()


async def enter(visitor: Visitor, codes: dict[str, Any]) -> Page:
    """Follow the address that the device shows as a picture, then sign in."""
    page = await visitor.open(codes["verification_uri_complete"])
    page = await page.form("#device").submit()
    if page.has("#signin"):
        page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    return page


async def test_the_device_receives_its_tokens_once_the_person_has_accepted(
    site: Site, television: RelyingParty, visitor: Visitor, person: str
) -> None:
    codes = await begin(television)
    assert codes["verification_uri"] == f"{site.issuer}/appareil"
    assert await ask(television, codes) == (
        400,
        {"error": "authorization_pending", "error_description": "the person has not decided yet"},
    )
    page = await enter(visitor, codes)
    assert codes["user_code"] in page.text
    done = await page.form("#consent").submit("#consent-accept")
    assert done.has("#device-done")
    site.clock.advance(5)
    status, tokens = await ask(television, codes)
    assert status == 200
    assert payload_of(tokens["id_token"])["sub"] == person
    assert (await television.userinfo(tokens["access_token"])).json()["email"] == "camille.martin@exemple.fr"
    assert (await ask(television, codes))[1]["error"] == "invalid_grant"
    assert (await television.refresh(tokens["refresh_token"])).status_code == 200


async def accepted(device: RelyingParty, visitor: Visitor) -> dict[str, Any]:
    """Codes of a request that the person has accepted."""
    codes = await begin(device)
    done = await (await enter(visitor, codes)).form("#consent").submit("#consent-accept")
    assert done.has("#device-done")
    return codes


async def test_what_a_device_holds_outlives_the_browser_session_and_not_the_person(
    site: Site, television: RelyingParty, visitor: Visitor, person: str
) -> None:
    tokens = (await ask(television, await accepted(television, visitor)))[1]
    page = await visitor.open("/deconnexion")
    await page.form("#signout").submit("#signout-confirm")
    assert (await television.userinfo(tokens["access_token"])).status_code == 200
    site.clock.advance(1)
    await site.provider.database.transaction(closing.lock, person, site.clock.now())
    assert (await television.userinfo(tokens["access_token"])).status_code == 401
    assert (await television.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


WITHDRAWAL = 'form[action="/mon-compte/services/retrait"]'


async def test_a_device_is_among_the_services_of_its_owner_who_takes_everything_back(
    site: Site, television: RelyingParty, visitor: Visitor
) -> None:
    tokens = (await ask(television, await accepted(television, visitor)))[1]
    site.clock.advance(1)
    home = await visitor.open("/mon-compte")
    await home.form(f'{WITHDRAWAL}:has(input[value="television"])').submit()
    assert (await television.userinfo(tokens["access_token"])).status_code == 401
    assert (await television.refresh(tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_a_device_that_asks_after_its_owner_was_locked_receives_nothing(
    site: Site, television: RelyingParty, visitor: Visitor, person: str
) -> None:
    codes = await accepted(television, visitor)
    site.clock.advance(1)
    await site.provider.database.transaction(closing.lock, person, site.clock.now())
    assert (await ask(television, codes))[1]["error"] == "invalid_grant"


async def test_a_device_that_asks_after_its_owner_took_it_back_receives_nothing(
    site: Site, television: RelyingParty, visitor: Visitor
) -> None:
    codes = await accepted(television, visitor)
    site.clock.advance(1)
    home = await visitor.open("/mon-compte")
    await home.form(f'{WITHDRAWAL}:has(input[value="television"])').submit()
    assert (await ask(television, codes))[1]["error"] == "invalid_grant"


async def test_the_question_is_for_the_browser_where_the_code_was_typed(
    site: Site, television: RelyingParty, visitor: Visitor
) -> None:
    """RFC 8628 section 5.4: a link to the question itself would spare the person from reading the code."""
    attacker, codes = await site.visitor(), await begin(television)
    page = await attacker.open(codes["verification_uri_complete"])
    journey = await page.form("#device").submit()
    question = (await sign_in(journey)).address
    assert "/appareil/accord" in question
    await sign_in(await visitor.open("/mon-compte"))
    refused = await visitor.open(question)
    assert (refused.error_code, refused.has("#consent")) == ("device_request_expired", False)
    form = (await attacker.open(question)).form("#consent")
    page = await visitor.open("/appareil")
    data = {**page.form("#device").values, "d": form.values["d"], "decision": ["accept"]}
    assert (await visitor.send("POST", f"{site.issuer}/appareil/accord", data)).error_code == "device_request_expired"


async def test_a_question_left_open_decides_nothing_for_who_has_signed_in_since(
    site: Site, television: RelyingParty, visitor: Visitor, person: str
) -> None:
    await add_person(site.provider, "dominique.leroy")
    codes = await begin(television)
    left_open = await enter(visitor, codes)
    visitor.client.cookies.delete("__Host-session")
    await sign_in(await visitor.open("/connexion"), "dominique.leroy")
    asked = await left_open.form("#consent").submit("#consent-accept")
    assert asked.has("#consent"), "the same is asked of the person who is here now"
    assert (await ask(television, codes))[1]["error"] == "authorization_pending"


async def test_a_device_without_an_address_may_know_people_by_names_of_its_own(
    site: Site, visitor: Visitor, person: str
) -> None:
    members: dict[str, Any] = {"grant_types": (GRANT,), "response_types": (), "redirect_uris": ()}
    television = await register(site, "television", subject_type="pairwise", **members)
    codes = await begin(television)
    await (await enter(visitor, codes)).form("#consent").submit("#consent-accept")
    tokens = (await ask(television, codes))[1]
    assert payload_of(tokens["id_token"])["sub"] != person
    assert (await television.userinfo(tokens["access_token"])).status_code == 200


async def test_a_refusal_is_told_to_the_device(television: RelyingParty, visitor: Visitor) -> None:
    codes = await begin(television)
    await (await enter(visitor, codes)).form("#consent").submit("#consent-deny")
    assert (await ask(television, codes))[1]["error"] == "access_denied"


async def test_a_device_that_asks_too_often_is_told_to_slow_down(site: Site, television: RelyingParty) -> None:
    codes = await begin(television)
    assert (await ask(television, codes))[1]["error"] == "authorization_pending"
    assert (await ask(television, codes))[1]["error"] == "slow_down"
    site.clock.advance(codes["interval"])
    assert (await ask(television, codes))[1]["error"] == "authorization_pending"


async def test_codes_expire(site: Site, television: RelyingParty, visitor: Visitor) -> None:
    codes = await begin(television)
    site.clock.advance(codes["expires_in"])
    assert (await ask(television, codes))[1]["error"] == "expired_token"
    page = await (await visitor.open(codes["verification_uri_complete"])).form("#device").submit()
    assert "user_code" in page.form_errors


async def test_a_code_is_entered_as_people_type(television: RelyingParty, visitor: Visitor) -> None:
    codes = await begin(television)
    typed = f" {codes['user_code'].lower().replace('-', ' ')} "
    page = await (await visitor.open("/appareil")).form("#device").fill(user_code=typed).submit()
    assert page.has("#signin")


async def test_a_wrong_code_is_refused_and_guesses_are_counted(television: RelyingParty, visitor: Visitor) -> None:
    await begin(television)
    page = await visitor.open("/appareil")
    statuses = [(await page.form("#device").fill(user_code="BBBB-BBBB").submit()).status for _ in range(21)]
    assert statuses == [422] * 20 + [429]


async def test_another_client_cannot_use_the_code(site: Site, television: RelyingParty) -> None:
    other = await register(site, "other", grant_types=(GRANT,), response_types=(), redirect_uris=())
    codes = await begin(television)
    assert (await ask(other, codes))[1]["error"] == "invalid_grant"


async def test_only_a_client_registered_for_it_may_begin(site: Site, application: RelyingParty) -> None:
    headers = {"authorization": basic(application.client.client_id, application.secret or "")}
    answer = await application.http.post("/device", data={"scope": "openid"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
