"""What is asked of each server, one flow after another; each leaves here what the next ones ask with (codes, tokens).

Every answer is judged by what it says, ID tokens by their signature too: a fast refusal is no result.
"""

import base64
import hashlib
from collections.abc import Sequence
from contextlib import AsyncExitStack
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from tests.benchmarks.subjects import CLIENT_ID, PEOPLE, SCOPE, Subject
from tests.benchmarks.traffic import Flow, Traffic
from tests.benchmarks.wire import Answer, ask_all, connected, request
from tests.support.people import PASSWORD
from tests.support.relying_party import REDIRECT, VERIFIER
from tests.support.visitor import Visitor

SIGN_INS_AT_ONCE = 4
CHEAP = 3
"""How many times as many requests of what costs little, for figures as steady as those of the others."""

PUSHED = "urn:ietf:params:oauth:request_uri:"
CODE = "code exchange"
SIGN_IN = "password sign-in"


# Discovery


async def _discoveries(traffic: Traffic) -> Sequence[bytes]:
    return [request("GET", f"{traffic.subject.issuer}/.well-known/openid-configuration")] * traffic.count * CHEAP


def _take_discovery(traffic: Traffic, _: int, answer: Answer) -> None:
    assert answer.json() == traffic.subject.endpoints


# Authorization: RFC 6749 section 4.1, OpenID Connect Core section 3.3, RFC 9126


def _returned(answer: Answer, number: int, part: str) -> dict[str, str]:
    """What a redirect gives the application in the query or the fragment of its address."""
    address = answer.header("location")
    assert address.startswith(REDIRECT)
    given = {name: values[0] for name, values in parse_qs(getattr(urlsplit(address), part)).items()}
    assert given["state"] == f"state-{number}"
    return given


async def _authorizations(traffic: Traffic) -> Sequence[bytes]:
    return traffic.browse(traffic.subject.authorization(number) for number in range(traffic.count))


def _take_code(traffic: Traffic, number: int, answer: Answer) -> None:
    traffic.codes.append(_returned(answer, number, "query")["code"])


async def _hybrid_authorizations(traffic: Traffic) -> Sequence[bytes]:
    ask = traffic.subject.authorization
    return traffic.browse(ask(number, response_type="code id_token") for number in range(traffic.count))


