"""`make bench`: what each request costs on each database, and the same of npm oidc-provider in the same run.

The main figure is CPU of the server's processes a request, read from /proc: it is the same whatever else the machine
does, within some 10 to 15%. Latencies are those of 16 connections that each wait for their answer, with client, server
and database on one machine.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks import processes
from tests.benchmarks.flows import Run
from tests.benchmarks.report import Result, lines, missed
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
        Path(options.json).write_text(json.dumps(_document(results), indent=2), encoding="utf-8")
    return 1 if options.strict and any(missed(results)) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--requests", type=int, default=2000, help="requests of each flow")
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


def _measured(subjects: list[tuple[bool, Opening]], options: argparse.Namespace) -> list[Result]:
    """Every server in every round, in turn, so that what else the machine does meets them all alike."""
    results: dict[str, Result] = {}
    for number in range(options.rounds):
        for peer, opening in subjects:
            with opening(number) as subject:
                print(f"Round {number + 1}: {subject.name}…", file=sys.stderr, flush=True)
                measures = tuple(asyncio.run(Run(subject, options.requests).all()))
                resident = processes.resident_bytes(subject.pids())
            former = results.get(subject.name)
            results[subject.name] = Result(
                subject.name,
                peer,
                min(subject.ready_after, former.ready_after) if former else subject.ready_after,
                max(resident, former.resident) if former else resident,
                (*(former.rounds if former else ()), measures),
            )
    return list(results.values())


def _document(results: list[Result]) -> dict[str, object]:
    return {
        "servers": [
            {
                "name": result.name,
                "ready_after_s": result.ready_after,
                "resident_bytes": result.resident,
                "hash_ms": result.hashing_ms(),
                "cpu_ms": {measure.flow: result.cpu_ms(measure.flow) for measure in result.rounds[0]},
            }
            for result in results
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
