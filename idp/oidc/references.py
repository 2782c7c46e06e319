"""What an authorization request needs from the network before it is judged: OpenID Connect Core 1.0 sections 6.2, 10.

A `request_uri` is followed only when the client registered that very address, and by the guarded fetcher. Keys that the
client publishes are read here too, so that the transaction never waits.
"""

import logging
from collections.abc import Mapping
from typing import Any

from clients.client import Client
from idp.foundation.provider import Provider
from idp.oidc import client_keys, request_objects
from idp.oidc.par import PREFIX
from idp.oidc.targets import REPEATABLE
from idp.outbound.faults import NotFetched
from idp.outbound.fetching import fetcher
from idp.web.endpoint import Call
from idp.web.parameters import Parameters
from keys import jose
from keys.errors import BadToken

log = logging.getLogger(__name__)

_ACCEPT = "application/oauth-authz-req+jwt, application/jwt, */*;q=0.1"
_SECONDS = 5.0


def announced(provider: Provider) -> Mapping[str, Any]:
    """The members of the metadata document on request objects by reference."""
    return {"request_uri_parameter_supported": True, "require_request_uri_registration": True}


async def gathered(call: Call) -> Parameters:
    """The request, with the object that a registered `request_uri` names in its place.

    What cannot be read stays as it is: the judge then refuses the reference it finds.
    """
    sent = call.query
    reference = sent.get("request_uri") or ""
    if "request" not in sent and (not reference or reference.startswith(PREFIX)):  # what was pushed is here
        return sent
    client = await call.provider.client(sent.get("client_id") or "", call.now)
    if client is None or client.suspended:
        return sent
    sent = await _followed(call, client, sent)
    if written := sent.get("request"):
        await client_keys.renew(call.provider, client, _key_id(written), call.now)
    return sent


async def _followed(call: Call, client: Client, sent: Parameters) -> Parameters:
    uri = sent.get("request_uri") or ""
    if uri not in client.request_uris or "request" in sent or sent.doubled(REPEATABLE):
        return sent
    try:
        address = uri.partition("#")[0]  # the fragment tells versions apart, it is not sent
        answer = await fetcher(call.provider).get(
            address, accept=_ACCEPT, largest=request_objects.LONGEST, seconds=_SECONDS
        )
        written = answer.body.decode("ascii").strip()
    except NotFetched as fault:
        log.warning("the request object of the client %s could not be read: %s", client.client_id, fault.cause)
        return sent
    except UnicodeDecodeError:
        return sent
    if not written:  # would count as a parameter without a value, and so as absent
        return sent
    kept = [(name, value) for name, value in sent.pairs() if name != "request_uri"]
    return Parameters([*kept, ("request", written)])


def _key_id(written: str) -> str | None:
    try:
        kid = jose.peek(written).get("kid")
    except BadToken:
        return None
    return kid if isinstance(kid, str) else None
