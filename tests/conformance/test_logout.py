"""The logout plans: RP-Initiated, Front-Channel and Back-Channel, under each response type."""

from tests.conformance.plans import RESPONSE_TYPES, Entry, each, entries, with_static_clients
from tests.conformance.suite import Suite, Variant

RP_INITIATED = """
oidcc-rp-initiated-logout-discovery-endpoint-verification oidcc-rp-initiated-logout oidcc-rp-initiated-logout-no-state
oidcc-rp-initiated-logout-bad-post-logout-redirect-uri
oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri oidcc-rp-initiated-logout-modified-id-token-hint
oidcc-rp-initiated-logout-bad-id-token-hint oidcc-rp-initiated-logout-no-id-token-hint
oidcc-rp-initiated-logout-no-params oidcc-rp-initiated-logout-only-state
oidcc-rp-initiated-logout-no-post-logout-redirect-uri
"""
FRONT_CHANNEL = "oidcc-frontchannel-logout-discovery-endpoint-verification oidcc-frontchannel-rp-initiated-logout"
BACK_CHANNEL = "oidcc-backchannel-logout-discovery-endpoint-verification oidcc-backchannel-rp-initiated-logout"
VARIANTS = tuple(map(Variant, RESPONSE_TYPES))


@each(entry for variant in VARIANTS for entry in entries(variant, RP_INITIATED))
def test_rp_initiated(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(entry for variant in VARIANTS for entry in entries(variant, FRONT_CHANNEL))
def test_front_channel(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(entry for variant in VARIANTS for entry in entries(variant, BACK_CHANNEL))
def test_back_channel(suite: Suite, entry: Entry) -> None:
    entry.play(suite)


@each(with_static_clients(entries(Variant(), f"{RP_INITIATED} {FRONT_CHANNEL} {BACK_CHANNEL}")))
def test_static_client(suite: Suite, entry: Entry) -> None:
    entry.play(suite)
