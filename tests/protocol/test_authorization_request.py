"""What the authorization endpoint accepts, and who is told of what it refuses.

RFC 6749 section 4.1.1 and 4.1.2.1, OpenID Connect Core 1.0 section 3.1.2.
"""

from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import Connection, func, select

from clients import registry
from idp.interactions.tables import interactions
from tests.support.provider import ISSUER, Site
from tests.support.relying_party import REDIRECT, RelyingParty, payload_of, register
from tests.support.signing_in import arrive, sign_in, tokens_for
from tests.support.visitor import Page, Visitor

EVIL = "https://evil.example/retour"


def assert_shown(page: Page, code: str, status: int = 400) -> None:
    """The refusal stands on a page of ours, which leads nowhere else."""
    assert not page.outside
    assert (page.status, page.error_code) == (status, code)
    assert "location" not in page.response.headers
    leading = [str(link["href"]) for link in page.html.select("[href]")]
    assert all(link.startswith(("/", "?", "#")) and not link.startswith("//") for link in leading)


async def count(site: Site) -> int:
    def step(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(interactions)).scalar_one()

    return await site.provider.database.read(step)


@pytest.mark.parametrize("client_id", ["inconnue", None, "", "x" * 3000, "a'; DROP TABLE people; --", "é\u202e"])
async def test_an_unknown_application_is_told_on_a_page_and_never_by_redirect(
    site: Site, visitor: Visitor, application: RelyingParty, client_id: str | None
) -> None:
    assert_shown(await visitor.open(application.start(client_id=client_id, redirect_uri=EVIL)), "unknown_client")
    assert await count(site) == 0


