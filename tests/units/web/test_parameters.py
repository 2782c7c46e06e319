"""Query strings and forms: one reading of each, or none."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.errors import BadRequest
from idp.web.parameters import MOST_FIELDS, NONE, Parameters, parse

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=MOST_FIELDS))
def test_what_is_written_as_a_form_is_read_back(pairs: list[tuple[str, str]]) -> None:
    read = parse(urlencode(pairs).encode())
    assert read.pairs() == tuple(pairs)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(encoded: bytes) -> None:
    with suppress(BadRequest):
        for name, value in parse(encoded).pairs():
            assert "\0" not in name + value
            (name + value).encode()


@pytest.mark.parametrize(
    "encoded",
    [b"a=%ff", b"a=%C0%AF", b"a=%ED%A0%80", "a=é".encode(), b"a=%00", b"%00=a", b"&".join([b"a=1"] * 101)],
)
def test_what_is_not_well_formed_is_refused(encoded: bytes) -> None:
    with pytest.raises(BadRequest):
        parse(encoded)


def test_an_empty_value_is_absent_and_a_text_is_what_was_meant() -> None:
    sent = parse(b"a=&b=+Cami%CC%81lle+&c")
    assert sent.get("a") is sent.get("c") is sent.get("d") is None
    assert (sent.text("a"), sent.text("b"), sent.text("d")) == ("", "Camílle", "")
    assert sent.get("b") == " Cami\u0301lle "
    assert "b" in sent
    assert not any(name in sent for name in ("a", "c", "d"))
    assert list(sent) == ["a", "b", "c"]


def test_a_name_sent_twice_is_told_and_never_resolved_in_silence() -> None:
    sent = parse(b"b=1&a=2&b=1&a=3&c=4")
    assert sent.doubled() == ("a", "b")
    assert sent.all("a") == ("2", "3")
    assert sent.get("a") == "2"
    assert parse(b"a=1&b=2").doubled() == ()


def test_nothing_is_nothing() -> None:
    assert parse(b"") is NONE
    assert (NONE.pairs(), NONE.doubled(), dict(NONE.values())) == ((), (), {})


def test_semicolons_plus_and_percent_are_read_as_browsers_write_them() -> None:
    assert parse(b"a=1;b=2&c=a+b%2B%zz").pairs() == (("a", "1;b=2"), ("c", "a b+%zz"))


def test_names_keep_their_case_and_their_brackets() -> None:
    assert dict(parse(b"A=1&a=2&a%5B%5D=3").values()) == {"A": "1", "a": "2", "a[]": "3"}
    assert Parameters([("a", "1")]).values() == {"a": "1"}
