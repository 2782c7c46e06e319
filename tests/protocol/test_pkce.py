"""PKCE: demanded where a code is asked, checked where it is redeemed (RFC 7636, RFC 9700 section 2.1.1)."""

import pytest

from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.relying_party import VERIFIER, RelyingParty, challenge_of, register
from tests.support.signing_in import arrive, code_for, sign_in
from tests.support.visitor import Visitor

CHALLENGE = challenge_of(VERIFIER)


async def test_a_code_is_not_given_without_a_challenge(visitor: Visitor, application: RelyingParty) -> None:
    for changes in (
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": ""},
    ):
        page = await visitor.open(application.start(**changes))
        assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize("method", [None, "plain", "s256", "S512", "S256 plain", "none"])
async def test_no_method_but_s256_is_accepted(visitor: Visitor, application: RelyingParty, method: str | None) -> None:
    page = await visitor.open(application.start(code_challenge_method=method))
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize(
    "challenge",
    [CHALLENGE[:-1], CHALLENGE + "A", "A" * 128, "A" * 129, "+" + CHALLENGE[1:], CHALLENGE[:-1] + "=", "é" * 43],
    ids=["42", "44", "128", "129", "base64", "padded", "not ASCII"],
)
async def test_a_challenge_that_is_no_sha_256_is_refused(
    visitor: Visitor, application: RelyingParty, challenge: str
) -> None:
    page = await visitor.open(application.start(code_challenge=challenge))
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize("public", [True, False], ids=["public", "confidential"])
async def test_only_the_verifier_of_the_challenge_redeems_the_code(site: Site, visitor: Visitor, public: bool) -> None:
    method = "none" if public else "client_secret_basic"
    application = await register(site, token_endpoint_auth_method=method)
    code = await code_for(visitor, application)
    for wrong in (None, "", VERIFIER + "x", VERIFIER[:-1], CHALLENGE, "court", "é" * 50, "x" * 129, VERIFIER.upper()):
        refused = await application.exchange(code, code_verifier=wrong)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant"), wrong
    assert (await application.exchange(code)).status_code == 200


async def test_a_verifier_of_128_characters_is_accepted(visitor: Visitor, application: RelyingParty) -> None:
    verifier = "-._~" * 32
    code = await code_for(visitor, application, code_challenge=challenge_of(verifier))
    assert (await application.exchange(code, code_verifier=verifier)).status_code == 200


async def test_an_application_may_be_registered_to_do_without(site: Site, visitor: Visitor) -> None:
    old = await register(site, require_pkce=False)
    code = await code_for(visitor, old, code_challenge=None, code_challenge_method=None)
    assert (await old.exchange(code, code_verifier=None)).status_code == 200


async def test_a_verifier_without_a_challenge_is_a_downgrade_and_refused(site: Site, visitor: Visitor) -> None:
    old = await register(site, require_pkce=False)
    code = await code_for(visitor, old, code_challenge=None, code_challenge_method=None)
    refused = await old.exchange(code)
    assert refused.json()["error"] == "invalid_grant"


async def test_an_application_that_may_do_without_is_still_held_to_what_it_sends(site: Site, visitor: Visitor) -> None:
    old = await register(site, require_pkce=False)
    refused = await visitor.open(old.start(code_challenge_method="plain"))
    assert refused.returned["error"] == "invalid_request"
    code = await code_for(visitor, old)
    assert (await old.exchange(code, code_verifier=None)).json()["error"] == "invalid_grant"
    assert (await old.exchange(code)).status_code == 200


async def test_a_code_injected_in_another_persons_return_is_worth_nothing(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await add_person(site.provider, "mallory", email="mallory@exemple.fr", mobile="+33612345679")
    attacker = await site.visitor()
    theirs = await sign_in(await attacker.open(application.start(code_challenge=challenge_of("a" * 43))), "mallory")
    await arrive(visitor, application)
    refused = await application.exchange(theirs.returned["code"])
    assert refused.json()["error"] == "invalid_grant"
