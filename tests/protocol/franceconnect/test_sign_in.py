"""A whole sign-in at the simulated FranceConnect: pages, code, tokens, user information, logout."""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from idp.demo.franceconnect.identities import TEST_IDENTITIES, TEST_REFUSALS, Refusal
from idp.foundation.clock import FixedClock
from keys import jose
from tests.protocol.franceconnect.test_authorize import GOOD, ask
from tests.support.franceconnect import (
    CLIENT_ID,
    CLIENT_SECRET,
    ISSUER,
    LOGOUT_RETURN,
    NOW,
    RETURN,
    Browser,
    ring,
    service,
    simulation,
)

EXCHANGE = {
    "grant_type": "authorization_code",
    "redirect_uri": RETURN,
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def browser(clock: FixedClock) -> Iterator[Browser]:
    client = Browser(simulation(clock=clock))
    yield client
    client.close()


def choose(browser: Browser, fields: dict[str, str], **changes: str) -> str:
    """Go to the information page as this person; the address of the journey."""
    journey = ask(browser, **changes).headers["location"]
    browser.post(f"{journey}/identity", data=fields)
    return journey


def sign_in(browser: Browser, login: str = "test", **changes: str) -> dict[str, str]:
    """The parameters received at our callback."""
    journey = choose(browser, {"login": login}, **changes)
    response = browser.post(f"{journey}/confirm")
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def exchange(browser: Browser, code: str, **changes: str) -> httpx2.Response:
    return browser.post("/api/v2/token", data={**EXCHANGE, "code": code, **changes})


def identity_of(browser: Browser, access_token: str) -> dict[str, Any]:
    response = browser.get("/api/v2/userinfo", headers={"Authorization": f"Bearer {access_token}"})
    assert response.headers["content-type"].startswith("application/jwt")
    return jose.verify(response.text, ring(), algorithms=("ES256",))


def test_a_sign_in_gives_a_code_then_tokens_then_a_signed_identity(browser: Browser) -> None:
    received = sign_in(browser)
    assert (received["state"], received["iss"]) == (GOOD["state"], ISSUER)
    tokens = exchange(browser, received["code"]).json()
    assert tokens.keys() == {"access_token", "expires_in", "id_token", "scope", "token_type"}
    assert tokens["expires_in"] == 60
    id_token = jose.verify(tokens["id_token"], ring(), algorithms=("ES256",))
    assert id_token.keys() == {"iss", "aud", "sub", "exp", "iat", "auth_time", "nonce", "acr"}
    assert (id_token["nonce"], id_token["acr"], id_token["exp"]) == (GOOD["nonce"], "eidas1", NOW + 60)
    identity = identity_of(browser, tokens["access_token"])
    assert identity["sub"] == id_token["sub"]
    assert re.fullmatch(r"[0-9a-f]{64}v1", str(identity["sub"]))
    assert identity["given_name_array"] == ["Angela", "Claire", "Louise"]
    assert (identity["birthplace"], identity["email"]) == ("75107", "wossewodda-3728@yopmail.com")
    assert (identity["aud"], identity["iss"]) == (CLIENT_ID, ISSUER)


@pytest.mark.parametrize("login", TEST_IDENTITIES)
def test_each_test_identity_signs_in_with_the_scopes_asked(browser: Browser, login: str) -> None:
    received = sign_in(browser, login, scope="openid identite_pivot idp_birthdate")
    identity = identity_of(browser, exchange(browser, received["code"]).json()["access_token"])
    assert " ".join(identity["given_name_array"]) == identity["given_name"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", identity["birthdate"])
    assert "-00" not in identity["birthdate"]
    assert "email" not in identity


def test_presumed_birth_dates_are_completed_and_the_raw_one_kept(browser: Browser) -> None:
    received = sign_in(browser, "étranger_présumé_né_jour_et_mois", scope="openid birthdate idp_birthdate birth")
    identity = identity_of(browser, exchange(browser, received["code"]).json()["access_token"])
    assert (identity["birthdate"], identity["idp_birthdate"]) == ("1992-01-01", "1992-00-00")
    assert (identity["birthplace"], identity["birthcountry"]) == ("", "99217")


def test_an_identity_typed_by_hand_signs_in(browser: Browser) -> None:
    ada = {
        "given_name": "Augusta, Ada",
        "family_name": "BYRON",
        "preferred_username": "King, Countess of Lovelace",
        "gender": "female",
        "birthdate": "1815-12-10",
        "birthplace": "",
        "birthcountry": "99132",
        "email": "ada@babbage.co.uk",
    }
    journey = choose(browser, ada, scope="openid profile")
    response = browser.post(f"{journey}/confirm")
    code = parse_qs(urlsplit(response.headers["location"]).query)["code"][0]
    identity = identity_of(browser, exchange(browser, code).json()["access_token"])
    assert identity["given_name_array"] == ["Augusta", "Ada"]
    assert identity["preferred_username"] == "King, Countess of Lovelace"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"birthplace": ""}, id="born in France, no commune"),
        pytest.param({"birthdate": "1992-00-15"}, id="day known, month unknown"),
        pytest.param({"birthdate": "1992-02-30"}, id="a day that is not"),
        pytest.param({"birthcountry": "France"}, id="country by name"),
        pytest.param({"gender": ""}, id="no gender"),
        pytest.param({"email": ""}, id="no e-mail"),
        pytest.param({"given_name": " , "}, id="no given name"),
        pytest.param({"family_name": "X" * 257}, id="a name of 257 letters"),
    ],
)
def test_a_malformed_typed_identity_is_refused_with_a_way_back(browser: Browser, fields: dict[str, str]) -> None:
    good = {
        "given_name": "Ada",
        "family_name": "BYRON",
        "gender": "female",
        "birthdate": "1992-02-03",
        "birthplace": "75107",
        "birthcountry": "99100",
        "email": "ada@example.fr",
    }
    journey = ask(browser).headers["location"]
    page = browser.post(f"{journey}/identity", data={**good, **fields})
    assert 'data-code="Y600006"' in page.text
    assert "error=server_error" in page.text


