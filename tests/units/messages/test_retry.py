"""When a message that could not leave is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.messages import retry


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        pytest.param(900, [5, 10, 20, 30, 30], id="a code of 15 minutes"),
        pytest.param(86_400, [5, 10, 20, 40, 80, 160, 320, 600, 600], id="a link of a day"),
    ],
)
def test_waits_double_up_to_a_ceiling_that_suits_the_life(life: int, expected: list[int]) -> None:
    assert [retry.wait(attempts, life, 0.5) for attempts in range(1, len(expected) + 1)] == expected


@given(st.integers(0, 10_000), st.integers(0, 10**7), st.floats(0, 1))
def test_a_wait_is_never_nothing_nor_endless(attempts: int, life: int, chance: float) -> None:
    assert 1 <= retry.wait(attempts, life, chance) <= 720


def test_chance_spreads_the_attempts() -> None:
    assert (retry.wait(20, 86_400, 0.0), retry.wait(20, 86_400, 1.0)) == (480, 720)
