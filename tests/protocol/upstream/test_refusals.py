"""What is refused at the return from an upstream, and what a person can still do then."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from idp.demo.franceconnect.identities import TEST_REFUSALS
from idp.foundation.clock import FixedClock
from keys.encoding import encode, write_object
from tests.protocol.upstream.accounts import open_sessions, returning, vouched
from tests.support.provider import Site
from tests.support.relying_party import register
from tests.support.upstream import (
    TOKEN,
    USERINFO,
    ScriptedUpstream,
    brokering,
    come_back,
    press,
    scripted_upstream,
    settings_of,
    through,
)
from tests.support.visitor import Page, Visitor

LONG_AGO = 1_000_000


def changed(address: str, **changes: str | None) -> str:
    """The same address with other parameters; None removes one."""
    parts = urlsplit(address)
    parameters = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **changes}
    kept = {name: value for name, value in parameters.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


async def is_refused(page: Page, site: Site, code: str, status: int) -> None:
    """A page of ours with a way back to the sign-in page; nobody signed in and nothing kept."""
    assert (page.status, page.error_code) == (status, code), page.text
    assert await open_sessions(site) == []
    assert await vouched(site) == []
    again = await page.follow("#way-on")
    assert again.has("#signin")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"state": None}, id="no state"),
        pytest.param({"state": ""}, id="empty state"),
        pytest.param({"state": "undefined"}, id="the text undefined"),
        pytest.param({"state": "lpst_" + "x" * 43}, id="made up"),
        pytest.param({"state": "x" * 8000}, id="very long"),
        pytest.param({"state": None, "code": None, "iss": None}, id="nothing at all"),
        pytest.param({"state": "undefined", "code": None, "error": "server_error"}, id="an error without our state"),
    ],
)
async def test_a_return_without_our_state_asks_nothing_of_the_upstream(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, changes: dict[str, str | None]
) -> None:
    back = await come_back((await press(visitor)).address)
    page = await visitor.open(changed(back, **changes))
    await is_refused(page, broker, "upstream_return_unknown", 400)
    assert TOKEN not in upstream.seen


async def test_a_return_in_another_browser_is_refused_and_leaves_the_first_one_whole(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    back = await come_back((await press(visitor)).address)
    stranger = await broker.visitor()
    await is_refused(await stranger.open(back), broker, "upstream_return_unknown", 400)
    assert TOKEN not in upstream.seen
    assert (await visitor.open(back)).path == "/inscription/franceconnect"


async def test_a_signed_in_victim_is_not_signed_in_as_another_by_a_foreign_return(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream
) -> None:
    person = await returning(broker, upstream.issuer)
    await through(visitor)
    attacker = await broker.visitor()
    planted = await come_back((await press(attacker)).address, "bdd_default")
    page = await visitor.open(planted)
    assert page.error_code == "upstream_return_unknown"
    (session,) = await open_sessions(broker)
    assert session["person_id"] == person
    assert await vouched(broker) == []


async def test_a_return_an_hour_late_is_refused(broker: Site, visitor: Visitor, upstream: ScriptedUpstream) -> None:
    back = await come_back((await press(visitor)).address)
    broker.clock.advance(3600)
    await is_refused(await visitor.open(back), broker, "upstream_return_unknown", 400)


async def test_a_doubled_parameter_is_refused(broker: Site, visitor: Visitor) -> None:
    back = await come_back((await press(visitor)).address)
    await is_refused(await visitor.open(f"{back}&code=other"), broker, "upstream_return_unknown", 400)


async def test_a_state_used_at_the_return_of_another_upstream_is_refused(
    file_url: str, upstream: ScriptedUpstream, clock: FixedClock
) -> None:
    with scripted_upstream("autre", clock) as other:
        async with brokering(file_url, settings_of(upstream), settings_of(other, "autre")) as site:
            visitor = await site.visitor()
            back = await come_back((await press(visitor)).address)
            page = await visitor.open(back.replace("/retour/franceconnect", "/retour/autre"))
            await is_refused(page, site, "upstream_return_unknown", 400)
            assert TOKEN not in other.seen + upstream.seen


@pytest.mark.parametrize("issuer", [None, "https://attaquant.exemple", "http://127.0.0.1/api/v2"])
async def test_an_answer_of_another_issuer_is_refused_before_anything_is_sent(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, issuer: str | None
) -> None:
    back = await come_back((await press(visitor)).address)
    await is_refused(await visitor.open(changed(back, iss=issuer)), broker, "upstream_failed", 502)
    assert TOKEN not in upstream.seen


async def test_a_provider_that_announces_its_issuer_must_send_it(file_url: str, upstream: ScriptedUpstream) -> None:
    section = settings_of(upstream, kind="oidc", pkce="never", acr_values=("eidas1",), userinfo="signed")
    async with brokering(file_url, section) as site:
        visitor = await site.visitor()
        back = await come_back((await press(visitor)).address)
        await is_refused(await visitor.open(changed(back, iss=None)), site, "upstream_failed", 502)
        assert (await through(visitor)).path == "/inscription/franceconnect"


async def test_an_upstream_that_is_not_in_the_settings_does_not_exist(visitor: Visitor) -> None:
    assert (await visitor.open("/retour/inconnu?state=x&code=y")).status == 404


async def test_the_return_is_read_by_get_alone(visitor: Visitor) -> None:
    assert (await visitor.send("POST", f"{visitor.issuer}/retour/franceconnect", {"state": ["x"]})).status == 405


async def test_giving_up_at_franceconnect_leads_back_to_the_sign_in_page(broker: Site, visitor: Visitor) -> None:
    page = await through(visitor, "")
    assert "Vous avez quitté FranceConnect" in page.text
    await is_refused(page, broker, "upstream_declined", 403)


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        pytest.param("server_error", "upstream_failed", 502, id="technical failure"),
        pytest.param("temporarily_unavailable", "upstream_unavailable", 503, id="civil register away"),
        pytest.param("invalid_scope", "upstream_failed", 502, id="scope not granted to us"),
        pytest.param("invalid_request", "upstream_failed", 502, id="our request"),
        pytest.param("unsupported_response_type", "upstream_failed", 502, id="our response type"),
        pytest.param("invalid_acr", "upstream_failed", 502, id="level not served"),
        pytest.param("invalid_idp_hint", "upstream_failed", 502, id="identity provider not allowed"),
        pytest.param("login_required", "upstream_failed", 502, id="an error of the standard"),
        pytest.param("<script>alert(1)</script>", "upstream_failed", 502, id="an error of nobody"),
    ],
)
async def test_every_error_has_a_page_with_a_way_back(
    broker: Site, visitor: Visitor, error: str, code: str, status: int
) -> None:
    back = await come_back((await press(visitor)).address, "")
    page = await visitor.open(changed(back, error=error, error_description="<b>gras</b>"))
    assert "gras" not in page.text
    assert "script>alert" not in page.response.text
    await is_refused(page, broker, code, status)


@pytest.mark.parametrize(("login", "refusal"), TEST_REFUSALS.items())
async def test_each_failing_identity_ends_on_a_page_of_ours(
    broker: Site, visitor: Visitor, login: str, refusal: Any
) -> None:
    back = await come_back((await press(visitor)).address, "")
    page = await visitor.open(changed(back, error=refusal.error, error_description=refusal.code))
    assert page.error_code in {"upstream_declined", "upstream_failed", "upstream_unavailable"}
    assert page.has("#way-on")


async def test_an_application_that_waits_is_told_when_the_person_gives_up(broker: Site) -> None:
    application = await register(broker)
    visitor = await broker.visitor()
    page = await through(visitor, "", start=application.start(state="a-demande"))
    left = await page.form("#abandon").submit("#abandon-submit")
    assert left.returned["error"] == "access_denied"
    assert left.returned["state"] == "a-demande"


async def test_neither_code_nor_error_is_refused(broker: Site, visitor: Visitor) -> None:
    back = await come_back((await press(visitor)).address)
    await is_refused(await visitor.open(changed(back, code=None)), broker, "upstream_failed", 502)


async def test_a_code_that_franceconnect_no_longer_takes_is_told_and_not_tried_again(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, clock: FixedClock
) -> None:
    back = await come_back((await press(visitor)).address)
    clock.advance(30)
    await is_refused(await visitor.open(back), broker, "upstream_failed", 502)
    assert upstream.seen.count(TOKEN) == 1


ID_TOKEN_FAULTS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "m" * 43},
    "no nonce": {"nonce": None},
    "no nonce, and a claim that excuses it": {"nonce": None, "nonce_supported": False},
    "for someone else": {"aud": "someone-else"},
    "several audiences without azp": {"aud": ["a" * 64, "other"]},
    "another issuer": {"iss": "https://attaquant.exemple"},
    "expired": {"exp": LONG_AGO},
    "issued in the future": {"iat": 2_000_000_000},
    "lower level": {"acr": "eidas0"},
    "no level": {"acr": None},
    "no subject": {"sub": None},
    "access token of another": {"at_hash": "x" * 22},
    "another algorithm": {"alg": "RS256"},
}


@pytest.mark.parametrize("fault", ID_TOKEN_FAULTS)
async def test_an_id_token_that_fails_one_check_signs_nobody_in(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, fault: str
) -> None:
    await returning(broker, upstream.issuer)
    upstream.alter_id_token(**ID_TOKEN_FAULTS[fault])
    await is_refused(await through(visitor), broker, "upstream_failed", 502)


def unsigned(upstream: ScriptedUpstream) -> None:
    def change(body: bytes) -> bytes:
        content = json.loads(body)
        claims = content["id_token"].split(".")[1]
        return json.dumps({**content, "id_token": f"{encode(write_object({'alg': 'none'}))}.{claims}."}).encode()

    upstream.alter(TOKEN, change)


TOKEN_FAULTS: dict[str, Callable[[ScriptedUpstream], None]] = {
    "unsigned ID token": unsigned,
    "no ID token": lambda upstream: upstream.alter_tokens(id_token=None),
    "no access token": lambda upstream: upstream.alter_tokens(access_token=None),
    "access token as a number": lambda upstream: upstream.alter_tokens(access_token=12),
    "odd token type": lambda upstream: upstream.alter_tokens(token_type="mac"),
    "HTML": lambda upstream: upstream.answer(TOKEN, b"<html>", "text/html"),
    "JSON said to be HTML": lambda upstream: upstream.alter(TOKEN, lambda body: body, "text/html"),
    "a list": lambda upstream: upstream.answer(TOKEN, b"[]"),
    "deep nesting": lambda upstream: upstream.answer(TOKEN, b"[" * 100_000),
    "error without a code": lambda upstream: upstream.answer(TOKEN, b"{}", status=400),
    "ten megabytes": lambda upstream: upstream.answer(TOKEN, b" " * 10_000_000),
    "compressed": lambda upstream: upstream.answer(TOKEN, b"x", content_encoding="gzip"),
    "redirect": lambda upstream: upstream.answer(TOKEN, b"", status=302, location="https://attaquant.exemple/"),
}


@pytest.mark.parametrize("fault", TOKEN_FAULTS)
async def test_a_token_response_that_is_not_one_signs_nobody_in(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, fault: str
) -> None:
    await returning(broker, upstream.issuer)
    TOKEN_FAULTS[fault](upstream)
    await is_refused(await through(visitor), broker, "upstream_failed", 502)
    assert USERINFO not in upstream.seen


def tampered(body: bytes) -> bytes:
    head, claims, signature = body.split(b".")
    return b".".join((head, claims[:-2] + b"AA", signature))


def as_json(body: bytes) -> bytes:
    return json.dumps({"sub": "f" * 64 + "v1", "family_name": "DUBOIS"}).encode()


USERINFO_FAULTS: dict[str, Callable[[ScriptedUpstream], None]] = {
    "another subject": lambda upstream: upstream.alter_userinfo(sub="e" * 64 + "v1"),
    "no subject": lambda upstream: upstream.alter_userinfo(sub=None),
    "for someone else": lambda upstream: upstream.alter_userinfo(aud="someone-else"),
    "another issuer": lambda upstream: upstream.alter_userinfo(iss="https://attaquant.exemple"),
    "another algorithm": lambda upstream: upstream.alter_userinfo(alg="RS256"),
    "tampered": lambda upstream: upstream.alter(USERINFO, tampered),
    "plain JSON": lambda upstream: upstream.alter(USERINFO, as_json, "application/json"),
    "plain JSON said to be signed": lambda upstream: upstream.alter(USERINFO, as_json),
    "refused": lambda upstream: upstream.answer(USERINFO, b'{"error":"invalid_token"}', status=401),
}


@pytest.mark.parametrize("fault", USERINFO_FAULTS)
async def test_user_information_that_fails_one_check_signs_nobody_in(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, fault: str
) -> None:
    await returning(broker, upstream.issuer)
    USERINFO_FAULTS[fault](upstream)
    await is_refused(await through(visitor), broker, "upstream_failed", 502)


async def test_logs_hold_the_reference_that_support_asks_for_and_no_identity(
    broker: Site, visitor: Visitor, upstream: ScriptedUpstream, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    back = await come_back((await press(visitor)).address)
    clock.advance(30)
    page = await visitor.open(back)
    assert "Y049E20B simulation" in caplog.text
    assert page.one(".reference code").get_text() in caplog.text
    await through(visitor)
    secrets = dict(parse_qsl(urlsplit(back).query))
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("idp"))
    assert not any(word in told for word in ("DUBOIS", "Angela", secrets["code"], secrets["state"]))
