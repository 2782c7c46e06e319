"""Where a browser may be sent for an application: judged once at registration, compared as bytes at use.

RFC 9700 section 2.1 asks for exact string comparison, RFC 8252 section 7.3 for one exception: the port of a loopback
address of a native application, chosen by the operating system when the application starts. Nothing is decoded,
normalised or matched by a pattern: every such step has been a way around somebody's list.
"""

from collections.abc import Collection, Iterator
from string import ascii_letters, ascii_lowercase, digits
from urllib.parse import SplitResult, unquote_plus, urlsplit

MAX_LENGTH = 2000
LOOPBACK_HOSTS = ("127.0.0.1", "[::1]", "localhost")
"""RFC 8252 section 7.3 names the two literals; `localhost` is our policy, as OpenID Connect Registration 1.0 allows."""

RESPONSE_PARAMETERS = frozenset(
    {
        "access_token",
        "code",
        "error",
        "error_description",
        "error_uri",
        "expires_in",
        "id_token",
        "iss",
        "response",
        "scope",
        "session_state",
        "state",
        "token_type",
    }
)
"""What the provider itself may add to an address; a registered address that already has one would be ambiguous."""

_URI_CHARACTERS = frozenset(ascii_letters + digits + "-._~:/?#[]@!$&'()*+,;=%")  # RFC 3986 section 2
_HOST_CHARACTERS = frozenset(ascii_letters + digits + "-.")
_SCHEME_CHARACTERS = frozenset(ascii_lowercase + digits + "+-.")
_PORTS = {"http": 80, "https": 443}


def matches(registered: Collection[str], presented: str, *, native: bool) -> bool:
    """Whether a presented address is one of those registered.

    Equality of the strings, or, for a native application, of everything but the port of a loopback address. The
    rules that do not depend on who asks are applied again, so that a row written by other means opens nothing.
    """
    if len(presented) > MAX_LENGTH:
        return False
    if presented in registered:
        return not defects(presented, native=native)
    return native and _matches_on_another_port(registered, presented)


def refusals(uri: str, *, native: bool, reserved: Collection[str] = RESPONSE_PARAMETERS) -> tuple[str, ...]:
    """Return why an address cannot be registered, in English ASCII; nothing when it can.

    `reserved` names the query parameters the provider adds itself, which the address may not already have.
    """
    found = list(defects(uri, native=native))
    if len(uri) <= MAX_LENGTH and "*" in uri:
        found.append("has an asterisk: addresses are compared exactly, no wildcard is understood")
    if len(uri) <= MAX_LENGTH and any(name in reserved for name in _query_names(uri)):
        found.append("already has a query parameter that the response adds")
    return tuple(found)


def defects(uri: str, *, native: bool) -> tuple[str, ...]:
    """Return what makes an address unfit to send a browser to, or to call, whoever asks; in English ASCII."""
    if len(uri) > MAX_LENGTH:
        return (f"is longer than {MAX_LENGTH} characters",)
    return tuple(_defects(uri, native=native))


def origin(uri: str) -> str:
    """Return the source expression under which a content security policy lets a form be redirected to this address.

    `https://host[:port]` for web addresses and `scheme:` for private-use schemes (CSP Level 3 section 2.3.1). The
    grammar has no IPv6 literal: for one, only the scheme can be named. The address must be one that `matches` accepts.
    """
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https") or "[" in parts.netloc:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"


def web_origin(uri: str) -> str | None:
    """Return the origin of the pages at this address as browsers write it (RFC 6454 section 6.2); None for no page's.

    Lower case, and without the port that the scheme implies: unlike an address, an origin has one spelling.
    """
    parts = urlsplit(uri)
    if parts.scheme not in _PORTS or parts.hostname is None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in (None, _PORTS[parts.scheme]) else "")


def is_loopback(uri: str) -> bool:
    """Whether this is an `http` address of the user's own machine, compared by parsed host and never by prefix."""
    return _beyond_loopback_port(uri) is not None


def _defects(uri: str, *, native: bool) -> Iterator[str]:
    if not uri or not _URI_CHARACTERS.issuperset(uri):
        yield "is empty or has characters that no URI may contain (RFC 3986 section 2)"
        return
    if "#" in uri:
        yield "has a fragment"
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        yield "has a host or port that cannot be read"
        return
    if "@" in parts.netloc:
        yield "has user information before its host"
    if parts.netloc.endswith(":") or port == 0:
        yield "has an empty or null port"
    yield from _scheme_defects(uri, parts, native=native)


def _scheme_defects(uri: str, parts: SplitResult, *, native: bool) -> Iterator[str]:
    scheme = uri.partition(":")[0]
    if scheme in ("https", "http"):
        if not uri.startswith(f"{scheme}://") or not _is_host(parts.hostname or "", uri):
            yield "has no host, or a host with unexpected characters"
        elif scheme == "http" and not is_loopback(uri):
            yield "must use https (http is for localhost, 127.0.0.1 and [::1] only)"
    elif not native:
        yield "must use https"
    elif not _is_private_use(scheme) or len(uri) == len(scheme) + 1:
        yield "must use https, http on a loopback address, or a private-use scheme in lower case with a dot in it"


def _is_host(host: str, uri: str) -> bool:
    if ":" in host:
        return "[" in uri
    return bool(host) and _HOST_CHARACTERS.issuperset(host)


def _is_private_use(scheme: str) -> bool:
    """Whether a scheme is one its owner can answer for: a reversed domain name (RFC 8252 section 7.1).

    The dot is what keeps `javascript`, `data`, `file` and every other registered scheme out.
    """
    return "." in scheme and scheme[0] in ascii_lowercase and _SCHEME_CHARACTERS.issuperset(scheme)


def _matches_on_another_port(registered: Collection[str], presented: str) -> bool:
    portless = _beyond_loopback_port(presented)
    if portless is None or defects(presented, native=True):
        return False
    return any(_beyond_loopback_port(uri) == portless for uri in registered)


def _beyond_loopback_port(uri: str) -> tuple[str, str] | None:
    """Split a loopback address into its host and all that follows its port; None when it is not one.

    The host must be followed by a port made of digits or by the path, query or end: `http://localhost:80@evil/` and
    `http://localhost.evil/` are somebody else's.
    """
    for host in LOOPBACK_HOSTS:
        if not uri.startswith(f"http://{host}"):
            continue
        rest = uri[len("http://") + len(host) :]
        if rest.startswith(":"):
            after = rest[1:].lstrip(digits)
            port = rest[1 : len(rest) - len(after)]
            rest = after if _is_port(port) else ":"
        if not rest or rest[0] in "/?":
            return host, rest
    return None


def _is_port(port: str) -> bool:
    return 0 < len(port) <= 5 and port[0] != "0" and int(port) <= 65535


def _query_names(uri: str) -> Iterator[str]:
    query = uri.partition("?")[2].partition("#")[0]
    for pair in query.split("&"):
        yield unquote_plus(pair.partition("=")[0])
