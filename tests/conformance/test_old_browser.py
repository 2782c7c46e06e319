"""Modules in a scripted browser of the kind that the suite brings: it says less of itself, and not quite right."""

from tests.conformance.browser import OldBrowser
from tests.conformance.plans import Entry, each
from tests.conformance.suite import Suite, Variant

HYBRID = "code id_token token"


@each(
    (
        Entry("oidcc-server", Variant(HYBRID, response_mode="form_post")),
        Entry("oidcc-prompt-login", Variant()),
        Entry("oidcc-ensure-post-request-succeeds", Variant()),
        Entry("oidcc-rp-initiated-logout-no-params", Variant()),
    )
)
def test_in_an_old_browser(suite: Suite, entry: Entry) -> None:
    entry.play(suite, OldBrowser(suite.deployment.http))
