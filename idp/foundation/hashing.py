"""Password hashes: argon2id in a bounded pool of threads.

One hash costs as much as dozens of token exchanges, so no more run at once than there are cores, a short queue waits,
and the rest is told to come back (503) instead of piling up. A check against no account at all costs the same.
Parameters: 19 MiB, 3 passes (one above the least of OWASP Password Storage), 1 lane since the pool fills the cores.
"""

import asyncio
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

from idp.foundation.errors import Unavailable
from idp.foundation.texts import text

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class HashCost:
    """Cost of one hash, and how many may run and wait at once in a process."""

    memory_kib: int = 19_456
    passes: int = 3
    at_once: int = os.cpu_count() or 1
    waiting: int = 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the password is the right one, and whether its hash should be made anew with today's cost."""

    matches: bool
    rehash: bool = False


_REFUSED = Verdict(matches=False)


class PasswordHasher:
    """Hashes and checks passwords without holding the event loop up."""

    def __init__(self, cost: HashCost) -> None:
        self._argon2 = Argon2(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(cost.at_once, thread_name_prefix="argon2")
        self._room = cost.at_once + cost.waiting
        self._busy = 0
        self._nobody = _hash_of_nothing(cost)

    async def hash(self, password: str) -> str:
        """The PHC string of a new password. Raises `Unavailable` when too many wait already."""
        return await self._in_thread(self._argon2.hash, normalised(password))

    async def verify(self, stored: str | None, password: str) -> Verdict:
        """Check a password; `None` (no account, or one without password) takes the same time and never matches."""
        verdict = await self._in_thread(self._check, stored or self._nobody, normalised(password))
        return verdict if stored else _REFUSED

    def _check(self, stored: str, password: str) -> Verdict:
        try:
            self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return _REFUSED
        return Verdict(matches=True, rehash=self._argon2.check_needs_rehash(stored))

    async def _in_thread(self, function: Callable[[*Ts], T], /, *args: *Ts) -> T:
        if self._busy >= self._room:
            raise Unavailable(
                "busy",
                text("Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques instants."),
                retry_after=5,
            )
        self._busy += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)
        finally:
            self._busy -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _hash_of_nothing(cost: HashCost) -> str:
    """A well-formed hash at today's cost that no password gives: checking against it takes the usual time."""
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p=1${'A' * 22}${'A' * 43}"


def normalised(password: str) -> str:
    """One spelling of a password whatever keyboard typed it (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", password)
