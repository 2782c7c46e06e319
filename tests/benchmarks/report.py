"""The table that `make bench` prints: what each request costs, beside the peer's and beside what was promised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.benchmarks.flows import CODE, SIGN_IN
from tests.benchmarks.measure import Measure

PROMISED_MS = {("SQLite", CODE): 1.6, ("PostgreSQL", CODE): 2.0}
MOST_OF_PEER = 1.3
MOST_OF_HASH = 1.15
MOST_RESIDENT_MB = 150
MOST_SECONDS_TO_READY = 2.0
PERCENTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Result:
    """One server, measured, by flow. `ready_after` in seconds, `resident` in bytes."""

    name: str
    peer: bool
    ready_after: float
    resident: int
    measures: dict[str, Measure]

    def beside(self, former: "Result | None") -> "Result":
        """What this round and the former ones say together: the quickest start, the largest size, every slice."""
        if former is None:
            return self
        return replace(
            self,
            ready_after=min(self.ready_after, former.ready_after),
            resident=max(self.resident, former.resident),
            measures={flow: former.measures[flow] + measure for flow, measure in self.measures.items()},
        )

    def of_peer(self, flow: str, peer: "Result | None") -> float | None:
        """The CPU of a request in that of the peer's; None where there is no peer to compare with.

        On SQLite the database is in the process, so the peer's counts with its own.
        """
        other = peer.measures.get(flow) if peer and not self.peer else None
        if other is None:
            return None
        mine = self.measures[flow]
        return mine.cpu / (other.cpu if mine.database_cpu else other.cpu + other.database_cpu)

    def of_hash(self) -> float | None:
        """The CPU of a password sign-in in that of its hash; None where nobody signed in."""
        measure = self.measures.get(SIGN_IN)
        return measure.cpu / measure.hashing_cpu if measure else None


def lines(results: Sequence[Result]) -> Iterator[str]:
    """The report, a line at a time."""
    peer = next((result for result in results if result.peer), None)
    for result in results:
        yield f"{result.name}: ready after {result.ready_after:.2f} s, {result.resident / 1e6:.0f} MB resident"
        heads = "".join(f"{head:>9}" for head in ("database", "of peer", "a second", "p50 ms", "p95 ms", "p99 ms"))
        yield f"  {'flow':<26}{'CPU ms':>8}{'±':>6}{heads}"
        for measure in result.measures.values():
            yield _line(measure, result.of_peer(measure.flow, peer))
        if ratio := result.of_hash():
            hashing = result.measures[SIGN_IN].hashing_cpu * 1000
            yield f"  of a password sign-in, {hashing:.2f} ms are its argon2id check: it costs {ratio:.3f} times that"
        yield ""
    broken = list(missed(results))
    yield from (f"MISSED  {each}" for each in broken)
    if not broken:
        yield "Every promise is kept."


def _line(measure: Measure, of_peer: float | None) -> str:
    ratio = f"{of_peer:9.2f}" if of_peer else " " * 9
    database = f"{measure.database_cpu * 1000:9.2f}" if measure.database_cpu else " " * 9
    latencies = "".join(f"{measure.percentile(rank) * 1000:9.1f}" for rank in PERCENTILES)
    cost = f"{measure.cpu * 1000:8.2f}{measure.spread * 100:5.0f}%"
    return f"  {measure.flow:<26}{cost}{database}{ratio}{measure.a_second:9.0f}{latencies}"


def document(results: Sequence[Result]) -> dict[str, Any]:
    """The same figures for a program."""
    peer = next((result for result in results if result.peer), None)
    return {
        "servers": [
            {
                "name": result.name,
                "ready_after_s": result.ready_after,
                "resident_bytes": result.resident,
                "of_hash": result.of_hash(),
                "flows": {
                    flow: {
                        "cpu_ms": measure.cpu * 1000,
                        "spread": measure.spread,
                        "hashing_ms": measure.hashing_cpu * 1000 if flow == SIGN_IN else None,
                        "database_ms": measure.database_cpu * 1000,
                        "of_peer": result.of_peer(flow, peer),
                        "a_second": measure.a_second,
                        "latency_ms": {f"p{rank * 100:.0f}": measure.percentile(rank) * 1000 for rank in PERCENTILES},
                    }
                    for flow, measure in result.measures.items()
                },
            }
            for result in results
        ],
    }


def missed(results: Sequence[Result]) -> Iterator[str]:
    """Every promise that these figures break."""
    peer = next((result for result in results if result.peer), None)
    for result in results:
        if result.peer:
            continue
        if result.resident > MOST_RESIDENT_MB * 1e6:
            yield f"{result.name}: {result.resident / 1e6:.0f} MB resident, {MOST_RESIDENT_MB} promised"
        if result.ready_after > MOST_SECONDS_TO_READY:
            yield f"{result.name}: ready after {result.ready_after:.2f} s, {MOST_SECONDS_TO_READY} promised"
        if (ratio := result.of_hash()) and ratio > MOST_OF_HASH:
            yield f"{result.name}, {SIGN_IN}: {ratio:.2f} times its hash, {MOST_OF_HASH} promised"
        for measure in result.measures.values():
            yield from _missed_by(result, measure, peer)


def _missed_by(result: Result, measure: Measure, peer: Result | None) -> Iterator[str]:
    cpu = measure.cpu * 1000
    promised = PROMISED_MS.get((result.name.partition(",")[0], measure.flow))
    if promised and cpu > promised:
        yield f"{result.name}, {measure.flow}: {cpu:.2f} ms, {promised} promised"
    of_peer = result.of_peer(measure.flow, peer)
    if of_peer and of_peer > MOST_OF_PEER:
        yield f"{result.name}, {measure.flow}: {of_peer:.2f} times the peer's, {MOST_OF_PEER} promised"
