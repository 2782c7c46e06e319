"""Whether people could come in by an upstream now, for whoever runs the provider."""

from idp.foundation.provider import Provider
from idp.upstream.connections import connection
from idp.upstream.faults import UpstreamFault


async def verdict(provider: Provider, name: str) -> str | None:
    """What keeps people from coming in by this upstream; None when its metadata and keys are those we expect.

    What only the upstream knows is not seen: whether it accepts our identifier, our secret, our scopes, our addresses.
    """
    upstream = connection(provider, name)
    algorithm = upstream.registration.algorithm
    try:
        await upstream.metadata()
        keys = await upstream.keys()
    except UpstreamFault as fault:
        return str(fault)
    if not any(key.use in {None, "sig"} and key.alg in {None, algorithm} and key.jwk.fits(algorithm) for key in keys):
        return f"it publishes no key for {algorithm}, the signing_algorithm of the settings"
    return None
