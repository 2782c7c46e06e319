"""A relying-party application as the provider knows it: what it may ask and where a browser may be sent for it.

Attributes carry the member names of the specifications, so that a reader, a registration document and a file in git
speak of the same thing: RFC 7591 section 2, OpenID Connect Dynamic Client Registration 1.0 section 2, RP-Initiated,
Front-Channel and Back-Channel Logout 1.0 (their "client metadata" sections), RFC 9101 section 10.5 and RFC 9126
section 6. The members after `created_at` and those named in `OWN_MEMBERS` are this provider's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self
from urllib.parse import urlencode

from clients import redirects

SECRET_METHODS = frozenset({"client_secret_basic", "client_secret_post", "client_secret_jwt"})
OWN_MEMBERS = frozenset(
    {
        "first_party",
        "listed",
        "description",
        "require_pkce",
        "access_token_format",
        "access_token_lifetime",
        "refresh_token_lifetime",
        "self_registered",
    }
)
_NEVER_OMITTED = frozenset({"grant_types", "response_types", "scope"})
"""Their absence means a default, so that none at all has to be said."""
_COLUMNS = frozenset({"client_id", "created_at", "updated_at", "suspended_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One registered application; the defaults are those the specifications give to an absent member.

    `first_party` applications belong to the authority: their users are not asked for consent. `listed` ones are in the
    catalogue of what people may open, with their `description`. `self_registered` ones are vouched for by nobody.
    `access_token_format` is `opaque` or `jwt` (RFC 9068). Lifetimes are seconds, None meaning the provider's own
    setting. `suspended_at` is None while the application may be used.
    """

    client_id: str
    client_name: str = ""
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: tuple[str, ...] = ()
    software_id: str | None = None
    software_version: str | None = None
    software_statement: str | None = None

    application_type: str = "web"
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    initiate_login_uri: str | None = None
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    scope: str = "openid"

    token_endpoint_auth_method: str = "client_secret_basic"
    token_endpoint_auth_signing_alg: str | None = None
    jwks: Mapping[str, object] | None = None
    jwks_uri: str | None = None

    subject_type: str = "public"
    sector_identifier_uri: str | None = None
    id_token_signed_response_alg: str = "RS256"
    id_token_encrypted_response_alg: str | None = None
    id_token_encrypted_response_enc: str | None = None
    userinfo_signed_response_alg: str | None = None
    userinfo_encrypted_response_alg: str | None = None
    userinfo_encrypted_response_enc: str | None = None
    request_object_signing_alg: str | None = None
    request_object_encryption_alg: str | None = None
    request_object_encryption_enc: str | None = None
    require_signed_request_object: bool = False
    require_pushed_authorization_requests: bool = False
    request_uris: tuple[str, ...] = ()
    default_max_age: int | None = None
    require_auth_time: bool = False
    default_acr_values: tuple[str, ...] = ()

    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False

    first_party: bool = False
    listed: bool = False
    description: str = ""
    require_pkce: bool = True
    access_token_format: str = "opaque"
    access_token_lifetime: int | None = None
    refresh_token_lifetime: int | None = None
    self_registered: bool = False

    created_at: int = 0
    updated_at: int = 0
    suspended_at: int | None = None

    @property
    def name(self) -> str:
        """What people are shown: the registered name, or the identifier when there is none (RFC 7591 section 2)."""
        return self.client_name or self.client_id

    @property
    def suspended(self) -> bool:
        """Whether the application has been withdrawn from use; nothing may be issued to it or for it."""
        return self.suspended_at is not None

    @property
    def public(self) -> bool:
        """Whether the application cannot keep a secret (RFC 6749 section 2.1) and so proves nothing of itself."""
        return self.token_endpoint_auth_method == "none"

    @property
    def holds_secret(self) -> bool:
        """Whether the registered authentication method rests on a shared secret."""
        return self.token_endpoint_auth_method in SECRET_METHODS

    @property
    def signs_with_secret(self) -> bool:
        """Whether it proves itself by an HMAC under its secret, which the provider must then be able to compute."""
        return self.token_endpoint_auth_method == "client_secret_jwt"

    @property
    def native(self) -> bool:
        """Whether the application runs on its user's own device (RFC 8252)."""
        return self.application_type == "native"

    def may_return_to(self, uri: str) -> bool:
        """Whether an authorization response may be sent to this address (RFC 9700 section 2.1, RFC 8252 7.3)."""
        return redirects.matches(self.redirect_uris, uri, native=self.native)

    def may_be_imitated_at(self, uri: str) -> bool:
        """Whether another program of the device may receive there what is answered, and have asked it (RFC 8252 8.6).

        Nothing proves a public native application but an `https` address: a scheme or a port is whoever's takes it.
        """
        return self.native and self.public and not uri.startswith("https://")

    def may_return_after_logout(self, uri: str) -> bool:
        """Whether the browser may be sent here once signed out (RP-Initiated Logout 1.0 section 3)."""
        return redirects.matches(self.post_logout_redirect_uris, uri, native=self.native)

    def may_call_from(self, origin: str) -> bool:
        """Whether a page of this origin may read what the application is answered: one of its own return addresses.

        Only where there is no secret, since a browser would show it (RFC 9700 section 2.6).
        """
        return self.public and any(redirects.web_origin(uri) == origin for uri in self.redirect_uris)

    def address_to_open(self, issuer: str) -> str | None:
        """Where a person opens the application: its own sign-in, told who sends them, or its home page.

        OpenID Connect Core 1.0 section 4: `iss` says at which provider the application is to ask.
        """
        uri = self.initiate_login_uri
        if uri is None:
            return self.client_uri
        return f"{uri}{'&' if '?' in uri else '?'}{urlencode({'iss': issuer})}"

    def may_ask(self, scope: str) -> frozenset[str]:
        """Return the part of a requested scope, space-separated (RFC 6749 section 3.3), that is granted at most."""
        return frozenset(scope.split(" ")) & frozenset(self.scope.split())

    def allows_grant(self, grant_type: str) -> bool:
        """Whether the application registered this grant type (RFC 7591 section 2)."""
        return grant_type in self.grant_types

    def allows_response_type(self, response_type: str) -> bool:
        """Whether it registered this response type; the order of its values does not matter (RFC 6749 3.1.1)."""
        asked = sorted(response_type.split(" "))
        return any(sorted(registered.split(" ")) == asked for registered in self.response_types)

    def to_metadata(self) -> dict[str, object]:
        """Return the RFC 7591 section 3.2.1 document of this client: every member that has a value, no secret."""
        document: dict[str, object] = {"client_id": self.client_id, "client_id_issued_at": self.created_at}
        document.update(self.to_document())
        return document

    def to_document(self) -> dict[str, object]:
        """Return what is stored and compared: the members that have a value, without identifier nor dates."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _COLUMNS}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if name in _NEVER_OMITTED or value not in (None, "", ())
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any], **columns: Any) -> Self:
        """Rebuild a client from what `to_document` gave, already judged, and the identifier and dates kept apart."""
        known = {field.name for field in fields(cls)} - _COLUMNS
        members: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in document.items()
            if name in known
        }
        return cls(**members, **columns)


MEMBERS = frozenset(field.name for field in fields(Client)) - _COLUMNS
