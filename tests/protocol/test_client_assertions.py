"""Clients that prove themselves by a signed assertion: RFC 7523 section 3, OpenID Connect Core 1.0 section 9.

Their keys are read from a real server of theirs, over TLS.
"""

import asyncio
import hmac
import itertools
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from clients import registry
from idp.oidc.client_keys import AGAIN_SECONDS, FRESH_SECONDS, OLDEST_SECONDS, RETRY_SECONDS
from keys import jose
from keys.encoding import encode
from keys.ring import Key, KeyRing, Stage
from keys.sealing import Seal
from tests.support.outside import Outside, ca_file, outside
from tests.support.provider import NOW, Site, opened, settings_for
from tests.support.relying_party import RelyingParty, register

_jti = itertools.count()
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MACHINE = {"grant_types": ("client_credentials",), "scope": "permits:read", "redirect_uris": ("https://pool.example/",)}


def a_key() -> Key:
    return Key.new("ES256", NOW, Stage.ACTIVE)


@pytest.fixture
async def pool() -> AsyncIterator[Outside]:
    """The application's own server."""
    async with outside() as host:
        yield host


@pytest.fixture
async def site(database_url: str) -> AsyncIterator[Site]:
    """A provider that may call this machine."""
    settings = settings_for(database_url, outbound_allow=("127.0.0.1",), outbound_ca_file=ca_file())
    async with opened(settings) as site:
        yield site


def publish(host: Outside, *keys: Key) -> None:
    host.answer("/jwks", json.dumps(KeyRing(keys).published()).encode())


