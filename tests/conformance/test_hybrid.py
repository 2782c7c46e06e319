"""oidcc-hybrid-certification-test-plan: clients registered for each module, then those of the configuration."""

from tests.conformance.core import HYBRID
from tests.conformance.plans import Entry, each, with_static_clients
from tests.conformance.suite import Suite

STATIC = tuple(with_static_clients(HYBRID))


def test_the_plan_has_the_modules_that_the_suite_lists() -> None:
    assert (len(HYBRID), len(STATIC)) == (102, 96)


@each(HYBRID)
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(STATIC)
def test_static_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
