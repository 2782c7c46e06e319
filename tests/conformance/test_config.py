"""oidcc-config-certification-test-plan."""

from tests.conformance.plans import Entry
from tests.conformance.suite import Suite, Variant


def test_oidcc_discovery_endpoint_verification(suite: Suite) -> None:
    Entry("oidcc-discovery-endpoint-verification", Variant()).play(suite)
