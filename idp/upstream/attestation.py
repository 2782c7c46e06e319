"""What an upstream attested of a person, cut down to what we have a use for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from idp.upstream.registration import Registration

_LONGEST_TEXT = 512
_MOST_NAMES = 30
_MOST_METHODS = 8
_LONGEST_METHOD = 24


@dataclass(frozen=True, slots=True)
class Attestation:
    """An identity attested at `at` (seconds UTC). `id_token` is the raw token: it never leaves but for the sign-out."""

    provider: str
    issuer: str
    subject: str
    acr: str
    methods: tuple[str, ...]
    claims: Mapping[str, object]
    id_token: str = field(repr=False)
    at: int


def methods(amr: object) -> tuple[str, ...]:
    """The authentication methods of an `amr`, which upstreams send as a list or as one text; short words only."""
    words = amr.split() if isinstance(amr, str) else amr
    if not isinstance(words, list):
        return ()
    return tuple(
        word
        for word in words[:_MOST_METHODS]
        if isinstance(word, str) and 0 < len(word) <= _LONGEST_METHOD and word.replace("-", "").isalnum()
    )


def kept(claims: Mapping[str, object], registration: Registration) -> dict[str, object]:
    """The claims that we keep: of the registration's closed list, texts or lists of texts, of a sane size."""
    return {name: value for name, value in claims.items() if name in registration.claims and _is_plain(value)}


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return len(value) <= _MOST_NAMES and all(isinstance(each, str) and _is_plain(each) for each in value)
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and (value.isprintable())
