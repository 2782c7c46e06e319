"""What is told of what was verified (OpenID Connect for Identity Assurance 1.0 sections 4, 5 and 7)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.protocol.verified_claims.asking import DUBOIS, Town, asking, element
from tests.support.people import add_person
from tests.support.provider import NOW, Site
from tests.support.relying_party import payload_of, register
from tests.support.signing_in import tokens_for

TIME = datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
DAY = TIME[:10]
EVIDENCE = {
    "type": "vouch",
    "attestation": {
        "type": "digital_attestation",
        "date_of_issuance": DAY,
        "voucher": {"organization": "FranceConnect"},
    },
}
BARE = {"trust_framework": "eidas"}


async def test_what_was_asked_is_told_with_the_trust_framework_and_nothing_else(town: Town) -> None:
    assert await town.userinfo(element("given_name", "family_name")) == {
        "verification": BARE,
        "claims": {"given_name": "Angela Claire Louise", "family_name": "DUBOIS"},
    }


async def test_everything_that_franceconnect_vouches_for_can_be_told_and_how(town: Town) -> None:
    everything = {
        "trust_framework": None,
        "assurance_level": None,
        "time": None,
        "evidence": [
            {
                "type": {"value": "vouch"},
                "attestation": {"type": None, "date_of_issuance": None, "voucher": {"organization": None}},
            }
        ],
    }
    assert await town.userinfo(element(*DUBOIS, verification=everything)) == {
        "verification": {**BARE, "assurance_level": "low", "time": TIME, "evidence": [EVIDENCE]},
        "claims": DUBOIS,
    }


@pytest.mark.parametrize("wish", [None, {}, {"essential": False}, {"essential": True}], ids=str)
async def test_null_an_empty_object_and_essential_ask_alike(town: Town, wish: Any) -> None:
    asked = element(verification={"trust_framework": wish, "assurance_level": wish}, given_name=wish)
    assert await town.userinfo(asked) == {
        "verification": {**BARE, "assurance_level": "low"},
        "claims": {"given_name": "Angela Claire Louise"},
    }


@pytest.mark.parametrize("unknown", ["nationalities", "name", "email", "claim%1/a&,.b", "5e0c8f1e"])
@pytest.mark.parametrize("wish", [None, {"essential": True}, {"value": "x"}], ids=str)
async def test_a_claim_that_nobody_verifies_is_left_out(town: Town, unknown: str, wish: Any) -> None:
    told = await town.userinfo(element("family_name", **{unknown: wish}))
    assert told["claims"] == {"family_name": "DUBOIS"}


@pytest.mark.parametrize("asked", [element(), element("name", "email"), element("nationalities")], ids=str)
async def test_without_any_claim_to_tell_there_is_no_element(town: Town, asked: Any) -> None:
    assert await town.userinfo(asked) is None


@pytest.mark.parametrize("asked", [None, {}, [], [None], [{}], {"claims": None}, {"claims": {}}], ids=str)
async def test_a_request_that_asks_for_nothing_is_told_nothing(town: Town, asked: Any) -> None:
    assert await town.userinfo(asked) is None


async def test_a_claim_of_another_value_is_left_out(town: Town) -> None:
    asked = element(
        given_name={"value": "9c0d"},
        family_name={"value": "DUBOIS"},
        gender={"values": ["male", "female"]},
        birthdate={"values": ["1970-01-01"]},
    )
    assert (await town.userinfo(asked))["claims"] == {"family_name": "DUBOIS", "gender": "female"}


async def test_when_the_only_claim_has_another_value_the_element_is_left_out_without_an_error(town: Town) -> None:
    assert await town.userinfo(element(given_name={"value": "9c0d"})) is None


UNMET: dict[str, Any] = {
    "another trust framework": {"trust_framework": {"value": "de_aml"}},
    "other trust frameworks": {"trust_framework": {"values": ["de_aml", "uk_tfida"]}},
    "a higher level": {"trust_framework": None, "assurance_level": {"values": ["substantial", "high"]}},
    "another evidence": {"trust_framework": None, "evidence": [{"type": {"value": "document"}}]},
    "another voucher": {
        "trust_framework": None,
        "evidence": [{"type": {"value": "vouch"}, "attestation": {"voucher": {"organization": {"value": "Mairie"}}}}],
    },
    "something not known": {"trust_framework": None, "assurance_process": {"policy": {"value": "x"}}},
    "something not known in the evidence": {
        "trust_framework": None,
        "evidence": [{"type": {"value": "vouch"}, "check_details": [{"check_method": {"value": "vpip"}}]}],
    },
    "a restriction on an object": {"trust_framework": None, "evidence": {"value": "vouch"}},
}


@pytest.mark.parametrize("verification", UNMET.values(), ids=UNMET.keys())
async def test_a_requirement_on_the_verification_that_is_not_met_leaves_the_whole_element_out(
    town: Town, verification: Any
) -> None:
    tokens = await town.tokens(**asking(element("given_name", verification=verification)))
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert "verified_claims" not in told
    assert "sub" in told


MET: dict[str, tuple[Any, Any]] = {
    "the trust framework": ({"trust_framework": {"value": "eidas"}}, BARE),
    "one of several": ({"trust_framework": {"values": ["de_aml", "eidas"]}}, BARE),
    "not asked": ({"assurance_level": None}, {**BARE, "assurance_level": "low"}),
    "the level": ({"assurance_level": {"values": ["low", "high"]}}, {**BARE, "assurance_level": "low"}),
    "one of two kinds of evidence": (
        {"evidence": [{"type": {"value": "document"}}, {"type": {"value": "vouch"}}]},
        {**BARE, "evidence": [{"type": "vouch"}]},
    ),
    "evidence without more": ({"evidence": None}, {**BARE, "evidence": [EVIDENCE]}),
    "no evidence": ({"evidence": []}, BARE),
    "an object without more": (
        {"evidence": [{"type": {"value": "vouch"}, "attestation": None}]},
        {**BARE, "evidence": [EVIDENCE]},
    ),
    "a part of an object": (
        {"evidence": [{"type": {"value": "vouch"}, "attestation": {"voucher": {"organization": None}}}]},
        {
            **BARE,
            "evidence": [
                {
                    "type": "vouch",
                    "attestation": {"type": "digital_attestation", "voucher": {"organization": "FranceConnect"}},
                }
            ],
        },
    ),
    "something not known": ({"trust_framework": None, "verification_process": None, "autre": {"a": {}}}, BARE),
}


@pytest.mark.parametrize(("verification", "expected"), MET.values(), ids=MET.keys())
async def test_what_is_asked_of_the_verification_is_told_and_no_more(
    town: Town, verification: Any, expected: Any
) -> None:
    told = await town.userinfo(element("given_name", verification=verification))
    assert told["verification"] == expected


@pytest.mark.parametrize(("age", "met"), [(0, True), (1_000, True), (1_001, False)])
async def test_a_verification_older_than_asked_is_left_out(town: Town, age: int, met: bool) -> None:
    verification = {"trust_framework": None, "time": {"max_age": 1_000}}
    tokens = await town.tokens(**asking(element("given_name", verification=verification)))
    town.site.clock.advance(age)
    if age >= 600:
        tokens = (await town.application.refresh(tokens["refresh_token"])).json()
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert ("verified_claims" in told) is met


async def test_several_elements_are_answered_one_by_one_in_an_array(town: Town) -> None:
    told = await town.userinfo(
        [
            element("given_name", verification={"trust_framework": {"value": "de_aml"}}),
            element("given_name", "family_name", verification={"trust_framework": {"value": "eidas"}}),
            element("birthdate", verification={"trust_framework": None, "assurance_level": None}),
        ]
    )
    assert told == [
        {"verification": BARE, "claims": {"given_name": "Angela Claire Louise", "family_name": "DUBOIS"}},
        {"verification": {**BARE, "assurance_level": "low"}, "claims": {"birthdate": "1962-08-24"}},
    ]


async def test_an_array_of_one_is_answered_by_an_array(town: Town) -> None:
    assert await town.userinfo([element("gender")]) == [{"verification": BARE, "claims": {"gender": "female"}}]


async def test_it_is_told_in_the_place_that_asks_and_not_in_the_other(town: Town) -> None:
    tokens = await town.tokens(scope="openid offline_access", **asking(element("given_name"), "id_token"))
    expected = {"verification": BARE, "claims": {"given_name": "Angela Claire Louise"}}
    assert payload_of(tokens["id_token"])["verified_claims"] == expected
    assert "given_name" not in payload_of(tokens["id_token"])
    assert "verified_claims" not in (await town.application.userinfo(tokens["access_token"])).json()
    refreshed = (await town.application.refresh(tokens["refresh_token"])).json()
    assert payload_of(refreshed["id_token"])["verified_claims"] == expected


async def test_it_may_be_told_in_both_places_beside_what_is_not_verified(town: Town) -> None:
    tokens = await town.tokens(scope="openid email", **asking(element("family_name"), "id_token", "userinfo"))
    told = (await town.application.userinfo(tokens["access_token"])).json()
    assert told["verified_claims"] == payload_of(tokens["id_token"])["verified_claims"]
    assert told["email"] == "wossewodda-3728@yopmail.com"
    assert "email" not in told["verified_claims"]["claims"]


async def test_no_claim_beyond_the_registered_scopes_is_told(town: Town) -> None:
    modest = await register(town.site, "modeste", scope="openid family_name")
    town.application = modest
    assert (await town.userinfo(element(*DUBOIS)))["claims"] == {"family_name": "DUBOIS"}
    assert await town.userinfo(element("given_name")) is None


async def test_someone_who_only_declared_is_told_of_as_before_and_nothing_as_verified(site: Site) -> None:
    await add_person(site.provider)
    application = await register(site)
    tokens = await tokens_for(
        await site.visitor(), application, **asking(element("given_name"), "id_token", "userinfo")
    )
    told = (await application.userinfo(tokens["access_token"])).json()
    assert told["given_name"] == "Camille"
    assert "verified_claims" not in told
    assert "verified_claims" not in payload_of(tokens["id_token"])


MALFORMED: dict[str, Any] = {
    "a text": "given_name",
    "a number": 5,
    "true": True,
    "a list of texts": ["given_name"],
    "claims that are a list": {"verification": {}, "claims": ["given_name"]},
    "claims that are a text": {"verification": {}, "claims": "given_name"},
    "a claim that is a text": {"verification": {}, "claims": {"given_name": "x"}},
    "a claim that is a list": {"verification": {}, "claims": {"given_name": [None]}},
    "a verification that is a text": {"verification": "eidas", "claims": {"given_name": None}},
    "a verification that is a list": {"verification": [{}], "claims": {"given_name": None}},
    "a trust framework that is a text": {"verification": {"trust_framework": "eidas"}, "claims": {"given_name": None}},
    "essential that is no boolean": {"verification": {}, "claims": {"given_name": {"essential": "yes"}}},
    "values that are no list": {"verification": {}, "claims": {"given_name": {"values": "x"}}},
    "values that are objects": {"verification": {}, "claims": {"given_name": {"values": [{}]}}},
    "a value that is an object": {"verification": {}, "claims": {"given_name": {"value": {}}}},
    "max_age that is true": {"verification": {"time": {"max_age": True}}, "claims": {"given_name": None}},
    "max_age that is a text": {"verification": {"time": {"max_age": "1"}}, "claims": {"given_name": None}},
}


@pytest.mark.parametrize("asked", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_request_is_an_invalid_request(town: Town, asked: Any) -> None:
    page = await (await town.site.visitor()).open(town.application.start(**asking(asked)))
    assert page.returned["error"] == "invalid_request"
