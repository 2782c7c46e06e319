"""Shared secrets: their form, their digest, their comparison, their overlap."""

from collections.abc import Callable

import pytest

from clients import secrets
from clients.secrets import Secret

GOOD = "lpcs_0123456789abcdef0123456789abcdef"
HELD = (Secret(secrets.digest(GOOD), created_at=100),)


def test_a_secret_has_a_prefix_and_256_bits_and_is_never_the_same(random_bytes: Callable[[int], bytes]) -> None:
    first, second = secrets.issue(random_bytes), secrets.issue(random_bytes)
    assert first != second
    for secret in (first, second):
        assert secret.startswith("lpcs_")
        assert len(secret) == len("lpcs_") + 43
        assert not secrets.refusals(secret)


def test_the_digest_does_not_hold_the_secret() -> None:
    assert len(secrets.digest(GOOD)) == 43
    assert GOOD not in secrets.digest(GOOD)


@pytest.mark.parametrize(
    "presented",
    [
        None,
        "",
        " ",
        "\t\n",
        "null",
        "None",
        GOOD[:-1],
        GOOD + "\n",
        " " + GOOD,
        GOOD + "0",
        GOOD.upper(),
        GOOD + "\0",
        secrets.digest(GOOD),
        "é" * 20,
        "\ud800",
        "a" * 1_000_000,
    ],
    ids=repr,
)
def test_anything_but_the_secret_itself_is_refused(presented: str | None) -> None:
    assert secrets.matches(HELD, GOOD, 100)
    assert not secrets.matches(HELD, presented, 100)


@pytest.mark.parametrize("presented", ["", " ", None])
def test_nothing_matches_the_digest_of_nothing(presented: str | None) -> None:
    assert not secrets.matches((Secret(secrets.digest(presented or ""), 100),), presented, 100)


def test_no_secret_held_matches_nothing() -> None:
    assert not secrets.matches((), GOOD, 100)


def test_each_of_several_secrets_matches_until_it_expires() -> None:
    other = "lpcs_another_secret_of_the_client"
    held = (Secret(secrets.digest(GOOD), 100, expires_at=200), Secret(secrets.digest(other), 150))
    assert [secrets.matches(held, GOOD, now) for now in (150, 199, 200, 201)] == [True, True, False, False]
    assert [secrets.matches(held, other, now) for now in (150, 200, 10_000)] == [True, True, True]


@pytest.mark.parametrize(
    "chosen",
    [
        "",
        "short",
        "fifteen-letters",
        "a" * 257,
        "sixteen letters and spaces",
        "sixteen-accentués",
        "tab\tinside-the-secret",
    ],
)
def test_a_weak_or_unprintable_secret_chosen_by_an_operator_is_refused(chosen: str) -> None:
    assert secrets.refusals(chosen)
