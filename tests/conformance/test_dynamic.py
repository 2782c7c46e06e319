"""oidcc-dynamic-certification-test-plan, under each response type."""

from collections import Counter
from collections.abc import Iterator

from tests.conformance.plans import RESPONSE_TYPES, Entry, each, entries
from tests.conformance.suite import Suite, Variant

_ALL = """
oidcc-idtoken-rs256 oidcc-ensure-redirect-uri-in-authorization-request
oidcc-redirect-uri-query-OK oidcc-redirect-uri-query-mismatch oidcc-redirect-uri-query-added
oidcc-redirect-uri-regfrag oidcc-discovery-endpoint-verification oidcc-server oidcc-registration-logo-uri
oidcc-registration-policy-uri oidcc-registration-tos-uri oidcc-registration-sector-uri oidcc-registration-sector-bad
oidcc-server-rotate-keys oidcc-request-uri-unsigned oidcc-request-uri-signed-rs256
oidcc-ensure-request-object-with-redirect-uri oidcc-ensure-client-assertion-with-iss-aud-succeeds
"""
_WITHOUT_ID_TOKEN_IN_FRONT = "oidcc-idtoken-unsigned"
_WITH_ACCESS_TOKEN = "oidcc-userinfo-rs256"
_WITH_CODE = "oidcc-registration-jwks-uri oidcc-refresh-token-rp-key-rotation oidcc-refresh-token"


def plan() -> Iterator[Entry]:
    for response_type in RESPONSE_TYPES:
        variant = Variant(response_type, "private_key_jwt")
        yield from entries(variant, _ALL)
        if response_type != "id_token":
            yield from entries(variant, _WITH_ACCESS_TOKEN)
        if not variant.includes("id_token"):
            yield from entries(variant, _WITHOUT_ID_TOKEN_IN_FRONT)
        if variant.includes("code"):
            yield from entries(variant, _WITH_CODE)


def test_the_plan_has_the_modules_that_the_suite_lists() -> None:
    counted = Counter(entry.variant.response_type for entry in plan())
    assert [counted[response_type] for response_type in RESPONSE_TYPES] == [23, 18, 19, 22, 23, 22]


@each(plan())
def test_dynamic_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
