"""People come from FranceConnect: new ones towards the sign-up, known ones straight in."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from idp.demo.franceconnect.identities import TEST_IDENTITIES
from idp.foundation.clock import FixedClock
from idp.people import identity, standing, store
from idp.people.identity import Account
from idp.sessions.tables import sessions
from idp.upstream.conclusion import ID_TOKEN
from tests.protocol.upstream.accounts import events, open_sessions, returning, rows, subject_of, vouched
from tests.support.provider import Site
from tests.support.relying_party import payload_of, register
from tests.support.upstream import (
    TOKEN,
    USERINFO,
    ScriptedUpstream,
    brokering,
    come_back,
    press,
    scripted_upstream,
    settings_of,
    through,
)
from tests.support.visitor import Visitor

GENERIC = {"kind": "oidc", "label": "Autre", "pkce": "never", "acr_values": ("eidas1",), "userinfo": "signed"}
"""The simulation as any other OpenID Connect provider."""


async def test_the_button_leads_to_franceconnect_with_what_it_accepts(
    visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    pressed = await press(visitor)
    assert pressed.address.startswith(f"{upstream.issuer}/authorize?")
    sent = dict(parse_qsl(urlsplit(pressed.address).query))
    assert sent.keys() == {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "acr_values"}
    assert min(len(sent["state"]), len(sent["nonce"])) >= 32


async def test_every_press_has_a_state_and_a_nonce_of_its_own(visitor: Visitor) -> None:
    asked = [dict(parse_qsl(urlsplit((await press(visitor)).address).query)) for _ in range(5)]
    assert len({each["state"] for each in asked} | {each["nonce"] for each in asked}) == 10
    assert visitor.client.cookies.get("__Host-browser") not in {each["state"] for each in asked}


async def test_someone_new_goes_to_the_sign_up_with_what_franceconnect_vouches_for(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    page = await through(visitor)
    assert page.path == "/inscription/franceconnect"
    assert await open_sessions(broker) == []
    (said,) = await vouched(broker)
    assert (said["issuer"], said["subject"], said["acr"]) == (upstream.issuer, subject_of("test"), "eidas1")
    assert said["claims"]["given_name_array"] == ["Angela", "Claire", "Louise"]
    assert said["claims"]["birthplace"] == "75107"


@pytest.mark.parametrize("login", TEST_IDENTITIES)
async def test_each_test_identity_comes_through(broker: Site, visitor: Visitor, login: str) -> None:
    await through(visitor, login)
    (said,) = await vouched(broker)
    identity = TEST_IDENTITIES[login]
    assert said["claims"]["family_name"] == identity.family_name
    assert said["claims"]["idp_birthdate"] == identity.birthdate_known
    assert said["claims"]["birthplace"] == identity.birthplace
    assert said["claims"].get("preferred_username") == identity.usage_name


async def test_a_known_person_is_signed_in_at_the_level_of_franceconnect(
    database_url: str, upstream: ScriptedUpstream
) -> None:
    async with brokering(database_url, settings_of(upstream)) as site:
        person = await returning(site, upstream.issuer)
        page = await through(await site.visitor())
        assert page.path == "/mon-compte"
        assert page.status == 200
        (session,) = await open_sessions(site)
        assert (session["person_id"], session["acr"], session["upstream"]) == (person, "eidas1", "franceconnect")
        assert "signed_in" in await events(site)


async def test_an_application_receives_the_person_and_the_level(broker: Site, upstream: ScriptedUpstream) -> None:
    person = await returning(broker, upstream.issuer)
    application = await register(broker)
    visitor = await broker.visitor()
    page = await through(visitor, start=application.start())
    tokens = (await application.exchange(page.returned["code"])).json()
    claims = payload_of(tokens["id_token"])
    assert claims["acr"] == "eidas1"
    assert claims["sub"] != subject_of("test")
    assert subject_of("test") not in str(tokens)
    assert person


async def test_the_raw_id_token_is_kept_sealed_and_nothing_else_of_the_upstream(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    await through(visitor)
    (session,) = await rows(broker, sessions)
    assert "ey" not in session["sealed_id_token"][:2]
    raw = broker.provider.seal.open(ID_TOKEN, session["sealed_id_token"]).decode()
    assert payload_of(raw)["sub"] == subject_of("test")


async def test_nothing_is_asked_of_franceconnect_beyond_one_exchange_and_one_reading(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await through(visitor)
    assert (upstream.seen.count(TOKEN), upstream.seen.count(USERINFO)) == (1, 1)


async def test_two_tabs_started_together_both_succeed(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    first, second = await press(visitor), await press(visitor)
    assert (await visitor.open(await come_back(second.address))).path == "/mon-compte"
    assert (await visitor.open(await come_back(first.address))).path == "/mon-compte"


async def test_a_return_opened_twice_goes_on_where_the_first_one_led(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer)
    back = await come_back((await press(visitor)).address)
    assert (await visitor.open(back)).path == "/mon-compte"
    assert (await visitor.open(back)).path == "/mon-compte"
    assert upstream.seen.count(TOKEN) == 1
    assert len(await open_sessions(broker)) == 1


async def test_fifty_returns_at_once_give_one_exchange_and_one_session(
    database_url: str, upstream: ScriptedUpstream
) -> None:
    async with brokering(database_url, settings_of(upstream)) as site:
        await returning(site, upstream.issuer)
        visitor = await site.visitor()
        back = await come_back((await press(visitor)).address)
        headers = {"sec-fetch-site": "cross-site"}
        answers = await asyncio.gather(*(visitor.client.get(back, headers=headers) for _ in range(50)))
        assert upstream.seen.count(TOKEN) == 1
        assert len(await open_sessions(site)) == 1
        assert {answer.status_code for answer in answers} <= {303, 400}
        assert sum("__Host-session" in answer.headers.get("set-cookie", "") for answer in answers) == 1


async def test_the_oldest_attempts_of_a_browser_give_way(broker: Site, visitor: Visitor) -> None:
    first = await press(visitor)
    for _ in range(25):
        last = await press(visitor)
        broker.clock.advance(1)
    assert (await visitor.open(await come_back(first.address))).error_code == "upstream_return_unknown"
    assert (await visitor.open(await come_back(last.address))).path == "/inscription/franceconnect"


async def test_a_corrected_civil_status_follows_and_the_account_stays(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    person = await returning(broker, upstream.issuer, birth_name="DUBOYS")
    await through(visitor)
    found = await broker.provider.database.read(store.find, person)
    assert found is not None
    assert (found.birth_name, found.birthplace, found.gender) == ("DUBOIS", "75107", "female")
    assert found.email == "camille.martin@exemple.fr"
    assert "civil_status.changed" in await events(broker)


async def test_an_account_that_waits_for_its_activation_is_led_there(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    answers = {"given_names": "Angela", "birth_name": "DUBOIS", "email": "angela@exemple.fr"}
    new = store.NewPerson(profile="citoyen", answers=answers, locale="fr")
    provider = broker.provider
    person = await provider.database.transaction(store.create, new, provider.randomness, broker.clock.now())
    account = Account("franceconnect", upstream.issuer, subject_of("test"))
    await provider.database.transaction(identity.link, person, account, provider.randomness, broker.clock.now())
    assert (await through(visitor)).path == "/activation"
    assert await open_sessions(broker) == []


async def test_a_locked_account_does_not_come_in_by_franceconnect(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    person = await returning(broker, upstream.issuer)
    await broker.provider.database.transaction(standing.lock, person, broker.clock.now())
    page = await through(visitor)
    assert (page.status, page.error_code) == (403, "account_locked")
    assert await open_sessions(broker) == []
    assert "sign_in.failed" in await events(broker)


async def test_the_same_subject_at_two_upstreams_is_two_people(
    file_url: str, upstream: ScriptedUpstream, clock: FixedClock
) -> None:
    with scripted_upstream("autre", clock) as other:
        sections = settings_of(upstream), settings_of(other, "autre", **GENERIC)
        async with brokering(file_url, *sections) as site:
            await returning(site, upstream.issuer)
            page = await through(await site.visitor(), name="autre")
            assert page.path == "/inscription/autre"
            assert await open_sessions(site) == []


async def test_an_e_mail_that_a_local_account_proved_links_nothing(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    await returning(broker, upstream.issuer, "bdd_default", email=TEST_IDENTITIES["test"].email)
    for said in (None, False, "true", True):
        upstream.alter_userinfo(email_verified=said)
        assert (await through(visitor)).path == "/inscription/franceconnect"
    assert await open_sessions(broker) == []


async def test_a_client_registered_for_rs256_is_served(
    file_url: str, upstream: ScriptedUpstream, clock: FixedClock
) -> None:
    upstream.renew(clock, signing_algorithm="RS256")
    async with brokering(file_url, settings_of(upstream, signing_algorithm="RS256")) as site:
        assert (await through(await site.visitor())).path == "/inscription/franceconnect"
