"""Redirect addresses: byte equality, the loopback port, and everything that is refused at registration and at use."""

from time import perf_counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clients import redirects

WEB = "https://app.example/cb"
PRIVATE = "com.example.app:/cb"

OTHER_SPELLINGS = {
    "trailing slash": "https://app.example/cb/",
    "other case in path": "https://app.example/CB",
    "query added": "https://app.example/cb?x=1",
    "empty query": "https://app.example/cb?",
    "fragment added": "https://app.example/cb#f",
    "encoded slash": "https://app.example/cb%2F..",
    "encoded letter": "https://app.example/%63b",
    "doubly encoded": "https://app.example/%2563b",
    "dot segment": "https://app.example/./cb",
    "parent segment": "https://app.example/x/../cb",
    "double slash": "https://app.example//cb",
    "path parameter": "https://app.example/cb;x",
    "default port": "https://app.example:443/cb",
    "upper-case scheme": "HTTPS://app.example/cb",
    "upper-case host": "https://APP.example/cb",
    "root label": "https://app.example./cb",
    "userinfo": "https://app.example@evil.example/cb",
    "userinfo before": "https://evil@app.example/cb",
    "as a path": "https://evil.example/https://app.example/cb",
    "as a query": "https://evil.example/?https://app.example/cb",
    "longer host": "https://app.example.evil/cb",
    "encoded dot": "https://app.example%2eevil/cb",
    "subdomain": "https://x.app.example/cb",
    "dot as any character": "https://appxexample/cb",
    "backslash host": "https://evil.example\\.app.example/cb",
    "backslash path": "https://app.example\\cb",
    "backslashes for slashes": "https:\\\\app.example/cb",
    "tab inside": "https://app.exa\tmple/cb",
    "newline after": "https://app.example/cb\n",
    "newline inside": "https://app.example/\ncb",
    "carriage return": "https://app.example/cb\r\nSet-Cookie:x=1",
    "encoded line break": "https://app.example/cb%0d%0a",
    "NUL": "https://app.example/cb\0",
    "space before": " https://app.example/cb",
    "space after": "https://app.example/cb ",
    "no-break space": "https://app.example/cb\xa0",
    "full-width slash": "https://app.example\uff0fcb",
    "division slash": "https://app.example\u2215cb",
    "look-alike letter": "https://\u0430pp.example/cb",
    "plain http": "http://app.example/cb",
    "no scheme": "//app.example/cb",
    "relative": "/cb",
    "empty": "",
}

DANGEROUS = [
    "javascript:alert(1)",
    "javascript://app.example/%0aalert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://app.example/1",
    "about:blank",
    "view-source:https://app.example/cb",
    "ftp://app.example/cb",
    "ws://app.example/cb",
    "intent:#Intent;end",
    "urn:ietf:wg:oauth:2.0:oob",
]


@pytest.mark.parametrize("presented", OTHER_SPELLINGS.values(), ids=OTHER_SPELLINGS.keys())
@pytest.mark.parametrize("native", [False, True], ids=["web", "native"])
def test_another_spelling_of_a_registered_address_is_another_address(presented: str, native: bool) -> None:
    assert redirects.matches((WEB,), WEB, native=native)
    assert not redirects.matches((WEB,), presented, native=native)


@pytest.mark.parametrize("uri", DANGEROUS)
@pytest.mark.parametrize("native", [False, True], ids=["web", "native"])
def test_a_dangerous_scheme_is_refused_at_registration_and_at_use(uri: str, native: bool) -> None:
    assert redirects.refusals(uri, native=native)
    assert not redirects.matches((uri,), uri, native=native)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/cb#f",
        "https://app.example/cb#",
        "https://user@app.example/cb",
        "https://user:secret@app.example/cb",
        "http://localhost:80@evil.example/",
        "http://127.0.0.1@evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://app.example/cb",
        "http://192.168.0.1/cb",
        "http://[::2]/cb",
        "https:app.example/cb",
        "https:///cb",
        "https://",
        "https://app.example:/cb",
        "https://app.example:0/cb",
        "https://app.example:99999/cb",
        "https://app.example:8a/cb",
        "https://[::1/cb",
        "https://[nonsense]/cb",
        "https://app_example/cb;",
        "https://app.example%2eevil/cb",
        "https://app,example/cb",
        "https://app.example\\@evil.example/cb",
        "https://app.example/c b",
        "https://app.example/démarche",
        'https://app.example/"onload',
        "https://" + "a" * 2000,
    ],
)
@pytest.mark.parametrize("native", [False, True], ids=["web", "native"])
def test_an_unfit_address_is_refused_at_registration_and_at_use(uri: str, native: bool) -> None:
    assert redirects.refusals(uri, native=native)
    assert not redirects.matches((uri,), uri, native=native)