@pytest.mark.parametrize(("login", "refusal"), TEST_REFUSALS.items())
def test_each_failing_identity_shows_its_code_and_its_error(browser: Browser, login: str, refusal: Refusal) -> None:
    journey = ask(browser).headers["location"]
    page = browser.post(f"{journey}/identity", data={"login": login})
    assert f'data-code="{refusal.code}"' in page.text
    assert f"error={refusal.error}" in page.text
    assert "state=" + GOOD["state"] in page.text


def test_going_back_to_the_service_is_a_denial(browser: Browser) -> None:
    journey = ask(browser).headers["location"]
    response = browser.get(f"{journey}/abort")
    received = parse_qs(urlsplit(response.headers["location"]).query)
    assert received["error"] == ["access_denied"]
    assert received["error_description"] == ["User auth aborted"]


def test_a_journey_belongs_to_the_browser_that_began_it(browser: Browser) -> None:
    journey = choose(browser, {"login": "test"})
    browser.cookies.clear()
    assert "Y190001" in browser.post(f"{journey}/confirm").text


def test_its_own_session_skips_the_choice_for_thirty_minutes(browser: Browser, clock: FixedClock) -> None:
    sign_in(browser)
    clock.advance(1799)
    assert "Vous allez vous connecter" in browser.get(ask(browser).headers["location"]).text
    clock.advance(1800)
    assert "Je choisis une identité" in browser.get(ask(browser).headers["location"]).text


def test_the_subject_belongs_to_the_organisation_and_to_the_civil_identity(clock: FixedClock) -> None:
    def subject(login: str, **registration: str) -> str:
        with closing(Browser(simulation(service(**registration), clock=clock))) as browser:
            tokens = exchange(browser, sign_in(browser, login)["code"]).json()
            return str(identity_of(browser, tokens["access_token"])["sub"])

    assert subject("test") == subject("test")
    assert subject("test") != subject("bdd_default")
    assert subject("test", entity_id="e" * 32) != subject("test")


def test_a_code_lives_thirty_seconds(browser: Browser, clock: FixedClock) -> None:
    received = sign_in(browser)
    clock.advance(30)
    response = exchange(browser, received["code"])
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert "Y049E20B" in response.json()["error_uri"]


def test_a_code_serves_once_and_its_replay_revokes_the_token(browser: Browser) -> None:
    code = sign_in(browser)["code"]
    access_token = exchange(browser, code).json()["access_token"]
    assert exchange(browser, code).status_code == 400
    response = browser.get("/api/v2/userinfo", headers={"Authorization": f"Bearer {access_token}"})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


def test_an_access_token_lives_sixty_seconds(browser: Browser, clock: FixedClock) -> None:
    access_token = exchange(browser, sign_in(browser)["code"]).json()["access_token"]
    clock.advance(60)
    response = browser.get("/api/v2/userinfo", headers={"Authorization": f"Bearer {access_token}"})
    assert response.status_code == 401


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        pytest.param({"client_secret": "wrong"}, 401, "invalid_client", id="wrong secret"),
        pytest.param({"client_id": "nobody"}, 401, "invalid_client", id="unknown client"),
        pytest.param({"redirect_uri": LOGOUT_RETURN}, 400, "invalid_grant", id="another redirect_uri"),
        pytest.param({"code": "made-up"}, 400, "invalid_grant", id="unknown code"),
        pytest.param({"code": ""}, 400, "invalid_request", id="no code"),
        pytest.param({"grant_type": "refresh_token"}, 400, "unsupported_grant_type", id="refresh token"),
    ],
)
def test_a_wrong_exchange_is_refused_in_json(
    browser: Browser, changes: dict[str, str], status: int, error: str
) -> None:
    response = exchange(browser, **{"code": sign_in(browser)["code"], **changes})
    assert (response.status_code, response.json()["error"]) == (status, error)


