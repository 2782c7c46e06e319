"""What is kept of other people's documents."""

import asyncio

from idp.outbound.kept import Kept


def test_the_value_used_longest_ago_is_forgotten_first() -> None:
    kept: Kept[int] = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    kept.put("a", 4)
    assert [kept.get(key) for key in "ac"] == [4, 3]


async def test_all_who_ask_for_a_key_at_once_share_its_lock_and_no_other() -> None:
    kept: Kept[int] = Kept(2)
    held = kept.lock("a")
    assert kept.lock("a") is held
    assert kept.lock("b") is not held


async def test_of_many_who_find_nothing_one_fetches() -> None:
    kept: Kept[int] = Kept(2)
    fetched: list[str] = []

    async def ask() -> int | None:
        async with kept.lock("a"):
            if kept.get("a") is None:
                await asyncio.sleep(0)
                fetched.append("a")
                kept.put("a", 1)
        return kept.get("a")

    assert await asyncio.gather(*(ask() for _ in range(10))) == [1] * 10
    assert fetched == ["a"]
