"""`make bench`: what each request costs on each database, and the same of npm oidc-provider in the same run.

The main figure is CPU of the server's processes a request, the median of slices in which every server is asked in turn;
± is how far half the slices are from it. Latencies are those of 16 connections that each wait for their answer, with
client, server and database on one machine.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.measure import measured
from tests.benchmarks.report import Result, document, lines, missed
from tests.benchmarks.subjects import Subject, oidc_provider, provider
from tests.support.engines import Postgres
from tests.support.programs import PROGRAMS


def main() -> int:
    """Measure, print, and fail when a promise is broken and `--strict` was asked."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="laissez-passer-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database server runs as another user
        postgres = Postgres(folder / "postgres")
        try:
            results = _measured(list(_subjects(postgres, folder)), options)
        finally:
            postgres.close()
    print("\n".join(lines(results)))
    if options.json:
        Path(options.json).write_text(json.dumps(document(results), indent=2), encoding="utf-8")
    return 1 if options.strict and any(missed(results)) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--requests", type=int, default=2000, help="requests of a flow of the usual cost")
    parser.add_argument("--rounds", type=int, default=2, help="how many times each server is measured, in turn")
    parser.add_argument("--strict", action="store_true", help="fail when a promise is broken")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    return parser.parse_args()


Opening = Callable[[int], AbstractContextManager[Subject]]


def _subjects(postgres: Postgres, folder: Path) -> Iterator[tuple[bool, Opening]]:
    """Each server to measure, as a function of the round: every round has a server and a database of its own."""
    pid = postgres.pid

    def on_postgres(workers: int) -> Opening:
        def opening(number: int) -> AbstractContextManager[Subject]:
            name = f"ours_{workers}_{number}"
            postgres.administer(f"CREATE DATABASE {name}")
            return provider(postgres.url(name), folder, workers, pid)

        return opening

    yield False, lambda number: provider(f"sqlite:///{folder}/ours_{number}.db", folder, 1, None)
    yield False, on_postgres(1)
    yield False, on_postgres(2)
    if PROGRAMS["peers"].present() and PROGRAMS["node"].present():
        yield True, lambda number: oidc_provider(postgres, f"peer_{number}", folder, pid)
    else:
        print("npm oidc-provider is not measured: node or its packages are absent.", file=sys.stderr)


def _measured(openings: list[tuple[bool, Opening]], options: argparse.Namespace) -> list[Result]:
    """Every server in every round, all of them running, so that each slice of each flow meets them in turn."""
    results: dict[str, Result] = {}
    for number in range(options.rounds):
        print(f"Round {number + 1} of {options.rounds}", file=sys.stderr, flush=True)
        with ExitStack() as running:
            subjects = [running.enter_context(opening(number)) for _, opening in openings]
            measures = asyncio.run(measured(subjects, options.requests))
            resident = [processes.resident_bytes(subject.pids()) for subject in subjects]
        for (peer, _), subject, size, found in zip(openings, subjects, resident, measures, strict=True):
            now = Result(subject.name, peer, subject.ready_after, size, {each.flow: each for each in found})
            results[subject.name] = now.beside(results.get(subject.name))
    return list(results.values())


if __name__ == "__main__":
    sys.exit(main())
