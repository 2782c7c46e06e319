"""What this provider lets an application be: the closed lists a registration is judged against.

Discovery announces the same lists, so that an application is never registered for what nobody serves.
"""

from dataclasses import dataclass

from keys.algorithms import CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNATURES
from keys.jose import SHARED_ALGORITHM
from keys.ring import ENCRYPTION_HELD, SIGNING_HELD

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
"""RFC 8628 section 3.4."""

SCOPES = (
    "openid",
    "profile",
    "email",
    "phone",
    "address",
    "offline_access",
    "given_name",
    "family_name",
    "birthdate",
    "gender",
    "birthplace",
    "birthcountry",
    "preferred_username",
    "profile_type",
    "organization",
)
"""OpenID Connect Core 1.0 sections 5.4 and 11, FranceConnect's scopes of a single claim, and the two of our own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is served, and how far whoever sends the document is trusted.

    `by_operator` documents come from the authority's own staff: they may also set this provider's own members, name
    scopes of the authority's own interfaces, and use plain http towards their own machine while developing.
    `localhost`: those of others may receive tokens in the front channel there, by https, while they are tested.
    `interface_scopes` are those of the interfaces that are registered, which any application may then be given; one
    that acts for itself may be given others.
    """

    by_operator: bool = False
    localhost: bool = False
    scopes: tuple[str, ...] = SCOPES
    interface_scopes: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = (
        "authorization_code",
        "refresh_token",
        "client_credentials",
        DEVICE_GRANT,
    )
    response_types: tuple[str, ...] = ("code",)
    auth_methods: tuple[str, ...] = (
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "private_key_jwt",
        "none",
    )
    assertion_algs: tuple[str, ...] = (*SIGNATURES, SHARED_ALGORITHM)
    subject_types: tuple[str, ...] = ("public", "pairwise")
    signing_algs: tuple[str, ...] = SIGNING_HELD
    encryption_algs: tuple[str, ...] = tuple(sorted(KEY_MANAGEMENT))
    encryption_encs: tuple[str, ...] = tuple(sorted(CONTENT_ENCRYPTION))
    request_object_algs: tuple[str, ...] = ("RS256", "PS256", "ES256", "EdDSA")
    request_object_encryption_algs: tuple[str, ...] = ENCRYPTION_HELD
    pushed_requests: bool = True


OPERATOR = Policy(by_operator=True)
