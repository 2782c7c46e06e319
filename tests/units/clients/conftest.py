"""A database with the registry's own tables, and bytes that are the same at each run."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from clients.tables import metadata

NOW = 1_790_000_000


@pytest.fixture
def connection() -> Iterator[sa.Connection]:
    """One transaction on an empty registry, foreign keys enforced."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as opened:
        opened.exec_driver_sql("PRAGMA foreign_keys=ON")
        metadata.create_all(opened)
        opened.commit()
        yield opened
    engine.dispose()


@pytest.fixture
def random_bytes() -> Callable[[int], bytes]:
    """A source of bytes that never gives the same twice in a test and gives the same in each run."""
    calls = count()
    return lambda length: sha256(str(next(calls)).encode()).digest()[:length]
