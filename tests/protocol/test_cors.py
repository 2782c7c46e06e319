"""Applications that run in a browser: who may read what, as the Fetch standard's CORS protocol lets a provider say.

RFC 9700 section 2.6: the endpoints that such an application calls may be opened to it, the authorization endpoint not.
"""

from collections.abc import Mapping

import httpx2
import pytest

from clients import registry
from idp.foundation.database import open_database
from idp.routes import ENDPOINTS
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, basic, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor

ORIGIN = "https://agenda.exemple.fr"
OTHERS = {
    "another site": "https://evil.example",
    "an opaque origin": "null",
    "another port": f"{ORIGIN}:8443",
    "no TLS": "http://agenda.exemple.fr",
    "a subdomain": "https://x.agenda.exemple.fr",
    "a longer host": f"{ORIGIN}.evil.example",
    "a final slash": f"{ORIGIN}/",
    "another case": "https://Agenda.exemple.fr",
    "nothing": "",
    "two at once": f"{ORIGIN}, https://evil.example",
    "after sign-out only": "https://www.exemple.fr",
    "a confidential application's": "https://demarches.exemple.fr",
    "the provider's own": "https://connexion.exemple.fr",
}
BY_CLIENT = ("/token", "/revoke", "/par")
PUBLIC = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks")


@pytest.fixture
async def in_browser(site: Site, application: RelyingParty) -> RelyingParty:
    """A single-page application, beside a confidential one."""
    return await register(
        site,
        "agenda",
        token_endpoint_auth_method="none",
        redirect_uris=(f"{ORIGIN}/retour", "http://localhost:5173/retour"),
        post_logout_redirect_uris=("https://www.exemple.fr/",),
    )


def opened(response: httpx2.Response) -> dict[str, str]:
    """What an answer says of who may read it."""
    prefix = "access-control-"
    return {name.removeprefix(prefix): value for name, value in response.headers.items() if name.startswith(prefix)}


async def posted(application: RelyingParty, path: str, origin: str, **form: str) -> httpx2.Response:
    headers = {"origin": origin}
    return await application.http.post(path, data={"client_id": "agenda"} | form, headers=headers)


async def read(application: RelyingParty, token: str, origin: str) -> httpx2.Response:
    headers = {"origin": origin, "authorization": f"Bearer {token}"}
    return await application.http.get("/userinfo", headers=headers)


def readable(response: httpx2.Response, origin: str = ORIGIN) -> bool:
    """Whether a browser lets a script of that origin read the answer; it never carries what the browser knows."""
    said = opened(response)
    assert "allow-credentials" not in said
    assert "origin" in response.headers["vary"].lower()
    return said.get("allow-origin") == origin


# What an application may read


async def test_it_exchanges_refreshes_reads_userinfo_and_revokes(visitor: Visitor, in_browser: RelyingParty) -> None:
    form = {"code_verifier": "un-verificateur-assez-long-pour-la-specification-7636"}
    form |= {"code": await code_for(visitor, in_browser), "redirect_uri": in_browser.client.redirect_uris[0]}
    exchanged = await posted(in_browser, "/token", ORIGIN, grant_type="authorization_code", **form)
    assert (exchanged.status_code, readable(exchanged)) == (200, True)
    tokens: Mapping[str, str] = exchanged.json()
    claims = await read(in_browser, tokens["access_token"], ORIGIN)
    assert (claims.status_code, readable(claims)) == (200, True)
    renewed = await posted(
        in_browser, "/token", ORIGIN, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert (renewed.status_code, readable(renewed)) == (200, True)
    revoked = await posted(in_browser, "/revoke", ORIGIN, token=renewed.json()["refresh_token"])
    assert (revoked.status_code, readable(revoked)) == (200, True)


async def test_it_pushes_its_request(in_browser: RelyingParty) -> None:
    asked = httpx2.URL(in_browser.start()).params
    pushed = await posted(in_browser, "/par", ORIGIN, **dict(asked))
    assert (pushed.status_code, readable(pushed)) == (201, True)


async def test_each_of_its_return_addresses_is_an_origin_of_its_own(in_browser: RelyingParty) -> None:
    for origin in (ORIGIN, "http://localhost:5173"):
        assert readable(await posted(in_browser, "/token", origin, grant_type="refresh_token"), origin)


async def test_an_origin_is_as_browsers_write_it_however_the_address_was_registered(site: Site) -> None:
    agenda = await register(
        site,
        "agenda",
        token_endpoint_auth_method="none",
        redirect_uris=("https://AGENDA.exemple.fr:443/retour", "http://[::1]:3000/retour"),
    )
    for origin in (ORIGIN, "http://[::1]:3000"):
        assert readable(await posted(agenda, "/token", origin, grant_type="refresh_token"), origin)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "authorization_code", "code": "lpac_inconnu"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "lprt_inconnu"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "invalid_request"),
        ({"client_secret": "lpcs_quelconque"}, "invalid_client"),
        ({"client_assertion": "x"}, "invalid_request"),
    ],
    ids=["code", "refresh token", "grant", "nothing", "secret", "assertion"],
)
async def test_a_refusal_can_be_read(in_browser: RelyingParty, form: dict[str, str], error: str) -> None:
    refused = await posted(in_browser, "/token", ORIGIN, **form)
    assert refused.json()["error"] == error
    assert readable(refused)
    assert {"WWW-Authenticate", "Retry-After"} <= set(opened(refused)["expose-headers"].split(", "))


