"""Requests as JWTs (RFC 9101, OpenID Connect Core 1.0 section 6) and pushed ones (RFC 9126)."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

import pytest

from keys import jose
from keys.encoding import encode, write_object
from keys.peers import PeerKeys
from keys.ring import Key, Stage
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, basic, register
from tests.support.visitor import Page, Visitor

HOLDER = Key.new("ES256", 0, Stage.ACTIVE)
STRANGER = Key.new("ES256", 0, Stage.ACTIVE)
JWKS = {"keys": [HOLDER.published()]}


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    async with opened(settings_for(database_url)) as site:
        await add_person(site.provider)
        yield site


@pytest.fixture
async def signing(site: Site) -> RelyingParty:
    """An application that may sign its requests."""
    return await register(site, jwks=JWKS)


def claims_of(application: RelyingParty, **changes: Any) -> dict[str, Any]:
    """The claims of a correct request object; None leaves one out."""
    query = dict(pair.split("=", 1) for pair in urlsplit(application.start()).query.split("&"))
    claims: dict[str, Any] = {
        "iss": application.client.client_id,
        "aud": application.issuer,
        "client_id": application.client.client_id,
        "response_type": "code",
        "redirect_uri": application.client.redirect_uris[0],
        "scope": "openid email",
        "state": "said-inside",
        "nonce": "said-inside-0123456789",
        "code_challenge": query["code_challenge"],
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def signed(application: RelyingParty, key: Key = HOLDER, typ: str = "oauth-authz-req+jwt", **changes: Any) -> str:
    return jose.sign(key, claims_of(application, **changes), typ=typ)


async def asked(site: Site, application: RelyingParty, **parameters: str) -> Page:
    """Where a browser arrives with these parameters alone."""
    sent = {"client_id": application.client.client_id, **parameters}
    return await (await site.visitor()).open(f"{application.issuer}/authorize?{urlencode(sent)}")


async def sign_in(page: Page) -> Page:
    return await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()


async def test_a_signed_object_is_the_request(site: Site, signing: RelyingParty) -> None:
    answer = (await sign_in(await asked(site, signing, request=signed(signing)))).returned
    assert answer["state"] == "said-inside"
    tokens = (await signing.exchange(answer["code"])).json()
    assert tokens["scope"] == "openid email"


async def test_what_the_object_says_replaces_what_the_query_says(site: Site, signing: RelyingParty) -> None:
    page = await asked(
        site,
        signing,
        request=signed(signing),
        state="said-outside",
        scope="openid profile",
        redirect_uri="https://ailleurs.exemple.fr/retour",
    )
    answer = (await sign_in(page)).returned
    assert answer["state"] == "said-inside"


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
async def test_a_client_or_address_doubled_beside_an_object_is_told_on_a_page(
    site: Site, signing: RelyingParty, name: str
) -> None:
    doubled = [(name, signing.client.client_id), (name, "another"), ("request", signed(signing))]
    sent = [("client_id", signing.client.client_id), *doubled] if name != "client_id" else doubled
    page = await (await site.visitor()).open(f"{signing.issuer}/authorize?{urlencode(sent)}")
    assert page.error_code == "invalid_request"


@pytest.mark.parametrize("name", ["request", "state", "nonce", "scope", "code_challenge"])
async def test_what_is_doubled_beside_an_object_is_refused_even_if_the_object_says_it(
    site: Site, signing: RelyingParty, name: str
) -> None:
    known = [("client_id", signing.client.client_id), ("redirect_uri", signing.client.redirect_uris[0])]
    value = signed(signing)
    sent = [*known, ("request", value), *([(name, value)] if name == "request" else [(name, "a"), (name, "b")])]
    page = await (await site.visitor()).open(f"{signing.issuer}/authorize?{urlencode(sent)}")
    assert page.returned["error"] == "invalid_request"


async def test_an_encrypted_object_is_opened(site: Site, signing: RelyingParty) -> None:
    published = (await (await site.client()).get("/jwks")).json()
    key = PeerKeys.parse(published).for_encryption("RSA-OAEP-256")
    object_ = jose.encrypt(signed(signing), key, alg="RSA-OAEP-256", enc="A256GCM")
    answer = (await sign_in(await asked(site, signing, request=object_))).returned
    assert answer["state"] == "said-inside"


def unsigned(application: RelyingParty, signature: str = "") -> str:
    header = encode(write_object({"alg": "none"}))
    return f"{header}.{encode(write_object(claims_of(application)))}.{signature}"


REFUSED: dict[str, Callable[[RelyingParty], str]] = {
    "another's key": lambda it: signed(it, STRANGER),
    "for someone else": lambda it: signed(it, aud="https://ailleurs.exemple.fr"),
    "from someone else": lambda it: signed(it, iss="another"),
    "about another client": lambda it: signed(it, client_id="another"),
    "an assertion of the client": lambda it: signed(it, sub=it.client.client_id),
    "expired": lambda it: signed(it, exp=1),
    "not yet": lambda it: signed(it, nbf=99_999_999_999),
    "an object in the object": lambda it: signed(it, request="x"),
    "another kind of token": lambda it: signed(it, typ="at+jwt"),
    "unsigned": unsigned,
    "unsigned with a signature": lambda it: unsigned(it, "AAAA"),
    "cut": lambda it: signed(it)[:-6],
    "not a token": lambda it: "abc",
    "too long": lambda it: signed(it, filler="x" * 7_000),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_an_object_that_is_not_good_is_refused_at_the_address_of_the_query(
    site: Site, signing: RelyingParty, case: str
) -> None:
    page = await asked(
        site,
        signing,
        request=REFUSED[case](signing),
        redirect_uri=signing.client.redirect_uris[0],
        response_type="code",
        state="said-outside",
    )
    assert page.returned["error"] == "invalid_request_object"
    assert page.returned["state"] == "said-outside"


async def test_a_bad_object_with_nowhere_to_answer_is_told_on_a_page(site: Site, signing: RelyingParty) -> None:
    page = await asked(site, signing, request=signed(signing, STRANGER))
    assert page.error_code == "redirect_uri_missing"


async def test_an_unsigned_object_is_taken_where_the_settings_say_so(database_url: str) -> None:
    async with opened(settings_for(database_url, unsigned_request_objects=True)) as site:
        await add_person(site.provider)
        application = await register(site)
        answer = (await sign_in(await asked(site, application, request=unsigned(application)))).returned
        assert answer["state"] == "said-inside"
        bound = await register(site, "bound", jwks=JWKS, request_object_signing_alg="ES256")
        page = await asked(site, bound, request=unsigned(bound), redirect_uri=bound.client.redirect_uris[0])
        assert page.returned["error"] == "invalid_request_object"


async def test_a_client_that_has_to_sign_may_not_ask_otherwise(site: Site) -> None:
    application = await register(site, jwks=JWKS, require_signed_request_object=True)
    page = await (await site.visitor()).open(application.start())
    assert page.returned["error"] == "invalid_request"


async def push(application: RelyingParty, **changes: str | None) -> Any:
    """Push a request as a program does."""
    data: dict[str, str | None] = {}
    for pair in urlsplit(application.start()).query.split("&"):
        name, _, value = pair.partition("=")
        data[name] = unquote_plus(value)
    sent = {name: value for name, value in (data | changes).items() if value is not None}
    headers = {"authorization": basic(application.client.client_id, application.secret or "")}
    return await application.http.post("/par", data=sent, headers=headers)


async def test_a_pushed_request_is_named_by_a_reference_that_serves_once(site: Site, signing: RelyingParty) -> None:
    pushed = await push(signing, state="pushed")
    assert pushed.status_code == 201
    assert pushed.headers["cache-control"] == "no-store"
    assert 5 < pushed.json()["expires_in"] <= 60
    reference = pushed.json()["request_uri"]
    await asked(site, signing, request_uri=reference)  # a page opened and left does not spend it
    answer = (await sign_in(await asked(site, signing, request_uri=reference))).returned
    assert answer["state"] == "pushed"
    assert (await signing.exchange(answer["code"])).status_code == 200
    assert (await asked(site, signing, request_uri=reference)).error_code == "invalid_request_uri"


async def test_a_pushed_request_is_answered_once_whatever_races(site: Site, signing: RelyingParty) -> None:
    reference = (await push(signing)).json()["request_uri"]
    first, second = await asked(site, signing, request_uri=reference), await asked(site, signing, request_uri=reference)
    assert "code" in (await sign_in(first)).returned
    assert "code" not in (await sign_in(second)).text
    assert (await sign_in(second)).error_code or (await sign_in(second)).returned["error"]


async def test_what_stands_beside_a_reference_is_not_looked_at(site: Site, signing: RelyingParty) -> None:
    reference = (await push(signing, state="pushed")).json()["request_uri"]
    page = await asked(site, signing, request_uri=reference, state="beside", redirect_uri="https://ailleurs.exemple.fr")
    assert (await sign_in(page)).returned["state"] == "pushed"


@pytest.mark.parametrize("name", ["client_id", "request_uri"])
async def test_a_reference_or_client_sent_twice_is_told_on_a_page(site: Site, signing: RelyingParty, name: str) -> None:
    reference = (await push(signing)).json()["request_uri"]
    sent = [("client_id", signing.client.client_id), ("request_uri", reference)]
    page = await (await site.visitor()).open(f"{signing.issuer}/authorize?{urlencode([*sent, (name, 'another')])}")
    assert page.error_code == "invalid_request"
    assert (await asked(site, signing, request_uri=reference)).has("#signin")


async def test_a_reference_belongs_to_the_client_that_pushed_and_dies_in_a_minute(
    site: Site, signing: RelyingParty
) -> None:
    other = await register(site, "other")
    reference = (await push(signing)).json()["request_uri"]
    assert (await asked(site, other, request_uri=reference)).error_code == "invalid_request_uri"
    site.clock.advance(60)
    assert (await asked(site, signing, request_uri=reference)).error_code == "invalid_request_uri"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "https://ailleurs.exemple.fr/retour"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"scope": "nothing"}, "invalid_scope"),
    ],
)
async def test_a_pushed_request_is_judged_at_once(
    signing: RelyingParty, changes: dict[str, str | None], error: str
) -> None:
    refused = await push(signing, **changes)
    assert (refused.status_code, refused.json()["error"]) == (400, error)


async def test_pushing_takes_a_client_that_proves_itself(signing: RelyingParty) -> None:
    refused = await signing.http.post("/par", data={"client_id": signing.client.client_id, "response_type": "code"})
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_a_client_that_has_to_push_may_not_ask_otherwise(site: Site) -> None:
    application = await register(site, require_pushed_authorization_requests=True)
    visitor: Visitor = await site.visitor()
    assert (await visitor.open(application.start())).returned["error"] == "invalid_request"
