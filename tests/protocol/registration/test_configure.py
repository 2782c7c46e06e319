"""RFC 7592: an application reads, replaces and deletes its own registration, and nobody else's."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from clients import registry
from clients.client import Client
from idp.foundation.secrets import Kind, issue
from idp.interactions import store as interactions
from tests.support.people import add_person
from tests.support.provider import NOW, Site
from tests.support.registrant import MINIMAL, Registrant, registering, registrant
from tests.support.relying_party import RelyingParty
from tests.support.signing_in import tokens_for


def sent_back(told: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """An update: what was registered, without what is the provider's, some of it changed."""
    own = {"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"}
    kept = {name: value for name, value in told.items() if name not in own}
    return {name: value for name, value in (kept | changes).items() if value is not None}


async def stored(site: Site, client_id: str) -> Client:
    client = await site.provider.database.read(registry.find, client_id)
    assert client is not None
    return client


async def test_reading_gives_what_was_registered_without_the_secret(somebody: Registrant) -> None:
    told = await somebody.registered(client_name="Piscine", initiate_login_uri="https://pool.example/login")
    answer = await somebody.ask("GET", told)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    secret = {"client_secret", "client_secret_expires_at"}
    assert answer.json() == {name: value for name, value in told.items() if name not in secret}


async def test_without_its_own_token_nothing_is_read_changed_or_deleted(open_site: Site, somebody: Registrant) -> None:
    told, other = await somebody.registered(), await somebody.registered()
    uri = told["registration_client_uri"]
    tokens = (
        None,
        other["registration_access_token"],
        told["client_secret"],
        issue(Kind.REGISTRATION_TOKEN, open_site.provider.randomness),
        "",
    )
    for method in ("GET", "PUT", "DELETE"):
        for token in tokens:
            headers = {} if token is None else {"authorization": f"Bearer {token}"}
            document = sent_back(told, client_name="Taken") if method == "PUT" else None
            answer = await somebody.http.request(method, uri, headers=headers, json=document)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith('Bearer realm="registration"')
        basic = httpx2.BasicAuth(told["client_id"], told["client_secret"])
        assert (await somebody.http.request(method, uri, auth=basic)).status_code == 401
    assert (await stored(open_site, told["client_id"])).client_name == ""


