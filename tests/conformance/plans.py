"""Plans: which modules, under which variants, as the suite lists them; and how each has to end.

A module ends in REVIEW when the page it captured is the proof, and is SKIPPED when the provider does not serve what it
is about. Anything else than what is written here is a failure of the test, better results included.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from tests.conformance.browser import Browser
from tests.conformance.checks import words
from tests.conformance.modules import MODULES
from tests.conformance.suite import Outcome, Suite, Variant

REVIEWED = words(
    """oidcc-prompt-login oidcc-max-age-1 oidcc-ensure-registered-redirect-uri
    oidcc-ensure-redirect-uri-in-authorization-request oidcc-redirect-uri-query-mismatch oidcc-redirect-uri-query-added
    oidcc-registration-logo-uri oidcc-registration-policy-uri oidcc-registration-tos-uri
    oidcc-rp-initiated-logout-bad-post-logout-redirect-uri
    oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri
    oidcc-rp-initiated-logout-modified-id-token-hint oidcc-rp-initiated-logout-bad-id-token-hint
    oidcc-rp-initiated-logout-no-id-token-hint oidcc-rp-initiated-logout-no-params
    oidcc-rp-initiated-logout-only-state oidcc-rp-initiated-logout-no-post-logout-redirect-uri"""
)
SKIPPED = frozenset({"oidcc-idtoken-unsigned"})
DYNAMIC_ALONE = words(
    """oidcc-idtoken-signature oidcc-idtoken-unsigned
    oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported"""
)
"""What the suite leaves out of a core plan when the client is written in its configuration."""
RESPONSE_TYPES = ("code", "id_token", "id_token token", "code id_token", "code token", "code id_token token")


@dataclass(frozen=True, slots=True)
class Entry:
    """A module under a variant."""

    module: str
    variant: Variant

    def __str__(self) -> str:
        return f"{self.module}-{self.variant}"

    @property
    def expected(self) -> Outcome:
        if self.module in SKIPPED:
            return Outcome.SKIPPED
        return Outcome.REVIEW if self.module in REVIEWED else Outcome.PASSED

    def play(self, suite: Suite, browser: Browser | None = None) -> None:
        """Run it, and hold it to how it has to end."""
        assert suite.run(self.module, MODULES[self.module], self.variant, browser) is self.expected


def entries(variant: Variant, modules: str) -> tuple[Entry, ...]:
    """The modules of a list, by their names."""
    return tuple(Entry(name, variant) for name in modules.split())


def with_static_clients(plan: Iterable[Entry]) -> Iterator[Entry]:
    """The plan as it is when the clients are written in the suite's configuration."""
    for entry in plan:
        if entry.module not in DYNAMIC_ALONE:
            yield replace(entry, variant=replace(entry.variant, registration="static_client"))


def with_form_post(plan: Iterable[Entry]) -> Iterator[Entry]:
    """The plan with every answer posted."""
    for entry in plan:
        yield replace(entry, variant=replace(entry.variant, response_mode="form_post"))


def each(plan: Iterable[Entry]) -> pytest.MarkDecorator:
    """A test for each entry, named after it."""
    return pytest.mark.parametrize("entry", list(plan), ids=str)
