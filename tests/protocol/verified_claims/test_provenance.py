"""Where a verified claim comes from: what FranceConnect said, when, at which level, and never an edited value."""

from dataclasses import replace

import pytest

from idp.foundation.clock import FixedClock
from idp.interactions.interaction import Vouched
from idp.people import attestations, identity
from idp.people.identity import Account
from tests.protocol.upstream.accounts import returning
from tests.protocol.verified_claims.asking import DUBOIS, Town, asking, element
from tests.support.people import PASSWORD, add_person
from tests.support.relying_party import payload_of, register
from tests.support.signing_in import sign_in
from tests.support.upstream import ScriptedUpstream, brokering, come_back, press, settings_of

LEVEL = {"trust_framework": None, "assurance_level": None, "time": None}


async def kept(town: Town) -> tuple[attestations.Attested, ...]:
    provider = town.site.provider
    return await provider.database.read(attestations.of, provider.settings, await town.person_id())


async def test_a_sign_up_that_franceconnect_began_keeps_what_it_vouched_for(town: Town) -> None:
    await town.arrives()
    (attested,) = await kept(town)
    assert (attested.trust_framework, attested.assurance_level) == ("eidas", "low")
    assert attested.claims == {
        "given_names": "Angela Claire Louise",
        "birth_name": "DUBOIS",
        "gender": "female",
        "birthdate": "1962-08-24",
        "birthplace": "75107",
        "birthcountry": "99100",
    }
    assert attested.attested_at == town.site.clock.now()


async def test_each_return_renews_the_time(town: Town, clock: FixedClock) -> None:
    asked = element("family_name", verification=LEVEL)
    first = await town.userinfo(asked)
    town.site.clock.advance(86_400)
    clock.advance(86_400)
    second = await town.userinfo(asked)
    assert first["verification"]["time"] < second["verification"]["time"]
    assert len(await kept(town)) == 1


async def test_a_sign_in_by_password_renews_nothing(town: Town) -> None:
    provider = town.site.provider
    person = await returning(town.site, town.upstream.issuer)
    asked = element("birthdate", verification=LEVEL)
    before = await town.userinfo(asked)
    assert await town.person_id() == person
    town.site.clock.advance(3_600)
    visitor = await town.site.visitor()
    page = await visitor.open(town.application.start(**asking(asked)))
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    tokens = (await town.application.exchange(page.returned["code"])).json()
    assert payload_of(tokens["id_token"])["acr"] == "urn:laissez-passer:acr:password"
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert told["verified_claims"] == before
    assert await provider.database.read(attestations.of, provider.settings, person)


@pytest.mark.parametrize(("acr", "level"), [("eidas1", "low"), ("eidas2", "substantial"), ("eidas3", "high")])
async def test_the_level_is_the_one_of_the_sign_in_at_franceconnect(
    town: Town, upstream: ScriptedUpstream, acr: str, level: str
) -> None:
    upstream.alter_id_token(acr=acr)
    told = await town.userinfo(element("given_name", verification=LEVEL))
    assert told["verification"]["assurance_level"] == level


async def test_the_highest_level_reached_is_told_and_a_lower_one_to_who_asks_for_it_alone(
    town: Town, upstream: ScriptedUpstream
) -> None:
    upstream.alter_id_token(acr="eidas2")
    await town.arrives()
    upstream.scripts.clear()
    town.site.clock.advance(60)
    told = await town.userinfo(element("given_name", verification=LEVEL))
    assert told["verification"]["assurance_level"] == "substantial"
    low = {**LEVEL, "assurance_level": {"value": "low"}}
    recent = {**LEVEL, "time": {"max_age": 30}}
    for verification in (low, recent):
        told = await town.userinfo(element("given_name", verification=verification))
        assert told["verification"]["assurance_level"] == "low"
    assert {each.assurance_level for each in await kept(town)} == {"low", "substantial"}


async def test_an_edited_value_is_never_told_as_verified(town: Town) -> None:
    asked = asking(element("family_name", "given_name"))
    tokens = await town.tokens(**asked)
    await town.edit(birth_name="DURAND")
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert told["family_name"] == "DURAND"
    assert told["verified_claims"]["claims"] == {"given_name": "Angela Claire Louise"}
    await town.edit(given_names="Angèle")
    assert "verified_claims" not in (await town.application.userinfo(tokens["access_token"])).json()


async def test_the_next_return_follows_the_register_and_vouches_for_it_again(
    town: Town, upstream: ScriptedUpstream
) -> None:
    await town.arrives()
    await town.edit(birth_name="DURAND")
    assert (await town.userinfo(element("family_name")))["claims"] == {"family_name": "DUBOIS"}
    upstream.alter_userinfo(family_name="DUBOIS-MARTIN")
    assert (await town.userinfo(element("family_name")))["claims"] == {"family_name": "DUBOIS-MARTIN"}


async def test_what_is_corrected_at_a_lower_level_is_no_longer_told_at_the_higher_one(
    town: Town, upstream: ScriptedUpstream
) -> None:
    upstream.alter_id_token(acr="eidas3")
    await town.arrives()
    upstream.scripts.clear()
    upstream.alter_userinfo(family_name="DUBOIS-MARTIN")
    high = {**LEVEL, "assurance_level": {"value": "high"}}
    asked = [element("family_name", "birthdate", verification=high), element("family_name")]
    assert [each["claims"] for each in await town.userinfo(asked)] == [
        {"birthdate": "1962-08-24"},
        {"family_name": "DUBOIS-MARTIN"},
    ]


