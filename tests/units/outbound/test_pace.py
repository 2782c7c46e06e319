"""How often a host may be called."""

from idp.outbound.pace import Pace


def test_so_many_in_a_window_and_each_key_for_itself() -> None:
    pace = Pace(2, 60)
    assert [pace.take("a", now) for now in (0, 1, 2, 59)] == [True, True, False, False]
    assert pace.take("b", 2)
    assert pace.take("a", 60)


def test_a_clock_that_goes_back_begins_a_new_window() -> None:
    pace = Pace(1, 60)
    assert pace.take("a", 1_000)
    assert pace.take("a", 10)


def test_the_memory_of_it_is_bounded() -> None:
    pace = Pace(1, 60)
    for number in range(20_000):
        assert pace.take(str(number), 0)
    assert not pace.take("19999", 0)
    assert pace.take("0", 0)
