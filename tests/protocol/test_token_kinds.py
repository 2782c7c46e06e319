"""No token passes for a token of another kind (RFC 8725 section 3.11): every kind, at every place that reads one.

A place is wherever a token lets somebody in, tells something of a person, asks for a client or ends something.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from idp.oidc.logout_token import logout_token
from idp.oidc.par import PREFIX
from tests.protocol.test_device import GRANT
from tests.protocol.test_request_objects import HOLDER, JWKS, push, signed
from tests.support.assertions import TYPE, assertion_for
from tests.support.people import add_person
from tests.support.provider import NOW, Site
from tests.support.registrant import Registrant, initial_token, registering, registrant
from tests.support.relying_party import RelyingParty, basic, payload_of, register
from tests.support.signing_in import code_for, tokens_for
from tests.support.visitor import Visitor


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider where applications register with an initial token."""
    async with registering(database_url, "token") as site:
        await add_person(site.provider)
        yield site


@dataclass
class Town:
    """Camille signed in to an application, and one live token of each kind."""

    site: Site
    application: RelyingParty
    asserting: RelyingParty
    registrant: Registrant
    registered: dict[str, Any]
    visitor: Visitor
    kinds: dict[str, str]


@pytest.fixture
async def town(site: Site) -> Town:
    members: dict[str, Any] = {
        "grant_types": ("authorization_code", "refresh_token", GRANT),
        "jwks": JWKS,
        "backchannel_logout_uri": "https://demarches.exemple.fr/sign-out",
    }
    application = await register(site, **members)
    structured = await register(site, "structured", access_token_format="jwt", userinfo_signed_response_alg="RS256")
    asserting = await register(site, "asserting", token_endpoint_auth_method="private_key_jwt", jwks=JWKS)
    visitor, program = await site.visitor(), await registrant(site)
    tokens, others = await tokens_for(visitor, application), await tokens_for(visitor, structured)
    said = payload_of(tokens["id_token"])
    _, spent = await initial_token(site)
    _, initial = await initial_token(site)
    registered = (await program.register(token=spent)).json()
    headers = {"authorization": basic(application.client.client_id, application.secret or "")}
    device = (await application.http.post("/device", data={"scope": "openid"}, headers=headers)).json()
    kinds = {
        "access token": tokens["access_token"],
        "access token that is a JWT": others["access_token"],
        "ID token": tokens["id_token"],
        "refresh token": tokens["refresh_token"],
        "code": await code_for(visitor, application),
        "device code": device["device_code"],
        "user code": device["user_code"],
        "pushed request": (await push(application)).json()["request_uri"].removeprefix(PREFIX),
        "request object": signed(application),
        "assertion": assertion_for(asserting, HOLDER.jwk, kid=HOLDER.kid)["client_assertion"],
        "logout token": logout_token(site.provider, application.client, said["sub"], said["sid"], NOW),
        "signed user information": (await structured.userinfo(others["access_token"])).text,
        "client secret": application.secret or "",
        "registration token": registered["registration_access_token"],
        "initial token": initial,
        **{name.removeprefix("__Host-"): value for name, value in visitor.client.cookies.items()},
    }
    return Town(site, application, asserting, program, registered, visitor, kinds)


Reader = Callable[[Town, str], Awaitable[bool]]
"""Whether a place takes a token."""


async def userinfo(town: Town, token: str) -> bool:
    return (await town.application.userinfo(token)).status_code == 200


async def introspection(town: Town, token: str) -> bool:
    return bool((await town.application.introspect(token))["active"])


async def refreshing(town: Town, token: str) -> bool:
    return (await town.application.refresh(token)).status_code == 200


async def exchange(town: Town, token: str) -> bool:
    return (await town.application.exchange(token)).status_code == 200


async def device(town: Town, token: str) -> bool:
    answer = await town.application.token(grant_type=GRANT, device_code=token)
    return bool(answer.json().get("error") == "authorization_pending")


async def session(town: Town, token: str) -> bool:
    """The cookie of a browser that is somebody else's."""
    browser = await town.site.visitor()
    browser.client.cookies.set("__Host-session", token)
    return not (await browser.open("/mon-compte")).has("#signin")


async def hint(town: Town, token: str) -> bool:
    page = await town.visitor.open(town.application.start(id_token_hint=token, prompt="none"))
    return "code" in page.returned


async def sign_out_hint(town: Town, token: str) -> bool:
    """The person is not asked."""
    return not (await town.visitor.open(town.application.logout(token))).has("#signout")


async def request(town: Town, token: str) -> bool:
    client = town.application.client
    sent = {"client_id": client.client_id, "redirect_uri": client.redirect_uris[0], "request": token}
    page = await (await town.site.visitor()).open(f"{town.site.issuer}/authorize?{urlencode(sent)}")
    return page.has("#signin")


async def reference(town: Town, token: str) -> bool:
    sent = {"client_id": town.application.client.client_id, "request_uri": f"{PREFIX}{token}"}
    page = await (await town.site.visitor()).open(f"{town.site.issuer}/authorize?{urlencode(sent)}")
    return page.has("#signin")


async def assertion(town: Town, token: str) -> bool:
    """A client that is accepted is told that the code is unknown."""
    proof = {"client_id": "asserting", "client_assertion_type": TYPE, "client_assertion": token}
    return bool((await town.asserting.exchange("unknown", **proof)).json()["error"] == "invalid_grant")


async def secret(town: Town, token: str) -> bool:
    headers = {"authorization": basic(town.application.client.client_id, token)}
    form = {"grant_type": "authorization_code", "code": "unknown"}
    answer = await town.application.http.post("/token", data=form, headers=headers)
    return bool(answer.json()["error"] == "invalid_grant")


async def registration(town: Town, token: str) -> bool:
    answer = await town.registrant.ask("GET", town.registered | {"registration_access_token": token})
    return answer.status_code == 200


async def door(town: Town, token: str) -> bool:
    return (await town.registrant.register(token=token)).status_code == 201


TAKES: dict[Reader, set[str]] = {
    userinfo: {"access token", "access token that is a JWT"},
    introspection: {"access token", "refresh token"},
    refreshing: {"refresh token"},
    exchange: {"code"},
    device: {"device code"},
    session: {"session"},
    hint: {"ID token"},
    sign_out_hint: {"ID token"},
    request: {"request object"},
    reference: {"pushed request"},
    assertion: {"assertion"},
    secret: {"client secret"},
    registration: {"registration token"},
    door: {"initial token"},
}


@pytest.mark.parametrize(("reader", "right"), TAKES.items(), ids=[reader.__name__ for reader in TAKES])
async def test_each_place_takes_tokens_of_its_own_kind_and_no_other(
    town: Town, reader: Reader, right: set[str]
) -> None:
    assert {"session", "browser"} <= town.kinds.keys()
    wrong = {kind: token for kind, token in town.kinds.items() if kind not in right}
    assert [kind for kind, token in wrong.items() if await reader(town, token)] == []
    assert [kind for kind in sorted(right) if not await reader(town, town.kinds[kind])] == []


async def test_every_kind_of_secret_has_its_place(town: Town) -> None:
    """A kind that no place takes would prove nothing by being refused; these open nothing, or are for applications."""
    taken = {kind for kinds in TAKES.values() for kind in kinds}
    assert town.kinds.keys() - taken == {"user code", "logout token", "signed user information", "browser", "device"}
