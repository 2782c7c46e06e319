"""OpenID Connect Session Management 1.0: off by default; where it is on, the state changes with the session alone."""

import re
from collections.abc import AsyncIterator

import pytest

from idp.oidc.session_management import PATH, session_state
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import arrive, sign_in
from tests.support.visitor import Visitor

COOKIE = "__Host-state"


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider whose operator turned session management on."""
    async with opened(settings_for(database_url, session_management=True)) as site:
        yield site


async def is_unchanged(visitor: Visitor, application: RelyingParty, state: str, origin: str) -> bool:
    """What the frame's script would answer in this browser (section 3.2)."""
    browser_state = visitor.client.cookies.get(COOKIE) or ""
    return state == session_state(application.client.client_id, origin, browser_state, state.rpartition(".")[2])


async def test_it_is_off_unless_the_settings_say_otherwise(database_url: str) -> None:
    async with opened(settings_for(database_url)) as site:
        await add_person(site.provider)
        client = await site.client()
        assert "check_session_iframe" not in (await client.get("/.well-known/openid-configuration")).json()
        assert (await client.get(PATH)).status_code == 404
        visitor = await site.visitor()
        page = await arrive(visitor, await register(site))
        assert "session_state" not in page.returned
        assert COOKIE not in visitor.client.cookies


async def test_the_frame_is_announced_and_may_be_framed_by_anybody(site: Site) -> None:
    client = await site.client()
    announced = (await client.get("/.well-known/openid-configuration")).json()["check_session_iframe"]
    response = await client.get(announced)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "x-frame-options" not in response.headers
    assert response.headers.get_list("set-cookie") == []
    assert f'data-cookie="{COOKIE}"' in response.text


async def test_the_frames_script_posts_from_its_top_where_every_browser_delivers(site: Site) -> None:
    client = await site.client()
    address = re.search(r'<script src="([^"]+)">', (await client.get(PATH)).text)
    assert address is not None
    script = (await client.get(address[1])).text
    posting = [line for line in script.splitlines() if ".postMessage(" in line]
    assert len(posting) == 1
    before = script[: script.index(posting[0])].splitlines()
    assert next(line for line in reversed(before) if "function" in line).startswith("function ")


async def test_every_other_page_still_refuses_to_be_framed(site: Site, visitor: Visitor) -> None:
    for address in ("/connexion", "/deconnexion", "/deconnexion/fin", "/mon-compte"):
        headers = (await visitor.open(address)).response.headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_a_state_comes_with_the_code_and_holds_until_the_sign_out(
    visitor: Visitor, application: RelyingParty
) -> None:
    state = (await arrive(visitor, application)).returned["session_state"]
    origin = "https://demarches.exemple.fr"
    assert " " not in state
    assert await is_unchanged(visitor, application, state, origin)
    assert not await is_unchanged(visitor, application, state, "https://cantine.exemple.fr")
    again = (await visitor.open(application.start(prompt="none"))).returned["session_state"]
    assert again != state
    assert await is_unchanged(visitor, application, state, origin)
    await (await visitor.open("/deconnexion")).form("#signout").submit("#signout-confirm")
    assert COOKIE not in visitor.client.cookies
    assert not await is_unchanged(visitor, application, state, origin)


async def test_an_error_tells_the_state_too_so_that_the_application_learns_of_the_sign_in_that_follows(
    visitor: Visitor, application: RelyingParty, stranger: RelyingParty
) -> None:
    """Section 2: a provider should return it in the error response of an authentication as well."""
    origin = "https://demarches.exemple.fr"
    refused = (await visitor.open(application.start(prompt="none"))).returned
    assert refused["error"] == "login_required"
    assert await is_unchanged(visitor, application, refused["session_state"], origin)
    declined = await (await sign_in(await visitor.open(stranger.start()))).form("#consent").submit("#consent-deny")
    assert declined.returned["error"] == "access_denied"
    assert await is_unchanged(visitor, stranger, declined.returned["session_state"], "https://cantine.exemple.fr")
    assert not await is_unchanged(visitor, application, refused["session_state"], origin)


async def test_the_state_changes_when_the_person_signs_in_again(visitor: Visitor, application: RelyingParty) -> None:
    state = (await arrive(visitor, application)).returned["session_state"]
    await arrive(visitor, application, prompt="login")
    assert not await is_unchanged(visitor, application, state, "https://demarches.exemple.fr")


@pytest.mark.parametrize(
    ("redirect_uri", "origin"),
    [
        ("https://demarches.exemple.fr:443/retour", "https://demarches.exemple.fr"),
        ("https://demarches.exemple.fr:8443/retour", "https://demarches.exemple.fr:8443"),
        ("https://DEMARCHES.exemple.fr/retour", "https://demarches.exemple.fr"),
        ("http://127.0.0.1:8001/retour", "http://127.0.0.1:8001"),
    ],
)
async def test_the_state_is_bound_to_the_origin_as_browsers_write_it(
    site: Site, visitor: Visitor, redirect_uri: str, origin: str
) -> None:
    application = await register(site, redirect_uris=(redirect_uri,))
    state = (await arrive(visitor, application)).returned["session_state"]
    assert await is_unchanged(visitor, application, state, origin)


async def test_an_application_without_a_page_receives_no_state(site: Site, visitor: Visitor) -> None:
    application = await register(site, application_type="native", redirect_uris=("fr.exemple.demarches:/retour",))
    assert "session_state" not in (await arrive(visitor, application)).returned


async def test_the_cookie_that_scripts_read_is_no_key_to_anything(visitor: Visitor, application: RelyingParty) -> None:
    page = await arrive(visitor, application)
    assert page.returned["code"]
    state = visitor.client.cookies[COOKIE]
    assert state not in visitor.client.cookies["__Host-session"]
    visitor.client.cookies.delete("__Host-session")
    refused = await visitor.open(application.start(prompt="none"))
    assert refused.returned["error"] == "login_required"


async def test_that_cookie_alone_goes_to_other_sites(site: Site, visitor: Visitor) -> None:
    page = await visitor.open("/connexion")
    form = page.form("#signin").fill(identifier="camille.martin", password=PASSWORD)
    data = {name: values[0] for name, values in form.values.items()}
    headers = {"sec-fetch-site": "same-origin", "origin": site.issuer}
    response = await visitor.client.post("/connexion", data=data, headers=headers)
    cookies = {each.partition("=")[0]: each.lower() for each in response.headers.get_list("set-cookie")}
    assert "samesite=none" in cookies[COOKIE]
    assert "secure" in cookies[COOKIE]
    assert "httponly" not in cookies[COOKIE]
    assert "samesite=lax" in cookies["__Host-session"]
    assert "httponly" in cookies["__Host-session"]
