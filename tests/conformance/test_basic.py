"""oidcc-basic-certification-test-plan: clients registered for each module, then those of the configuration."""

from tests.conformance.core import BASIC
from tests.conformance.plans import Entry, each, with_static_clients
from tests.conformance.suite import Suite

STATIC = tuple(with_static_clients(BASIC))


def test_the_plan_has_the_modules_that_the_suite_lists() -> None:
    assert (len(BASIC), len(STATIC)) == (38, 35)


@each(BASIC)
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(STATIC)
def test_static_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
