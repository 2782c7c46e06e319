"""RFC 7591 section 3 and OpenID Connect Dynamic Client Registration 1.0 section 3: an application registers itself."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from idp.foundation.audit import audit
from idp.foundation.secrets import Kind, issue
from idp.foundation.settings import Keys
from idp.oidc.scopes import SCOPES
from keys import jose
from keys.jwk import Jwk
from keys.ring import Key, KeyRing, Stage
from tests.support.outside import Outside
from tests.support.provider import NOW, Site
from tests.support.registrant import MINIMAL, Registrant, initial_token, registering, registrant

PUBLIC_KEY: dict[str, Any] = {**Jwk.generate("ES256").public_members(), "kid": "k1", "use": "sig"}


async def test_registration_is_closed_unless_the_settings_open_it(site: Site) -> None:
    program = await registrant(site)
    answer = await program.register()
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
    discovery = (await program.http.get("/.well-known/openid-configuration")).json()
    assert "registration_endpoint" not in discovery


async def test_discovery_announces_where_applications_register(open_site: Site, somebody: Registrant) -> None:
    discovery = (await somebody.http.get("/.well-known/openid-configuration")).json()
    assert discovery["registration_endpoint"] == f"{open_site.issuer}/register"


async def test_a_registration_is_answered_201_with_all_that_was_registered(
    open_site: Site, somebody: Registrant
) -> None:
    answer = await somebody.register(MINIMAL | {"client_name": "Piscine", "invented_later": [1]})
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["client_name"] == "Piscine"
    assert told["redirect_uris"] == MINIMAL["redirect_uris"]
    assert (told["grant_types"], told["response_types"]) == (["authorization_code"], ["code"])
    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert told["id_token_signed_response_alg"] == "RS256"
    assert told["scope"].split() == list(SCOPES)
    assert told["client_id_issued_at"] == NOW
    assert told["client_secret"].startswith("lpcs_")
    assert told["client_secret_expires_at"] == 0
    assert told["registration_client_uri"] == f"{open_site.issuer}/register/{told['client_id']}"
    assert told["registration_access_token"].startswith("lprg_")
    assert "invented_later" not in told


@pytest.mark.parametrize("method", ["none", "private_key_jwt"])
async def test_a_client_without_a_secret_is_told_of_none(somebody: Registrant, method: str) -> None:
    told = await somebody.registered(token_endpoint_auth_method=method, jwks={"keys": [PUBLIC_KEY]})
    assert not {"client_secret", "client_secret_expires_at"} & told.keys()


async def test_the_secret_serves_at_the_token_endpoint(somebody: Registrant) -> None:
    told = await somebody.registered()
    form = {"grant_type": "authorization_code", "code": issue(Kind.CODE, _Zeros()), "redirect_uri": "https://x.example"}
    for secret, error in ((told["client_secret"], "invalid_grant"), ("x" * 48, "invalid_client")):
        auth = httpx2.BasicAuth(told["client_id"], secret)
        assert (await somebody.http.post("/token", data=form, auth=auth)).json()["error"] == error


class _Zeros:
    def token_bytes(self, count: int, /) -> bytes:
        return bytes(count)


async def test_initiate_login_uri_is_echoed(somebody: Registrant) -> None:
    uri = "https://pool.example/login"
    assert (await somebody.registered(initiate_login_uri=uri))["initiate_login_uri"] == uri


REFUSED: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "fragment": ({"redirect_uris": ["https://pool.example/#f"]}, "invalid_redirect_uri", {"redirect_uris"}),
    "no address": ({"redirect_uris": []}, "invalid_redirect_uri", {"redirect_uris"}),
    "script": ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri", {"redirect_uris"}),
    "data": ({"redirect_uris": ["data:text/html,x"]}, "invalid_redirect_uri", {"redirect_uris"}),
    "http": ({"redirect_uris": ["http://pool.example/cb"]}, "invalid_redirect_uri", {"redirect_uris"}),
    "wildcard": ({"redirect_uris": ["https://*.example/cb"]}, "invalid_redirect_uri", {"redirect_uris"}),
    "login by http": (
        {"initiate_login_uri": "http://pool.example/"},
        "invalid_client_metadata",
        {"initiate_login_uri"},
    ),
    "login here": ({"initiate_login_uri": "http://localhost/"}, "invalid_client_metadata", {"initiate_login_uri"}),
    "password and implicit": (
        {"grant_types": ["password", "implicit"], "response_types": ["token"]},
        "invalid_client_metadata",
        {"grant_types", "response_types"},
    ),
    "machine": ({"grant_types": ["client_credentials"]}, "invalid_client_metadata", {"grant_types"}),
    "scope of an interface": ({"scope": "openid permits:read"}, "invalid_client_metadata", {"scope"}),
    "none with a secret": (
        {"token_endpoint_auth_method": "none", "client_secret": "0123456789abcdef"},
        "invalid_client_metadata",
        {"client_secret"},
    ),
    "unsigned tokens": (
        {"id_token_signed_response_alg": "none", "userinfo_signed_response_alg": "XS256"},
        "invalid_client_metadata",
        {"id_token_signed_response_alg", "userinfo_signed_response_alg"},
    ),
    "private keys": ({"jwks": {"keys": [{**PUBLIC_KEY, "d": "AAAA"}]}}, "invalid_client_metadata", {"jwks"}),
    "symmetric keys": ({"jwks": {"keys": [{"kty": "oct", "k": "AA"}]}}, "invalid_client_metadata", {"jwks"}),
    "too many keys": ({"jwks": {"keys": [PUBLIC_KEY] * 60}}, "invalid_client_metadata", {"jwks"}),
    "keys twice": (
        {"jwks": {"keys": [PUBLIC_KEY]}, "jwks_uri": "https://pool.example/jwks"},
        "invalid_client_metadata",
        {"jwks"},
    ),
    "name that turns": ({"client_name": "Mairie \u202egnp.exe"}, "invalid_client_metadata", {"client_name"}),
    "name of 10 KB": ({"client_name": "x" * 10_000}, "invalid_client_metadata", {"client_name"}),
    "logo that runs": ({"logo_uri": "javascript:alert(1)"}, "invalid_client_metadata", {"logo_uri"}),
}


@pytest.mark.parametrize(("change", "error", "members"), REFUSED.values(), ids=REFUSED.keys())
async def test_every_problem_is_named_and_nothing_is_registered(
    open_site: Site, somebody: Registrant, change: dict[str, Any], error: str, members: set[str]
) -> None:
    answer = await somebody.register(MINIMAL | change)
    assert answer.status_code == 400
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["error"] == error
    assert {problem.partition(":")[0] for problem in told["error_description"].split("; ")} == members
    assert await open_site.provider.database.read(_count_clients) == 0


OWN_ADDRESSES: dict[str, object] = {
    "redirect_uris": ["https://connexion.exemple.fr/appareil?user_code=BCDF-GHJK"],
    "post_logout_redirect_uris": ["https://pool.example/bye", "https://CONNEXION.exemple.fr:443/"],
    "initiate_login_uri": "https://connexion.exemple.fr/authorize",
    "logo_uri": "https://connexion.exemple.fr/applications/x/logo",
    "jwks_uri": "https://connexion.exemple.fr/jwks",
    "client_uri": "https://connexion.exemple.fr/",
}


@pytest.mark.parametrize("member", OWN_ADDRESSES)
async def test_no_address_of_an_application_is_one_of_ours(open_site: Site, somebody: Registrant, member: str) -> None:
    """It would lead people to our pages in its name, with what it chose in the address, or have us call ourselves."""
    answer = await somebody.register(MINIMAL | {member: OWN_ADDRESSES[member]})
    assert answer.status_code == 400
    assert answer.json()["error_description"] == f"{member}: must not be an address of this provider"
    assert await open_site.provider.database.read(_count_clients) == 0


def _count_clients(connection: sa.Connection) -> int:
    return int(connection.execute(sa.text("SELECT count(*) FROM clients")).scalar_one())


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'"x"', b'{"a": 1, "a": 2}', b'{"a": NaN}', b"\xff", b"[" * 60_000], ids=repr
)
async def test_a_body_that_is_no_json_object_is_refused(somebody: Registrant, body: bytes) -> None:
    answer = await somebody.http.post("/register", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


async def test_a_body_of_another_type_or_size_is_refused(somebody: Registrant) -> None:
    assert (await somebody.http.post("/register", data={"client_name": "x"})).status_code == 415
    assert (await somebody.register(MINIMAL | {"jwks": {"keys": [PUBLIC_KEY] * 1_000}})).status_code == 413
    assert (await somebody.http.get("/register")).status_code == 405


async def test_no_document_makes_an_application_the_authoritys_own(somebody: Registrant) -> None:
    told = await somebody.registered(
        first_party=True, require_pkce=False, access_token_lifetime=86_400, self_registered=False, client_id="mairie"
    )
    assert told["first_party"] is False
    assert told["require_pkce"] is True
    assert told["self_registered"] is True
    assert "access_token_lifetime" not in told
    assert told["client_id"] != "mairie"


async def test_applications_that_authenticate_may_be_spared_pkce_by_the_settings(database_url: str) -> None:
    async with registering(database_url, require_pkce=False) as site:
        program = await registrant(site)
        assert (await program.registered())["require_pkce"] is False
        assert (await program.registered(token_endpoint_auth_method="none"))["require_pkce"] is True


async def test_public_applications_are_spared_pkce_only_where_nobody_else_has_to(database_url: str) -> None:
    async with registering(database_url, require_pkce=False, require_pkce_of_public=False) as site:
        program = await registrant(site)
        assert (await program.registered(token_endpoint_auth_method="none"))["require_pkce"] is False


async def test_tokens_in_the_front_channel_may_be_registered_where_they_are_served(database_url: str) -> None:
    asked = {"grant_types": ["implicit"], "response_types": ["token id_token"]}
    async with registering(database_url, front_channel=True) as site:
        told = await (await registrant(site)).registered(**asked)
        assert told["response_types"] == ["id_token token"]
        assert "openid" in told["scope"].split()


async def test_an_algorithm_that_the_provider_has_no_key_for_is_not_registered(database_url: str) -> None:
    async with registering(database_url, keys=Keys(signing=("RS256", "ES256"))) as site:
        program = await registrant(site)
        await program.registered(id_token_signed_response_alg="ES256")
        refused = await program.register(MINIMAL | {"id_token_signed_response_alg": "EdDSA"})
        assert refused.json()["error_description"] == "id_token_signed_response_alg: must be one of RS256, ES256"


async def test_the_settings_bound_what_applications_may_ask(database_url: str) -> None:
    async with registering(database_url, scopes=("openid", "email")) as site:
        program = await registrant(site)
        assert (await program.registered())["scope"] == "openid email"
        refused = await program.register(MINIMAL | {"scope": "openid profile"})
        assert refused.json()["error_description"] == "scope: profile is not a scope of this provider"


async def test_one_address_registers_so_many_an_hour_refusals_included(database_url: str) -> None:
    async with registering(database_url, per_hour=3) as site:
        program, other = await registrant(site), await registrant(site, "192.0.2.31")
        documents: tuple[object, ...] = (MINIMAL, [], MINIMAL, MINIMAL)
        assert [(await program.register(document)).status_code for document in documents] == [201, 400, 201, 429]
        assert int((await program.register()).headers["retry-after"]) > 0
        assert (await other.register()).status_code == 201
        site.clock.advance(3_600)
        assert (await program.register()).status_code == 201


async def test_neither_the_secret_nor_the_token_is_stored(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    rows = await open_site.provider.database.read(_everything)
    assert told["client_id"] in rows
    for secret in (told["client_secret"], told["registration_access_token"]):
        assert secret not in rows
        assert secret.partition("_")[2] not in rows


def _everything(connection: sa.Connection) -> str:
    tables = ("clients", "client_secrets", "initial_tokens", "audit")
    return str([connection.execute(sa.text(f"SELECT * FROM {table}")).all() for table in tables])


async def test_the_audit_says_that_it_registered_itself_and_from_where(open_site: Site, somebody: Registrant) -> None:
    told = await somebody.registered()
    query = sa.select(audit.c.event, audit.c.client_id, audit.c.address, audit.c.detail)
    (line,) = await open_site.provider.database.read(lambda connection: connection.execute(query).all())
    assert tuple(line)[:3] == ("client.registered", told["client_id"], "192.0.2.30")
    assert line.detail["by"] == "itself"


async def test_an_initial_access_token_is_asked_for(database_url: str) -> None:
    async with registering(database_url, "token") as site:
        program = await registrant(site)
        answer = await program.register()
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer realm="registration"'
        _, secret = await initial_token(site)
        assert (await program.register(token=secret)).status_code == 201


async def test_a_token_that_does_not_serve_registers_nothing(database_url: str) -> None:
    async with registering(database_url, "token") as site:
        program = await registrant(site)
        _, spent = await initial_token(site)
        told = (await program.register(token=spent)).json()
        _, expiring = await initial_token(site, life=60)
        site.clock.advance(60)
        others = (spent, expiring, issue(Kind.INITIAL_TOKEN, _Zeros()), told["registration_access_token"], "x", "")
        for token in others:
            answer = await program.register(token=token)
            assert answer.status_code == 401, token
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
        basic = await program.http.post("/register", json=MINIMAL, auth=httpx2.BasicAuth("a", spent))
        assert basic.status_code == 401


async def test_a_refused_document_does_not_spend_the_token(database_url: str) -> None:
    async with registering(database_url, "token") as site:
        program = await registrant(site)
        _, secret = await initial_token(site)
        assert (await program.register({"redirect_uris": []}, secret)).status_code == 400
        assert (await program.register(token=secret)).status_code == 201
        assert (await program.register(token=secret)).status_code == 401


async def test_a_token_of_two_uses_asked_ten_times_at_once_registers_two(database_url: str) -> None:
    async with registering(database_url, "token") as site:
        program = await registrant(site)
        _, secret = await initial_token(site, uses=2)
        answers = await asyncio.gather(*(program.register(token=secret) for _ in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201] * 2 + [401] * 8
        assert await site.provider.database.read(_count_clients) == 2


TWO_HOSTS = ["https://pool.example/cb", "https://sports.example/cb"]
SECTOR: dict[str, Any] = {"subject_type": "pairwise", "redirect_uris": TWO_HOSTS}


async def test_the_sector_document_has_to_list_every_address(somebody: Registrant, pool: Outside) -> None:
    uri = pool.url("/sector")
    pool.answer("/sector", json.dumps([*TWO_HOSTS, "https://other.example/cb"]).encode())
    told = await somebody.registered(**SECTOR, sector_identifier_uri=uri)
    assert told["sector_identifier_uri"] == uri
    pool.answer("/sector", b'["https://pool.example/cb"]')
    answer = await somebody.register(SECTOR | {"sector_identifier_uri": uri})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert answer.json()["error_description"] == "sector_identifier_uri: does not list item 2 of redirect_uris"


async def test_several_hosts_without_a_sector_are_refused(somebody: Registrant) -> None:
    answer = await somebody.register(SECTOR)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


async def test_whatever_is_wrong_with_the_sector_document_is_told_alike(somebody: Registrant, pool: Outside) -> None:
    pool.answer("/page", b"<html>")
    pool.answer("/object", b"{}")
    pool.answer("/large", b'["' + b"x" * 70_000 + b'"]')
    pool.answer("/deep", b"[" * 50_000)
    pool.redirect("/moved", pool.url("/sector"))
    addresses = [pool.url(path) for path in ("/page", "/object", "/large", "/deep", "/moved", "/absent")]
    addresses += [
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://localhost/",
        "https://nobody.invalid/",
    ]
    told = set()
    for uri in addresses:
        answer = await somebody.register(SECTOR | {"sector_identifier_uri": uri})
        assert answer.status_code == 400
        told.add(answer.json()["error_description"])
    assert told == {"sector_identifier_uri: could not be read as a JSON array of addresses"}


async def test_nobody_who_may_not_register_makes_us_call_anybody(database_url: str, pool: Outside) -> None:
    document = SECTOR | {"sector_identifier_uri": pool.url("/sector"), "jwks_uri": pool.url("/jwks")}
    for mode in ("closed", "token"):
        async with registering(database_url, mode) as site:
            program = await registrant(site)
            assert (await program.register(document)).status_code in {401, 403}
            assert (await program.register(document, issue(Kind.INITIAL_TOKEN, _Zeros()))).status_code in {401, 403}
    assert pool.connections == 0


async def test_a_registration_reads_neither_the_keys_nor_the_logo(somebody: Registrant, pool: Outside) -> None:
    await somebody.registered(jwks_uri=pool.url("/jwks"), logo_uri=pool.url("/logo"), request_uris=[pool.url("/r")])
    assert pool.connections == 0


async def test_the_registered_jwks_uri_is_where_its_keys_are_read(
    open_site: Site, somebody: Registrant, pool: Outside
) -> None:
    key = Key.new("ES256", NOW, Stage.ACTIVE)
    pool.answer("/jwks", json.dumps(KeyRing((key,)).published()).encode())
    told = await somebody.registered(token_endpoint_auth_method="private_key_jwt", jwks_uri=pool.url("/jwks"))
    assert told["jwks_uri"] == pool.url("/jwks")
    assert await assertion_error(somebody, told["client_id"], key, open_site.issuer) == "invalid_grant"
    stranger = Key.new("ES256", NOW, Stage.ACTIVE)
    assert await assertion_error(somebody, told["client_id"], stranger, open_site.issuer) == "invalid_client"


async def assertion_error(program: Registrant, client_id: str, key: Key, issuer: str) -> str:
    """The error of a token request that is wrong in its code, and perhaps in its assertion."""
    claims = {"iss": client_id, "sub": client_id, "aud": issuer, "exp": NOW + 60, "jti": f"{key.kid}"}
    form = {
        "grant_type": "authorization_code",
        "code": issue(Kind.CODE, _Zeros()),
        "redirect_uri": "https://pool.example/cb",
        "client_assertion": jose.sign(key, claims, typ="JWT"),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }
    return str((await program.http.post("/token", data=form)).json()["error"])
