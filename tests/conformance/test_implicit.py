"""oidcc-implicit-certification-test-plan: clients registered for each module, then those of the configuration."""

from tests.conformance.core import IMPLICIT
from tests.conformance.plans import Entry, each, with_static_clients
from tests.conformance.suite import Suite

STATIC = tuple(with_static_clients(IMPLICIT))


def test_the_plan_has_the_modules_that_the_suite_lists() -> None:
    assert (len(IMPLICIT), len(STATIC)) == (58, 54)


@each(IMPLICIT)
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(STATIC)
def test_static_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
