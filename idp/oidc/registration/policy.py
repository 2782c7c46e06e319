"""What an application that registers itself may be: what discovery announces, less what operators alone give."""

from dataclasses import replace

from clients.policy import OPERATOR, Policy
from idp.foundation.provider import Provider
from idp.oidc import request_objects, response_types

_OPERATORS_ALONE = frozenset({"client_credentials"})
"""The scopes of the authority's own interfaces are an operator's to give, and without them the grant gives nothing."""


def policy_for(provider: Provider) -> Policy:
    """The policy under the settings of this provider."""
    settings = provider.settings
    implicit = ("implicit",) if settings.front_channel else ()
    served = (grant for grant in OPERATOR.grant_types if grant not in _OPERATORS_ALONE)
    return replace(
        OPERATOR,
        by_operator=False,
        scopes=settings.registration.scopes or OPERATOR.scopes,
        grant_types=tuple(dict.fromkeys((*served, *implicit))),
        response_types=response_types.supported(settings),
        request_object_algs=request_objects.signing_algorithms(provider),
    )
