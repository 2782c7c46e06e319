"""ProConnect: professionals and public agents. Its `sub` belongs to one identity provider behind it, not to a person.

Its levels are settings (`acr_values`, `acr_order`): it has renamed some of them from one day to the next.
"""

from dataclasses import replace

from idp.foundation.settings import Upstream
from idp.upstream.providers import generic
from idp.upstream.registration import Registration

CLAIMS = frozenset({"given_name", "usual_name", "email", "siret", "uid", "phone_number", "organizational_unit"})


def registration(upstream: Upstream) -> Registration:
    """Our registration: signed user information, PKCE accepted, `iss` in every answer."""
    return replace(
        generic.registration(upstream),
        label=upstream.label or "ProConnect",
        signed_userinfo=upstream.userinfo != "json",
        issuer_in_response=True,
        claims=CLAIMS,
    )
