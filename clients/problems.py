"""What is wrong with a registration, every fault of it, told in the words of RFC 7591 section 3.2.2."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

REDIRECT_MEMBERS = frozenset({"redirect_uris"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the member it is about, and why, in English ASCII. What was sent is never quoted at length."""

    member: str
    message: str

    def __str__(self) -> str:
        return f"{self.member}: {self.message}"


class Unfit(ValueError):
    """One member's value cannot be accepted; `messages` say each reason.

    `rest` is what could be read of it all the same, so that the other members can be judged against it.
    """

    def __init__(self, *messages: str, rest: object = None) -> None:
        super().__init__("; ".join(messages))
        self.messages = messages
        self.rest = rest


class MetadataRefused(Exception):
    """A registration document with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.description)

    @property
    def error(self) -> Literal["invalid_redirect_uri", "invalid_client_metadata"]:
        """The error code of RFC 7591 section 3.2.2."""
        if any(problem.member in REDIRECT_MEMBERS for problem in self.problems):
            return "invalid_redirect_uri"
        return "invalid_client_metadata"

    @property
    def description(self) -> str:
        """All problems in one line, fit for `error_description` (RFC 6749 section 5.2)."""
        return "; ".join(map(str, self.problems))
