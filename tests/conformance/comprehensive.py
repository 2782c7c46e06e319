"""oidcc-test-plan: no certification, and whoever starts it chooses everything. What it adds to the certified plans is
how clients prove themselves: every module of the Basic plan under the methods that no core plan has, and every module
that comes to the token endpoint under each response type and mode."""

from collections.abc import Iterator

from tests.conformance.core import BASIC
from tests.conformance.plans import RESPONSE_TYPES, Entry, entries
from tests.conformance.suite import Variant

METHODS = ("none", "client_secret_jwt", "private_key_jwt")
_OF_BASIC = " ".join(entry.module for entry in BASIC if entry.variant.client_auth == "client_secret_basic")
_OF_CODES = (
    "oidcc-server oidcc-codereuse oidcc-codereuse-30seconds oidcc-refresh-token "
    "oidcc-ensure-request-with-valid-pkce-succeeds"
)
_OF_POSTED_CODES = "oidcc-server oidcc-refresh-token"
_OF_TOKENS = "oidcc-server oidcc-scope-all"


def _under(method: str) -> Iterator[Entry]:
    yield from entries(Variant("code", method), _OF_BASIC)
    yield from entries(Variant("code", method, "form_post"), _OF_POSTED_CODES)
    for response_type in RESPONSE_TYPES[1:]:
        default, posted = Variant(response_type, method), Variant(response_type, method, "form_post")
        yield from entries(default, _OF_CODES if default.includes("code") else _OF_TOKENS)
        yield from entries(posted, _OF_POSTED_CODES if posted.includes("code") else _OF_TOKENS)


COMPREHENSIVE = tuple(entry for method in METHODS for entry in _under(method))