async def test_an_unknown_client_is_answered_401(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    for client_id in ("nobody", "a%20b", "x" * 200):
        elsewhere = told | {"registration_client_uri": f"{open_site.issuer}/register/{client_id}"}
        assert (await somebody.ask("GET", elsewhere)).status_code == 401


async def test_a_client_of_the_operators_is_nobodys_to_manage(open_site: Site, somebody: Registrant) -> None:
    client = Client(client_id="mairie", redirect_uris=("https://mairie.example/cb",))
    await open_site.provider.database.transaction(
        registry.register, client, now=NOW, random_bytes=open_site.provider.randomness.token_bytes
    )
    told = await somebody.registered()
    mine = told | {"registration_client_uri": f"{open_site.issuer}/register/mairie"}
    assert [(await somebody.ask(method, mine)).status_code for method in ("GET", "DELETE")] == [401, 401]


async def test_an_update_replaces_everything_and_the_token(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered(client_name="Piscine", contacts=["web@pool.example"])
    answer = await somebody.ask("PUT", told, sent_back(told, client_name="Bassin", contacts=None))
    assert answer.status_code == 200
    changed = answer.json()
    assert changed["client_name"] == "Bassin"
    assert "contacts" not in changed
    assert not {"client_secret", "client_secret_expires_at"} & changed.keys()
    assert changed["registration_access_token"] != told["registration_access_token"]
    assert (await somebody.ask("GET", told)).status_code == 401
    assert (await somebody.ask("GET", told | changed)).json()["client_name"] == "Bassin"
    assert (await stored(open_site, told["client_id"])).created_at == NOW


async def test_the_secret_outlives_an_update_and_follows_the_method(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    changed = (await somebody.ask("PUT", told, sent_back(told, client_name="Bassin"))).json()
    proves = open_site.provider.clients.find
    held = await open_site.provider.database.read(proves, told["client_id"], NOW)
    assert held is not None
    assert held.proves(told["client_secret"], NOW)
    public = sent_back(told, token_endpoint_auth_method="none", client_secret=None)
    changed = (await somebody.ask("PUT", told | changed, public)).json()
    held = await open_site.provider.database.read(proves, told["client_id"], NOW)
    assert held is not None
    assert held.secrets == ()
    again = sent_back(public, token_endpoint_auth_method="client_secret_jwt")
    changed = (await somebody.ask("PUT", told | changed, again)).json()
    assert changed["client_secret"] not in {None, told["client_secret"]}
    assert changed["client_secret_expires_at"] == 0


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "another client": ({"client_id": "mairie"}, "client_id"),
    "no client": ({"client_id": None}, "client_id"),
    "the token": ({"registration_access_token": "lprg_x"}, "registration_access_token"),
    "the address": ({"registration_client_uri": "https://x.example"}, "registration_client_uri"),
    "the birth": ({"client_id_issued_at": 0}, "client_id_issued_at"),
    "the end of the secret": ({"client_secret_expires_at": 0}, "client_secret_expires_at"),
    "a chosen secret": ({"client_secret": "chosen-by-somebody-else"}, "client_secret"),
    "a secret that is none": ({"client_secret": 12}, "client_secret"),
    "a fragment": ({"redirect_uris": ["https://pool.example/#f"]}, "redirect_uris"),
    "a scope of others": ({"scope": "openid permits:read"}, "scope"),
}


@pytest.mark.parametrize(("change", "member"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_wrong_update_is_named_and_changes_nothing(
    open_site: Site, somebody: Registrant, change: dict[str, Any], member: str
) -> None:
    told = await somebody.registered(client_name="Piscine")
    answer = await somebody.ask("PUT", told, sent_back(told, client_name="Bassin", **change))
    assert answer.status_code == 400
    assert {problem.partition(":")[0] for problem in answer.json()["error_description"].split("; ")} == {member}
    assert (await somebody.ask("GET", told)).json()["client_name"] == "Piscine"


async def test_two_updates_at_once_with_one_token_are_one(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    names = [f"Piscine {number}" for number in range(5)]
    answers = await asyncio.gather(*(somebody.ask("PUT", told, sent_back(told, client_name=name)) for name in names))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    accepted = next(answer.json() for answer in answers if answer.status_code == 200)
    assert (await stored(open_site, told["client_id"])).client_name == accepted["client_name"]


async def test_an_update_never_grants_what_only_operators_grant(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    own = {"first_party": True, "require_pkce": False, "self_registered": False, "access_token_lifetime": 86_400}
    changed = (await somebody.ask("PUT", told, sent_back(told, **own))).json()
    assert (changed["first_party"], changed["require_pkce"], changed["self_registered"]) == (False, True, True)
    assert "access_token_lifetime" not in changed


async def adopted(site: Site, client_id: str) -> Client:
    """The application once an operator has vouched for it and made it the authority's own."""
    vouched: dict[str, Any] = {
        "first_party": True,
        "self_registered": False,
        "listed": True,
        "access_token_lifetime": 60,
    }
    client = replace(await stored(site, client_id), **vouched)
    await site.provider.database.transaction(
        registry.amend, client, now=NOW, random_bytes=site.provider.randomness.token_bytes
    )
    return client


GOES_FURTHER: dict[str, dict[str, Any]] = {
    "another address": {"redirect_uris": ["https://pool.example/cb", "https://pool.example/other"]},
    "a wider scope": {"scope": "openid email profile"},
    "another name": {"client_name": "Mairie"},
    "another logo": {"logo_uri": "https://evil.example/logo.png"},
    "another place to begin": {"initiate_login_uri": "https://evil.example/login"},
    "another place to go on to once signed out": {"post_logout_redirect_uris": ["https://evil.example/bye"]},
    "the name of people that all share": {"subject_type": "public"},
}


@pytest.mark.parametrize("change", GOES_FURTHER.values(), ids=GOES_FURTHER.keys())
async def test_an_update_that_goes_further_loses_what_was_granted_and_what_people_consented_to(
    open_site: Site, somebody: Registrant, change: dict[str, Any]
) -> None:
    told = await somebody.registered(scope="openid email", subject_type="pairwise", client_uri="https://pool.example")
    await adopted(open_site, told["client_id"])
    person = await add_person(open_site.provider)
    scope = frozenset({"openid", "email"})
    database = open_site.provider.database
    await database.transaction(interactions.give_consent, person, told["client_id"], scope, NOW)
    assert (await somebody.ask("PUT", told, sent_back(told, **change))).status_code == 200
    client = await stored(open_site, told["client_id"])
    assert (client.first_party, client.self_registered, client.access_token_lifetime) == (False, True, 60)
    assert not client.listed
    assert not await database.read(interactions.consented, person, told["client_id"])


async def test_an_update_that_goes_further_ends_what_people_were_not_asked_about(
    open_site: Site, somebody: Registrant
) -> None:
    """An application of the authority was let in without a question: it starts anew, as anybody's."""
    told = await somebody.registered(scope="openid email", grant_types=["authorization_code", "refresh_token"])
    client = await adopted(open_site, told["client_id"])
    await add_person(open_site.provider)
    pool = RelyingParty(open_site.issuer, client, told["client_secret"], somebody.http)
    issued = await tokens_for(await open_site.visitor(), pool)
    assert (await pool.userinfo(issued["access_token"])).status_code == 200
    assert (await somebody.ask("PUT", told, sent_back(told, client_name="Mairie"))).status_code == 200
    assert (await pool.userinfo(issued["access_token"])).status_code == 401
    assert (await pool.refresh(issued["refresh_token"])).json()["error"] == "invalid_grant"


async def test_an_update_that_goes_no_further_keeps_both(open_site: Site, somebody: Registrant) -> None:
    two = ["https://pool.example/cb", "https://pool.example/cb2"]
    told = await somebody.registered(scope="openid email", redirect_uris=two, client_uri="https://pool.example")
    await adopted(open_site, told["client_id"])
    person = await add_person(open_site.provider)
    scope = frozenset({"openid"})
    database = open_site.provider.database
    await database.transaction(interactions.give_consent, person, told["client_id"], scope, NOW)
    narrower = sent_back(told, redirect_uris=two[:1], scope="openid", contacts=["web@pool.example"])
    assert (await somebody.ask("PUT", told, narrower)).status_code == 200
    client = await stored(open_site, told["client_id"])
    assert (client.first_party, client.self_registered, client.listed) == (True, False, True)
    assert await database.read(interactions.consented, person, told["client_id"]) == scope


async def test_a_deleted_registration_is_gone_with_its_secret_and_its_token(
    open_site: Site, somebody: Registrant
) -> None:
    told = await somebody.registered()
    answer = await somebody.ask("DELETE", told)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await open_site.provider.database.read(registry.find, told["client_id"]) is None
    assert [(await somebody.ask(method, told)).status_code for method in ("GET", "DELETE")] == [401, 401]
    auth = httpx2.BasicAuth(told["client_id"], told["client_secret"])
    answer = await somebody.http.post("/token", data={"grant_type": "authorization_code", "code": "x"}, auth=auth)
    assert answer.json()["error"] == "invalid_client"


async def test_a_suspended_application_manages_nothing(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    await open_site.provider.database.transaction(registry.suspend, told["client_id"], now=NOW)
    for method, document in (("GET", None), ("PUT", sent_back(told)), ("DELETE", None)):
        answer = await somebody.ask(method, told, document)
        assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")


async def test_registrations_are_still_managed_once_the_door_is_closed(database_url: str) -> None:
    async with registering(database_url) as site:
        told = await (await registrant(site)).registered()
    async with registering(database_url, "closed") as site:
        program = await registrant(site)
        assert (await program.ask("GET", told)).status_code == 200
        assert (await program.ask("DELETE", told)).status_code == 204


async def test_updates_count_among_the_registrations_of_an_address(database_url: str) -> None:
    async with registering(database_url, per_hour=2) as site:
        program = await registrant(site)
        told = await program.registered()
        assert (await program.ask("PUT", told, MINIMAL)).status_code == 400
        assert (await program.ask("PUT", told, sent_back(told))).status_code == 429
