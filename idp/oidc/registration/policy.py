"""What an application may be registered as under the settings of this provider: what discovery announces, no more."""

from dataclasses import replace

from clients.policy import OPERATOR, Policy
from idp.foundation.settings import Settings
from idp.oidc import response_types

_OPERATORS_ALONE = frozenset({"client_credentials"})
"""The scopes of the authority's own interfaces are an operator's to give, and without them the grant gives nothing."""


def operator_policy(settings: Settings) -> Policy:
    """What operators may register an application as."""
    implicit = ("implicit",) if settings.front_channel else ()
    unsigned = ("none",) if settings.unsigned_request_objects else ()
    return replace(
        OPERATOR,
        grant_types=(*OPERATOR.grant_types, *implicit),
        response_types=response_types.supported(settings),
        signing_algs=settings.keys.signing,
        request_object_algs=(*OPERATOR.request_object_algs, *unsigned),
    )


def own_policy(settings: Settings) -> Policy:
    """What an application may register itself as: the same, less what operators alone give."""
    policy = operator_policy(settings)
    return replace(
        policy,
        by_operator=False,
        scopes=settings.registration.scopes or policy.scopes,
        grant_types=tuple(grant for grant in policy.grant_types if grant not in _OPERATORS_ALONE),
    )
