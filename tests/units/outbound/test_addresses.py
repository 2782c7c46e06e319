"""Which addresses may be called, however they are written (DC-02, DC-05)."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.outbound.addresses import Allowance, Target, is_public, read
from idp.outbound.faults import NotFetched

NOBODY = Allowance()

NOT_PUBLIC = (
    "0.0.0.0",
    "10.1.2.3",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
)
PUBLIC = ("8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8")


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_of_a_special_purpose_is_nobodys_on_the_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_any_other_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(address: object) -> None:
    parsed = ip_address(str(address))
    if parsed.is_private or parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified:
        carried = parsed.version == 6 and getattr(parsed, "ipv4_mapped", None)
        assert not is_public(parsed) or carried


REFUSED = {
    "plain http": "http://pool.example/jwks",
    "file": "file:///etc/passwd",
    "gopher": "gopher://pool.example/",
    "no scheme": "pool.example/jwks",
    "no host": "https:///jwks",
    "user": "https://admin@pool.example/jwks",
    "user and password": "https://a:b@pool.example/jwks",
    "empty user": "https://@pool.example/jwks",
    "line break in the path": "https://pool.example/jwks\r\nX-Injected: 1",
    "space": "https://pool.example/a b",
    "backslash": "https://pool.example\\@evil.example/",
    "not ASCII": "https://pool.éxample/",
    "port that is none": "https://pool.example:99999/",
    "port zero": "https://pool.example:0/",
    "percent in the host": "https://pool%2eexample/",
    "zone": "https://[fe80::1%25eth0]/",
    "bracket": "https://[::1/",
    "too long": "https://pool.example/" + "a" * 2_000,
    "empty": "",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_an_address_that_we_would_never_call_is_refused_before_any_look_up(url: str) -> None:
    with pytest.raises(NotFetched):
        read(url, NOBODY)


@given(st.text(max_size=60))
def test_reading_any_text_gives_a_target_or_a_refusal(text: str) -> None:
    for url in (text, f"https://{text}"):
        try:
            target = read(url, NOBODY)
        except NotFetched:
            continue
        assert target.scheme == "https"
        assert target.host
        assert target.path.startswith("/")


def test_an_address_is_cut_in_parts() -> None:
    assert read("https://Pool.Example/a/b?c=1&d#ignored", NOBODY) == Target("https", "pool.example", 443, "/a/b?c=1&d")
    assert read("https://pool.example", NOBODY).path == "/"
    assert read("https://[2606:4700::1111]:8443/", NOBODY).authority == "[2606:4700::1111]:8443"
    assert read("https://pool.example/", NOBODY).authority == "pool.example"


@pytest.mark.parametrize("port", [22, 25, 80, 6379, 8443])
def test_a_public_host_is_called_on_443_only(port: int) -> None:
    public = ip_address("8.8.8.8")
    assert NOBODY.lets(Target("https", "pool.example", 443, "/"), public)
    assert not NOBODY.lets(Target("https", "pool.example", port, "/"), public)


def test_an_allowed_host_is_called_wherever_it_is_on_the_port_that_was_named() -> None:
    inside = ip_address("10.0.0.7")
    allowance = Allowance.read(["pool.interne", "sports.interne:8443"])
    assert allowance.lets(Target("https", "pool.interne", 9000, "/"), inside)
    assert allowance.lets(Target("https", "sports.interne", 8443, "/"), inside)
    assert not allowance.lets(Target("https", "sports.interne", 443, "/"), inside)
    assert not allowance.lets(Target("https", "other.interne", 443, "/"), inside)
    assert not allowance.lets(Target("https", "evil.pool.interne", 443, "/"), inside)


def test_an_allowed_network_is_called_by_any_name_and_nothing_beside_it_is() -> None:
    allowance = Allowance.read(["10.0.0.0/24", "fd00::/64", "127.0.0.1"])
    target = Target("https", "pool.example", 8443, "/")
    assert allowance.lets(target, ip_address("10.0.0.7"))
    assert allowance.lets(target, ip_address("fd00::7"))
    assert allowance.lets(target, ip_address("127.0.0.1"))
    assert not allowance.lets(target, ip_address("10.0.1.7"))
    assert not allowance.lets(target, ip_address("127.0.0.2"))


def test_http_is_for_a_host_allowed_by_name_or_written_as_an_allowed_address() -> None:
    allowance = Allowance.read(["pool.interne:8080", "10.0.0.0/24"])
    assert read("http://pool.interne:8080/", allowance).port == 8080
    assert read("http://10.0.0.7/", allowance).port == 80
    for url in ("http://pool.interne/", "http://sports.interne/", "http://10.0.1.7/"):
        with pytest.raises(NotFetched):
            read(url, allowance)


@pytest.mark.parametrize("entry", ["", "https://pool.example", "pool.example:", "pool.example:x", "a b", "pool:99999"])
def test_an_allowance_that_cannot_be_read_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match=r"neither|no port"):
        Allowance.read(["127.0.0.1", entry])
