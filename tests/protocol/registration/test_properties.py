"""Whatever is sent to the registration endpoints is answered as RFC 7591 section 3.2 says, and never by a failure."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.client import MEMBERS
from tests.support.provider import Site
from tests.support.registrant import MINIMAL, Registrant, registering, registrant

ERRORS = {
    "invalid_client_metadata",
    "invalid_redirect_uri",
    "invalid_software_statement",
    "unapproved_software_statement",
}
DESCRIPTION = {chr(code) for code in range(0x20, 0x7F)} - {'"', "\\"}
"""RFC 6749 section 5.2."""

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
URLS = st.sampled_from(
    [
        "https://pool.example/cb",
        "http://localhost/",
        "javascript:x",
        "https://[::1]/",
        "https://a@b/",
        "//",
        "urn:x",
        "",
    ]
)
WORDS = st.sampled_from(
    ["none", "code", "implicit", "id_token token", "pairwise", "RS256", "HS256", "openid", "native"]
)
TEXTS = URLS | WORDS | st.text(st.characters(codec="utf-8"), max_size=20)
JSON = st.recursive(
    SCALARS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(sorted(MEMBERS | {"client_id", "client_secret", "registration_access_token", "jwks"}))
DOCUMENTS = st.dictionaries(NAMES | st.text(st.characters(codec="utf-8"), max_size=8), JSON, max_size=6)
THOROUGHLY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def unlimited(tmp_path: Any, database_url: str) -> AsyncIterator[Site]:
    """Registration is open, as often as one likes."""
    async with registering(database_url, per_hour=1_000_000, front_channel=True) as site:
        yield site


@pytest.fixture
async def somebody(unlimited: Site) -> Registrant:
    return await registrant(unlimited)


def check_refusal(told: dict[str, Any]) -> None:
    assert told["error"] in ERRORS
    assert DESCRIPTION.issuperset(told["error_description"])


@THOROUGHLY
@given(document=DOCUMENTS)
async def test_any_document_is_registered_as_told_or_refused_by_name(somebody: Registrant, document: Any) -> None:
    for sent in (document, MINIMAL | document):
        answer = await somebody.register(sent)
        assert answer.status_code in {201, 400}, answer.text
        if answer.status_code == 400:
            check_refusal(answer.json())
            continue
        told = answer.json()
        assert told["first_party"] is False
        assert told["self_registered"] is True
        assert (await somebody.ask("DELETE", told)).status_code == 204


@THOROUGHLY
@given(document=DOCUMENTS)
async def test_any_update_is_carried_out_or_refused_and_then_changes_nothing(
    somebody: Registrant, document: Any
) -> None:
    told = await somebody.registered()
    answer = await somebody.ask("PUT", told, {"client_id": told["client_id"], **MINIMAL, **document})
    assert answer.status_code in {200, 400}, answer.text
    if answer.status_code == 400:
        check_refusal(answer.json())
        kept = (await somebody.ask("GET", told)).json()
        assert kept["redirect_uris"] == MINIMAL["redirect_uris"]
    else:
        told = answer.json()
    assert (await somebody.ask("DELETE", told)).status_code == 204


@THOROUGHLY
@given(body=st.binary(max_size=200))
async def test_any_body_is_refused_by_name(somebody: Registrant, body: bytes) -> None:
    answer = await somebody.http.post("/register", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    check_refusal(answer.json())
