"""What is counted of every request: how many, how they ended, how long they took. Told by `idp.metrics`.

Labels are names of ours (an endpoint, a method, a status) and never anything that a request holds, so that neither a
person nor a secret can stand in a measure, and their number is bounded. Several workers of one server count in files
that they share, where `prometheus_client` finds a folder for it in the environment as it is imported.
"""

import os
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the library is told where the workers of a server count together."""
NOWHERE = "nowhere"
"""The endpoint of requests that have none."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

disable_created_metrics()  # type: ignore[no-untyped-call]
_registry = CollectorRegistry()
_requests = Counter("idp_requests", "Requests answered.", ("endpoint", "method", "status"), registry=_registry)
_seconds = Histogram(
    "idp_request_seconds", "Time taken to answer.", ("endpoint",), buckets=_SECONDS, registry=_registry
)


def note(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered in so many seconds."""
    requests, durations = _of(endpoint, method if method in _METHODS else "other", status)
    requests.inc()
    durations.observe(seconds)


@cache
def _of(endpoint: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Where such requests are counted: found once, since finding it costs more than counting."""
    return _requests.labels(endpoint, method, str(status)), _seconds.labels(endpoint)


def written() -> bytes:
    """What was counted since the start by this process, or by all the workers of its server together."""
    if FOLDER not in os.environ:
        return generate_latest(_registry)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
