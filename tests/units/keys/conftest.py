"""What the tests of `keys` share: a ring made once, since RSA keys are slow to make, and a seal."""

import pytest

from keys.ring import ALGORITHMS_HELD, Key, KeyRing, Stage
from keys.sealing import Seal
from tests.units.keys.hostile import NOW


@pytest.fixture(scope="session")
def ring() -> KeyRing:
    """One active key per algorithm, stored nowhere."""
    return KeyRing(tuple(Key.new(alg, NOW, Stage.ACTIVE) for alg in ALGORITHMS_HELD))


@pytest.fixture(scope="session")
def stranger() -> Key:
    """A key of somebody else."""
    return Key.new("ES256", NOW, Stage.ACTIVE)


@pytest.fixture(scope="session")
def seal() -> Seal:
    """The operator's secret of the tests."""
    return Seal(b"the secret key of the tests, long enough")
