"""Password hashes: bounded in number, the same cost for nobody, one spelling of a password."""

import asyncio
import threading
import unicodedata
from collections.abc import Iterator

import pytest

from idp.foundation.errors import Unavailable
from idp.foundation.hashing import HashCost, PasswordHasher, normalised

CHEAP = HashCost(memory_kib=64, passes=1, at_once=2, waiting=3)
PASSWORD = "Cerisier-42-bleu"


@pytest.fixture
def hasher() -> Iterator[PasswordHasher]:
    made = PasswordHasher(CHEAP)
    yield made
    made.close()


async def test_the_right_password_matches_and_no_other(hasher: PasswordHasher) -> None:
    stored = await hasher.hash(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert (await hasher.verify(stored, PASSWORD)).matches
    for wrong in ("", PASSWORD[:-1], PASSWORD + " ", PASSWORD.lower(), "x" * 10_000):
        assert not (await hasher.verify(stored, wrong)).matches


async def test_two_hashes_of_one_password_differ(hasher: PasswordHasher) -> None:
    assert await hasher.hash(PASSWORD) != await hasher.hash(PASSWORD)


async def test_nobody_has_a_password_whatever_is_tried(hasher: PasswordHasher) -> None:
    for tried in ("", PASSWORD, "nobody has this password"):
        assert not (await hasher.verify(None, tried)).matches


@pytest.mark.parametrize("stored", ["", "x", "$argon2id$", "$2b$12$abc", "$argon2id$v=19$m=64,t=1,p=1$x$y"])
async def test_a_stored_text_that_is_no_hash_matches_nothing(hasher: PasswordHasher, stored: str) -> None:
    assert not (await hasher.verify(stored, PASSWORD)).matches


async def test_a_password_is_the_same_in_every_unicode_form(hasher: PasswordHasher) -> None:
    spelled = "Été-à-Évian-42"
    stored = await hasher.hash(unicodedata.normalize("NFC", spelled))
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert (await hasher.verify(stored, unicodedata.normalize(form, spelled))).matches
    assert normalised("ﬁn") == "fin"


async def test_a_hash_of_another_cost_still_matches_and_is_to_be_made_anew(hasher: PasswordHasher) -> None:
    dearer = PasswordHasher(HashCost(memory_kib=128, passes=2, at_once=1))
    stored = await hasher.hash(PASSWORD)
    try:
        verdict = await dearer.verify(stored, PASSWORD)
        assert (verdict.matches, verdict.rehash) == (True, True)
        assert not (await dearer.verify(stored, "faux")).rehash
        assert not (await hasher.verify(stored, PASSWORD)).rehash
    finally:
        dearer.close()


async def test_a_crowd_is_told_to_come_back_and_the_rest_is_served(
    hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await hasher.hash(PASSWORD)
    running, most, may_end, lock = 0, 0, threading.Event(), threading.Lock()
    check = hasher._check

    def slow(*args: str) -> object:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        may_end.wait(5)
        with lock:
            running -= 1
        return check(*args)

    monkeypatch.setattr(hasher, "_check", slow)
    tries = [asyncio.create_task(hasher.verify(stored, PASSWORD)) for _ in range(12)]
    await asyncio.sleep(0.05)
    may_end.set()
    results = await asyncio.gather(*tries, return_exceptions=True)
    refused = [result for result in results if isinstance(result, Unavailable)]
    assert len(refused) == 12 - CHEAP.at_once - CHEAP.waiting
    assert {problem.retry_after for problem in refused} == {5}
    assert all(result.matches for result in results if not isinstance(result, BaseException))
    assert most == CHEAP.at_once
    assert (await hasher.verify(stored, PASSWORD)).matches
