"""Where a request comes from: believed only from the proxies that are trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.errors import BadRequest
from idp.web.addresses import client_address, networks, throttle_key

PROXIES = networks(("10.0.0.0/8", "192.168.1.1", "2001:db8:ffff::/48"))

CHAINS: dict[str, tuple[str | None, list[str], str]] = {
    "no proxy": ("198.51.100.1", [], "198.51.100.1"),
    "a stranger who says he is one": ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
    "one proxy": ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
    "one proxy that says nothing": ("10.0.0.1", [], "10.0.0.1"),
    "two proxies": ("10.0.0.1", ["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
    "a visitor who lies": ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
    "two header lines": ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
    "IPv6": ("2001:db8:ffff::1", ["2001:db8::1"], "2001:db8::1"),
    "a written-out IPv6": ("10.0.0.1", ["2001:0db8:0000:0000:0000:0000:0000:0001"], "2001:db8::1"),
    "an IPv4 proxy on a socket of both kinds": ("::ffff:10.0.0.1", ["::ffff:203.0.113.9"], "203.0.113.9"),
    "proxies all the way": ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    "garbage behind the visitor": ("10.0.0.1", ["garbage, 203.0.113.9"], "203.0.113.9"),
    "garbage from a stranger": ("198.51.100.1", ["garbage"], "198.51.100.1"),
    "a socket without address": (None, ["203.0.113.9"], ""),
}


@pytest.mark.parametrize(("peer", "forwarded", "visitor"), CHAINS.values(), ids=CHAINS.keys())
def test_the_visitor_is_the_last_one_that_no_trusted_proxy_added(
    peer: str | None, forwarded: list[str], visitor: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == visitor


@pytest.mark.parametrize("said", ["garbage", "", "203.0.113.9:443", "unknown", "203.0.113.256", "1.1.1.1, "])
def test_what_a_trusted_proxy_says_and_cannot_be_read_is_refused(said: str) -> None:
    with pytest.raises(BadRequest):
        client_address("10.0.0.1", [said], PROXIES)


@given(st.lists(st.text(max_size=50), max_size=4))
def test_a_stranger_is_never_believed_whatever_he_says(forwarded: list[str]) -> None:
    assert client_address("198.51.100.1", forwarded, PROXIES) == "198.51.100.1"


@pytest.mark.parametrize("written", ["proxy.exemple.fr", "10.0.0.0/33", "", "10.0.0.1-10.0.0.9"])
def test_what_is_no_network_is_refused_at_start(written: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear to be an IPv4 or IPv6 network"):
        networks((written,))


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:1::1", "2001:db8:1:1::/64"),
        ("2001:db8:1:1:ffff::2", "2001:db8:1:1::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "198.51.100.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_household_is_counted_as_one(address: str, key: str) -> None:
    assert throttle_key(address) == key
