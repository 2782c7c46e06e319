"""Measuring a flow on every server: in slices, a slice of each server in turn.

Whatever else the machine does then meets them all alike, and the median of the slices is that of a quiet moment.
"""

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.benchmarks import processes
from tests.benchmarks.flows import FLOWS
from tests.benchmarks.subjects import Subject
from tests.benchmarks.traffic import Flow, Traffic
from tests.benchmarks.wire import Answer, ask_all, connected

SLICES = 10
WARMING = 2
"""The slices that are not counted: the first requests fill caches and let compilers work."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some requests of a flow. CPU in seconds a request: the server, its password hashing, its database beside it."""

    cpu: float
    hashing_cpu: float
    database_cpu: float
    a_second: float
    latencies: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One flow on one server. Times in seconds."""

    flow: str
    slices: tuple[Slice, ...]

    @property
    def cpu(self) -> float:
        """CPU of the server a request."""
        return statistics.median(each.cpu for each in self.slices)

    @property
    def spread(self) -> float:
        """By what part of it half the slices differ from `cpu` at most: what the machine's other work did."""
        return statistics.median(abs(each.cpu - self.cpu) for each in self.slices) / self.cpu

    @property
    def hashing_cpu(self) -> float:
        """The part of `cpu` that hashes passwords. Over all slices: the loop's own time is known by the hundredth."""
        return self.cpu * sum(each.hashing_cpu for each in self.slices) / sum(each.cpu for each in self.slices)

    @property
    def database_cpu(self) -> float:
        """CPU of the database server a request, 0 where there is none."""
        return statistics.median(each.database_cpu for each in self.slices)

    @property
    def a_second(self) -> float:
        """Requests answered in a second."""
        return statistics.median(each.a_second for each in self.slices)

    def percentile(self, rank: float) -> float:
        """The latency that this part of all the requests did not exceed."""
        latencies = sorted(latency for each in self.slices for latency in each.latencies)
        return latencies[min(int(rank * len(latencies)), len(latencies) - 1)]

    def __add__(self, other: "Measure") -> "Measure":
        return Measure(self.flow, self.slices + other.slices)


async def measured(subjects: Sequence[Subject], count: int) -> list[list[Measure]]:
    """Every flow on every server: for each of them, its measures in the order of the flows."""
    traffic = [await Traffic.begun(subject, count) for subject in subjects]
    measures: list[list[Measure]] = [[] for _ in subjects]
    for flow in FLOWS:
        served = [number for number, subject in enumerate(subjects) if flow.serves(subject)]
        print(f"  {flow.name}…", file=sys.stderr, flush=True)
        found = await _flow(flow, [traffic[number] for number in served])
        for number, measure in zip(served, found, strict=True):
            measures[number].append(measure)
    return measures


async def _flow(flow: Flow, traffic: Sequence[Traffic]) -> list[Measure]:
    asked = [list(_cut(await flow.asks(each))) for each in traffic]
    answers: list[list[Answer]] = [[] for _ in traffic]
    slices: list[list[Slice]] = [[] for _ in traffic]
    for part in range(SLICES):
        for server, each in enumerate(traffic):
            given, cost = await _slice(each.subject, asked[server][part], flow.connections)
            answers[server] += given
            if part >= WARMING:
                slices[server].append(cost)
    for each, given in zip(traffic, answers, strict=True):
        flow.judge(each, given)
    return [Measure(flow.name, tuple(each)) for each in slices]


def _cut(requests: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for part in range(SLICES):
        yield requests[part * len(requests) // SLICES : (part + 1) * len(requests) // SLICES]


async def _slice(subject: Subject, requests: Sequence[bytes], connections: int) -> tuple[list[Answer], Slice]:
    async with connected(subject.issuer, connections) as opened:
        server, database = subject.pids(), subject.database_pids()
        before = processes.cpu_seconds(server + database)
        loop_before, started = processes.event_loop_seconds(server), time.perf_counter()
        answers = await ask_all(opened, requests)
        ended, loop_after = time.perf_counter(), processes.event_loop_seconds(server)
        after = processes.cpu_seconds(server + database)
    used = {pid: (after[pid] - before[pid]) / len(requests) for pid in after.keys() & before.keys()}
    cpu, database_cpu = (sum(used.get(pid, 0.0) for pid in pids) for pids in (server, database))
    loop = (loop_after - loop_before) / len(requests)
    latencies = tuple(answer.seconds for answer in answers)
    return answers, Slice(cpu, cpu - loop, database_cpu, len(requests) / (ended - started), latencies)
