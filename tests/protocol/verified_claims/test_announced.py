"""What is announced of verified claims (section 8), and what a person is told before an application learns them."""

from typing import Any

import pytest

from tests.protocol.verified_claims.asking import SCOPE, Town, asking, element
from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.signing_in import arrive, sign_in
from tests.support.upstream import ScriptedUpstream

MEMBERS = {
    "verified_claims_supported",
    "trust_frameworks_supported",
    "evidence_supported",
    "claims_in_verified_claims_supported",
}
ABROAD = {"first_party": False, "client_name": "Cantine", "redirect_uris": ("https://cantine.exemple.fr/retour",)}


async def announced(site: Site) -> dict[str, Any]:
    document: dict[str, Any] = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    return document


async def test_what_can_be_told_is_announced(town: Town) -> None:
    document = await announced(town.site)
    assert {name: document[name] for name in MEMBERS} == {
        "verified_claims_supported": True,
        "trust_frameworks_supported": ["eidas"],
        "evidence_supported": ["vouch"],
        "claims_in_verified_claims_supported": [
            "given_name",
            "family_name",
            "gender",
            "birthdate",
            "birthplace",
            "birthcountry",
        ],
    }
    assert document["claims_parameter_supported"] is True
    assert set(document["claims_in_verified_claims_supported"]) <= set(document["claims_supported"])


async def test_nothing_is_announced_where_nobody_verifies_anything(site: Site) -> None:
    assert not MEMBERS & (await announced(site)).keys()


async def test_all_that_is_told_was_announced(town: Town) -> None:
    document = await announced(town.site)
    everything = {"trust_framework": None, "evidence": None}
    told = await town.userinfo(element(*document["claims_in_verified_claims_supported"], verification=everything))
    assert told["verification"]["trust_framework"] in document["trust_frameworks_supported"]
    assert {each["type"] for each in told["verification"]["evidence"]} == set(document["evidence_supported"])
    assert set(told["claims"]) == set(document["claims_in_verified_claims_supported"])


async def test_the_consent_page_says_who_verified_what_when_and_at_which_level(
    town: Town, upstream: ScriptedUpstream
) -> None:
    stranger = await register(town.site, "cantine", scope=SCOPE, **ABROAD)
    upstream.alter_id_token(acr="eidas2")
    visitor = await town.site.visitor()
    await town.arrives(visitor)
    page = await visitor.open(stranger.start(scope="openid", **asking(element("given_name", "birthdate"))))
    assert page.has("#consent")
    assert "Ce que FranceConnect a vérifié de vous" in page.text
    assert "au niveau eIDAS substantiel" in page.text
    assert "prénoms, date de naissance." in page.text
    assert "nom de naissance" not in page.text
    assert "21 septembre 2026" in page.text
    returned = (await page.form("#consent").submit("#consent-accept")).returned
    tokens = (await stranger.exchange(returned["code"])).json()
    told = (await stranger.userinfo(tokens["access_token"])).json()["verified_claims"]
    assert told["claims"].keys() == {"given_name", "birthdate"}


async def test_it_says_so_in_english_too(town: Town) -> None:
    stranger = await register(town.site, "cantine", scope=SCOPE, **ABROAD)
    visitor = await town.site.visitor(language="en")
    await town.arrives(visitor)
    page = await visitor.open(stranger.start(scope="openid", **asking(element("given_name"))))
    assert "What FranceConnect has verified about you" in page.text
    assert "at level eIDAS low" in page.text


async def test_someone_of_whom_nothing_was_verified_is_told_that_too(site: Site) -> None:
    await add_person(site.provider)
    stranger = await register(site, "cantine", scope=SCOPE, **ABROAD)
    visitor = await site.visitor()
    page = await sign_in(await visitor.open(stranger.start(scope="openid", **asking(element("given_name")))))
    assert page.has("#consent")
    assert "vous l'avez seulement déclaré" in page.text.replace("’", "'")


async def test_the_page_tells_only_what_the_application_would_get(town: Town) -> None:
    stranger = await register(town.site, "cantine", scope="openid given_name", **ABROAD)
    visitor = await town.site.visitor()
    await town.arrives(visitor)
    high = {"trust_framework": None, "assurance_level": {"value": "high"}}
    page = await visitor.open(
        stranger.start(scope="openid", **asking(element("given_name", "birthdate", verification=high)))
    )
    assert "FranceConnect a vérifié" not in page.text
    page = await visitor.open(stranger.start(scope="openid", **asking(element("given_name", "birthdate"))))
    assert "prénoms." in page.text
    assert "date de naissance" not in page.text


async def test_allowing_the_declared_values_does_not_allow_telling_that_they_are_verified(site: Site) -> None:
    await add_person(site.provider)
    stranger = await register(site, "cantine", scope=SCOPE, **ABROAD)
    visitor = await site.visitor()
    await arrive(visitor, stranger, scope="openid profile")
    asked = asking(element("given_name"))
    silent = await visitor.open(stranger.start(scope="openid profile", prompt="none", **asked))
    assert silent.returned["error"] == "consent_required"
    await arrive(visitor, stranger, scope="openid profile", **asked)
    again = await visitor.open(stranger.start(scope="openid profile", prompt="none", **asked))
    assert "code" in again.returned


@pytest.mark.parametrize("asked", [element("name"), None, []], ids=str)
async def test_a_request_that_can_be_told_nothing_asks_the_person_for_nothing(site: Site, asked: Any) -> None:
    await add_person(site.provider)
    stranger = await register(site, "cantine", scope=SCOPE, **ABROAD)
    visitor = await site.visitor()
    await arrive(visitor, stranger, scope="openid")
    page = await visitor.open(stranger.start(scope="openid", prompt="none", **asking(asked)))
    assert "code" in page.returned
