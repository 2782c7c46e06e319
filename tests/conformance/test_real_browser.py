"""Modules that lean on what a browser does by itself, in a real one: scripts, frames, policies, cookies."""

from pathlib import Path

import pytest

from tests.conformance.chromium import real_browser
from tests.conformance.plans import Entry, each
from tests.conformance.suite import Suite, Variant

HYBRID = "code id_token token"


@pytest.mark.needs("chromium")
@each(
    (
        Entry("oidcc-server", Variant(HYBRID)),
        Entry("oidcc-prompt-none-logged-in", Variant(HYBRID, response_mode="form_post")),
        Entry("oidcc-ensure-post-request-succeeds", Variant()),
        Entry("oidcc-registration-logo-uri", Variant(client_auth="private_key_jwt")),
        Entry("oidcc-rp-initiated-logout-no-params", Variant()),
        Entry("oidcc-frontchannel-rp-initiated-logout", Variant()),
    )
)
def test_in_chromium(suite: Suite, entry: Entry, tmp_path: Path) -> None:
    with real_browser(tmp_path) as browser:
        entry.play(suite, browser)
