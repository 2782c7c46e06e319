"""Implicit and hybrid flows, OpenID Connect Core 1.0 sections 3.2 and 3.3: off unless settings and client agree."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from keys.claims import half_hash
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import arrive
from tests.support.visitor import Page

TYPES = ("id_token", "id_token token", "code id_token", "code token", "code id_token token")


@pytest.fixture
async def open_site(database_url: str) -> AsyncIterator[Site]:
    """A provider whose authority allows tokens in the front channel."""
    async with opened(settings_for(database_url, front_channel=True)) as site:
        await add_person(site.provider)
        yield site


async def application(site: Site, *response_types: str) -> RelyingParty:
    return await register(
        site,
        response_types=response_types,
        grant_types=("authorization_code", "implicit", "refresh_token"),
        first_party=True,
        require_pkce=False,
    )


async def signed_in(site: Site, application: RelyingParty, **changes: str | None) -> Page:
    """Where the browser is sent once the person has signed in."""
    visitor = await site.visitor()
    page = await visitor.open(application.start(**{"code_challenge": None, "code_challenge_method": None, **changes}))
    return await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()


@pytest.mark.parametrize("response_type", TYPES)
async def test_the_answer_holds_what_the_response_type_names_in_the_fragment(
    open_site: Site, response_type: str
) -> None:
    asking = await application(open_site, response_type)
    page = await signed_in(open_site, asking, response_type=response_type)
    parts = urlsplit(page.address)
    words = response_type.split()
    assert parts.query == ""
    answer = page.returned
    assert ("code" in answer, "access_token" in answer, "id_token" in answer) == tuple(
        word in words for word in ("code", "token", "id_token")
    )
    assert answer["iss"] == open_site.issuer
    if "token" in words:
        assert answer["token_type"] == "Bearer"
        assert int(answer["expires_in"]) > 0


@pytest.mark.parametrize("response_type", ["id_token token", "code id_token", "code id_token token"])
async def test_an_id_token_of_the_front_channel_binds_what_comes_beside_it(open_site: Site, response_type: str) -> None:
    asking = await application(open_site, response_type)
    answer = (await signed_in(open_site, asking, response_type=response_type, state="état")).returned
    claims = payload_of(answer["id_token"])
    for name, value in (("at_hash", answer.get("access_token")), ("c_hash", answer.get("code"))):
        assert claims.get(name) == (half_hash(value, "RS256") if value else None)
    assert claims["s_hash"] == half_hash("état", "RS256")
    assert claims["nonce"]


async def test_claims_of_the_scopes_are_in_an_id_token_that_stands_alone(open_site: Site) -> None:
    asking = await application(open_site, "id_token")
    answer = (await signed_in(open_site, asking, response_type="id_token", scope="openid email")).returned
    assert payload_of(answer["id_token"])["email"] == "camille.martin@exemple.fr"


async def test_with_an_access_token_the_claims_stay_at_userinfo(open_site: Site) -> None:
    asking = await application(open_site, "id_token token")
    answer = (await signed_in(open_site, asking, response_type="id_token token", scope="openid email")).returned
    assert "email" not in payload_of(answer["id_token"])
    told = await asking.userinfo(answer["access_token"])
    assert told.json()["email"] == "camille.martin@exemple.fr"


async def test_the_code_of_a_hybrid_answer_is_exchanged_as_any_other(open_site: Site) -> None:
    asking = await application(open_site, "code id_token")
    answer = (await signed_in(open_site, asking, response_type="code id_token")).returned
    tokens = (await asking.exchange(answer["code"], code_verifier=None)).json()
    front, back = payload_of(answer["id_token"]), payload_of(tokens["id_token"])
    assert {name: front[name] for name in ("iss", "sub", "aud", "nonce", "auth_time")} == {
        name: back[name] for name in ("iss", "sub", "aud", "nonce", "auth_time")
    }


IDENTIFYING = ("id_token", "id_token token", "code id_token", "code id_token token")


@pytest.mark.parametrize("response_type", IDENTIFYING)
async def test_who_does_not_ask_the_scope_openid_is_given_no_id_token(open_site: Site, response_type: str) -> None:
    asking = await application(open_site, response_type)
    visitor = await open_site.visitor()
    page = await visitor.open(asking.start(response_type=response_type, scope="email"))
    answer = page.returned
    assert (answer["error"], answer.keys() & {"code", "access_token", "id_token"}) == ("invalid_scope", set())


async def test_offline_access_is_ignored_where_the_answer_holds_no_code(open_site: Site) -> None:
    """OpenID Connect Core 1.0 section 11: or an access token would outlive the sign-out that its holder never saw."""
    asking = await application(open_site, "id_token token")
    visitor = await open_site.visitor()
    lasting = {"response_type": "id_token token", "scope": "openid offline_access", "prompt": "consent"}
    answer = (await arrive(visitor, asking, **lasting)).returned
    assert answer["scope"] == "openid"
    await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")
    assert (await asking.userinfo(answer["access_token"])).status_code == 401


@pytest.mark.parametrize("response_type", IDENTIFYING)
async def test_nonce_is_required_where_an_id_token_comes_by_the_browser(open_site: Site, response_type: str) -> None:
    asking = await application(open_site, response_type)
    visitor = await open_site.visitor()
    page = await visitor.open(
        asking.start(response_type=response_type, nonce=None, code_challenge=None, code_challenge_method=None)
    )
    assert urlsplit(page.address).query == ""
    assert parse_qs(urlsplit(page.address).fragment)["error"] == ["invalid_request"]


async def test_tokens_never_travel_in_a_query(open_site: Site) -> None:
    asking = await application(open_site, "code token")
    visitor = await open_site.visitor()
    page = await visitor.open(
        asking.start(response_type="code token", response_mode="query", code_challenge=None, code_challenge_method=None)
    )
    assert urlsplit(page.address).query == ""
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize("response_type", TYPES)
async def test_an_authority_that_allows_nothing_of_it_refuses_all_of_it(database_url: str, response_type: str) -> None:
    async with opened(settings_for(database_url)) as site:
        asking = await application(site, response_type)
        page = await (await site.visitor()).open(asking.start(response_type=response_type))
        assert page.returned["error"] == "unsupported_response_type"
        discovery = (await (await site.client()).get("/.well-known/openid-configuration")).json()
        assert discovery["response_types_supported"] == ["code"]


async def test_a_client_that_did_not_register_it_is_refused(open_site: Site) -> None:
    asking = await application(open_site, "code")
    page = await (await open_site.visitor()).open(asking.start(response_type="code id_token"))
    assert page.returned["error"] == "unauthorized_client"
