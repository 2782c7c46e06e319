"""The levels of authentication (`acr`) at which a person can come: that of a password, and those of the upstreams."""

from collections.abc import Sequence

from idp.foundation.settings import Settings, Upstream
from idp.sessions.session import LOCAL_ACR, UPSTREAM_ACR

EIDAS = ("eidas1", "eidas2", "eidas3")
"""The levels of the eIDAS regulation, lowest first; FranceConnect serves the first, FranceConnect+ the others."""


def asked_of(upstream: Upstream) -> tuple[str, ...]:
    """The levels asked of an upstream; FranceConnect is always asked one."""
    return upstream.acr_values or (EIDAS[:1] if upstream.kind == "franceconnect" else ())


def order_of(upstream: Upstream) -> tuple[str, ...]:
    """The levels that an upstream knows, lowest first."""
    return upstream.acr_order or (EIDAS if upstream.kind == "franceconnect" else ())


def accepted(asked: Sequence[str], order: Sequence[str]) -> frozenset[str]:
    """Those asked and those above the least of them: an upstream may authenticate higher than asked."""
    known = [order.index(level) for level in asked if level in order]
    return frozenset(asked).union(order[min(known, default=len(order)) :])


def announced(settings: Settings) -> tuple[str, ...]:
    """What may be asked of this provider, each once."""
    upstreams = (level for each in settings.upstreams for level in asked_of(each) or (UPSTREAM_ACR,))
    return tuple(dict.fromkeys((LOCAL_ACR, *upstreams)))


def attainable(settings: Settings) -> frozenset[str]:
    """Every level that a sign-in may reach, one higher than asked included."""
    found = {*announced(settings)}
    for each in settings.upstreams:
        asked, order = asked_of(each), order_of(each)
        found.update(accepted(asked, order) if asked else order)
    return frozenset(found)
