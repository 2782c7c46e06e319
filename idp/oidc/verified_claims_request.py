"""Reading a request for `verified_claims`: OpenID Connect for Identity Assurance 1.0 sections 5.3 to 5.6.

The element asks for claims, and for what is said of their verification, by the same tree as it is told in; each leaf is
null, or an object of restrictions. What is of another type is refused rather than guessed at, claims that nobody here
verifies are left aside.
"""

from collections.abc import Mapping
from typing import Any

from idp.people.civil_status import CLAIMS as VOUCHED
from keys.errors import BadToken

MEMBER = "verified_claims"
CLAIMS = tuple(VOUCHED.values())
"""The claims that may be told as verified."""
RESTRICTIONS = frozenset({"value", "values", "max_age"})
"""What a leaf may require (section 5.5); `essential` never changes what is told (section 5.7)."""

_DEEPEST = 8


def parse(asked: object) -> Any:
    """The element as it was sent, object or array, less what asks for nothing; None when all of it does.

    Raises `BadToken` for what is no such element.
    """
    if isinstance(asked, list):
        return [element for element in map(_element, asked) if element] or None
    return _element(asked)


def elements(asked: object) -> tuple[Mapping[str, Any], ...]:
    """The elements of a request that `parse` returned, one or several."""
    if asked is None:
        return ()
    return tuple(asked) if isinstance(asked, list) else (asked,)  # type: ignore[return-value]  # as parse makes them


def names(claims: Mapping[str, Any]) -> frozenset[str]:
    """The claims asked as verified, in any place of a `claims` request."""
    return frozenset(
        name
        for place in claims.values()
        if isinstance(place, Mapping)
        for element in elements(place.get(MEMBER))
        for name in element["claims"]
    )


def restricts(asked: object) -> bool:
    """Whether anything in a tree requires a value."""
    if isinstance(asked, Mapping):
        return not RESTRICTIONS.isdisjoint(asked) or any(map(restricts, asked.values()))
    return isinstance(asked, list) and any(map(restricts, asked))


def _element(asked: object) -> dict[str, Any] | None:
    if asked is None:
        return None
    element = _tree(asked, _DEEPEST)
    if not isinstance(element, dict):
        raise BadToken("verified_claims is no object")
    claims, verification = element.get("claims") or {}, element.get("verification") or {}
    if not isinstance(claims, dict) or not isinstance(verification, dict):
        raise BadToken("claims or verification is no object")
    if any(isinstance(wish, list) for wish in claims.values()):
        raise BadToken("a claim is asked by a list")
    known = {name: wish for name, wish in claims.items() if name in CLAIMS}
    return {"verification": verification, "claims": known} if known else None


def _tree(asked: object, deep: int) -> object:
    """A copy, of a depth that every reader of it can bear."""
    if deep == 0:
        raise BadToken("verified_claims is too deep")
    if asked is None:
        return None
    if isinstance(asked, list):
        return [_tree(item, deep - 1) for item in asked]
    if not isinstance(asked, dict):
        raise BadToken("neither null nor an object")
    return {name: _leaf(name, value) if _is_leaf(name) else _tree(value, deep - 1) for name, value in asked.items()}


def _is_leaf(name: str) -> bool:
    return name in RESTRICTIONS or name in ("essential", "purpose")


def _leaf(name: str, value: object) -> object:
    kinds: Mapping[str, type] = {"essential": bool, "values": list, "max_age": int, "purpose": str}
    if not isinstance(value, kinds.get(name, (str, bool, int, float))) or (
        name == "max_age" and isinstance(value, bool)
    ):
        raise BadToken(f"{name} is of another type than specified")
    if isinstance(value, list) and not all(isinstance(item, str | bool | int | float) for item in value):
        raise BadToken("values holds more than plain values")
    return value
