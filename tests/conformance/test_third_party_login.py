"""oidcc-3rdparty-init-login-certification-test-plan, under each response type."""

from tests.conformance.plans import RESPONSE_TYPES, Entry, each, entries
from tests.conformance.suite import Suite, Variant

MODULES = "oidcc-3rd_party-init-login oidcc-3rd_party-init-login-nohttps"


@each(entry for response_type in RESPONSE_TYPES for entry in entries(Variant(response_type), MODULES))
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