async def test_a_claim_that_franceconnect_does_not_give_is_not_verified(town: Town, upstream: ScriptedUpstream) -> None:
    upstream.alter_userinfo(gender=None, birthplace="")
    told = await town.userinfo(element(*DUBOIS))
    assert told["claims"].keys() == DUBOIS.keys() - {"gender", "birthplace"}


async def test_what_people_choose_themselves_is_never_verified(town: Town, upstream: ScriptedUpstream) -> None:
    upstream.alter_userinfo(preferred_username="DURAND", email="angela@exemple.fr")
    told = await town.userinfo(element("preferred_username", "email", "phone_number", "name", "family_name"))
    assert told["claims"].keys() == {"family_name"}


async def test_an_unlinked_account_elsewhere_vouches_for_nothing_any_more(town: Town) -> None:
    tokens = await town.tokens(**asking(element("given_name")))
    database, person = town.site.provider.database, await town.person_id()
    (link,) = await database.read(identity.links_of, person)
    await database.transaction(identity.unlink, person, link.id)
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert told["given_name"] == "Angela Claire Louise"
    assert "verified_claims" not in told


async def test_an_account_that_existed_and_is_linked_becomes_verified(town: Town) -> None:
    await add_person(town.site.provider, given_names="Angela", birth_name="Dubois", birthdate="1962-08-24")
    visitor = await town.site.visitor()
    pressed = await press(visitor, start=town.application.start(**asking(element("given_name"))))
    claimed = await visitor.open(await come_back(pressed.address))
    page = await sign_in(await claimed.follow("a[href^='/connexion?']"))
    page = await page.form("form[action$='/liaison']").submit("button[value=link]")
    tokens = (await town.application.exchange(page.returned["code"])).json()
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert told["verified_claims"]["claims"] == {"given_name": "Angela Claire Louise"}


async def test_only_franceconnect_vouches_for_a_civil_status(database_url: str, upstream: ScriptedUpstream) -> None:
    generic = settings_of(upstream, kind="oidc", pkce="never", acr_values=("eidas1",), userinfo="signed")
    async with brokering(database_url, generic) as site:
        town = Town(site, upstream, await register(site))
        person = await returning(site, upstream.issuer)
        assert await town.userinfo(element("given_name")) is None
        assert await site.provider.database.read(attestations.of, site.provider.settings, person) == ()
        document = (await (await site.client()).get("/.well-known/openid-configuration")).json()
        assert "verified_claims_supported" not in document


async def test_a_level_that_nobody_knows_vouches_for_nothing(database_url: str, upstream: ScriptedUpstream) -> None:
    section = settings_of(upstream, acr_values=("eidas1",), acr_order=("eidas1", "maison"))
    async with brokering(database_url, section) as site:
        town = Town(site, upstream, await register(site))
        upstream.alter_id_token(acr="maison")
        assert await town.userinfo(element("given_name")) is None


async def test_a_provider_taken_out_of_the_settings_no_longer_counts(town: Town) -> None:
    await town.arrives()
    assert len(await kept(town)) == 1
    without = replace(town.site.provider.settings, upstreams=())
    read = town.site.provider.database.read
    assert await read(attestations.of, without, await town.person_id()) == ()


async def test_two_accounts_at_franceconnect_vouch_each_for_what_they_said(
    town: Town, upstream: ScriptedUpstream
) -> None:
    await town.arrives()
    provider, person, now = town.site.provider, await town.person_id(), town.site.clock.now()
    other = Account("franceconnect", upstream.issuer, "autre-sub")
    await provider.database.transaction(identity.link, person, other, provider.randomness, now)
    said = Vouched(
        provider="franceconnect",
        issuer=upstream.issuer,
        subject="autre-sub",
        acr="eidas3",
        methods=(),
        claims={"given_name": "Angela Claire Louise", "family_name": "AUTRE"},
        sealed_id_token="",
        at=now,
    )
    await provider.database.transaction(attestations.record, provider.settings, said)
    assert [each.assurance_level for each in await kept(town)] == ["high", "low"]
    told = await town.userinfo([element("given_name", "family_name", verification=LEVEL), element("family_name")])
    assert told[0]["verification"]["assurance_level"] == "high"
    assert [each["claims"] for each in told] == [
        {"given_name": "Angela Claire Louise"},
        {"family_name": "DUBOIS"},
    ]


async def test_what_is_said_of_an_account_elsewhere_that_is_not_linked_is_not_kept(town: Town) -> None:
    await town.arrives()
    provider = town.site.provider
    (before,) = await kept(town)
    claims = {"given_name": "Angela"}
    said = Vouched("franceconnect", town.upstream.issuer, "inconnu", "eidas3", (), claims, "", before.attested_at)
    await provider.database.transaction(attestations.record, provider.settings, said)
    assert await kept(town) == (before,)


async def test_a_person_may_take_away_what_was_vouched_for_of_them(town: Town) -> None:
    visitor = await town.site.visitor()
    await town.arrives(visitor)
    page = await visitor.open("/mon-compte/donnees")
    (said,) = page.response.json()["verified_elsewhere"]
    assert (said["provider"], said["assurance_level"], said["claims"]["birth_name"]) == (
        "franceconnect",
        "low",
        "DUBOIS",
    )
