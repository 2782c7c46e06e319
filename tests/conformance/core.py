"""The three core plans: Basic, Implicit and Hybrid."""

from tests.conformance.plans import Entry, entries
from tests.conformance.suite import Variant

_SCOPES = "oidcc-scope-profile oidcc-scope-email oidcc-scope-address oidcc-scope-phone oidcc-scope-all"
_USERINFO = "oidcc-userinfo-get oidcc-userinfo-post-header oidcc-userinfo-post-body"
_REQUESTS = """
oidcc-display-page oidcc-display-popup oidcc-prompt-login oidcc-prompt-none-not-logged-in oidcc-prompt-none-logged-in
oidcc-max-age-1 oidcc-max-age-10000 oidcc-ensure-request-with-unknown-parameter-succeeds oidcc-id-token-hint
oidcc-login-hint oidcc-ui-locales oidcc-claims-locales oidcc-ensure-request-with-acr-values-succeeds
oidcc-ensure-registered-redirect-uri
"""
_CODES = "oidcc-codereuse oidcc-codereuse-30seconds"
_OBJECTS = """
oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported
oidcc-ensure-request-object-with-redirect-uri oidcc-claims-essential
"""
_MISSING = "oidcc-response-type-missing"
_ORDER = "oidcc-alternate-happy-flow"
_NONCE_FREE = "oidcc-ensure-request-without-nonce-succeeds-for-code-flow"
_NONCE_BOUND = "oidcc-ensure-request-without-nonce-fails"
_POST = "oidcc-server-client-secret-post"
_REFRESH = "oidcc-refresh-token"
_PKCE = "oidcc-ensure-request-with-valid-pkce-succeeds"


def _basic() -> tuple[Entry, ...]:
    return (
        *entries(
            Variant("code"),
            f"oidcc-server {_MISSING} oidcc-idtoken-signature oidcc-idtoken-unsigned {_USERINFO} {_NONCE_FREE} "
            f"{_SCOPES} {_ORDER} {_REQUESTS} {_CODES} oidcc-ensure-post-request-succeeds {_OBJECTS} {_REFRESH} {_PKCE}",
        ),
        Entry(_POST, Variant("code", "client_secret_post")),
    )


def _implicit() -> tuple[Entry, ...]:
    both = f"oidcc-server oidcc-idtoken-signature {_NONCE_BOUND} {_SCOPES} {_ORDER} {_REQUESTS} {_OBJECTS}"
    return (
        *entries(Variant("id_token"), both),
        *entries(Variant("id_token token"), f"{both} {_USERINFO} {_MISSING}"),
    )


def _hybrid() -> tuple[Entry, ...]:
    every = f"oidcc-server oidcc-idtoken-signature {_USERINFO} {_SCOPES} {_REQUESTS} {_CODES} {_OBJECTS} {_REFRESH}"
    more = {
        "code id_token": f"{_MISSING} {_NONCE_BOUND} {_ORDER} {_PKCE}",
        "code token": _NONCE_FREE,
        "code id_token token": _NONCE_BOUND,
    }
    return tuple(
        entry
        for response_type, own in more.items()
        for entry in (
            *entries(Variant(response_type), f"{every} {own}"),
            Entry(_POST, Variant(response_type, "client_secret_post")),
        )
    )


BASIC, IMPLICIT, HYBRID = _basic(), _implicit(), _hybrid()
