"""Secrets at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.sealing import Seal, SealBroken, WeakSecret

SECRET = b"thirty-two bytes of secret, just"


@given(data=st.binary(max_size=2000), purpose=st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_what_is_sealed_opens_for_its_purpose(data: bytes, purpose: str) -> None:
    assert Seal(SECRET).open(purpose, Seal(SECRET).seal(purpose, data)) == data


def test_another_purpose_does_not_open_it() -> None:
    sealed = Seal(SECRET).seal("provider key a", b"private")
    with pytest.raises(SealBroken):
        Seal(SECRET).open("provider key b", sealed)


def test_another_secret_does_not_open_it() -> None:
    sealed = Seal(SECRET).seal("a purpose", b"private")
    with pytest.raises(SealBroken):
        Seal(SECRET[::-1]).open("a purpose", sealed)


@pytest.mark.parametrize(
    "sealed",
    ["", "s1.", "s1.AAAA", "s2.AAAA", "private", "s1.é", "s1." + "A" * 37, "s1." + "A" * 400],
    ids=["empty", "version alone", "short", "another version", "clear", "not ASCII", "bad length", "zeros"],
)
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(SealBroken):
        Seal(SECRET).open("a purpose", sealed)


@given(position=st.integers(min_value=0), letter=st.sampled_from("ABCXYZabc019-_=+ \n"))
def test_no_changed_letter_goes_unnoticed(position: int, letter: str) -> None:
    sealed = Seal(SECRET).seal("a purpose", b"private")
    at = position % len(sealed)
    changed = sealed[:at] + letter + sealed[at + 1 :]
    if changed != sealed:
        with pytest.raises(SealBroken):
            Seal(SECRET).open("a purpose", changed)


def test_the_same_secret_sealed_twice_does_not_look_the_same() -> None:
    assert Seal(SECRET).seal("a purpose", b"private") != Seal(SECRET).seal("a purpose", b"private")


@pytest.mark.parametrize("length", [0, 1, 31])
def test_a_short_secret_key_is_refused(length: int) -> None:
    with pytest.raises(WeakSecret, match="32 bytes"):
        Seal(b"x" * length)
