"""oidcc-session-management-certification-test-plan: its second module needs a browser with scripts."""

from pathlib import Path

import pytest

from tests.conformance.chromium import real_browser
from tests.conformance.plans import Entry
from tests.conformance.suite import Suite, Variant


def test_oidcc_session_management_discovery_endpoint_verification(suite: Suite) -> None:
    Entry("oidcc-session-management-discovery-endpoint-verification", Variant()).play(suite)


@pytest.mark.needs("chromium")
def test_oidcc_session_management_rp_initiated_logout(suite: Suite, tmp_path: Path) -> None:
    with real_browser(tmp_path) as browser:
        Entry("oidcc-session-management-rp-initiated-logout", Variant()).play(suite, browser)
