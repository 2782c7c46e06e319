"""Strict reading of the encodings under JOSE: base64url (RFC 7515 §2) and JSON objects (RFC 8259).

Two readers of one text must never see two things, so each value has exactly one accepted spelling: no padding, no
stray bits, no white space in base64url; no repeated member name, no NaN, no lone surrogate, no NUL in JSON.
"""

import base64
import json
from collections.abc import Mapping
from typing import NoReturn

from keys.errors import BadToken


def encode(data: bytes) -> str:
    """Return ``data`` in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Return the bytes of canonical, unpadded base64url; raise ``BadToken`` for any other spelling."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise BadToken("not base64url") from None
    if encode(data) != text:
        raise BadToken("not canonical base64url")
    return data


def write_object(members: Mapping[str, object]) -> bytes:
    """Return compact JSON in UTF-8; raise ``ValueError`` for what JSON cannot say."""
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def read_object(data: bytes) -> dict[str, object]:
    """Return the JSON object written in ``data``; raise ``BadToken`` when it is anything else or ambiguous."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_refuse_constant)
        if "\\u" in text:
            _check_texts(value)
    except BadToken:
        raise
    except (ValueError, RecursionError):
        raise BadToken("not JSON") from None
    if not isinstance(value, dict):
        raise BadToken("not a JSON object")
    return value


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadToken("a JSON member is given twice")
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise BadToken("not a JSON number")


def _check_texts(value: object) -> None:
    """Refuse strings that no database or UTF-8 text can hold, which only escapes can spell."""
    if isinstance(value, dict):
        for name, member in value.items():
            _check_texts(name)
            _check_texts(member)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
    elif isinstance(value, str):
        value.encode("utf-8")
        if "\0" in value:
            raise BadToken("a JSON string holds a NUL")
