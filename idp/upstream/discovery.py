"""What an upstream publishes about itself (OpenID Connect Discovery 1.0 section 4), compared with what we know of it.

Discovery never widens what we accept: the issuer is the one of the settings, and addresses stand where the settings
say. A change over there is refused and told to the operator; it does not redirect anyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from idp.upstream.faults import Untrusted
from idp.upstream.registration import Registration

PATH = "/.well-known/openid-configuration"
_REQUIRED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OPTIONAL = ("userinfo_endpoint", "end_session_endpoint")
_LONGEST_ADDRESS = 2_048


@dataclass(frozen=True, slots=True)
class Metadata:
    """The addresses of an upstream. `announces_issuer`: it promises `iss` in its answers (RFC 9207 section 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    announces_issuer: bool

    @classmethod
    def parse(cls, document: Mapping[str, object], registration: Registration) -> Self:
        """Read a discovery document. Raises `Untrusted` when it is not the document of this very registration."""
        if document.get("issuer") != registration.issuer:
            raise Untrusted("discovery is of another issuer")
        addresses = {name: _address(document, name, registration) for name in (*_REQUIRED, *_OPTIONAL)}
        if missing := [name for name in _REQUIRED if not addresses[name]]:
            raise Untrusted(f"discovery lacks {', '.join(missing)}")
        return cls(
            **addresses,
            announces_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        )


def _address(document: Mapping[str, object], name: str, registration: Registration) -> str:
    address = document.get(name)
    if address is None:
        return ""
    if not isinstance(address, str) or len(address) > _LONGEST_ADDRESS or "\\" in address or not address.isascii():
        raise Untrusted(f"{name} is not an address")
    if registration.endpoints is not None:
        if address != registration.endpoints.get(name):
            raise Untrusted(f"{name} is not the address we know")
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Untrusted(f"{name} is not an address") from None
    if f"{parts.scheme}://{parts.netloc}" not in registration.origins or parts.fragment:
        raise Untrusted(f"{name} stands on a host that the settings do not name")
    return address
