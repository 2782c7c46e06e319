"""Whatever applications, people and operators do, in whatever order: the provider keeps what it promises.

How many sequences, and how long, is bounded here so that the whole suite stays quick; to look further, see
docs/developers.md.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.protocol.machine.base import Machine
from tests.protocol.machine.invariants import Invariants
from tests.protocol.machine.leaving import Leaving
from tests.protocol.machine.visits import Visits

SEQUENCES = {"sqlite": 24, "postgresql": 5}
CALLS = 40
FURTHER = int(os.environ.get("SEQUENCES", "0"))
"""Sequences to try instead, drawn anew at each run; 0 for the few that are always the same."""


class OnSqlite(Visits, Leaving, Invariants):
    engine = "sqlite"


class OnPostgresql(OnSqlite):
    engine = "postgresql"


@pytest.mark.parametrize("machine", [OnSqlite, OnPostgresql], ids=list(SEQUENCES))
def test_any_sequence_of_calls_is_answered_as_promised(machine: type[Machine]) -> None:
    bounds = settings(
        max_examples=FURTHER or SEQUENCES[machine.engine],
        stateful_step_count=CALLS,
        derandomize=not FURTHER,
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=bounds)
