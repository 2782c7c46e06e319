"""Claims asked one by one (OpenID Connect Core 1.0 section 5.5)."""

import json
from typing import Any

import pytest

from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import arrive, sign_in, tokens_for
from tests.support.visitor import Visitor

LEVEL = "urn:laissez-passer:acr:password"


def asking(**places: Any) -> dict[str, str]:
    return {"claims": json.dumps(places)}


async def test_an_essential_claim_is_told_at_userinfo_and_not_in_the_id_token(
    visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(
        visitor, application, scope="openid", **asking(userinfo={"name": {"essential": True}, "email": None})
    )
    told = (await application.userinfo(tokens["access_token"])).json()
    assert told.keys() == {"sub", "name", "email"}
    assert "name" not in payload_of(tokens["id_token"])


async def test_a_claim_asked_for_the_id_token_stands_there_alone(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application, scope="openid", **asking(id_token={"given_name": None}))
    assert payload_of(tokens["id_token"])["given_name"] == "Camille"
    assert (await application.userinfo(tokens["access_token"])).json().keys() == {"sub"}
    refreshed = await application.refresh(tokens["refresh_token"])
    assert payload_of(refreshed.json()["id_token"])["given_name"] == "Camille"


async def test_no_claim_beyond_the_registered_scopes_is_told(site: Site, visitor: Visitor) -> None:
    modest = await register(site, scope="openid email")
    wanted = {"name": {"essential": True}, "birthdate": None, "phone_number": None, "email": None}
    tokens = await tokens_for(visitor, modest, **asking(userinfo=wanted, id_token=wanted))
    assert (await modest.userinfo(tokens["access_token"])).json().keys() == {"sub", "email", "email_verified"}
    assert not {"name", "birthdate", "phone_number"} & payload_of(tokens["id_token"]).keys()


async def test_a_claim_asked_alone_needs_the_consent_of_its_scope(visitor: Visitor, stranger: RelyingParty) -> None:
    await arrive(visitor, stranger, scope="openid")
    page = await visitor.open(stranger.start(scope="openid", **asking(userinfo={"email": None})))
    assert page.has("#consent")
    assert "camille.martin@exemple.fr" in page.text


async def test_no_error_results_when_a_language_of_claims_is_not_supported(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    """Sections 3.1.2.1 and 5.2: claims are kept in one language and have no tag, and no other is announced."""
    document = (await (await site.client()).get("/.well-known/openid-configuration")).json()
    assert "claims_locales_supported" not in document
    wanted = asking(userinfo={"given_name#en": {"essential": True}, "given_name": None})
    tokens = await tokens_for(visitor, application, scope="openid profile", claims_locales="en fr", **wanted)
    told = (await application.userinfo(tokens["access_token"])).json()
    assert told["given_name"] == "Camille"
    assert not [name for name in told if "#" in name]


async def test_an_unknown_claim_is_ignored(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(
        visitor,
        application,
        scope="openid",
        **asking(userinfo={"shoe_size": {"essential": True}}, id_token={"iss": None}),
    )
    assert (await application.userinfo(tokens["access_token"])).json().keys() == {"sub"}


MALFORMED = {
    "not JSON": "{",
    "a list": "[]",
    "a text": '"userinfo"',
    "a place that is no object": '{"userinfo": []}',
    "a claim that is no object": '{"userinfo": {"email": true}}',
    "essential that is no boolean": '{"userinfo": {"email": {"essential": "yes"}}}',
    "values that are no list": '{"id_token": {"acr": {"essential": true, "values": 5}}}',
    "values that are no texts": '{"id_token": {"acr": {"values": [1]}}}',
    "a level that is no text": '{"id_token": {"acr": {"essential": true, "value": 1}}}',
    "a person who is no text": '{"id_token": {"sub": {"value": 12}}}',
    "a constant JSON has not": '{"userinfo": {"email": {"value": NaN}}}',
    "infinity": '{"userinfo": {"email": {"value": -Infinity}}}',
    "a lone surrogate": '{"userinfo": {"\\ud800": null}}',
    "a NUL": '{"userinfo": {"\\u0000": null}}',
    "a member twice": '{"userinfo": {"email": null, "email": null}}',
    "one thousand levels of lists": '{"userinfo": {"email": {"value": ' + "[" * 1000 + "]" * 1000 + "}}}",
    "a number of 4 000 digits": '{"userinfo": {"email": ' + "9" * 4_000 + "}}",
    "more than 4 KB": '{"userinfo": {"' + "x" * 4_096 + '": null}}',
}


@pytest.mark.parametrize("written", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_request_is_refused(visitor: Visitor, application: RelyingParty, written: str) -> None:
    page = await visitor.open(application.start(claims=written))
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize(
    "written",
    [
        '{"userinfo": {"email": {"value": 1e999, "other": ' + "9" * 3_000 + "}}}",
        '{"userinfo":' * 200 + "{}" + "}" * 200,
        '{"userinfo": {"email_verified": {"value": true}, "updated_at": {"values": [1, null, {"a": []}]}}}',
    ],
    ids=["numbers without bound", "two hundred levels", "values of any type (section 5.5.1)"],
)
async def test_what_is_not_acted_on_harms_nobody(visitor: Visitor, application: RelyingParty, written: str) -> None:
    assert "code" in (await arrive(visitor, application, claims=written)).returned


async def test_an_essential_level_that_is_reached_is_given(visitor: Visitor, application: RelyingParty) -> None:
    wish = {"acr": {"essential": True, "values": ["urn:autre", LEVEL]}}
    tokens = await tokens_for(visitor, application, **asking(id_token=wish))
    assert payload_of(tokens["id_token"])["acr"] == LEVEL


@pytest.mark.parametrize("wish", [{"values": ["eidas2", "eidas3"]}, {"value": "eidas2"}], ids=["values", "value"])
async def test_an_essential_level_that_nobody_can_reach_here_is_refused(
    visitor: Visitor, application: RelyingParty, wish: dict[str, Any]
) -> None:
    """At once, and with a session too: nothing that the person would do reaches it."""
    claims = asking(id_token={"acr": {"essential": True, **wish}})
    page = await visitor.open(application.start(**claims))
    assert page.returned["error"] == "unmet_authentication_requirements"
    await arrive(visitor, application)
    silent = await visitor.open(application.start(prompt="none", **claims))
    assert silent.returned["error"] == "unmet_authentication_requirements"


async def test_a_named_subject_is_the_only_one_accepted(
    site: Site, visitor: Visitor, application: RelyingParty, person: str
) -> None:
    other = await add_person(site.provider, "alix.durand", email="alix@exemple.fr", mobile="+33612345679")
    await arrive(visitor, application)
    for subject, error in ((person, None), (other, "login_required"), ("personne", "login_required")):
        page = await visitor.open(application.start(prompt="none", **asking(id_token={"sub": {"value": subject}})))
        assert page.returned.get("error") == error
    page = await visitor.open(application.start(**asking(id_token={"sub": {"value": other}})))
    assert (await sign_in(page)).returned["error"] == "access_denied"


async def test_a_hint_and_a_subject_that_differ_are_refused(visitor: Visitor, application: RelyingParty) -> None:
    hint = (await tokens_for(visitor, application))["id_token"]
    claims = asking(id_token={"sub": {"value": "personne"}})
    page = await visitor.open(application.start(id_token_hint=hint, **claims))
    assert page.returned["error"] == "invalid_request"
