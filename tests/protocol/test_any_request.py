"""Whatever is asked of the endpoints that browsers and strangers reach: an answer, never a fault, never elsewhere."""

import asyncio
import json
from collections.abc import Callable
from urllib.parse import urlencode

import httpx2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.people import add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import AFTER_LOGOUT, REDIRECT, RelyingParty, basic, register
from tests.support.signing_in import arrive, tokens_for

EXAMPLES = 300
ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40)
HOSTILE = st.sampled_from(
    [
        "https://evil.example/",
        f"{REDIRECT}.evil.example",
        "javascript:alert(1)",
        "\r\nLocation: https://evil.example/",
        "\0",
        "é" * 300,
        "' OR 1=1 --",
        "../../etc/passwd",
        "{}",
        "[" * 500,
        "9" * 400,
        "-1",
        "none login",
    ]
)
CLAIMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=8,
).map(lambda value: json.dumps({"userinfo": value, "id_token": {"acr": value, "sub": value}}))

KNOWN = {
    "client_id": ["demarches", "cantine", "inconnue"],
    "redirect_uri": [REDIRECT, f"{REDIRECT}/", "https://cantine.exemple.fr/retour"],
    "response_type": ["code", "token", "code id_token"],
    "response_mode": ["query", "fragment", "form_post", "jwt"],
    "scope": ["openid", "openid profile email", "openid offline_access", "phone"],
    "state": ["s", "é&=?#"],
    "nonce": ["n"],
    "prompt": ["none", "login", "consent", "select_account", "login consent"],
    "max_age": ["0", "60", "9" * 18],
    "code_challenge": ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "court"],
    "code_challenge_method": ["S256", "plain"],
    "login_hint": ["camille.martin"],
    "id_token_hint": ["a.b.c", "eyJhbGciOiJub25lIn0.e30."],
    "acr_values": ["eidas2"],
    "ui_locales": ["en", "se fr"],
    "claims": ['{"userinfo": {"email": null}}'],
    "request": ["eyJhbGciOiJub25lIn0.e30."],
    "request_uri": ["https://evil.example/r", "urn:ietf:params:oauth:request_uri:x"],
    "display": ["popup"],
    "resource": ["https://api.exemple.fr"],
}


def parameter(name: str) -> st.SearchStrategy[tuple[str, str]]:
    known = st.sampled_from(KNOWN[name])
    values = known | known | known | HOSTILE | ANYTHING | (CLAIMS if name == "claims" else st.nothing())
    return st.tuples(st.just(name), values)


ESSENTIAL = ("client_id", "redirect_uri", "response_type", "scope", "code_challenge", "code_challenge_method")
CORRECT = st.just([(name, KNOWN[name][0]) for name in ESSENTIAL])
RARELY = st.sampled_from([False] * 9 + [True])


