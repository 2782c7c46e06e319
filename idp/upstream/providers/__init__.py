"""The kinds of upstream, and the registration that each makes of the settings."""

from collections.abc import Callable, Mapping

from idp.foundation.settings import Upstream
from idp.upstream.providers import franceconnect, generic, proconnect
from idp.upstream.registration import Registration

KINDS: Mapping[str, Callable[[Upstream], Registration]] = {
    "franceconnect": franceconnect.registration,
    "proconnect": proconnect.registration,
    "oidc": generic.registration,
}


def registration(upstream: Upstream) -> Registration:
    """Our registration at this upstream."""
    return KINDS[upstream.kind](upstream)
