"""What the report concludes from the figures."""

import pytest

from tests.benchmarks.flows import CODE, SIGN_IN
from tests.benchmarks.measure import Measure, Slice
from tests.benchmarks.report import Result, document, lines, missed

MS = 0.001


def measure(flow: str, *cpu_ms: float, hashing: float = 0.0, database: float = 0.0) -> Measure:
    """A flow whose slices cost that; every request of them took as many milliseconds as its place in the slice."""
    latencies = tuple(number * MS for number in range(1, 101))
    return Measure(flow, tuple(Slice(cost * MS, hashing * MS, database * MS, 1000.0, latencies) for cost in cpu_ms))


def result(name: str, *measures: Measure, ready_after: float = 1.0, resident: int = 100_000_000) -> Result:
    return Result(name, name.startswith("peer"), ready_after, resident, {each.flow: each for each in measures})


PEER = result("peer", measure("userinfo", 1.0, database=0.5))


def test_one_disturbed_slice_changes_nothing() -> None:
    found = measure("userinfo", 1.0, 1.1, 0.9, 1.0, 7.0)
    assert found.cpu == pytest.approx(1.0 * MS)
    assert found.spread == pytest.approx(0.1)


def test_percentiles_are_those_of_all_requests() -> None:
    found = measure("userinfo", 1.0) + measure("userinfo", 1.0)
    assert [found.percentile(rank) for rank in (0.5, 0.99, 1.0)] == pytest.approx([51 * MS, 100 * MS, 100 * MS])


def test_a_database_apart_is_left_out_on_both_sides() -> None:
    ours = result("PostgreSQL, 1 worker", measure("userinfo", 1.2, database=3.0))
    assert ours.of_peer("userinfo", PEER) == pytest.approx(1.2)


def test_a_database_inside_the_process_is_counted_on_both_sides() -> None:
    ours = result("SQLite, 1 worker", measure("userinfo", 1.2))
    assert ours.of_peer("userinfo", PEER) == pytest.approx(0.8)


def test_what_only_one_server_does_is_compared_with_nothing() -> None:
    assert result("SQLite, 1 worker", measure(SIGN_IN, 30.0)).of_peer(SIGN_IN, PEER) is None
    assert PEER.of_peer("userinfo", PEER) is None


def test_rounds_are_put_together() -> None:
    first = result("SQLite, 1 worker", measure(CODE, 1.0), ready_after=1.9, resident=1)
    second = result("SQLite, 1 worker", measure(CODE, 3.0), ready_after=0.9, resident=2)
    both = second.beside(first)
    assert (both.ready_after, both.resident) == (0.9, 2)
    assert both.measures[CODE].cpu == pytest.approx(2.0 * MS)
    assert first.beside(None) == first


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (result("SQLite, 1 worker", measure(CODE, 1.7)), "code exchange: 1.70 ms, 1.6 promised"),
        (result("PostgreSQL, 1 worker", measure(CODE, 2.1)), "code exchange: 2.10 ms, 2.0 promised"),
        (result("SQLite, 1 worker", measure(SIGN_IN, 12.0, hashing=10.0)), "1.20 times its hash, 1.15 promised"),
        (result("PostgreSQL, 1 worker", measure("userinfo", 1.4, database=1.0)), "1.40 times the peer's, 1.3 promised"),
        (result("SQLite, 1 worker", resident=151_000_000), "151 MB resident, 150 promised"),
        (result("SQLite, 1 worker", ready_after=2.5), "ready after 2.50 s, 2.0 promised"),
    ],
    ids=["code on SQLite", "code on PostgreSQL", "sign-in", "peer", "memory", "start"],
)
def test_a_broken_promise_is_told(broken: Result, told: str) -> None:
    (line,) = missed([broken, PEER])
    assert line.startswith(broken.name)
    assert told in line
    assert list(lines([broken, PEER]))[-1] == f"MISSED  {line}"


def test_kept_promises_are_told_too() -> None:
    kept = result(
        "SQLite, 1 worker", measure(CODE, 1.5), measure("userinfo", 1.0), measure(SIGN_IN, 11.0, hashing=10.0)
    )
    assert not list(missed([kept, PEER]))
    assert list(lines([kept, PEER]))[-1] == "Every promise is kept."


def test_a_program_reads_the_same_figures() -> None:
    ours = result("SQLite, 1 worker", measure("userinfo", 1.2))
    (server, _) = document([ours, PEER])["servers"]
    assert server["name"] == ours.name
    assert server["flows"]["userinfo"]["of_peer"] == pytest.approx(0.8)
    assert server["flows"]["userinfo"]["latency_ms"]["p95"] == pytest.approx(96)
