"""What an application may be registered as: what this provider serves under its settings, no more.

Read from the tables that serve it, so that one more grant or method can be registered for as soon as it is there.
"""

from dataclasses import replace

from clients.policy import Policy
from idp.foundation.settings import Settings
from idp.oidc import encryption, request_objects, response_types, subjects
from idp.oidc.assertions import ALGORITHMS
from idp.oidc.authentication import METHODS
from idp.oidc.scopes import SCOPES
from idp.oidc.token import grant_types
from keys.ring import ENCRYPTION_HELD

_OPERATORS_ALONE = frozenset({"client_credentials"})
"""The scopes of the authority's own interfaces are an operator's to give, and without them the grant gives nothing."""


def operator_policy(settings: Settings) -> Policy:
    """What operators may register an application as."""
    return Policy(
        by_operator=True,
        localhost=settings.registration.localhost,
        scopes=tuple(SCOPES),
        grant_types=grant_types(settings),
        response_types=response_types.supported(settings),
        auth_methods=tuple(METHODS),
        assertion_algs=ALGORITHMS,
        subject_types=subjects.TYPES,
        signing_algs=settings.keys.signing,
        encryption_algs=encryption.KEYS,
        encryption_encs=encryption.CONTENTS,
        request_object_algs=request_objects.signing_algorithms(settings),
        request_object_encryption_algs=ENCRYPTION_HELD,
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
