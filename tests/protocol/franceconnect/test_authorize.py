"""The simulated FranceConnect refuses at its authorization endpoint what the real one refuses."""

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.support.franceconnect import CLIENT_ID, ISSUER, RETURN, Browser, service, simulation

GOOD = {
    "response_type": "code",
    "client_id": CLIENT_ID,
    "redirect_uri": RETURN,
    "scope": "openid identite_pivot email",
    "state": "s" * 43,
    "nonce": "n" * 43,
    "acr_values": "eidas1",
}


def ask(browser: Browser, **changes: str | None) -> httpx2.Response:
    asked = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return browser.get("/api/v2/authorize", params=asked)


@pytest.fixture
def browser() -> Iterator[Browser]:
    client = Browser(simulation())
    yield client
    client.close()


def test_a_well_formed_request_leads_to_the_choice_of_an_identity(browser: Browser) -> None:
    response = ask(browser)
    assert response.status_code == 303
    page = browser.get(response.headers["location"])
    assert page.status_code == 200
    assert "Angela Claire Louise DUBOIS" in page.text
    assert "Simulation." in page.text


def test_the_request_may_be_posted(browser: Browser) -> None:
    response = browser.post("/api/v2/authorize", data=GOOD)
    assert response.status_code == 303
    assert "/interaction/" in response.headers["location"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"code_challenge": "c" * 43, "code_challenge_method": "S256"}, id="pkce"),
        pytest.param({"max_age": "0"}, id="max_age"),
        pytest.param({"login_hint": "angela"}, id="login_hint"),
        pytest.param({"response_mode": "query"}, id="response_mode"),
        pytest.param({"display": "page"}, id="display"),
        pytest.param({"nonce": "n" * 21}, id="nonce of 21 characters"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"state": None}, id="no state"),
        pytest.param({"state": ""}, id="empty state"),
        pytest.param({"acr_values": None}, id="no acr_values"),
        pytest.param({"acr_values": "e" * 65}, id="acr_values of 65 characters"),
        pytest.param({"prompt": "none"}, id="prompt none"),
        pytest.param({"prompt": "select_account"}, id="prompt select_account"),
        pytest.param({"prompt": ""}, id="empty prompt"),
        pytest.param({"redirect_uri": "not-a-url"}, id="redirect_uri that is no URL"),
    ],
)
def test_a_malformed_request_ends_on_a_page_and_never_returns(browser: Browser, changes: dict[str, str | None]) -> None:
    response = ask(browser, **changes)
    assert response.status_code == 400
    assert 'data-code="Y030007"' in response.text
    assert "location" not in response.headers


def test_a_doubled_parameter_is_malformed(browser: Browser) -> None:
    response = browser.get("/api/v2/authorize", params=[*GOOD.items(), ("state", "other")])
    assert response.status_code == 400
    assert "Y030007" in response.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"client_id": "c" * 64}, "Y04EA6EF", id="unknown client"),
        pytest.param({"redirect_uri": RETURN + "/"}, "Y04C013C", id="trailing slash"),
        pytest.param({"redirect_uri": RETURN + "?a=1"}, "Y04C013C", id="query added"),
    ],
)
def test_nothing_returns_to_an_address_that_is_not_registered(
    browser: Browser, changes: dict[str, str | None], code: str
) -> None:
    response = ask(browser, **changes)
    assert response.status_code == 400
    assert f'data-code="{code}"' in response.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"scope": "email"}, "invalid_request", id="no openid scope"),
        pytest.param({"acr_values": "eidas2"}, "invalid_acr", id="level of FranceConnect+"),
        pytest.param({"claims": "{"}, "invalid_request", id="claims that is no JSON"),
        pytest.param({"claims": "[]"}, "invalid_request", id="claims that is no object"),
        pytest.param({"idp_hint": "someone"}, "invalid_idp_hint", id="identity provider not allowed"),
        pytest.param({"response_type": "none"}, "unsupported_response_type", id="response_type none"),
    ],
)
def test_a_protocol_error_returns_with_state_and_issuer(
    browser: Browser, changes: dict[str, str | None], error: str
) -> None:
    response = ask(browser, **changes)
    assert response.status_code == 303
    received = parse_qs(urlsplit(response.headers["location"]).query)
    assert (received["error"], received["state"], received["iss"]) == ([error], [GOOD["state"]], [ISSUER])


def test_the_lowest_known_level_counts_and_unknown_ones_do_not(browser: Browser) -> None:
    assert "/interaction/" in ask(browser, acr_values="eidas3 eidas1").headers["location"]
    assert "/interaction/" in ask(browser, acr_values="gold").headers["location"]


def test_a_hybrid_response_type_is_refused_in_the_fragment(browser: Browser) -> None:
    location = urlsplit(ask(browser, response_type="code id_token").headers["location"])
    assert parse_qs(location.fragment)["error"] == ["unsupported_response_type"]


def test_an_unknown_scope_is_ignored_and_one_not_granted_is_refused() -> None:
    with closing(Browser(simulation(service(scopes=frozenset({"openid", "email"}))))) as browser:
        assert "/interaction/" in ask(browser, scope="openid address").headers["location"]
        assert "error=invalid_scope" in ask(browser, scope="openid birthdate").headers["location"]


def test_amr_is_refused_to_a_service_that_may_not_ask_it() -> None:
    claims = '{"id_token":{"amr":{"essential":true}}}'
    with closing(Browser(simulation(service(may_ask_amr=False)))) as browser:
        assert "Y100009" in ask(browser, claims=claims).text
