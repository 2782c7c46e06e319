"""Where messages leave by: the mail relay and the SMS gateway, read from their URLs.

A URL with a mistake is found at start, and its password never appears in the words that say so.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

_SENDER = re.compile(r"(?!\d+$)[A-Za-z0-9]{3,11}", re.ASCII)


class Tls(StrEnum):
    """How the connection to a relay is protected."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailRelay:
    """An SMTP server that takes our mail (RFC 6409; TLS as in RFC 8314)."""

    host: str
    port: int
    tls: Tls
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """The address of an HTTP gateway, and the credentials it asks: a user and password, or a bearer token."""

    url: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


_MAIL_SCHEMES = {"smtps": (Tls.IMPLICIT, 465), "smtp+starttls": (Tls.STARTTLS, 587), "smtp": (Tls.NONE, 25)}


def mail_relay(url: str, *, plain_allowed: bool = False) -> MailRelay:
    """A relay from `smtps://`, `smtp+starttls://` or `smtp://`, with `user:password@` before the host.

    `smtp://` is for this machine alone unless `plain_allowed`. Raises `ValueError` with a reason.
    """
    parts, port = _split(url)
    if parts.scheme not in _MAIL_SCHEMES:
        raise ValueError("must begin with smtps://, smtp+starttls:// or smtp://")
    tls, usual_port = _MAIL_SCHEMES[parts.scheme]
    host = parts.hostname
    if not host or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("must be a scheme, a host and a port, nothing more")
    if tls is Tls.NONE and not (plain_allowed or is_loopback(host)):
        raise ValueError("smtp:// is accepted on this machine only; use smtps:// or smtp+starttls://")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("a user name and a password go together")
    return MailRelay(host, port or usual_port, tls, _decoded(parts.username), _decoded(parts.password))


def sms_gateway(url: str) -> SmsGateway:
    """A gateway from `https://`, with `user:password@` or `token@` before the host. Raises `ValueError` with reason."""
    parts, port = _split(url)
    host = parts.hostname
    if parts.scheme not in {"https", "http"} or not host or parts.fragment:
        raise ValueError("must be an https:// address")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("http:// is accepted on this machine only; use https://")
    authority = f"[{host}]" if ":" in host else host
    bare = urlunsplit((parts.scheme, f"{authority}:{port}" if port else authority, parts.path or "/", parts.query, ""))
    username, password = _decoded(parts.username), _decoded(parts.password)
    if username and password:
        return SmsGateway(bare, username, password)
    return SmsGateway(bare, token=username or password)


def sms_sender(name: str) -> str:
    """A sender's name of 3 to 11 letters and digits, not digits alone (AF2M). Raises `ValueError`."""
    if not _SENDER.fullmatch(name):
        raise ValueError("3 to 11 letters and digits without accent or space, not digits alone")
    return name


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("not a URL") from error
    return parts, port


def _decoded(part: str | None) -> str | None:
    return unquote(part) if part else None
