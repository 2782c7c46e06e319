"""Sector identifiers: OpenID Connect Dynamic Client Registration 1.0 section 5.

A client may share the names of people with others of its organisation, whose addresses stand in one document. The
document is read once, at registration: it has to list every redirection address, or anyone could join any sector.
"""

import json

from clients.client import Client
from clients.problems import Problem
from idp.foundation.provider import Provider
from idp.oidc.registration.errors import refused_for
from idp.outbound.faults import NotFetched
from idp.outbound.fetching import fetcher

LARGEST = 65_536
_SECONDS = 5.0
_MEMBER = "sector_identifier_uri"


async def check(provider: Provider, client: Client) -> None:
    """Read the client's sector document, if it names one. Raises `RegistrationRefused`."""
    uri = client.sector_identifier_uri
    if uri is None:
        return
    try:
        answer = await fetcher(provider).get(uri, accept="application/json", largest=LARGEST, seconds=_SECONDS)
        listed = json.loads(answer.body.decode("utf-8"))
    except (NotFetched, ValueError, RecursionError):
        raise refused_for(Problem(_MEMBER, "could not be read as a JSON array of addresses")) from None
    if not isinstance(listed, list):
        raise refused_for(Problem(_MEMBER, "could not be read as a JSON array of addresses"))
    absent = [position for position, each in enumerate(client.redirect_uris, start=1) if each not in listed]
    if absent:
        raise refused_for(*(Problem(_MEMBER, f"does not list item {position} of redirect_uris") for position in absent))
