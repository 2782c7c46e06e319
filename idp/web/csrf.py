"""Forms are accepted from our own pages, in the browser they were given to, and from nowhere else.

Two independent proofs: the browser's own word for where the request comes from (Fetch Metadata, or `Origin`), and a
token that only a page given to this browser holds (OWASP CSRF prevention: signed double submit, bound to a cookie).
"""

import hmac
from collections.abc import Mapping

from idp.foundation.errors import Forbidden
from idp.foundation.secrets import Pepper
from idp.foundation.texts import text

FIELD = "csrf"


def token(pepper: Pepper, browser: str) -> str:
    """The token of the forms shown to a browser."""
    return pepper.digest("csrf", browser)


def check(pepper: Pepper, browser: str, presented: str, headers: Mapping[str, str], issuer: str) -> None:
    """Raise `Forbidden` unless the form comes from one of our pages in this browser.

    Some scripted browsers (HtmlUnit before 2019) send the whole address of a page for its origin: it begins with ours.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    ours = site == "same-origin" if site is not None else origin is None or f"{origin}/".startswith(f"{issuer}/")
    if ours and hmac.compare_digest(token(pepper, browser).encode(), presented.encode()):
        return
    raise Forbidden(
        "form_expired",
        text(
            "Cette page est restée ouverte trop longtemps, ou vient d'ailleurs. "
            "Revenez en arrière, rechargez-la et réessayez."
        ),
        cause=f"site={site} origin={origin}",
    )
