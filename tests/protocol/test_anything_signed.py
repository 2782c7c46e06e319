"""Whatever a client signs, as a request (RFC 9101) or to prove itself (RFC 7523): an answer, never a fault."""

import asyncio
import json
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from keys.algorithms import SIGNATURES
from keys.encoding import encode
from tests.protocol.test_any_request import ANYTHING, CLAIMS, HOSTILE, KNOWN, PROPERTY, judge, with_site
from tests.protocol.test_request_objects import HOLDER, JWKS, claims_of
from tests.support.assertions import TYPE
from tests.support.provider import NOW, Site
from tests.support.relying_party import REDIRECT, RelyingParty, register

ESCAPED = st.text(st.characters(), max_size=20) | st.sampled_from(["\ud800", "a\0b", "\udfff" * 3])
"""What only the escapes of JSON can write."""
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 10**18, 1e308, True])
VALUES = st.recursive(
    st.none() | NUMBERS | ANYTHING | ESCAPED | HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=5,
)
ABOUT = ("iss", "aud", "exp", "nbf", "iat", "jti", "sub", "client_id")
NAMES = st.sampled_from(sorted({*KNOWN, *ABOUT}))
MEMBERS = NAMES.flatmap(
    lambda name: st.tuples(
        st.just(name),
        VALUES | st.sampled_from(KNOWN.get(name, [name])) | (CLAIMS if name == "claims" else st.nothing()),
    )
)
DEEP = st.integers(100, 2_000).map(lambda depth: "[" * depth + "]" * depth)


def compact(payload: str) -> str:
    """Sign a text as it is."""
    header = encode(json.dumps({"alg": "ES256", "kid": HOLDER.kid}).encode())
    text = f"{header}.{encode(payload.encode())}"
    return f"{text}.{encode(SIGNATURES['ES256'].sign(HOLDER.jwk.private_key, text.encode()))}"


def test_no_signed_object_fails_or_leads_elsewhere(database_url: str) -> None:
    def act(runner: asyncio.Runner, site: Site, _application: RelyingParty) -> None:
        signing = runner.run(register(site, "signing", jwks=JWKS))
        client = runner.run(site.client())

        @PROPERTY
        @given(st.lists(MEMBERS, max_size=3), st.none() | DEEP)
        def judged(members: list[tuple[str, Any]], deep: str | None) -> None:
            claims = json.dumps(claims_of(signing) | dict(members), skipkeys=True)
            payload = claims if deep is None else f'{claims[:-1]},"claims":{deep}}}'
            sent = {"client_id": "signing", "redirect_uri": REDIRECT, "request": compact(payload)}
            judge(runner.run(client.get(f"/authorize?{urlencode(sent)}")), f"{REDIRECT}?", f"{REDIRECT}#")

        judged()

    with_site(database_url, act)


def test_no_signed_assertion_fails(database_url: str) -> None:
    def act(runner: asyncio.Runner, site: Site, application: RelyingParty) -> None:
        runner.run(register(site, "asserting", token_endpoint_auth_method="private_key_jwt", jwks=JWKS))
        good = {"iss": "asserting", "sub": "asserting", "aud": application.issuer, "exp": NOW + 60}
        members = st.tuples(st.sampled_from(ABOUT), VALUES)

        @PROPERTY
        @given(st.lists(members, max_size=2), st.uuids(), st.sampled_from(["/token", "/par", "/introspect", "/device"]))
        def judged(members: list[tuple[str, Any]], jti: UUID, path: str) -> None:
            assertion = compact(json.dumps({**good, "jti": str(jti), **dict(members)}, skipkeys=True))
            form = {"client_assertion_type": TYPE, "client_assertion": assertion, "token": "x"}
            response = runner.run(application.http.post(path, data=form))
            assert response.status_code in {200, 400, 401, 429}, response.text

        judged()

    with_site(database_url, act)
