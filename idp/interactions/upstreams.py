"""The other ways in, as the sign-in and sign-up pages offer them."""

from dataclasses import dataclass

from idp.foundation.settings import Settings, Upstream
from idp.foundation.texts import Text, text

_LABELS = {"franceconnect": "FranceConnect", "proconnect": "ProConnect"}


@dataclass(frozen=True, slots=True)
class UpstreamView:
    """One of them, as a button. `accounts` tells which accounts a person may use there."""

    provider: str
    kind: str
    name: str
    accounts: Text | None = None


def offered(settings: Settings) -> tuple[UpstreamView, ...]:
    """Every upstream of the settings, in their order."""
    return tuple(_view(upstream) for upstream in settings.upstreams)


def _view(upstream: Upstream) -> UpstreamView:
    accounts = (
        text("par exemple impots.gouv.fr, ameli.fr ou France Identité") if upstream.kind == "franceconnect" else None
    )
    name = upstream.label or _LABELS.get(upstream.kind, upstream.name)
    return UpstreamView(upstream.name, upstream.kind, name, accounts)
