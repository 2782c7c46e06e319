"""Any OpenID Connect provider: what its discovery document says, within the bounds of the settings."""

from idp.foundation.settings import Upstream
from idp.interactions import levels
from idp.upstream.registration import Registration

CLAIMS = frozenset(
    {
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "gender",
        "birthdate",
        "email",
        "phone_number",
    }
)
"""The standard claims (OpenID Connect Core section 5.1) that an account here has a use for."""


def registration(upstream: Upstream) -> Registration:
    """Our registration, with PKCE unless the settings say otherwise."""
    return Registration(
        name=upstream.name,
        kind=upstream.kind,
        label=upstream.label or upstream.name,
        issuer=upstream.issuer,
        client_id=upstream.client_id,
        client_secret=upstream.client_secret,
        scopes=upstream.scopes,
        acr_values=levels.asked_of(upstream),
        acr_order=levels.order_of(upstream),
        algorithm=upstream.signing_algorithm,
        signed_userinfo=upstream.userinfo == "signed",
        pkce=upstream.pkce != "never",
        basic_authentication=upstream.token_auth == "client_secret_basic",
        issuer_in_response=False,
        endpoints=None,
        origins=upstream.origins,
        claims=CLAIMS,
        ends_its_session=upstream.logout,
    )