def _take_hybrid(traffic: Traffic, number: int, answer: Answer) -> None:
    given = _returned(answer, number, "fragment")
    assert "access_token" not in given
    claims = traffic.identified(given["id_token"])
    assert claims["nonce"].startswith(f"nonce-{number}-")
    half = hashlib.sha256(given["code"].encode()).digest()[:16]
    assert claims["c_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


async def _pushes(traffic: Traffic) -> Sequence[bytes]:
    asked = [traffic.subject.authorization_parameters(number) for number in range(traffic.count)]
    return [traffic.post("pushed_authorization_request_endpoint", parameters) for parameters in asked]


def _take_reference(traffic: Traffic, _: int, answer: Answer) -> None:
    pushed = answer.json()
    assert pushed["request_uri"].startswith(PUSHED)
    assert pushed["expires_in"] > 0
    traffic.references.append(pushed["request_uri"])


async def _pushed_authorizations(traffic: Traffic) -> Sequence[bytes]:
    return traffic.browse(map(traffic.subject.pushed_authorization, traffic.references))


def _take_pushed_code(_: Traffic, number: int, answer: Answer) -> None:
    assert _returned(answer, number, "query")["code"]


# Tokens


async def _exchanges(traffic: Traffic) -> Sequence[bytes]:
    proof = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    return [traffic.post("token_endpoint", {**proof, "code": code}) for code in traffic.codes]


def _take_tokens(traffic: Traffic, number: int, answer: Answer) -> None:
    tokens = answer.json()
    assert traffic.identified(tokens["id_token"])["nonce"].startswith(f"nonce-{number}-")
    traffic.tokens.append(tokens)


async def _refreshes(traffic: Traffic) -> Sequence[bytes]:
    forms = [{"grant_type": "refresh_token", "refresh_token": each["refresh_token"]} for each in traffic.tokens]
    return [traffic.post("token_endpoint", form) for form in forms]


def _take_refreshed(traffic: Traffic, number: int, answer: Answer) -> None:
    tokens, former = answer.json(), traffic.tokens[number]
    assert traffic.identified(tokens["id_token"])
    assert tokens["access_token"] != former["access_token"]
    assert tokens["refresh_token"] != former["refresh_token"]
    traffic.refreshed.append(tokens)


async def _userinfos(traffic: Traffic) -> Sequence[bytes]:
    address = traffic.subject.endpoints["userinfo_endpoint"]
    bearing = [f"Bearer {each['access_token']}" for each in traffic.refreshed]
    return [request("GET", address, authorization=bearer) for bearer in bearing] * CHEAP


def _take_userinfo(_: Traffic, __: int, answer: Answer) -> None:
    assert answer.json().keys() >= {"sub", "given_name", "family_name", "email", "email_verified"}


async def _introspections(traffic: Traffic) -> Sequence[bytes]:
    asked = [{"token": each["access_token"]} for each in traffic.refreshed]
    return [traffic.post("introspection_endpoint", form) for form in asked] * CHEAP


def _take_introspection(_: Traffic, __: int, answer: Answer) -> None:
    said = answer.json()
    assert said["active"] is True
    assert said["client_id"] == CLIENT_ID


async def _client_credentials(traffic: Traffic) -> Sequence[bytes]:
    return [traffic.post("token_endpoint", {"grant_type": "client_credentials"})] * traffic.count * CHEAP


def _take_access_token(_: Traffic, __: int, answer: Answer) -> None:
    assert answer.json()["access_token"]


# Registration: RFC 7591 and 7592


async def _registrations(traffic: Traffic) -> Sequence[bytes]:
    document = {
        "redirect_uris": [REDIRECT],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "RS256",
        "scope": SCOPE,
    }
    address = traffic.subject.endpoints["registration_endpoint"]
    documents = [{**document, "client_name": f"Démarche {number}"} for number in range(traffic.count)]
    return [request("POST", address, document=each) for each in documents]


def _take_registration(traffic: Traffic, number: int, answer: Answer) -> None:
    told = answer.json()
    assert told["client_name"] == f"Démarche {number}"
    assert told["redirect_uris"] == [REDIRECT]
    assert told["client_secret"]
    traffic.registered.append(told)


async def _readings(traffic: Traffic) -> Sequence[bytes]:
    return [
        request("GET", told["registration_client_uri"], authorization=f"Bearer {told['registration_access_token']}")
        for told in traffic.registered
    ]


def _take_reading(traffic: Traffic, number: int, answer: Answer) -> None:
    assert answer.json()["client_id"] == traffic.registered[number]["client_id"]


# Passwords


async def _sign_ins(traffic: Traffic) -> Sequence[bytes]:
    """Everybody signs in again from the browser they signed in with before, as people mostly do."""
    issuer = traffic.subject.issuer
    async with AsyncExitStack() as stack:
        count = max(traffic.count // 10, 20)
        browsers = [await stack.enter_async_context(httpx2.AsyncClient()) for _ in range(min(count, PEOPLE))]
        first = [await _sign_in_form(traffic.subject, browser, number) for number, browser in enumerate(browsers)]
        connections = await stack.enter_async_context(connected(issuer, SIGN_INS_AT_ONCE))
        answers = await ask_all(connections, first)
        assert {answer.status for answer in answers} == {303}
        return [await _sign_in_form(traffic.subject, browsers[n % len(browsers)], n) for n in range(count)]


async def _sign_in_form(subject: Subject, browser: httpx2.AsyncClient, number: int) -> bytes:
    """The form of a person's browser, filled in and not yet sent, from an address of its own."""
    page = await Visitor(browser, subject.issuer).open(subject.authorization(number))
    form = page.form("#signin").fill(identifier=f"person.{number % PEOPLE}", password=PASSWORD)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)
    sent = {name: values[0] for name, values in form.values.items() if values}
    address = urljoin(page.address, str(form.element.get("action") or page.address))
    origin = {"origin": subject.issuer, "sec_fetch_site": "same-origin"}
    proxied = {"x_forwarded_for": f"10.0.{number // 250}.{number % 250 + 1}"}
    return request("POST", address, sent, cookie=cookies, **origin, **proxied)


def _take_session(traffic: Traffic, _: int, answer: Answer) -> None:
    assert urlsplit(answer.header("location")).path.startswith("/interaction/")
    assert b"session=" in answer.head


FLOWS = (
    Flow("discovery", _discoveries, 200, _take_discovery),
    Flow("authorize with a session", _authorizations, 303, _take_code),
    Flow(CODE, _exchanges, 200, _take_tokens),
    Flow("refresh", _refreshes, 200, _take_refreshed),
    Flow("userinfo", _userinfos, 200, _take_userinfo),
    Flow("introspection", _introspections, 200, _take_introspection),
    Flow("client credentials", _client_credentials, 200, _take_access_token),
    Flow("hybrid authorize", _hybrid_authorizations, 303, _take_hybrid),
    Flow("push a request", _pushes, 201, _take_reference),
    Flow("authorize what was pushed", _pushed_authorizations, 303, _take_pushed_code),
    Flow("register", _registrations, 201, _take_registration),
    Flow("read a registration", _readings, 200, _take_reading),
    Flow(SIGN_IN, _sign_ins, 303, _take_session, connections=SIGN_INS_AT_ONCE, by_password=True),
)
