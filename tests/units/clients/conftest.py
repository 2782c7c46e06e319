"""Bytes that are the same at each run, and the moment tests begin."""

from collections.abc import Callable
from hashlib import sha256
from itertools import count

import pytest

from keys.sealing import Seal

NOW = 1_790_000_000
SEAL = Seal(b"the secret key of an operator, long enough")


@pytest.fixture
def random_bytes() -> Callable[[int], bytes]:
    """A source of bytes that never gives the same twice in a test and gives the same in each run."""
    calls = count()
    return lambda length: sha256(str(next(calls)).encode()).digest()[:length]
