"""oidcc-formpost-basic-certification-test-plan: the basic plan, every answer posted by the browser."""

from tests.conformance.core import BASIC
from tests.conformance.plans import Entry, each, with_form_post, with_static_clients
from tests.conformance.suite import Suite


@each(with_form_post(BASIC))
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(with_static_clients(with_form_post(BASIC)))
def test_static_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