def some(pairs: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[list[tuple[str, str]]]:
    """A few parameters, rarely the same one twice: that alone is refused, whatever the rest."""
    once = st.lists(pairs, max_size=4, unique_by=lambda pair: pair[0])
    return RARELY.flatmap(lambda rarely: st.lists(pairs, max_size=6) if rarely else once)


ODD = some(st.sampled_from(sorted(KNOWN)).flatmap(parameter) | st.tuples(ANYTHING, ANYTHING))


def overriding(pairs: tuple[list[tuple[str, str]], list[tuple[str, str]], bool]) -> list[tuple[str, str]]:
    """A correct request with some parameters replaced, or sent a second time."""
    correct, odd, doubled = pairs
    replaced = {name for name, _ in odd}
    return [pair for pair in correct if doubled or pair[0] not in replaced] + odd


REQUESTS = st.tuples(CORRECT, ODD, RARELY).map(overriding)


def judge(response: httpx2.Response, *places: str) -> None:
    """Whatever was asked, the answer is ours, and it leads to a registered place or to a page of ours."""
    assert response.status_code < 500, response.text[:500]
    location = response.headers.get("location")
    if location is None:
        return
    assert response.status_code == 303
    assert location.startswith(places) or (location.startswith("/") and not location.startswith("//")), location
    assert "\n" not in location
    assert not location.isspace()


def with_site(database_url: str, act: Callable[[asyncio.Runner, Site, RelyingParty], None]) -> None:
    """Run a property against one provider, since making one for each example would take all the time."""
    with asyncio.Runner() as runner:
        opening = opened(settings_for(database_url))
        site = runner.run(opening.__aenter__())
        try:
            runner.run(add_person(site.provider))
            application = runner.run(register(site))
            runner.run(
                register(site, "cantine", first_party=False, redirect_uris=("https://cantine.exemple.fr/retour",))
            )
            act(runner, site, application)
        finally:
            runner.run(opening.__aexit__(None, None, None))


PROPERTY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def test_no_authorization_request_fails_or_leads_elsewhere(database_url: str) -> None:
    def act(runner: asyncio.Runner, site: Site, application: RelyingParty) -> None:
        strange, known = runner.run(site.visitor()), runner.run(site.visitor())
        runner.run(arrive(known, application))

        @PROPERTY
        @given(REQUESTS, st.booleans())
        def asked(pairs: list[tuple[str, str]], signed_in: bool) -> None:
            client = (known if signed_in else strange).client
            response = runner.run(client.get(f"/authorize?{urlencode(pairs)}"))
            judge(response, f"{REDIRECT}?", f"{REDIRECT}#", "https://cantine.exemple.fr/retour")

        asked()

    with_site(database_url, act)


def test_no_sign_out_request_fails_or_leads_elsewhere(database_url: str) -> None:
    def act(runner: asyncio.Runner, site: Site, application: RelyingParty) -> None:
        visitor = runner.run(site.visitor())
        tokens = runner.run(tokens_for(visitor, application))
        names = {
            "id_token_hint": [tokens["id_token"], tokens["access_token"], "a.b.c"],
            "post_logout_redirect_uri": [AFTER_LOGOUT, f"{AFTER_LOGOUT}/", REDIRECT],
            "client_id": ["demarches", "cantine", "inconnue"],
            "state": ["s", "é&=?#"],
        }
        known = [st.tuples(st.just(name), st.sampled_from(values)) for name, values in names.items()]
        odd = [st.tuples(st.just(name), HOSTILE | ANYTHING) for name in names]

        @PROPERTY
        @given(some(st.one_of(*known, *odd)))
        def asked(pairs: list[tuple[str, str]]) -> None:
            judge(runner.run(visitor.client.get(f"/logout?{urlencode(pairs)}")), AFTER_LOGOUT)

        asked()

    with_site(database_url, act)


def test_no_token_request_fails(database_url: str) -> None:
    def act(runner: asyncio.Runner, site: Site, application: RelyingParty) -> None:
        assert application.secret is not None
        names = {
            "grant_type": ["authorization_code", "refresh_token", "client_credentials", "password"],
            "code": ["lpac_" + "A" * 43, "x"],
            "refresh_token": ["lprt_" + "A" * 43],
            "client_id": ["demarches", "inconnue"],
            "client_secret": [application.secret, "x"],
            "client_assertion": ["a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJcdWQ4MDAifQ."],
            "client_assertion_type": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
            "redirect_uri": [REDIRECT],
            "code_verifier": ["v" * 43],
            "scope": ["openid"],
            "token": ["lpat_" + "A" * 43, "lprt_" + "A" * 43],
        }
        known = [st.tuples(st.just(name), st.sampled_from(values)) for name, values in names.items()]
        odd = [st.tuples(st.just(name), HOSTILE | ANYTHING) for name in names]
        credentials = st.none() | st.just(("demarches", application.secret)) | st.tuples(ANYTHING, ANYTHING)

        @PROPERTY
        @given(
            st.sampled_from(["/token", "/introspect", "/revoke"]),
            some(st.one_of(*known, *odd)),
            credentials,
        )
        def asked(path: str, pairs: list[tuple[str, str]], auth: tuple[str, str] | None) -> None:
            content = urlencode(pairs).encode()
            headers = {"content-type": "application/x-www-form-urlencoded"}
            if auth is not None:
                headers["authorization"] = basic(*auth)
            response = runner.run(application.http.post(path, content=content, headers=headers))
            assert response.status_code in {200, 400, 401, 429}, response.text
            assert response.headers["cache-control"] == "no-store"

        asked()

    with_site(database_url, act)
