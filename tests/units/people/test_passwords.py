"""The level of a password, its checklist, and what to do when it is refused."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from idp.people.passwords import (
    RULES,
    TOO_COMMON,
    TOO_LONG,
    TOO_PERSONAL,
    UNTYPEABLE,
    Level,
    assess,
    bits,
)

KNOWN = ("Mairie de Villeneuve", "Camille", "Martin", "camille.martin", "cam.durand", "2000-01-31")


@pytest.mark.parametrize(
    ("password", "level"),
    [
        ("Kx7pQ2mZ", Level.MODERATE),
        ("Plume7Verte", Level.MODERATE),
        ("KX7PQ2MZ4T", Level.MODERATE),
        ("Correct-Horse-7", Level.MODERATE),
        ("Un-Mot-De-Passe-Solide-42", Level.STRONG),
        ("Jardin-Public-1987", Level.STRONG),
        ("Sept mots bien choisis valent mieux que 1 seul", Level.STRONG),
        ("Ελληνικά-Θάλασσα-42", Level.STRONG),
    ],
)
def test_a_good_password_has_its_level(password: str, level: Level) -> None:
    judged = assess(password, KNOWN)
    assert (judged.level, judged.accepted) == (level, True)
    assert judged.length
    assert judged.upper
    assert judged.digit


@pytest.mark.parametrize(
    "password",
    ["Bonjour2024", "Azerty123", "Motdepasse1", "Soleil12", "Marseille13!", "P@ssw0rd2024!", "Abcdefg1", "Aa1" * 20],
)
def test_what_everybody_chooses_is_refused(password: str) -> None:
    assert assess(password, KNOWN).refusal == TOO_COMMON
    assert assess(password, KNOWN).level is Level.WEAK


@pytest.mark.parametrize(
    "password",
    [
        "Camille-Xq7-Lune",
        "xXmartin42-Ciel",
        "Xq7-VILLENEUVE-Lune",
        "Durand-Xq7-Lune",
        "31012000-Xq-Lune",
        "Xq310100-Lune",
        "Cámille-Xq7-Lune",
    ],
)
def test_what_is_known_of_the_person_is_refused(password: str) -> None:
    assert assess(password, KNOWN).refusal == TOO_PERSONAL


@pytest.mark.parametrize(
    ("password", "length", "upper", "digit"),
    [
        ("Kx7pQ2m", False, True, True),
        ("kx7pq2mz", True, False, True),
        ("KxbpQcmZ", True, True, False),
        ("", False, False, False),
        ("phrase de passe sans capitale ni chiffre", True, False, False),
    ],
)
def test_the_checklist_tells_which_rule_is_missed(password: str, length: bool, upper: bool, digit: bool) -> None:
    judged = assess(password)
    assert (judged.length, judged.upper, judged.digit) == (length, upper, digit)
    assert (judged.level, judged.refusal) == (Level.WEAK, RULES)


def test_eight_capitals_and_digits_meet_the_ticks_and_not_the_level() -> None:
    judged = assess("KX7PQ2MZ")
    assert (judged.length, judged.upper, judged.digit) == (True, True, True)
    assert judged.refusal == RULES
    assert bits("KX7PQ2MZ") == pytest.approx(41.4, abs=0.1)


def test_an_authority_may_ask_for_twelve_characters() -> None:
    assert assess("Plume7Verte").accepted
    assert assess("Plume7Verte", minimum_length=12).refusal == RULES
    assert assess("Plume7Verte-", minimum_length=12).accepted


def test_the_longest_password_is_announced_and_nothing_is_cut() -> None:
    long = "Xk9-Plume-Verte " * 8
    assert len(long) == 128
    assert assess(long).accepted
    assert assess(long + "!").refusal == TOO_LONG
    assert assess("Xk9-" + "é" * 120).refusal != TOO_LONG
    assert assess("Xk9-" + "\U00020000" * 124).refusal != TOO_LONG
    assert assess("Xk9-" + "\U00020000" * 125).refusal == TOO_LONG
    assert assess("A1b" * 400_000).refusal == TOO_LONG


@pytest.mark.parametrize("character", ["\x00", "\n", "\x7f", "\ud800"], ids=ascii)
def test_what_cannot_be_typed_again_is_refused(character: str) -> None:
    assert assess(f"Xk9-Plume{character}Verte").refusal == UNTYPEABLE


def test_two_spellings_of_one_password_are_judged_alike() -> None:
    composed, decomposed = "Éte\u0301-Xk9-Lune", "E\u0301té-Xk9-Lune"
    assert assess(composed) == assess(decomposed)


def test_the_words_of_one_person_never_weigh_on_another() -> None:
    passwords = ["X7" + sha256(bytes([number])).hexdigest()[:16] for number in range(200)]
    alone = [assess(password) for password in passwords]
    with ThreadPoolExecutor(8) as threads:
        others = (passwords[(number + 1) % 200] for number in range(200))
        together = list(threads.map(lambda password, word: assess(password, [word]), passwords, others))
    assert together == alone