def claims(site: Site, client_id: str, **changes: Any) -> dict[str, object]:
    """What an assertion of this client says now; None leaves a claim out."""
    now = site.clock.now()
    said = {
        "iss": client_id,
        "sub": client_id,
        "aud": f"{site.issuer}/token",
        "iat": now,
        "exp": now + 60,
        "jti": f"jti-{next(_jti)}",
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def hs256(said: dict[str, object], secret: bytes, **header: object) -> str:
    """An assertion whose signature is an HMAC."""
    signed = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"} | header, said))
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"


async def ask(application: RelyingParty, assertion: str, path: str = "/token") -> httpx2.Response:
    """Ask for a token of the application's own, or something harmless elsewhere, with this assertion."""
    form = {"client_assertion": assertion, "client_assertion_type": TYPE}
    form |= {"grant_type": "client_credentials"} if path == "/token" else {"token": "lpat_unknown"}
    return await application.http.post(path, data=form)


async def signing(site: Site, host: Outside, **members: Any) -> RelyingParty:
    """An application that publishes its keys on that server."""
    usual = {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": host.url("/jwks")}
    return await register(site, "pool", **(MACHINE | usual | members))


async def proves(site: Site, application: RelyingParty, key: Key, **changes: Any) -> bool:
    """Whether a fresh assertion under that key is accepted."""
    said = claims(site, application.client.client_id, **changes)
    answer = await ask(application, jose.sign(key, said, typ="JWT"))
    assert answer.status_code == 200 or answer.json()["error"] == "invalid_client", answer.text
    return answer.status_code == 200


@pytest.mark.parametrize("path", ["/token", "/introspect", "/revoke"])
async def test_the_keys_of_a_client_are_read_at_its_jwks_uri(site: Site, pool: Outside, path: str) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool)
    for _ in range(3):
        assertion = jose.sign(key, claims(site, "pool"), typ="JWT")
        assert (await ask(application, assertion, path)).status_code == 200
    assert [seen.path for seen in pool.seen] == ["/jwks"]


async def test_the_issuer_alone_is_an_audience_too(site: Site, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    assert await proves(site, await signing(site, pool), key, aud=site.issuer)


async def test_an_assertion_serves_once(site: Site, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool)
    assertion = jose.sign(key, claims(site, "pool"), typ="JWT")
    answers = await asyncio.gather(*(ask(application, assertion) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


async def test_an_unknown_kid_has_the_keys_read_again_but_not_more_often_than_stated(site: Site, pool: Outside) -> None:
    former, latter = a_key(), a_key()
    publish(pool, former)
    application = await signing(site, pool)
    assert await proves(site, application, former)
    publish(pool, latter)
    assert not await proves(site, application, latter)
    site.clock.advance(AGAIN_SECONDS)
    assert await proves(site, application, latter)
    assert not await proves(site, application, former)
    assert len(pool.seen) == 2


async def test_a_crowd_of_unknown_kids_is_one_call(site: Site, pool: Outside) -> None:
    known = a_key()
    publish(pool, known)
    application = await signing(site, pool)
    assert await proves(site, application, known)
    site.clock.advance(AGAIN_SECONDS)
    assert not any(await asyncio.gather(*(proves(site, application, a_key()) for _ in range(10))))
    assert len(pool.seen) == 2
    assert await proves(site, application, known)


async def test_a_crowd_on_a_cold_start_is_one_call_and_all_are_served(site: Site, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool)
    assert all(await asyncio.gather(*(proves(site, application, key) for _ in range(10))))
    assert len(pool.seen) == 1


@pytest.mark.parametrize(
    "broken",
    [b'{"keys": []}', b"{}", b"<html>", b"", b'{"keys": [{"kty": "oct", "k": "AAAA"}]}', b"x" * 70_000],
    ids=["empty", "no keys", "a page", "nothing", "a secret", "too large"],
)
async def test_a_broken_set_never_replaces_a_good_one(site: Site, pool: Outside, broken: bytes) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool)
    assert await proves(site, application, key)
    pool.answer("/jwks", broken)
    site.clock.advance(FRESH_SECONDS)
    assert await proves(site, application, key)
    assert await proves(site, application, key)
    assert len(pool.seen) == 2
    site.clock.advance(RETRY_SECONDS)
    publish(pool, key)
    assert await proves(site, application, key)
    assert len(pool.seen) == 3


async def test_a_key_taken_back_is_refused_once_the_set_is_old(site: Site, pool: Outside) -> None:
    kept, withdrawn = a_key(), a_key()
    publish(pool, kept, withdrawn)
    application = await signing(site, pool)
    assert await proves(site, application, withdrawn)
    publish(pool, kept)
    site.clock.advance(FRESH_SECONDS)
    assert not await proves(site, application, withdrawn)
    assert await proves(site, application, kept)


async def test_a_set_whose_address_stays_silent_serves_a_day_and_no_longer(site: Site, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool)
    assert await proves(site, application, key)
    pool.scripts.clear()
    site.clock.advance(OLDEST_SECONDS - 1)
    assert await proves(site, application, key)
    site.clock.advance(1)
    assert not await proves(site, application, key)


async def test_keys_that_were_never_read_are_asked_for_again_after_some_seconds(site: Site, pool: Outside) -> None:
    key = a_key()
    application = await signing(site, pool)
    assert not await proves(site, application, key)
    publish(pool, key)
    assert not await proves(site, application, key)
    site.clock.advance(AGAIN_SECONDS)
    assert await proves(site, application, key)
    assert len(pool.seen) == 2


IMPLAUSIBLE: dict[str, dict[str, Any]] = {
    "for another provider": {"aud": "https://other.example"},
    "for us and another": {"aud": ["https://connexion.exemple.fr", "https://other.example"]},
    "expired": {"exp": NOW - 3_600},
    "of a far future": {"exp": NOW + 86_400},
    "not yet valid": {"nbf": NOW + 3_600},
    "without jti": {"jti": None},
    "without end": {"exp": None},
    "by another issuer": {"iss": "sports"},
}


@pytest.mark.parametrize("changes", IMPLAUSIBLE.values(), ids=IMPLAUSIBLE.keys())
async def test_an_assertion_that_could_not_be_good_makes_us_call_nobody(
    site: Site, pool: Outside, changes: dict[str, Any]
) -> None:
    key = a_key()
    publish(pool, key)
    assert not await proves(site, await signing(site, pool), key, **changes)
    assert pool.connections == 0


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "HS512"}, {"alg": "XX"}, {}], ids=str)
async def test_an_algorithm_that_no_client_signs_with_makes_us_call_nobody(
    site: Site, pool: Outside, header: dict[str, object]
) -> None:
    publish(pool, a_key())
    application = await signing(site, pool)
    parts = (header, claims(site, "pool"))
    assertion = ".".join(encode(json.dumps(part).encode()) for part in parts) + ".AAAA"
    assert (await ask(application, assertion)).status_code == 401
    assert pool.connections == 0


async def test_what_the_header_points_to_is_never_read(site: Site, pool: Outside) -> None:
    known, stranger = a_key(), a_key()
    publish(pool, known)
    pool.answer("/mine", json.dumps(KeyRing((stranger,)).published()).encode())
    application = await signing(site, pool)
    token = jose.sign(stranger, claims(site, "pool"), typ="JWT")
    _, body, _ = token.split(".")
    pointing = {"alg": "ES256", "kid": stranger.kid, "jku": pool.url("/mine"), "x5u": pool.url("/mine")}
    assertion = f"{encode(json.dumps(pointing).encode())}.{body}.{token.split('.')[2]}"
    assert (await ask(application, assertion)).status_code == 401
    assert [seen.path for seen in pool.seen] == ["/jwks"]


async def test_a_client_of_another_method_makes_us_call_nobody(site: Site, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool, token_endpoint_auth_method="client_secret_basic")
    assert not await proves(site, application, key)
    assert pool.connections == 0