def test_user_information_is_read_by_get_alone(browser: Browser) -> None:
    assert browser.post("/api/v2/userinfo").status_code == 405


def test_a_revoked_token_no_longer_serves(browser: Browser) -> None:
    access_token = exchange(browser, sign_in(browser)["code"]).json()["access_token"]
    secret = {"token": access_token, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    hinted = {**secret, "token_type_hint": "access_token"}
    assert browser.post("/api/v2/token/revocation", data=hinted).status_code == 400
    assert browser.post("/api/v2/token/revocation", data=secret).status_code == 200
    assert browser.get("/api/v2/userinfo", headers={"Authorization": f"Bearer {access_token}"}).status_code == 401


def test_amr_comes_when_it_is_asked(browser: Browser) -> None:
    received = sign_in(browser, claims='{"id_token":{"amr":{"essential":true}}}')
    id_token = exchange(browser, received["code"]).json()["id_token"]
    assert jose.verify(id_token, ring(), algorithms=("ES256",))["amr"] == ["fc", "pwd"]


def test_a_client_registered_for_rs256_receives_rs256(clock: FixedClock) -> None:
    with closing(Browser(simulation(service(signing_algorithm="RS256"), clock=clock))) as browser:
        id_token = exchange(browser, sign_in(browser)["code"]).json()["id_token"]
        assert jose.peek(id_token)["alg"] == "RS256"


def test_the_information_page_is_skipped_only_where_it_is_allowed_and_asked(clock: FixedClock) -> None:
    with closing(Browser(simulation(service(skips_information_page=True), clock=clock))) as browser:
        journey = choose(browser, {"login": "test"}, prompt="login")
        response = browser.get(journey)
        assert "code=" in response.headers["location"]
        journey = ask(browser).headers["location"]
        assert browser.get(journey).status_code == 200


def end_session(browser: Browser, **parameters: str) -> httpx2.Response:
    return browser.get("/api/v2/session/end", params=parameters)


def test_logout_ends_the_session_and_returns_with_the_state_even_hours_later(
    browser: Browser, clock: FixedClock
) -> None:
    id_token = exchange(browser, sign_in(browser)["code"]).json()["id_token"]
    clock.advance(7200)
    response = end_session(browser, id_token_hint=id_token, post_logout_redirect_uri=LOGOUT_RETURN, state="s" * 43)
    assert response.headers["location"] == f"{LOGOUT_RETURN}?state={'s' * 43}"
    assert "Je choisis une identité" in browser.get(ask(browser).headers["location"]).text


def test_logout_without_a_return_address_ends_on_a_page(browser: Browser) -> None:
    id_token = exchange(browser, sign_in(browser)["code"]).json()["id_token"]
    assert "Vous êtes déconnecté" in end_session(browser, id_token_hint=id_token).text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"id_token_hint": ""}, "Y000400", id="no hint"),
        pytest.param({"ui": "x"}, "Y000400", id="unknown parameter"),
        pytest.param({"post_logout_redirect_uri": "nowhere"}, "Y000400", id="return address that is no URL"),
        pytest.param({"post_logout_redirect_uri": LOGOUT_RETURN + "/"}, "Y04CFAEF", id="return address not registered"),
        pytest.param({"client_id": "another"}, "Y04E3F2A", id="hint of another client"),
        pytest.param({"id_token_hint": "a.b.c"}, "Y04E3F2A", id="forged hint"),
    ],
)
def test_a_malformed_logout_is_a_dead_end(browser: Browser, changes: dict[str, str], code: str) -> None:
    id_token = exchange(browser, sign_in(browser)["code"]).json()["id_token"]
    response = end_session(browser, **{"id_token_hint": id_token, "post_logout_redirect_uri": LOGOUT_RETURN, **changes})
    assert response.status_code == 400
    assert f'data-code="{code}"' in response.text


def test_discovery_and_keys_are_kept_ten_minutes_and_nothing_else_is(browser: Browser) -> None:
    discovery = browser.get("/api/v2/.well-known/openid-configuration")
    published = browser.get("/api/v2/jwks")
    assert discovery.headers["cache-control"] == published.headers["cache-control"] == "public, max-age=600"
    assert discovery.json()["issuer"] == ISSUER
    assert discovery.json()["acr_values_supported"] == ["eidas1"]
    assert not {"address", "offline_access"} & set(discovery.json()["scopes_supported"])
    assert {key["alg"] for key in published.json()["keys"]} == {"ES256", "RS256"}
    assert all("d" not in key for key in published.json()["keys"])
    assert ask(browser).headers["cache-control"] == "no-store"


def test_its_home_page_says_that_it_is_a_simulation(browser: Browser) -> None:
    page = browser.get("/").text
    assert "Ceci n'est pas FranceConnect" in page
    assert browser.get("/style.css").headers["content-type"].startswith("text/css")
