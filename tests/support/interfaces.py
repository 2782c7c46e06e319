"""Interfaces of the authority (resource servers), and what their servers make of an access token."""

from typing import Any

from idp.oidc import resources
from idp.oidc.resources import Resource
from keys import claims as registered
from keys import jose
from keys.peers import PeerKeys
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, register

AGENDA = "https://agenda.exemple.fr/api"
DOSSIERS = "urn:exemple:dossiers"


async def add_interface(site: Site, identifier: str = AGENDA, **members: Any) -> Resource:
    """Register an interface; a keyword changes one of its usual members."""
    usual: dict[str, Any] = {"name": "Agenda", "scope": ("agenda.lecture", "agenda.ecriture")}
    resource = Resource(identifier=identifier, created_at=site.clock.now(), **(usual | members))
    await site.provider.database.transaction(resources.put, resource, site.issuer)
    return resource


async def machine(site: Site, client_id: str, **members: Any) -> RelyingParty:
    """A program that acts for itself."""
    usual: dict[str, Any] = {"grant_types": ("client_credentials",), "scope": ""}
    return await register(site, client_id, response_types=(), redirect_uris=(), **(usual | members))


async def read_as_interface(site: Site, token: str, identifier: str) -> dict[str, Any]:
    """The claims of a JWT, checked as RFC 9068 section 4 has an interface check them. Raises when it must refuse."""
    published = (await (await site.client()).get("/jwks")).json()
    claims = jose.verify(token, PeerKeys.parse(published), algorithms=("RS256",), typ="at+jwt")
    expected = registered.Expected(site.issuer, frozenset({identifier}), required=("exp", "iat", "sub", "jti"))
    registered.check(claims, expected, site.clock.now())
    return claims