@pytest.mark.parametrize("uri", ["https://*.app.example/cb", "https://app.example/*"])
def test_a_wildcard_is_refused_at_registration(uri: str) -> None:
    assert redirects.refusals(uri, native=False)


@pytest.mark.parametrize("name", ["code", "state", "iss", "error", "c%6Fde", "id_token"])
def test_an_address_that_already_answers_is_refused_at_registration(name: str) -> None:
    assert redirects.refusals(f"https://app.example/cb?tenant=1&{name}=x", native=False)
    assert redirects.refusals(f"https://app.example/cb?{name}", native=False)


def test_what_is_reserved_is_the_callers_to_say() -> None:
    uri = "https://app.example/bye?code=75001"
    assert redirects.refusals(uri, native=False)
    assert not redirects.refusals(uri, native=False, reserved={"state"})


@pytest.mark.parametrize(
    ("uri", "native"),
    [
        ("https://app.example/cb", False),
        ("https://app.example", False),
        ("https://app.example:8443/cb?tenant=paris&x=%20", False),
        ("https://xn--dmarches-c1a.example/", False),
        ("https://192.0.2.1/cb", False),
        ("https://[2001:db8::1]/cb", False),
        ("http://localhost:8001/cb", False),
        ("http://localhost/cb", False),
        ("http://127.0.0.1:8001/cb", False),
        ("http://[::1]:8001/cb", False),
        ("http://127.0.0.1/cb", True),
        ("https://app.example/claimed", True),
        ("com.example.app:/cb", True),
        ("com.example.app://cb", True),
    ],
)
def test_a_fit_address_is_accepted_and_matches_itself(uri: str, native: bool) -> None:
    assert redirects.refusals(uri, native=native) == ()
    assert redirects.matches((uri,), uri, native=native)


@pytest.mark.parametrize(
    "uri", ["com.example.app:/cb", "myapp:/cb", "COM.example.app:/cb", "com.example.app:", ".app:/cb", "1.app:/cb"]
)
def test_a_private_scheme_needs_a_native_application_and_a_reversed_domain_in_lower_case(uri: str) -> None:
    assert redirects.refusals(uri, native=False)
    assert bool(redirects.refusals(uri, native=True)) == (uri != PRIVATE)


@pytest.mark.parametrize(
    "presented", ["com.example.app://evil", "COM.example.app:/cb", "com.example.app:/cb/", "com.example.app:cb"]
)
def test_a_private_scheme_matches_exactly(presented: str) -> None:
    assert redirects.matches((PRIVATE,), PRIVATE, native=True)
    assert not redirects.matches((PRIVATE,), presented, native=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
@pytest.mark.parametrize("registered_port", ["", ":8000"])
@pytest.mark.parametrize("presented_port", ["", ":1", ":51004", ":65535"])
def test_the_port_of_a_loopback_address_may_vary_for_a_native_application_only(
    host: str, registered_port: str, presented_port: str
) -> None:
    registered, presented = f"http://{host}{registered_port}/cb?a=1", f"http://{host}{presented_port}/cb?a=1"
    assert redirects.matches((registered,), presented, native=True)
    assert redirects.matches((registered,), presented, native=False) == (registered == presented)


@pytest.mark.parametrize(
    "presented",
    [
        "http://127.0.0.1:51004/CB",
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004/cb?x=1",
        "http://127.0.0.1:51004/cb#f",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1:51004.evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:123456/cb",
        "http://127.0.0.1:5100\u0664/cb",
        "http://127.0.0.1:51004\\@evil.example/cb",
        "http://127.0.0.2:51004/cb",
        "http://127.1:51004/cb",
        "http://2130706433:51004/cb",
        "http://[::1]:51004/cb",
        "http://[::ffff:127.0.0.1]:51004/cb",
        "http://localhost:51004/cb",
        "https://127.0.0.1:51004/cb",
        "HTTP://127.0.0.1:51004/cb",
        "ws://127.0.0.1:51004/cb",
    ],
)
def test_only_the_port_of_a_loopback_address_may_vary(presented: str) -> None:
    assert not redirects.matches(("http://127.0.0.1:8000/cb",), presented, native=True)


def test_the_port_of_any_other_address_may_not_vary() -> None:
    assert not redirects.matches(("https://app.example/cb",), "https://app.example:8443/cb", native=True)
    assert not redirects.matches(("https://localhost/cb",), "https://localhost:8443/cb", native=True)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/" + "a" * 100_000,
        "https://" + "a." * 10_000,
        "http://127.0.0.1:" + "1" * 100_000,
        "%" * 100_000,
    ],
    ids=["long path", "many labels", "long port", "percents"],
)
def test_a_very_long_address_costs_nothing(uri: str) -> None:
    started = perf_counter()
    assert redirects.refusals(uri, native=True)
    assert not redirects.matches((WEB, uri), uri, native=True)
    assert perf_counter() - started < 0.01