async def test_a_request_that_no_client_was_looked_up_for_can_be_read_too(in_browser: RelyingParty) -> None:
    headers = {"origin": ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    body = "client_id=agenda&grant_type=x&grant_type=y"
    refused = await in_browser.http.post("/token", content=body, headers=headers)
    assert (refused.status_code, readable(refused)) == (400, True)


async def test_credentials_in_the_header_name_the_application(in_browser: RelyingParty) -> None:
    headers = {"origin": ORIGIN, "authorization": basic("agenda", "secret")}
    refused = await in_browser.http.post("/token", data={"grant_type": "refresh_token"}, headers=headers)
    assert (refused.status_code, readable(refused)) == (401, True)


async def test_a_token_that_ended_says_so_to_its_application(
    site: Site, visitor: Visitor, in_browser: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, in_browser)
    site.clock.advance(tokens["expires_in"] + 1)
    ended = await read(in_browser, tokens["access_token"], ORIGIN)
    assert (ended.status_code, readable(ended)) == (401, True)
    assert 'error="invalid_token"' in ended.headers["www-authenticate"]


async def test_a_suspended_application_reads_that_it_is_refused(site: Site, in_browser: RelyingParty) -> None:
    await site.provider.database.transaction(registry.suspend, "agenda", now=site.clock.now())
    refused = await posted(in_browser, "/token", ORIGIN, grant_type="refresh_token")
    assert (refused.json()["error"], readable(refused)) == ("invalid_client", True)


# What nobody else may read


@pytest.mark.parametrize("origin", OTHERS.values(), ids=OTHERS.keys())
async def test_no_other_page_reads_what_it_is_answered(visitor: Visitor, in_browser: RelyingParty, origin: str) -> None:
    tokens = await tokens_for(visitor, in_browser)
    for path in BY_CLIENT:
        answer = await posted(in_browser, path, origin, grant_type="refresh_token", token="x")
        assert not readable(answer, origin)
        assert not opened(answer), path
    assert not opened(await read(in_browser, tokens["access_token"], origin))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_an_application_with_a_secret_is_not_called_from_a_browser(site: Site, method: str) -> None:
    server_side = await register(site, "serveur", token_endpoint_auth_method=method)
    headers = {"origin": "https://demarches.exemple.fr"}
    data = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "serveur"}
    if method == "client_secret_basic":
        headers["authorization"] = basic("serveur", server_side.secret or "")
    else:
        data["client_secret"] = server_side.secret or ""
    assert not opened(await server_side.http.post("/token", data=data, headers=headers))


@pytest.mark.parametrize("path", BY_CLIENT)
async def test_an_application_that_does_not_exist_has_no_origin(in_browser: RelyingParty, path: str) -> None:
    assert not opened(await posted(in_browser, path, ORIGIN, client_id="personne"))


async def test_a_token_that_never_was_is_nobodys(in_browser: RelyingParty) -> None:
    for token in ("lpat_" + "A" * 43, "x", ""):
        assert not opened(await read(in_browser, token, ORIGIN))


