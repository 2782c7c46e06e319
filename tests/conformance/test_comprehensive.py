"""oidcc-test-plan: the methods of client authentication that no certified core plan has, clients registered."""

from tests.conformance.comprehensive import COMPREHENSIVE
from tests.conformance.plans import Entry, each
from tests.conformance.suite import Suite


@each(COMPREHENSIVE)
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