async def test_a_suspended_application_is_told_like_an_unknown_one(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    await site.provider.database.transaction(registry.suspend, application.client.client_id, now=site.clock.now())
    site.provider.clients.invalidate()
    assert_shown(await visitor.open(application.start()), "unknown_client")


async def test_an_application_suspended_during_the_journey_receives_nothing(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.open(application.start())
    await site.provider.database.transaction(registry.suspend, application.client.client_id, now=site.clock.now())
    site.provider.clients.invalidate()
    assert_shown(await sign_in(page), "unknown_client")


async def test_an_address_withdrawn_during_the_journey_receives_nothing(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.open(application.start())
    amended = replace(application.client, redirect_uris=("https://demarches.exemple.fr/autre",))
    random_bytes = site.provider.randomness.token_bytes
    await site.provider.database.transaction(registry.amend, amended, now=site.clock.now(), random_bytes=random_bytes)
    site.provider.clients.invalidate()
    assert_shown(await sign_in(page), "redirect_uri_not_registered")


async def test_a_request_without_redirect_uri_is_refused_even_when_one_alone_is_registered(
    visitor: Visitor, application: RelyingParty
) -> None:
    assert_shown(await visitor.open(application.start(redirect_uri=None)), "redirect_uri_missing")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
@pytest.mark.parametrize("again", ["the same", "another"])
async def test_a_doubled_client_or_address_is_told_on_a_page(
    visitor: Visitor, application: RelyingParty, name: str, again: str
) -> None:
    address = application.start()
    known = parse_qs(urlsplit(address).query)[name][0]
    doubled = urlencode({name: known if again == "the same" else EVIL})
    assert_shown(await visitor.open(f"{address}&{doubled}"), "invalid_request")


@pytest.mark.parametrize(
    "name", ["response_type", "scope", "state", "nonce", "code_challenge", "prompt", "max_age", "extra"]
)
@pytest.mark.parametrize("where", ["query", "query and body"])
async def test_any_other_doubled_parameter_is_refused_by_redirect(
    visitor: Visitor, application: RelyingParty, name: str, where: str
) -> None:
    address = application.start(prompt="login", max_age="10", extra="x")
    if where == "query":
        page = await visitor.open(f"{address}&{urlencode({name: 'login'})}")
    else:
        page = await visitor.send("POST", address, {name: ["login"]})
    assert page.returned["error"] == "invalid_request"
    assert name in page.returned["error_description"]
    assert ("state" in page.returned) == (name != "state")


async def test_a_client_doubled_between_address_and_body_is_told_on_a_page(
    visitor: Visitor, application: RelyingParty
) -> None:
    page = await visitor.send("POST", application.start(), {"redirect_uri": [EVIL]})
    assert_shown(page, "invalid_request")


async def test_a_missing_response_type_is_refused_in_the_query(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start(response_type=None, response_mode=None))
    assert page.returned["error"] == "invalid_request"
    assert urlsplit(page.address).query


@pytest.mark.parametrize(
    "response_type",
    [
        "token",
        "id_token",
        "id_token token",
        "code id_token",
        "code token",
        "code code",
        "CODE",
        "none",
        " code",
        "x" * 99,
    ],
)
async def test_no_other_response_type_than_code_is_supported(
    visitor: Visitor, application: RelyingParty, response_type: str
) -> None:
    page = await visitor.open(application.start(response_type=response_type))
    assert page.returned["error"] == "unsupported_response_type"
    assert "token" not in page.returned.keys() | {"access_token", "id_token"} & page.returned.keys()


@pytest.mark.parametrize("mode", ["web_message", "query.jwt", "jwt", "QUERY", "query fragment", "okay"])
async def test_a_response_mode_that_is_not_served_is_refused_and_never_another_one_in_silence(
    visitor: Visitor, application: RelyingParty, mode: str
) -> None:
    await arrive(visitor, application)
    page = await visitor.open(application.start(response_mode=mode))
    assert (page.returned["error"], "code" in page.returned) == ("invalid_request", False)


async def test_a_client_that_registered_no_code_flow_may_not_use_it(site: Site, visitor: Visitor) -> None:
    machine = await register(site, grant_types=("client_credentials",), response_types=())
    page = await visitor.open(machine.start())
    assert page.returned["error"] == "unauthorized_client"


async def test_every_answer_names_the_issuer_and_the_state(visitor: Visitor, application: RelyingParty) -> None:
    refused = await visitor.open(application.start(prompt="none", state="refus"))
    assert refused.returned.keys() == {"error", "error_description", "iss", "state"}
    assert (refused.returned["iss"], refused.returned["state"]) == (ISSUER, "refus")
    accepted = await arrive(visitor, application, state="accord")
    assert accepted.returned.keys() == {"code", "iss", "state"}
    assert (accepted.returned["iss"], accepted.returned["state"]) == (ISSUER, "accord")


async def test_an_answer_to_a_request_without_state_has_none(visitor: Visitor, application: RelyingParty) -> None:
    assert "state" not in (await arrive(visitor, application, state=None)).returned


STATES = {
    "128 characters": "s" * 128,
    "4 KB": "s" * 4096,
    "another answer": "x&code=evil&iss=https://evil.example",
    "line breaks": "a\r\nSet-Cookie: b=c",
    "markup": '"><script>alert(1)</script>',
    "emoji and accents": "état 🌍 #?/%20+",
    "percent signs": "%2526code%3D",
    "spaces around": "  s  ",
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
async def test_any_state_comes_back_as_it_was_sent(
    visitor: Visitor, application: RelyingParty, state: str, mode: str
) -> None:
    page = await visitor.open(application.start(state=state, response_mode=mode, prompt="none"))
    if mode == "form_post":
        assert page.one("#form-post input[name=state]")["value"] == state
    else:
        assert page.returned["state"] == state
        assert page.returned.keys() == {"error", "error_description", "iss", "state"}


async def test_a_state_longer_than_4_kb_is_refused(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start(state="s" * 4097))
    assert page.returned["error"] == "invalid_request"


@pytest.mark.parametrize("nonce", ["n", "n" * 4096, "é🌍 &=%", "a'b\"c"], ids=["short", "long", "unusual", "quotes"])
async def test_any_nonce_comes_back_in_the_id_token(visitor: Visitor, application: RelyingParty, nonce: str) -> None:
    tokens = await tokens_for(visitor, application, nonce=nonce)
    assert payload_of(tokens["id_token"])["nonce"] == nonce


async def test_a_request_without_nonce_gives_an_id_token_without_one(
    visitor: Visitor, application: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, application, nonce=None)
    assert "nonce" not in payload_of(tokens["id_token"])


async def test_an_unknown_parameter_is_ignored(visitor: Visitor, application: RelyingParty) -> None:
    assert "code" in (await arrive(visitor, application, extra="foobar", display="popup", claims_locales="se")).returned


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("request", "invalid_request_object"),
        ("request_uri", "invalid_request_uri"),
        ("registration", "registration_not_supported"),
    ],
)
@pytest.mark.parametrize("value", ["http://169.254.169.254/", "file:///etc/passwd", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_not_accepted_is_said_and_not_fetched(
    visitor: Visitor, application: RelyingParty, name: str, error: str, value: str
) -> None:
    page = await visitor.open(application.start(**{name: value}))
    assert page.returned["error"] == error


async def test_scope_is_cut_to_what_the_application_registered(site: Site, visitor: Visitor) -> None:
    application = await register(site, scope="openid email")
    tokens = await tokens_for(visitor, application, scope="openid profile email phone admin")
    assert tokens["scope"] == "openid email"


async def test_the_order_of_scopes_and_parameters_does_not_matter(visitor: Visitor, application: RelyingParty) -> None:
    address, _, query = application.start(scope="email profile openid").partition("?")
    backwards = "&".join(reversed(query.split("&")))
    page = await sign_in(await visitor.open(f"{address}?{backwards}"))
    tokens = (await application.exchange(page.returned["code"])).json()
    assert set(tokens["scope"].split()) == {"openid", "profile", "email"}


@pytest.mark.parametrize("scope", [None, "", "inconnue", "open\nid", '"openid"', "OPENID", "s" * 5000])
async def test_a_request_for_nothing_that_exists_is_refused(
    visitor: Visitor, application: RelyingParty, scope: str | None
) -> None:
    page = await visitor.open(application.start(scope=scope))
    assert page.returned["error"] in {"invalid_scope", "invalid_request"}


async def test_two_thousand_scopes_are_refused(visitor: Visitor, application: RelyingParty) -> None:
    page = await visitor.open(application.start(scope="openid " + " ".join(f"s{n}" for n in range(2000))))
    assert page.returned["error"] == "invalid_request"


async def test_without_openid_there_is_no_id_token(visitor: Visitor, application: RelyingParty) -> None:
    tokens = await tokens_for(visitor, application, scope="profile email")
    assert "id_token" not in tokens
    refused = await application.userinfo(tokens["access_token"])
    assert refused.status_code == 403


async def test_a_request_may_be_posted_by_the_application(
    site: Site, visitor: Visitor, application: RelyingParty
) -> None:
    parts = urlsplit(application.start())
    response = await visitor.client.post(
        parts.path,
        data=parse_qs(parts.query),
        headers={"origin": "https://demarches.exemple.fr", "sec-fetch-site": "cross-site"},
    )
    assert response.status_code == 303
    page = await visitor.open(response.headers["location"])
    assert (await sign_in(page)).returned["code"]


@pytest.mark.parametrize("path", ["/authorize", "/logout"])
async def test_a_posted_request_too_long_to_be_sent_again_is_refused_at_once(visitor: Visitor, path: str) -> None:
    response = await visitor.client.post(path, data={"client_id": "demarches", "state": "é" * 5_000})
    assert (response.status_code, "location" in response.headers) == (414, False)


async def test_a_request_may_not_be_posted_as_json(visitor: Visitor, application: RelyingParty) -> None:
    response = await visitor.client.post("/authorize", json={"client_id": "demarches", "redirect_uri": REDIRECT})
    assert response.status_code == 415
    assert "location" not in response.headers


async def test_a_signed_in_person_goes_straight_back(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    again = await visitor.client.get(application.start())
    assert again.status_code == 303
    assert again.headers["location"].startswith(f"{REDIRECT}?code=")


@pytest.mark.parametrize("size", [17_000, 64_000])
async def test_an_address_beyond_16_kb_is_refused(visitor: Visitor, application: RelyingParty, size: int) -> None:
    assert_shown(await visitor.open(f"{application.start()}&extra={'x' * size}"), "query_too_long", status=414)


@pytest.mark.parametrize(
    "query",
    ["client_id=%ff", "client_id=%00", "&".join(f"p{n}=1" for n in range(101)), "client_id=%ED%A0%80"],
    ids=["not UTF-8", "NUL", "too many parameters", "lone surrogate"],
)
async def test_a_malformed_query_is_told_on_a_page(visitor: Visitor, query: str) -> None:
    assert_shown(await visitor.open(f"/authorize?{query}"), "malformed_parameters")


async def test_twenty_five_tabs_do_not_disturb_each_other(visitor: Visitor, application: RelyingParty) -> None:
    tabs = [await visitor.open(application.start(state=f"onglet {number}")) for number in range(25)]
    assert sum(len(str(cookie.value)) for cookie in visitor.client.cookies.jar) < 4096
    for number in (24, 3, 17, 0):
        page = await sign_in(tabs[number])
        assert page.returned["state"] == f"onglet {number}"