async def test_an_origin_does_not_read_through_another_application(
    site: Site, visitor: Visitor, in_browser: RelyingParty
) -> None:
    other = "https://autre.exemple.fr"
    await register(site, "autre", token_endpoint_auth_method="none", redirect_uris=(f"{other}/retour",))
    tokens = await tokens_for(visitor, in_browser)
    assert not opened(await read(in_browser, tokens["access_token"], other))
    assert not opened(await posted(in_browser, "/token", other, grant_type="refresh_token"))


async def test_a_program_that_is_no_browser_is_told_nothing(visitor: Visitor, in_browser: RelyingParty) -> None:
    tokens = await tokens_for(visitor, in_browser)
    for response in (await in_browser.refresh(tokens["refresh_token"]), await in_browser.userinfo("x")):
        assert not opened(response)


# Questions that browsers ask first


def question(method: str, origin: str = ORIGIN) -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization",
    }


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/token", "POST", "POST"),
        ("/revoke", "POST", "POST"),
        ("/par", "POST", "POST"),
        ("/userinfo", "GET", "GET, POST"),
        *((path, "GET", "GET, HEAD") for path in PUBLIC),
    ],
)
async def test_a_browser_that_asks_first_is_told_what_it_may_send(
    site: Site, path: str, method: str, allowed: str
) -> None:
    answer = await (await site.client()).request("OPTIONS", path, headers=question(method))
    assert answer.status_code == 204
    assert not answer.content
    assert opened(answer) == {
        "allow-origin": "*",
        "allow-methods": allowed,
        "allow-headers": "Authorization, Content-Type",
        "max-age": "7200",
    }


async def test_a_question_is_answered_without_the_database(site: Site) -> None:
    client = await site.client()
    await site.provider.database.close()
    site.provider.database = open_database("postgresql://nobody@127.0.0.1:1/none")
    assert (await client.get("/health/ready")).status_code == 503
    for path in (*BY_CLIENT, "/userinfo"):
        assert (await client.request("OPTIONS", path, headers=question("POST"))).status_code == 204


async def test_an_answer_that_the_database_could_not_judge_is_read_by_nobody(
    site: Site, visitor: Visitor, in_browser: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, in_browser)
    await site.provider.database.close()
    site.provider.database = open_database("postgresql://nobody@127.0.0.1:1/none")
    answer = await read(in_browser, tokens["access_token"], ORIGIN)
    assert answer.status_code == 503
    assert not opened(answer)
    known_a_moment_ago = await posted(in_browser, "/token", ORIGIN, grant_type="refresh_token", refresh_token="x")
    assert (known_a_moment_ago.status_code, readable(known_a_moment_ago)) == (503, True)


async def test_an_opaque_origin_is_told_nothing(site: Site) -> None:
    client = await site.client()
    for path in (*BY_CLIENT, "/userinfo"):
        assert not opened(await client.request("OPTIONS", path, headers=question("POST", "null")))


async def test_a_method_that_is_not_served_is_not_promised(site: Site) -> None:
    answer = await (await site.client()).request("OPTIONS", "/token", headers=question("DELETE"))
    assert answer.status_code == 405
    assert not opened(answer)


# Public documents, and everything else


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("headers", [{}, {"origin": ORIGIN}, {"origin": "null"}], ids=["none", "a page's", "opaque"])
async def test_a_public_document_is_anybodys(site: Site, path: str, headers: dict[str, str]) -> None:
    answer = await (await site.client()).get(path, headers=headers)
    assert opened(answer) == {"allow-origin": "*"}
    assert "vary" not in answer.headers


def test_nothing_else_is_open_to_scripts() -> None:
    assert {endpoint.path for endpoint in ENDPOINTS if endpoint.readers} == {*BY_CLIENT, "/userinfo", *PUBLIC}


async def test_no_page_of_another_site_reads_the_rest_nor_is_promised_to(in_browser: RelyingParty) -> None:
    for endpoint in ENDPOINTS:
        if endpoint.readers is not None:
            continue
        for method in endpoint.methods:
            asked = await in_browser.http.request("OPTIONS", endpoint.path, headers=question(method))
            assert asked.status_code == 405, endpoint
            assert not opened(asked)
            assert not opened(await in_browser.http.request(method, endpoint.path, headers={"origin": ORIGIN}))
