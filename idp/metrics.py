"""`GET /metrics`: what operators watch, in Prometheus' text format 0.0.4.

Requests are counted as they are answered; what waits to leave is counted in the database when somebody asks. It is
answered to the networks that the settings name, this machine unless they say otherwise, and is not there for others.
"""

from collections.abc import Iterator, Mapping

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response

from idp.foundation.errors import NotFound, Unavailable
from idp.messages import queue
from idp.sessions import notices
from idp.web import measures
from idp.web.addresses import is_within, networks
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE

_BY_PROXIES = ("forwarded", "x-forwarded-for", "x-real-ip")

Waiting = Mapping[str, tuple[int, int]]
"""By what it leaves by: how many wait, and since when the oldest does (seconds UTC)."""


async def show(call: Call) -> Response:
    """`GET /metrics`."""
    if not _may_read(call):
        raise NotFound(cause=f"measures asked from {call.address}")
    held = CollectorRegistry()
    held.register(_State(await _waiting(call), call.now))
    return Response(
        measures.written() + generate_latest(held),
        headers={**PRIVATE, "Content-Type": CONTENT_TYPE_PLAIN_0_0_4},
    )


def _may_read(call: Call) -> bool:
    """Whether the caller is in a network that may. What a proxy that nobody declared passes on is from anywhere."""
    peer = call.request.client.host if call.request.client else ""
    if call.address == peer and any(name in call.headers for name in _BY_PROXIES):
        return False
    return is_within(call.address, networks(call.provider.settings.metrics_from))


async def _waiting(call: Call) -> Waiting | None:
    """What waits; None while the database does not answer, which is then what there is to tell."""
    database = call.provider.database
    try:
        return {**await database.read(queue.backlog), "applications": await database.read(notices.backlog)}
    except Unavailable:
        return None


class _State(Collector):
    """The measures that are read rather than counted."""

    def __init__(self, waiting: Waiting | None, now: int) -> None:
        self._waiting = waiting
        self._now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answers = float(self._waiting is not None)
        yield GaugeMetricFamily("idp_database_answers", "Whether the database answers.", value=answers)
        if self._waiting is None:
            return
        many = GaugeMetricFamily("idp_waiting", "Messages and sign-out notices still to be delivered.", labels=["to"])
        age = GaugeMetricFamily("idp_waiting_oldest_seconds", "How long the oldest of them has waited.", labels=["to"])
        for carrier, (number, since) in self._waiting.items():
            many.add_metric([carrier], number)
            age.add_metric([carrier], max(0, self._now - since) if number else 0)
        yield many
        yield age
