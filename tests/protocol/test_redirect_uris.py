"""Nothing is ever sent to an address that was not registered, byte for byte (RFC 9700 section 2.1, RFC 8252 7.3)."""

from urllib.parse import urlencode

import pytest

from tests.protocol.test_request_objects import JWKS, push, signed
from tests.support.people import PASSWORD
from tests.support.provider import Site
from tests.support.relying_party import REDIRECT, RelyingParty, register
from tests.support.signing_in import IDENTIFIER, arrive, code_for
from tests.support.visitor import Visitor

OTHERS = [
    f"{REDIRECT}/",
    "https://demarches.exemple.fr/RETOUR",
    f"{REDIRECT}?x=1",
    f"{REDIRECT}#f",
    f"{REDIRECT}%2F..",
    "https://demarches.exemple.fr/./retour",
    "https://demarches.exemple.fr/x/../retour",
    "https://demarches.exemple.fr//retour",
    "https://demarches.exemple.fr@evil.example/retour",
    "https://evil.example/https://demarches.exemple.fr/retour",
    "https://demarches.exemple.fr.evil.example/retour",
    "https://demarches.exemple.fr%2eevil.example/retour",
    "https://demarches.exemple.fr:443/retour",
    "http://demarches.exemple.fr/retour",
    "HTTPS://demarches.exemple.fr/retour",
    "https://demarches.exemple.fr\\retour",
    "https://demarches.exemple.fr\\@evil.example/retour",
    f"{REDIRECT}\t",
    f"{REDIRECT}\n",
    f" {REDIRECT}",
    f"{REDIRECT} ",
    f"{REDIRECT}\r\nSet-Cookie: a=b",
    "https://demarches.exemple.fr／retour",
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://demarches.exemple.fr/x",
    "about:blank",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "//demarches.exemple.fr/retour",
    "/retour",
    "*",
    f"{REDIRECT}," * 1_000,
    "a" * 10_000,
]


async def test_no_other_address_is_ever_sent_to(visitor: Visitor, application: RelyingParty) -> None:
    await arrive(visitor, application)
    for uri in OTHERS:
        for prompt in (None, "none"):
            page = await visitor.open(application.start(redirect_uri=uri, prompt=prompt, response_type="token"))
            assert not page.outside, uri
            assert page.status in {400, 414}, uri
            assert page.error_code in {"redirect_uri_not_registered", "query_too_long"}, uri
            assert "set-cookie" not in {name for name, value in page.response.headers.items() if "a=b" in value}


async def test_no_other_address_is_pushed_nor_signed(site: Site) -> None:
    application = await register(site, jwks=JWKS)
    visitor = await site.visitor()
    for uri in OTHERS[:-2]:  # the last two are longer than any request object
        pushed = await push(application, redirect_uri=uri)
        assert (pushed.status_code, pushed.json()["error"]) == (400, "invalid_request"), uri
        inside = {"client_id": application.client.client_id, "request": signed(application, redirect_uri=uri)}
        page = await visitor.open(f"{application.issuer}/authorize?{urlencode(inside)}")
        assert page.error_code == "redirect_uri_not_registered", uri
        outside = inside | {"redirect_uri": REDIRECT}
        page = await visitor.open(f"{application.issuer}/authorize?{urlencode(outside)}")
        assert page.error_code == "redirect_uri_not_registered", uri


async def test_no_other_address_redeems_a_code(visitor: Visitor, application: RelyingParty) -> None:
    code = await code_for(visitor, application)
    for uri in [None, "", *OTHERS]:
        refused = await application.exchange(code, redirect_uri=uri)
        assert (refused.status_code, refused.json()["error"]) in {(400, "invalid_grant"), (413, "invalid_request")}, uri
    assert (await application.exchange(code)).status_code == 200


async def test_two_registered_addresses_do_not_stand_for_each_other(site: Site, visitor: Visitor) -> None:
    second = "https://demarches.exemple.fr/second"
    application = await register(site, redirect_uris=(REDIRECT, second))
    page = await arrive(visitor, application, redirect_uri=second)
    assert page.address.startswith(f"{second}?")
    refused = await application.exchange(page.returned["code"], redirect_uri=REDIRECT)
    assert refused.json()["error"] == "invalid_grant"
    assert (await application.exchange(page.returned["code"], redirect_uri=second)).status_code == 200


async def test_the_query_of_a_registered_address_is_kept(site: Site, visitor: Visitor) -> None:
    application = await register(site, redirect_uris=(f"{REDIRECT}?service=cantine&enfant=1",))
    page = await arrive(visitor, application, state="s")
    assert page.address.startswith(f"{REDIRECT}?service=cantine&enfant=1&code=")
    assert page.returned.keys() == {"service", "enfant", "code", "iss", "state"}
    for added in ("&x=1", "&enfant=2"):
        uri = f"{REDIRECT}?service=cantine&enfant=1{added}"
        assert (await visitor.open(application.start(redirect_uri=uri))).error_code == "redirect_uri_not_registered"


async def test_a_native_application_chooses_its_loopback_port(site: Site, visitor: Visitor) -> None:
    native = await register(
        site,
        redirect_uris=("http://127.0.0.1/retour", "fr.exemple.app:/retour"),
        application_type="native",
        token_endpoint_auth_method="none",
    )
    page = await arrive(visitor, native, redirect_uri="http://127.0.0.1:51234/retour")
    assert page.address.startswith("http://127.0.0.1:51234/retour?code=")
    response = await native.exchange(page.returned["code"], redirect_uri="http://127.0.0.1:51234/retour")
    assert response.status_code == 200
    for uri in (
        "http://127.0.0.1:51234/autre",
        "http://localhost:51234/retour",
        "http://127.0.0.1:51234@evil.example/retour",
        "http://127.0.0.1.evil.example/retour",
        "https://127.0.0.1:51234/retour",
        "fr.exemple.app://evil",
        "FR.exemple.app:/retour",
    ):
        assert (await visitor.open(native.start(redirect_uri=uri))).error_code == "redirect_uri_not_registered", uri


async def test_a_web_application_does_not_choose_its_port(site: Site, visitor: Visitor) -> None:
    application = await register(site, redirect_uris=("http://localhost/retour",))
    page = await visitor.open(application.start(redirect_uri="http://localhost:8001/retour"))
    assert page.error_code == "redirect_uri_not_registered"


@pytest.mark.parametrize("name", ["redirect_uri", "redirect_uri[]", "client_id", "scope", "next", "return_to"])
async def test_no_field_of_a_form_changes_where_the_person_goes(
    visitor: Visitor, application: RelyingParty, name: str
) -> None:
    page = await visitor.open(application.start())
    form = page.form("#signin").fill(identifier=IDENTIFIER, password=PASSWORD)
    form.values[name] = ["https://evil.example/"]
    assert (await form.submit()).address.startswith(f"{REDIRECT}?code=")
