"""Secrets: what they look like, what is stored of them, and that nothing about them repeats."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation import secrets
from idp.foundation.secrets import Kind, Pepper, SeededRandomness, SystemRandomness

PEPPER = Pepper(b"a key of the tests")


@pytest.mark.parametrize("kind", Kind)
def test_a_secret_bears_the_mark_of_its_kind_and_256_bits(kind: Kind) -> None:
    secret = secrets.issue(kind, SystemRandomness())
    assert re.fullmatch(rf"{kind.value}_[A-Za-z0-9_-]{{43}}", secret)
    assert [other for other in Kind if secrets.is_of(other, secret)] == [kind]


def test_no_identifier_can_be_taken_for_an_option_of_a_command() -> None:
    """Operators give those of people and of tokens to the command line."""

    class Scripted:
        draws = iter((b"\xfb" * 16, b"\xf8" * 16, b"a" * 16))

        def token_bytes(self, count: int, /) -> bytes:
            return next(self.draws)

    assert secrets.new_id(Scripted()) == "YWFhYWFhYWFhYWFhYWFhYQ"


def test_no_two_kinds_share_a_mark() -> None:
    marks = [kind.value for kind in Kind]
    assert len(set(marks)) == len(marks)
    assert all(len(mark) == 4 for mark in marks)


@given(st.text())
def test_a_text_that_is_no_secret_is_of_no_kind(text: str) -> None:
    assert not any(secrets.is_of(kind, text) for kind in Kind)


def test_ten_thousand_secrets_are_all_different() -> None:
    randomness = SystemRandomness()
    assert len({secrets.issue(Kind.CODE, randomness) for _ in range(10_000)}) == 10_000


def test_a_digest_is_the_same_each_time_and_tells_nothing() -> None:
    secret = secrets.issue(Kind.ACCESS_TOKEN, SystemRandomness())
    digest = secrets.digest(secret)
    assert digest == secrets.digest(secret)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", digest)
    assert secret[5:] not in digest
    assert digest != secrets.digest(secret + "x")


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_a_keyed_digest_depends_on_purpose_value_and_key(purpose: str, value: str) -> None:
    digest = PEPPER.digest(purpose, value)
    assert digest == PEPPER.digest(purpose, value)
    assert digest != PEPPER.digest(f"{purpose}x", value)
    assert digest != PEPPER.digest(purpose, f"{value}x")
    assert digest != Pepper(b"another key").digest(purpose, value)


def test_digits_are_all_equally_likely() -> None:
    drawn = Counter("".join(secrets.digits(SeededRandomness(1), 6) for _ in range(1)))
    assert sum(drawn.values()) == 6
    randomness = SeededRandomness(2)
    counted = Counter("".join(secrets.digits(randomness, 6) for _ in range(5_000)))
    assert set(counted) == set("0123456789")
    assert max(counted.values()) < 1.2 * min(counted.values())


def test_digits_keep_their_leading_zeros() -> None:
    randomness = SeededRandomness(3)
    codes = [secrets.digits(randomness, 4) for _ in range(500)]
    assert {len(code) for code in codes} == {4}
    assert any(code.startswith("0") for code in codes)


def test_a_draw_beyond_the_last_whole_range_is_thrown_away() -> None:
    class Drawn:
        """2**64 - 1 is in the part that would favour small codes; the next draw counts."""

        def __init__(self) -> None:
            self.draws = [b"\xff" * 8, (41).to_bytes(8)]

        def token_bytes(self, count: int, /) -> bytes:
            assert count == 8
            return self.draws.pop(0)

    assert secrets.digits(Drawn(), 6) == "000041"


def test_a_seeded_source_repeats_and_another_seed_does_not() -> None:
    first, second, other = SeededRandomness(7), SeededRandomness(7), SeededRandomness(8)
    drawn = first.token_bytes(16)
    assert drawn == second.token_bytes(16)
    assert drawn != other.token_bytes(16)
    assert drawn != first.token_bytes(16)
