"""Resource indicators (RFC 8707): tokens for one interface of the authority, and good at no other."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import registry
from idp.oidc import resources
from idp.oidc.resources import Resource, ResourceRefused, is_identifier
from idp.oidc.targets import InvalidTarget, named
from idp.web.parameters import Parameters
from keys import jose
from keys.ring import Key, Stage
from tests.support.interfaces import AGENDA, DOSSIERS, add_interface, machine
from tests.support.people import PASSWORD
from tests.support.provider import ISSUER, Site
from tests.support.relying_party import RelyingParty, basic, payload_of, register
from tests.support.signing_in import arrive, code_for, tokens_for
from tests.support.statements import noted
from tests.support.visitor import Visitor

INACTIVE = {"active": False}
SCOPE = "openid email offline_access agenda.lecture agenda.ecriture dossiers.lecture"
HOLDER = Key.new("ES256", 0, Stage.ACTIVE)


@pytest.fixture
async def interfaces(site: Site) -> None:
    """Two interfaces of the authority."""
    await add_interface(site)
    await add_interface(site, DOSSIERS, name="Dossiers", scope=("dossiers.lecture",))


@pytest.fixture
async def app(site: Site, interfaces: None) -> RelyingParty:
    """An application of the authority that may reach both."""
    return await register(site, scope=SCOPE)


async def audience_of(application: RelyingParty, token: str) -> Any:
    return (await application.introspect(token)).get("aud")


# At the authorization endpoint (section 2.1)


async def test_a_token_has_the_audience_that_the_request_names_and_its_scopes_only(
    visitor: Visitor, app: RelyingParty
) -> None:
    tokens = await tokens_for(visitor, app, resource=AGENDA)
    assert tokens["scope"] == "agenda.lecture agenda.ecriture"
    described = await app.introspect(tokens["access_token"])
    assert (described["aud"], described["scope"]) == ([AGENDA], "agenda.lecture agenda.ecriture")


async def test_the_parameter_may_be_repeated(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=[AGENDA, DOSSIERS])
    assert tokens["scope"] == "agenda.lecture agenda.ecriture dossiers.lecture"
    assert await audience_of(app, tokens["access_token"]) == [AGENDA, DOSSIERS]


async def test_named_twice_it_counts_once(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=[AGENDA, AGENDA])
    assert await audience_of(app, tokens["access_token"]) == [AGENDA]


async def test_no_other_parameter_may_be_repeated_beside_it(visitor: Visitor, app: RelyingParty) -> None:
    page = await visitor.open(app.start(resource=[AGENDA, DOSSIERS], nonce=["un", "deux"]))
    assert page.returned["error"] == "invalid_request"


async def test_the_id_token_is_for_the_application_whatever_the_resource(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=AGENDA)
    assert payload_of(tokens["id_token"])["aud"] == "demarches"
    refreshed = (await app.refresh(tokens["refresh_token"])).json()
    assert payload_of(refreshed["id_token"])["aud"] == "demarches"


async def test_without_a_resource_a_token_names_nobody(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app)
    assert tokens["scope"] == SCOPE
    assert await audience_of(app, tokens["access_token"]) is None
    assert (await app.userinfo(tokens["access_token"])).status_code == 200


BAD_RESOURCES = {
    "unknown": "https://inconnue.exemple.fr/",
    "with a fragment": f"{AGENDA}#x",
    "with an empty fragment": f"{AGENDA}#",
    "relative": "/api",
    "no scheme": "agenda.exemple.fr/api",
    "with a space": f"{AGENDA} ",
    "with a line feed": f"{AGENDA}\n",
    "almost": f"{AGENDA}/",
    "in capitals": AGENDA.upper(),
    "too long": "https://agenda.exemple.fr/" + "a" * 255,
    "not ASCII": "https://agendà.exemple.fr/",
}


@pytest.mark.parametrize("resource", BAD_RESOURCES.values(), ids=BAD_RESOURCES.keys())
async def test_a_resource_that_is_not_one_is_an_invalid_target(
    visitor: Visitor, app: RelyingParty, resource: str
) -> None:
    for sent in (resource, [AGENDA, resource]):
        page = await visitor.open(app.start(resource=sent))
        assert page.returned["error"] == "invalid_target"
    code = await code_for(visitor, app)
    response = await app.exchange(code, resource=resource)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_target")
    assert (await app.exchange(code)).status_code == 200  # nothing was given for it, so it is still good


async def test_more_than_ten_resources_are_refused(visitor: Visitor, app: RelyingParty) -> None:
    many = [f"https://exemple.fr/{number}" for number in range(11)]
    assert (await visitor.open(app.start(resource=many))).returned["error"] == "invalid_target"


async def test_a_resource_of_which_the_client_has_no_scope_is_as_if_unknown(
    site: Site, visitor: Visitor, interfaces: None
) -> None:
    modest = await register(site, scope="openid agenda.lecture")
    page = await visitor.open(modest.start(resource=DOSSIERS))
    unknown = await visitor.open(modest.start(resource="urn:inconnue"))
    assert page.returned["error"] == unknown.returned["error"] == "invalid_target"
    assert page.returned["error_description"] == unknown.returned["error_description"]


async def test_an_application_that_registered_itself_reaches_no_interface(
    site: Site, visitor: Visitor, interfaces: None
) -> None:
    self_made = await register(site, "libre", scope="openid profile email", self_registered=True)
    page = await visitor.open(self_made.start(scope="openid agenda.lecture", resource=AGENDA))
    assert page.returned["error"] == "invalid_target"


async def test_a_resource_of_which_no_scope_is_asked_is_refused(visitor: Visitor, app: RelyingParty) -> None:
    page = await visitor.open(app.start(scope="openid dossiers.lecture", resource=[AGENDA, DOSSIERS]))
    assert page.returned["error"] == "invalid_scope"


async def test_a_scope_of_no_interface_is_left_out(site: Site, visitor: Visitor) -> None:
    application = await register(site, scope="openid permis.lecture")
    tokens = await tokens_for(visitor, application, scope="openid permis.lecture")
    assert tokens["scope"] == "openid"


async def test_the_person_is_told_which_interface_is_reached_in_their_name_and_for_what(
    site: Site, visitor: Visitor, interfaces: None
) -> None:
    other = await register(site, scope=SCOPE, first_party=False)
    page = await visitor.open(other.start(scope="openid agenda.lecture", resource=AGENDA))
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    assert "Agenda" in page.text
    assert "agenda.lecture" in page.text
    assert "Dossiers" not in page.text
    code = (await page.form("#consent").submit("#consent-accept")).returned["code"]
    assert (await other.exchange(code)).json()["scope"] == "agenda.lecture"
    again = await visitor.open(other.start(scope="openid agenda.lecture", resource=AGENDA, prompt="none"))
    assert "code" in again.returned
    more = await visitor.open(other.start(scope="openid agenda.ecriture", resource=AGENDA, prompt="none"))
    assert more.returned["error"] == "consent_required"


async def test_a_pushed_request_may_name_several(visitor: Visitor, app: RelyingParty) -> None:
    await arrive(visitor, app)
    sent = dict(pair.split("=", 1) for pair in app.start().split("?")[1].split("&"))
    plain: dict[str, Any] = {
        "response_type": "code",
        "redirect_uri": app.client.redirect_uris[0],
        "scope": "openid agenda.lecture dossiers.lecture",
        "code_challenge": sent["code_challenge"],
        "code_challenge_method": "S256",
        "resource": [AGENDA, DOSSIERS],
    }
    headers = {"authorization": basic("demarches", app.secret or "")}
    pushed = await app.http.post("/par", data=plain, headers=headers)
    assert pushed.status_code == 201, pushed.text
    reference = quote(pushed.json()["request_uri"])
    page = await visitor.open(f"{ISSUER}/authorize?client_id=demarches&request_uri={reference}")
    tokens = (await app.exchange(page.returned["code"])).json()
    assert await audience_of(app, tokens["access_token"]) == [AGENDA, DOSSIERS]
    refused = await app.http.post("/par", data={**plain, "resource": "urn:inconnue"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


@pytest.mark.parametrize("inside", [AGENDA, [AGENDA], [AGENDA, DOSSIERS]], ids=["text", "list of one", "list"])
async def test_a_request_object_names_one_or_a_list_and_what_is_outside_no_longer_counts(
    site: Site, visitor: Visitor, interfaces: None, inside: Any
) -> None:
    signing = await register(site, scope=SCOPE, jwks={"keys": [HOLDER.published()]})
    claims = {
        "iss": "demarches",
        "aud": ISSUER,
        "client_id": "demarches",
        "resource": inside,
        "scope": "openid agenda.lecture dossiers.lecture",
    }
    written = jose.sign(HOLDER, claims, typ="oauth-authz-req+jwt")
    page = await arrive(visitor, signing, request=written, resource=["urn:inconnue", "urn:autre"])
    tokens = (await signing.exchange(page.returned["code"])).json()
    expected = inside if isinstance(inside, list) else [inside]
    assert await audience_of(signing, tokens["access_token"]) == expected


@pytest.mark.parametrize("inside", [5, {"a": 1}, [5], [[AGENDA]], [None], True], ids=str)
async def test_a_request_object_that_names_anything_else_is_an_invalid_target(
    site: Site, visitor: Visitor, interfaces: None, inside: Any
) -> None:
    signing = await register(site, scope=SCOPE, jwks={"keys": [HOLDER.published()]})
    claims = {"iss": "demarches", "aud": ISSUER, "client_id": "demarches", "resource": inside}
    page = await visitor.open(signing.start(request=jose.sign(HOLDER, claims, typ="oauth-authz-req+jwt")))
    assert page.returned["error"] == "invalid_target"


async def test_a_parameter_repeated_outside_an_object_is_still_refused(
    site: Site, visitor: Visitor, interfaces: None
) -> None:
    signing = await register(site, scope=SCOPE, jwks={"keys": [HOLDER.published()]})
    claims = {"iss": "demarches", "aud": ISSUER, "client_id": "demarches"}
    written = jose.sign(HOLDER, claims, typ="oauth-authz-req+jwt")
    page = await visitor.open(signing.start(request=written, login_hint=["un", "deux"]))
    assert page.returned["error"] == "invalid_request"


# At the token endpoint (section 2.2)


async def test_a_code_may_be_exchanged_for_fewer_resources_than_were_granted(
    visitor: Visitor, app: RelyingParty
) -> None:
    code = await code_for(visitor, app, resource=[AGENDA, DOSSIERS])
    tokens = (await app.exchange(code, resource=DOSSIERS)).json()
    assert tokens["scope"] == "dossiers.lecture"
    assert await audience_of(app, tokens["access_token"]) == [DOSSIERS]


async def test_each_refresh_may_be_for_another_of_the_resources_granted(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=[AGENDA, DOSSIERS, ISSUER])
    seen = []
    for resource in (AGENDA, DOSSIERS, ISSUER, None, [AGENDA, DOSSIERS]):
        tokens = (await app.refresh(tokens["refresh_token"], resource=resource)).json()
        seen.append((tokens["scope"], await audience_of(app, tokens["access_token"])))
    assert seen == [
        ("agenda.lecture agenda.ecriture", [AGENDA]),
        ("dossiers.lecture", [DOSSIERS]),
        ("openid email offline_access", [ISSUER]),
        (SCOPE, [AGENDA, DOSSIERS, ISSUER]),
        ("agenda.lecture agenda.ecriture dossiers.lecture", [AGENDA, DOSSIERS]),
    ]


async def test_a_refresh_narrows_the_scope_and_the_resource_together(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=[AGENDA, DOSSIERS])
    narrowed = (await app.refresh(tokens["refresh_token"], resource=AGENDA, scope="agenda.lecture")).json()
    assert narrowed["scope"] == "agenda.lecture"
    assert "id_token" not in narrowed
    nothing = await app.refresh(narrowed["refresh_token"], resource=DOSSIERS, scope="agenda.lecture")
    assert (nothing.status_code, nothing.json()["error"]) == (400, "invalid_scope")
    whole = (await app.refresh(narrowed["refresh_token"])).json()
    assert whole["scope"] == "agenda.lecture agenda.ecriture dossiers.lecture"


async def test_a_resource_that_was_not_granted_is_refused(visitor: Visitor, app: RelyingParty) -> None:
    code = await code_for(visitor, app, resource=AGENDA)
    for resource in (DOSSIERS, [AGENDA, DOSSIERS], ISSUER):
        response = await app.exchange(code, resource=resource)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_target")
    tokens = (await app.exchange(code)).json()
    response = await app.refresh(tokens["refresh_token"], resource=DOSSIERS)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_target")


async def test_an_authorization_that_named_none_serves_for_any_whose_scopes_were_granted(
    visitor: Visitor, app: RelyingParty
) -> None:
    code = await code_for(visitor, app, scope="openid offline_access agenda.lecture")
    refused = await app.exchange(code, resource=DOSSIERS)
    assert refused.json()["error"] == "invalid_scope"
    tokens = (await app.exchange(code, resource=AGENDA)).json()
    assert (tokens["scope"], await audience_of(app, tokens["access_token"])) == ("agenda.lecture", [AGENDA])


async def test_a_refresh_token_keeps_the_whole_of_its_scope(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=AGENDA)
    described = await app.introspect(tokens["refresh_token"])
    assert (described["scope"], "aud" in described) == (SCOPE, False)


async def test_resources_that_read_different_tokens_are_asked_for_one_at_a_time(
    site: Site, visitor: Visitor, app: RelyingParty
) -> None:
    await add_interface(site, DOSSIERS, name="Dossiers", scope=("dossiers.lecture",), token_format="jwt")
    code = await code_for(visitor, app, resource=[AGENDA, DOSSIERS])
    assert (await app.exchange(code)).json()["error"] == "invalid_target"
    tokens = (await app.exchange(code, resource=DOSSIERS)).json()
    assert payload_of(tokens["access_token"])["aud"] == DOSSIERS


async def test_a_resource_that_was_removed_gives_nothing_more(site: Site, visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=AGENDA)
    await site.provider.database.transaction(resources.remove, AGENDA)
    assert (await app.refresh(tokens["refresh_token"])).json()["error"] == "invalid_target"


async def test_the_shortest_life_of_several_resources_is_the_tokens(
    site: Site, visitor: Visitor, app: RelyingParty
) -> None:
    await add_interface(site, token_lifetime=90)
    await add_interface(site, DOSSIERS, scope=("dossiers.lecture",), token_lifetime=3_600)
    tokens = await tokens_for(visitor, app, resource=[AGENDA, DOSSIERS])
    assert tokens["expires_in"] == 90
    assert (await app.refresh(tokens["refresh_token"], resource=DOSSIERS)).json()["expires_in"] == 3_600


async def test_client_credentials_are_for_the_resources_named(site: Site, interfaces: None) -> None:
    program = await machine(site, "programme", scope="agenda.lecture dossiers.lecture")
    tokens = (await program.token(grant_type="client_credentials", resource=DOSSIERS)).json()
    assert tokens["scope"] == "dossiers.lecture"
    assert await audience_of(program, tokens["access_token"]) == [DOSSIERS]
    both = (await program.token(grant_type="client_credentials", resource=[AGENDA, DOSSIERS])).json()
    assert both["scope"] == "agenda.lecture dossiers.lecture"
    for resource, scope, error in (
        ("urn:inconnue", None, "invalid_target"),
        (AGENDA, "dossiers.lecture", "invalid_scope"),
        (ISSUER, None, "invalid_scope"),
    ):
        refused = await program.token(grant_type="client_credentials", resource=resource, scope=scope)
        assert (refused.status_code, refused.json()["error"]) == (400, error)


DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


async def test_a_device_gets_tokens_for_the_resources_it_named(site: Site, visitor: Visitor, interfaces: None) -> None:
    screen = await register(
        site, "borne", grant_types=(DEVICE, "refresh_token"), response_types=(), redirect_uris=(), scope=SCOPE
    )
    headers = {"authorization": basic("borne", screen.secret or "")}
    asking = {"scope": "openid agenda.lecture dossiers.lecture", "resource": [AGENDA, DOSSIERS]}
    refused = await screen.http.post("/device", data={**asking, "resource": "urn:inconnue"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
    codes = (await screen.http.post("/device", data=asking, headers=headers)).json()
    page = await visitor.open(codes["verification_uri_complete"])
    page = await page.form("#device").submit()
    page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
    assert "Agenda" in page.text
    assert "Dossiers" in page.text
    await page.form("#consent").submit("#consent-accept")
    site.clock.advance(5)
    tokens = (await screen.token(grant_type=DEVICE, device_code=codes["device_code"], resource=AGENDA)).json()
    assert (tokens["scope"], await audience_of(screen, tokens["access_token"])) == ("agenda.lecture", [AGENDA])
    assert "id_token" in tokens
    following = (await screen.refresh(tokens["refresh_token"])).json()
    assert await audience_of(screen, following["access_token"]) == [AGENDA, DOSSIERS]


# Where a token is good


async def test_userinfo_refuses_a_token_that_is_for_others_only(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, resource=[AGENDA, ISSUER])
    assert (await app.userinfo(tokens["access_token"])).json()["email"] == "camille.martin@exemple.fr"
    elsewhere = (await app.refresh(tokens["refresh_token"], resource=AGENDA)).json()["access_token"]
    response = await app.userinfo(elsewhere)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")


async def test_a_resource_server_learns_of_the_tokens_that_name_it_and_of_no_other(
    site: Site, visitor: Visitor, app: RelyingParty, person: str
) -> None:
    server = await machine(site, "serveur-agenda")
    await add_interface(site, client_id="serveur-agenda")
    tokens = await tokens_for(visitor, app, resource=[AGENDA, DOSSIERS, ISSUER])
    for_agenda = (await app.refresh(tokens["refresh_token"], resource=AGENDA)).json()
    described = await server.introspect(for_agenda["access_token"])
    assert (described["active"], described["sub"], described["client_id"]) == (True, person, "demarches")
    assert (described["aud"], described["scope"]) == ([AGENDA], "agenda.lecture agenda.ecriture")
    assert (await server.introspect(tokens["access_token"]))["active"] is True
    for_dossiers = (await app.refresh(for_agenda["refresh_token"], resource=DOSSIERS)).json()
    unbound = await tokens_for(visitor, app)
    for token in (
        for_dossiers["access_token"],
        for_dossiers["refresh_token"],
        unbound["access_token"],
        tokens["id_token"],
    ):
        assert await server.introspect(token) == INACTIVE


async def test_a_resource_server_sees_a_revocation_and_a_suspension_at_once(
    site: Site, visitor: Visitor, app: RelyingParty
) -> None:
    server = await machine(site, "serveur-agenda")
    await add_interface(site, client_id="serveur-agenda")
    tokens = await tokens_for(visitor, app, resource=AGENDA)
    other = (await app.refresh(tokens["refresh_token"])).json()
    await app.revoke(tokens["access_token"])
    assert await server.introspect(tokens["access_token"]) == INACTIVE
    assert (await server.introspect(other["access_token"]))["active"] is True
    await site.provider.database.transaction(registry.suspend, "demarches", now=site.clock.now())
    site.provider.clients.invalidate()
    assert await server.introspect(other["access_token"]) == INACTIVE


async def test_a_resource_server_cannot_revoke_what_is_not_its_own(
    site: Site, visitor: Visitor, app: RelyingParty
) -> None:
    server = await machine(site, "serveur-agenda")
    await add_interface(site, client_id="serveur-agenda")
    token = (await tokens_for(visitor, app, resource=AGENDA))["access_token"]
    assert (await server.revoke(token)).status_code == 200
    assert (await server.introspect(token))["active"] is True


async def test_the_registry_is_asked_only_when_a_resource_is_named(visitor: Visitor, app: RelyingParty) -> None:
    tokens = await tokens_for(visitor, app, scope="openid offline_access")
    with noted() as statements:
        await app.refresh(tokens["refresh_token"])
    assert not [each for each in statements if "FROM resources" in each]


# The registry


REFUSED: dict[str, dict[str, Any]] = {
    "no URI": {"identifier": "agenda"},
    "a fragment": {"identifier": f"{AGENDA}#a"},
    "the provider's own address": {"identifier": ISSUER},
    "no name": {"name": " "},
    "a name of two lines": {"name": "a\nb"},
    "no scope": {"scope": ()},
    "a scope of the provider": {"scope": ("agenda.lecture", "email")},
    "a scope that is none": {"scope": ('agenda"lecture',)},
    "an unknown format": {"token_format": "xml"},
    "too short a life": {"token_lifetime": 29},
    "too long a life": {"token_lifetime": 86_401},
    "a client nobody knows": {"client_id": "inconnu"},
    "a client that proves nothing": {"client_id": "publique"},
}


@pytest.mark.parametrize("members", REFUSED.values(), ids=REFUSED.keys())
async def test_a_resource_that_makes_no_sense_is_not_registered(site: Site, members: dict[str, Any]) -> None:
    await register(site, "publique", token_endpoint_auth_method="none")
    with pytest.raises(ResourceRefused):
        await add_interface(site, **members)
    assert await site.provider.database.read(resources.list_all) == ()


async def test_a_resource_is_kept_as_registered_and_replaced_whole_but_for_its_date(site: Site) -> None:
    await machine(site, "serveur-agenda")
    first = await add_interface(site, token_format="jwt", token_lifetime=90, client_id="serveur-agenda")
    assert await site.provider.database.read(resources.list_all) == (first,)
    site.clock.advance(10)
    await add_interface(site, name="Rendez-vous")
    (now,) = await site.provider.database.read(resources.list_all)
    assert now == Resource(identifier=AGENDA, name="Rendez-vous", scope=first.scope, created_at=first.created_at)


# Hostile input


NAMES = st.one_of(
    st.sampled_from([*BAD_RESOURCES.values(), AGENDA, DOSSIERS, ISSUER, "", "urn:a", "a:b", "https://[::1]/", "x:#"]),
    st.text(max_size=40),
    st.text(alphabet="ahtps:/#?&%é .@[]", max_size=40),
)


@given(st.lists(NAMES, max_size=14))
def test_what_is_named_is_a_list_of_absolute_uris_each_once_or_is_refused(values: list[str]) -> None:
    sent = Parameters([("resource", value) for value in values])
    given_names = {*values} - {""}
    if len(given_names) > 10 or not all(map(is_identifier, given_names)):
        with pytest.raises(InvalidTarget):
            named(sent)
        return
    found = named(sent)
    assert list(found) == list(dict.fromkeys(value for value in values if value))
    for name in found:
        assert ":" in name
        assert "#" not in name
        assert name.isascii()
        assert name.isprintable()
        assert " " not in name  # several are stored with spaces between