async def test_a_suspended_client_makes_us_call_nobody(site: Site, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    application = await signing(site, pool)
    await site.provider.database.transaction(registry.suspend, "pool", now=NOW)
    assert not await proves(site, application, key)
    assert pool.connections == 0


async def test_by_default_nobody_makes_us_call_our_own_machine(database_url: str, pool: Outside) -> None:
    key = a_key()
    publish(pool, key)
    async with opened(settings_for(database_url, outbound_ca_file=ca_file())) as guarded:
        assert not await proves(guarded, await signing(guarded, pool), key)
    assert pool.connections == 0


async def secretive(site: Site, **members: Any) -> tuple[RelyingParty, bytes]:
    """An application that signs with its secret, and the secret."""
    application = await register(site, "pool", **MACHINE, token_endpoint_auth_method="client_secret_jwt", **members)
    assert application.secret is not None
    return application, application.secret.encode()


async def test_client_secret_jwt_proves_a_client_once(site: Site) -> None:
    application, secret = await secretive(site)
    assertion = hs256(claims(site, "pool"), secret)
    assert (await ask(application, assertion)).status_code == 200
    assert (await ask(application, assertion)).status_code == 401
    assert (await ask(application, hs256(claims(site, "pool"), b"x" * 48))).status_code == 401
    assert (await ask(application, hs256(claims(site, "pool", sub="sports"), secret))).status_code == 401
    assert (await ask(application, hs256(claims(site, "pool", aud="https://other.example"), secret))).status_code == 401


async def test_client_secret_jwt_accepts_neither_the_secret_itself_nor_a_signature(site: Site) -> None:
    application, secret = await secretive(site)
    basic = httpx2.BasicAuth("pool", secret.decode())
    assert (
        await application.http.post("/token", auth=basic, data={"grant_type": "client_credentials"})
    ).status_code == 401
    posted = {"grant_type": "client_credentials", "client_id": "pool", "client_secret": secret.decode()}
    assert (await application.http.post("/token", data=posted)).status_code == 401
    assert not await proves(site, application, a_key())


async def test_an_hmac_under_a_public_key_or_a_secret_of_another_method_proves_nothing(site: Site) -> None:
    key = a_key()
    published = KeyRing((key,)).published()
    by_key = await register(site, "sports", **MACHINE, token_endpoint_auth_method="private_key_jwt", jwks=published)
    for secret in (json.dumps(published).encode(), json.dumps(published["keys"]).encode(), str(key.kid).encode()):
        assert (await ask(by_key, hs256(claims(site, "sports"), secret, kid=key.kid))).status_code == 401
    basic = await register(site, "kiosk", **MACHINE)
    assert basic.secret is not None
    assert (await ask(basic, hs256(claims(site, "kiosk"), basic.secret.encode()))).status_code == 401


async def test_both_secrets_sign_while_one_replaces_the_other(site: Site) -> None:
    application, former = await secretive(site)
    latter = await site.provider.database.transaction(
        registry.rotate_secret,
        "pool",
        overlap=60,
        now=site.clock.now(),
        random_bytes=site.provider.randomness.token_bytes,
        seal=site.provider.seal,
    )
    site.provider.clients.invalidate()
    for secret in (former, latter.encode()):
        assert (await ask(application, hs256(claims(site, "pool"), secret))).status_code == 200
    site.clock.advance(60)
    assert (await ask(application, hs256(claims(site, "pool"), former))).status_code == 401
    assert (await ask(application, hs256(claims(site, "pool"), latter.encode()))).status_code == 200


async def test_a_secret_sealed_under_another_key_proves_nothing_and_is_told_to_the_operator(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    application, secret = await secretive(site)
    site.provider.seal = Seal(b"another secret key of the operator's")
    with caplog.at_level(logging.WARNING):
        assert (await ask(application, hs256(claims(site, "pool"), secret))).status_code == 401
    assert "sealed under another secret key" in caplog.text
    assert secret.decode() not in caplog.text


async def test_the_registered_algorithm_is_the_only_one(site: Site, pool: Outside) -> None:
    es256, eddsa = a_key(), Key.new("EdDSA", NOW, Stage.ACTIVE)
    publish(pool, es256, eddsa)
    application = await signing(site, pool, token_endpoint_auth_signing_alg="EdDSA")
    assert await proves(site, application, eddsa)
    assert not await proves(site, application, es256)


async def test_a_key_under_another_name_is_not_the_clients(site: Site, pool: Outside) -> None:
    known, stranger = a_key(), a_key()
    publish(pool, known)
    application = await signing(site, pool)
    assert not await proves(site, application, replace(stranger, kid=known.kid))
