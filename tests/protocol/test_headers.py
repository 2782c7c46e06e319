"""The headers and cookies of every answer: nothing is kept, framed, or handed to scripts."""

from dataclasses import replace

import pytest

from tests.support.people import add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, register
from tests.support.signing_in import arrive, sign_in, tokens_for
from tests.support.visitor import Page, Visitor

ALWAYS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}


def policy(page: Page) -> dict[str, str]:
    written = page.response.headers["content-security-policy"]
    return dict(directive.split(" ", 1) for directive in written.split("; "))


def assert_page(page: Page, *targets: str) -> None:
    """A page of ours: nobody keeps it, frames it or adds to it; its forms lead here and to these origins only."""
    headers = page.response.headers
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert set(headers["vary"].split(", ")) >= {"Cookie", "Accept-Language"}
    for name, value in ALWAYS.items():
        assert headers[name] == value
    directives = policy(page)
    assert directives["default-src"] == directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["form-action"] == " ".join(("'self'", *targets))
    assert not page.html.select("script:not([src]), style, [style], [onclick], [onload], [onsubmit]")


@pytest.fixture
async def journey(visitor: Visitor, stranger: RelyingParty) -> Page:
    return await visitor.open(stranger.start())


async def test_every_page_of_a_journey_lets_its_forms_lead_to_the_application(
    visitor: Visitor, stranger: RelyingParty, journey: Page
) -> None:
    target = "https://cantine.exemple.fr"
    assert_page(journey, target)
    assert_page(await sign_in(journey, password="faux"), target)
    assert_page(await sign_in(journey), target)
    posted = await visitor.open(stranger.start(response_mode="form_post", prompt="none"))
    assert_page(posted, target)
    assert posted.response.headers["referrer-policy"] == "strict-origin"


async def test_other_pages_lead_nowhere_else(visitor: Visitor, application: RelyingParty) -> None:
    assert_page(await visitor.open("/rien"))
    assert_page(await visitor.open(application.start(client_id="inconnue")))
    await arrive(visitor, application)
    assert_page(await visitor.open("/mon-compte"))
    assert_page(await visitor.open("/deconnexion"))
    for path in ("/accessibilite", "/mentions-legales", "/donnees-personnelles", "/conditions-utilisation", "/aide"):
        assert_page(await visitor.open(path))
    signed_out = await (await visitor.open("/deconnexion")).form("#signout").submit()
    assert_page(signed_out)
    assert signed_out.response.headers["clear-site-data"] == '"cache"'


async def test_a_private_use_scheme_is_named_as_such(site: Site, visitor: Visitor) -> None:
    native = await register(
        site,
        redirect_uris=("fr.exemple.app:/retour",),
        application_type="native",
        token_endpoint_auth_method="none",
    )
    assert_page(await visitor.open(native.start()), "fr.exemple.app:")


async def test_redirects_are_not_kept(visitor: Visitor, application: RelyingParty) -> None:
    for address in (application.start(), application.start(prompt="none"), "/", "/interaction/x"):
        response = await visitor.client.get(address)
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.status_code in {303, 410}


async def test_no_page_for_people_is_open_to_scripts_of_other_sites(
    visitor: Visitor, application: RelyingParty
) -> None:
    for origin in ("https://evil.example", "null", "https://demarches.exemple.fr"):
        for address in (application.start(), "/connexion", "/mon-compte", "/logout"):
            response = await visitor.client.get(address, headers={"origin": origin})
            assert not [name for name in response.headers if name.startswith("access-control-")]


async def test_static_files_are_kept_for_good_and_others_are_not_there(visitor: Visitor) -> None:
    page = await visitor.open("/aide")
    address = str(page.html.select_one("link[rel=stylesheet]")["href"])  # type: ignore[index]
    found = await visitor.client.get(address)
    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.headers["x-content-type-options"] == "nosniff"
    for path in ("/static/rien.css", "/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static"):
        missing = await visitor.client.get(path)
        assert missing.status_code == 404, path
        assert missing.headers["cache-control"] == "no-store"


# Cookies


async def test_every_cookie_is_for_this_host_by_https_and_not_for_scripts(
    visitor: Visitor, stranger: RelyingParty
) -> None:
    responses = [await visitor.client.get(stranger.start(ui_locales="en"))]
    page = await visitor.open(responses[0].headers["location"])
    form = page.form("#signin").fill(identifier="camille.martin", password="Cerisier-42-bleu")
    data = {name: values[0] for name, values in form.values.items()}
    responses.append(await visitor.client.post("/connexion", data=data, headers={"sec-fetch-site": "same-origin"}))
    signout = (await visitor.open("/deconnexion")).form("#signout")
    data = {name: values[0] for name, values in signout.values.items()}
    responses.append(await visitor.client.post("/deconnexion", data=data, headers={"sec-fetch-site": "same-origin"}))
    written = [cookie for response in responses for cookie in response.headers.get_list("set-cookie")]
    assert {cookie.partition("=")[0] for cookie in written} == {
        "__Host-browser",
        "__Host-lang",
        "__Host-session",
        "__Host-device",
    }
    for cookie in written:
        attributes = {part.strip().lower().partition("=")[0]: part for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path", "samesite"} <= attributes.keys(), cookie
        assert "domain" not in attributes, cookie
        assert attributes["path"].strip() == "Path=/"
        assert attributes["samesite"].strip().lower() == "samesite=lax"
    (session,) = [cookie for cookie in responses[1].headers.get_list("set-cookie") if "session" in cookie]
    assert "max-age" not in session.lower()


async def test_programs_are_given_no_cookie(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application)
    http = application.http
    for response in (
        await application.userinfo(tokens["access_token"]),
        await application.refresh(tokens["refresh_token"]),
        await http.get("/jwks"),
        await http.get("/health/live"),
        await http.get("/health/ready"),
        await http.post("/token", data={"grant_type": "x"}),
    ):
        assert "set-cookie" not in response.headers


async def test_two_hundred_foreign_cookies_change_nothing(visitor: Visitor, application: RelyingParty) -> None:
    for number in range(200):
        visitor.client.cookies.set(f"junk{number}", "x" * 20, domain="connexion.exemple.fr")
    visitor.client.cookies.set("session", "lpss_" + "A" * 43, domain="connexion.exemple.fr")
    visitor.client.cookies.set("browser", "lpbr_" + "A" * 43, domain="connexion.exemple.fr")
    assert "code" in (await arrive(visitor, application)).returned


async def test_on_a_developers_machine_cookies_have_neither_prefix_nor_secure(database_url: str) -> None:
    async with opened(replace(settings_for(database_url), issuer="http://localhost:8000")) as site:
        await add_person(site.provider)
        application = await register(site)
        visitor = await site.visitor()
        assert "code" in (await arrive(visitor, application)).returned
        assert {"browser", "session", "device"} <= set(visitor.client.cookies)
