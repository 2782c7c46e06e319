"""`idp check` says whether people could come in by an upstream."""

import pytest

from idp.upstream.checking import verdict
from tests.support.provider import Site
from tests.support.upstream import DISCOVERY, JWKS, ScriptedUpstream, brokering, settings_of


async def test_an_upstream_that_is_as_expected_has_nothing_said_of_it(broker: Site) -> None:
    assert await verdict(broker.provider, "franceconnect") is None


@pytest.mark.parametrize(
    ("path", "said"),
    [pytest.param(DISCOVERY, "status 503", id="metadata"), pytest.param(JWKS, "status 503", id="keys")],
)
async def test_what_cannot_be_had_is_said(broker: Site, upstream: ScriptedUpstream, path: str, said: str) -> None:
    upstream.answer(path, b"", status=503)
    assert await verdict(broker.provider, "franceconnect") == said


async def test_an_algorithm_that_it_has_no_key_for_is_said(file_url: str, upstream: ScriptedUpstream) -> None:
    async with brokering(file_url, settings_of(upstream, signing_algorithm="EdDSA")) as site:
        assert "no key for EdDSA" in str(await verdict(site.provider, "franceconnect"))
