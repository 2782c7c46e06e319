"""What the tests of messages share: an authority, its keys, and a database of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from idp.foundation import limits  # noqa: F401  # declares its table
from idp.foundation.database import metadata, sqlite_engine
from idp.foundation.secrets import Pepper, SeededRandomness
from idp.foundation.settings import Brand, Settings
from idp.foundation.texts import load_catalogue
from idp.messages import tables  # noqa: F401  # declares its table
from idp.messages.letterhead import Letterhead, letterhead
from keys.sealing import Seal

NOW = 1_795_000_000
ISSUER = "https://compte.villeneuve.example"


@dataclass(frozen=True)
class Means:
    """The parts of a provider that messages use."""

    settings: Settings
    seal: Seal
    pepper: Pepper
    randomness: SeededRandomness


@pytest.fixture
def settings() -> Settings:
    return Settings(
        issuer=ISSUER,
        database_url="sqlite://",
        secret_key="k" * 32,
        brand=Brand(name="Mairie de Villeneuve", contact_phone="02 61 91 00 00"),
    )


@pytest.fixture
def means(settings: Settings) -> Means:
    return Means(settings, Seal(b"a secret of the test, 32 bytes long"), Pepper(b"pepper"), SeededRandomness(1))


@pytest.fixture
def head(settings: Settings) -> Letterhead:
    return letterhead(settings, load_catalogue(), "fr")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = sqlite_engine(f"sqlite:///{tmp_path}/idp.db")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection
