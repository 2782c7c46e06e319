"""From the body of a request to a judged client, and from a client to what it is told (RFC 7591 sections 2 and 3)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from clients import metadata
from clients.client import Client
from clients.problems import MetadataRefused, Problem
from clients.redirects import web_origin
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, is_of
from idp.oidc.registration.errors import RegistrationRefused, not_authorized, refused_for
from idp.oidc.registration.policy import own_policy
from idp.oidc.registration.statements import claims_of, statement_issuers
from idp.web.endpoint import Call
from keys.encoding import read_object
from keys.errors import BadToken

Document = Mapping[str, object]


def read(call: Call) -> Document:
    """The document that was sent. Raises `RegistrationRefused` when it is no unambiguous JSON object."""
    try:
        return read_object(call.body)
    except BadToken as error:
        raise refused_for(Problem("document", f"must be a JSON object ({error})")) from None


def presented(call: Call, kind: Kind) -> str:
    """The token of that kind in the Authorization header (RFC 6750 section 2.1). Raises `InvalidToken`."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise not_authorized(presented=False)
    if not is_of(kind, token.strip()):
        raise not_authorized(presented=True)
    return token.strip()


def judge(provider: Provider, document: Document, client_id: str, now: int) -> Client:
    """The client that a document describes, what its software statement says in place of what it says itself.

    It belongs to nobody we know: never first-party, and with PKCE unless the settings spare its kind.
    Raises `RegistrationRefused` with every problem.
    """
    whole = {**document, **_stated(provider, document, now)}
    try:
        client = metadata.read(whole, client_id=client_id, policy=own_policy(provider.settings))
    except MetadataRefused as refused:
        raise RegistrationRefused.of(refused) from None
    if faults := list(_our_addresses(client, provider.settings.issuer)):
        raise refused_for(*faults)
    rules = provider.settings.registration
    required = rules.require_pkce_of_public if client.public else rules.require_pkce
    return replace(client, self_registered=True, require_pkce=required)


def _our_addresses(client: Client, issuer: str) -> Iterator[Problem]:
    """The members that lead to this provider: in its name, with what it chose in the address, or to have us call us."""
    ours = web_origin(issuer)
    for name, value in client.to_document().items():
        addresses = value if isinstance(value, list) else [value]
        if name.endswith(("_uri", "_uris")) and ours in map(web_origin, addresses):
            yield Problem(name, "must not be an address of this provider")


def _stated(provider: Provider, document: Document, now: int) -> Document:
    statement = document.get("software_statement")
    if statement is None:
        if provider.settings.registration.statement_required:
            raise refused_for(Problem("software_statement", "is required by this provider"))
        return {}
    return claims_of(statement, statement_issuers(provider), provider.settings.issuer, now)


def answer(provider: Provider, client: Client, token: str, secret: str | None = None) -> dict[str, object]:
    """What the application is told: all that is registered, where and with what it may change it, a new secret once."""
    told = client.to_metadata()
    if secret is not None:
        told.update(client_secret=secret, client_secret_expires_at=0)
    address = f"{provider.settings.issuer}/register/{client.client_id}"
    return {**told, "registration_client_uri": address, "registration_access_token": token}
