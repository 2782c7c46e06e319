"""The table that `make bench` prints: what each request costs, beside the peer's and beside what was promised."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks.flows import SIGN_IN, Measure

CODE = "code exchange"
PROMISED_MS = {("SQLite", CODE): 1.6, ("PostgreSQL", CODE): 2.0}
MOST_OF_PEER = 1.3
MOST_OF_HASH = 1.15
MOST_RESIDENT_MB = 150
MOST_SECONDS_TO_READY = 2.0


@dataclass(frozen=True, slots=True)
class Result:
    """One server, measured. `rounds` are the measures of each round, flows in the same order; the last is shown."""

    name: str
    peer: bool
    ready_after: float
    resident: int
    rounds: tuple[tuple[Measure, ...], ...]

    def cpu_ms(self, flow: str) -> float | None:
        """CPU of a request in milliseconds in the best round, since other work only adds; None when never asked."""
        found = [measure.cpu * 1000 for each in self.rounds for measure in each if measure.flow == flow]
        return min(found, default=None)

    def hashing_ms(self) -> float | None:
        """The part of the same password sign-in that is its hash, in milliseconds; None when nobody signed in."""
        found = [measure for each in self.rounds for measure in each if measure.flow == SIGN_IN]
        return min(found, key=lambda measure: measure.cpu).hashing_cpu * 1000 if found else None


def lines(results: Sequence[Result]) -> Iterator[str]:
    """The report, a line at a time."""
    peer = next((result for result in results if result.peer), None)
    for result in results:
        yield f"{result.name}: ready after {result.ready_after:.2f} s, {result.resident / 1e6:.0f} MB resident"
        heads = "".join(f"{head:>8}" for head in ("a second", "p50 ms", "p95 ms", "p99 ms"))
        yield f"  {'flow':<26}{'CPU ms':>8}{'of peer':>9}{'database':>10}{heads:>34}"
        for measure in result.rounds[-1]:
            yield _line(result, measure, peer)
        if hashing := result.hashing_ms():
            yield f"  of a password sign-in, {hashing:.2f} ms are its argon2id check"
        yield ""
    broken = list(missed(results))
    yield from (f"MISSED  {each}" for each in broken)
    if not broken:
        yield "Every promise is kept."


def _line(result: Result, measure: Measure, peer: Result | None) -> str:
    cpu = result.cpu_ms(measure.flow) or 0.0
    others = peer.cpu_ms(measure.flow) if peer and not result.peer else None
    latencies = "".join(f"{measure.percentile(rank) * 1000:8.1f}" for rank in (0.5, 0.95, 0.99))
    ratio = f"{cpu / others:9.2f}" if others else " " * 9
    database = f"{measure.database_cpu * 1000:10.2f}" if measure.database_cpu else " " * 10
    return f"  {measure.flow:<26}{cpu:8.2f}{ratio}{database}{measure.a_second:10.0f}{latencies}"


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
        for measure in result.rounds[0]:
            yield from _missed_by(result, measure.flow, peer)


def _missed_by(result: Result, flow: str, peer: Result | None) -> Iterator[str]:
    cpu = result.cpu_ms(flow) or 0.0
    promised = PROMISED_MS.get((result.name.partition(",")[0], flow))
    if promised and cpu > promised:
        yield f"{result.name}, {flow}: {cpu:.2f} ms, {promised} promised"
    alone = result.hashing_ms() if flow == SIGN_IN else None
    if alone and cpu > MOST_OF_HASH * alone:
        yield f"{result.name}, {flow}: {cpu / alone:.2f} times its hash, {MOST_OF_HASH} promised"
    others = peer.cpu_ms(flow) if peer else None
    if others and cpu > MOST_OF_PEER * others:
        yield f"{result.name}, {flow}: {cpu / others:.2f} times the peer's, {MOST_OF_PEER} promised"