def test_a_long_port_within_the_length_limit_is_refused() -> None:
    assert not redirects.matches(("http://127.0.0.1/cb",), f"http://127.0.0.1:{'1' * 1900}/cb", native=True)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://app.example/cb?x=1", "https://app.example"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("https://app.example?x", "https://app.example"),
        ("https://app.example/;%20script-src%20*", "https://app.example"),
        ("http://localhost:8001/cb", "http://localhost:8001"),
        ("http://127.0.0.1:51004/cb", "http://127.0.0.1:51004"),
        ("http://[::1]:51004/cb", "http:"),
        ("com.example.app:/cb", "com.example.app:"),
    ],
)
def test_the_origin_is_what_a_content_security_policy_can_name(uri: str, expected: str) -> None:
    assert redirects.origin(uri) == expected


REGISTERED = (
    WEB,
    "https://app.example:8443/cb?tenant=1",
    "http://127.0.0.1/cb",
    "http://[::1]:9000/cb",
    "http://localhost:8000/back?x=1",
    PRIVATE,
)
ANY_CHARACTER = st.characters()


@given(data=st.data(), registered=st.sampled_from(REGISTERED), native=st.booleans())
def test_a_mutated_address_never_matches(data: st.DataObject, registered: str, native: bool) -> None:
    start = data.draw(st.integers(0, len(registered)))
    end = data.draw(st.integers(start, len(registered)))
    presented = registered[:start] + data.draw(st.text(ANY_CHARACTER, max_size=8)) + registered[end:]
    assume(presented != registered)
    if redirects.matches((registered,), presented, native=native):
        assert native
        assert _without_port(presented) == _without_port(registered)


@given(presented=st.text(ANY_CHARACTER, max_size=60), native=st.booleans())
def test_no_other_text_matches(presented: str, native: bool) -> None:
    assume(presented not in REGISTERED)
    assert not redirects.matches(REGISTERED, presented, native=native)


@given(
    port=st.integers(1, 65535), host=st.sampled_from(redirects.LOOPBACK_HOSTS), path=st.sampled_from(["", "/", "/cb?x"])
)
def test_every_port_of_a_loopback_address_matches(port: int, host: str, path: str) -> None:
    assert redirects.matches((f"http://{host}{path}",), f"http://{host}:{port}{path}", native=True)


@given(uri=st.text(st.sampled_from("htps:/?#[]@.%\\ *a1-_\t\0é"), max_size=40), native=st.booleans())
def test_what_registration_accepts_is_usable_and_has_an_origin_of_safe_characters(uri: str, native: bool) -> None:
    for candidate in (uri, f"https://{uri}", f"http://localhost{uri}"):
        if not redirects.refusals(candidate, native=native):
            assert redirects.matches((candidate,), candidate, native=native)
            assert not set(redirects.origin(candidate)) & set(";,'\" \t*@\\")


def _without_port(uri: str) -> tuple[str, str]:
    """The reference for the loopback exception, written apart from the code it judges."""
    for host in ("http://127.0.0.1", "http://[::1]", "http://localhost"):
        if uri.startswith(host):
            rest = uri.removeprefix(host)
            path_at = min((rest.index(mark) for mark in "/?" if mark in rest), default=len(rest))
            port = rest[:path_at]
            assert port == "" or (port[0] == ":" and port[1:].isascii() and 1 <= int(port[1:]) <= 65535)
            return host, rest[path_at:]
    return uri, ""


@pytest.mark.parametrize(
    ("uri", "written"),
    [
        ("https://app.example/cb?tenant=1", "https://app.example"),
        ("https://APP.example:443/cb", "https://app.example"),
        ("https://app.example:8443/cb", "https://app.example:8443"),
        ("http://localhost:80/cb", "http://localhost"),
        ("http://localhost:443/cb", "http://localhost:443"),
        ("http://[::1]:3000/cb", "http://[::1]:3000"),
        ("com.example.app:/cb", None),
        ("file:///cb", None),
    ],
)
def test_an_origin_is_written_as_browsers_do(uri: str, written: str | None) -> None:
    assert redirects.web_origin(uri) == written
