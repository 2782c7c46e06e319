"""The levels of authentication (`acr`) at which a person can come: that of a password, and those of the upstreams."""

from collections.abc import Collection, Sequence

from idp.foundation.settings import Settings, Upstream
from idp.interactions.upstreams import name_of
from idp.people.attestations import EIDAS
from idp.sessions.session import LOCAL_ACR, UPSTREAM_ACR


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
    return frozenset((LOCAL_ACR,)).union(*map(_of, settings.upstreams))


def reached_by(settings: Settings, required: Collection[str]) -> tuple[str, ...]:
    """The names, as people know them, of the upstreams by which one of these levels may be reached."""
    return tuple(name_of(settings, each.name) for each in settings.upstreams if not _of(each).isdisjoint(required))


def _of(upstream: Upstream) -> frozenset[str]:
    asked, order = asked_of(upstream), order_of(upstream)
    return accepted(asked, order) if asked else frozenset((UPSTREAM_ACR, *order))
