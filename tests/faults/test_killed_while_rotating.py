"""`kill -9` in the middle of a key rotation: the ring is the one before or the one after, never between."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from idp.foundation.database import open_database
from keys import jose, store
from keys.ring import ALGORITHMS_HELD, KeyRing, Stage
from keys.sealing import Seal

T = TypeVar("T")
SECRET = b"the secret key of the tests, long enough"
NOW = 1_790_000_000
KILLS = 4
ROOT = Path(__file__).parents[2]

ROTATE_WITHOUT_END = """
import asyncio, itertools, sys
from idp.foundation.database import open_database
from keys import rotation, store
from keys.sealing import Seal
from tests.faults.test_killed_while_rotating import NOW, SECRET
from tests.support.quick_keys import quick_key

def rotate(connection, now):
    seen = store.load(connection, Seal(SECRET))
    wanted = rotation.succeed(rotation.announce(rotation.begin(seen, now, quick_key), now, quick_key), now, quick_key)
    for key in [key for key in wanted if key.stage == "retiring" and key.stage_at < now - 5]:
        wanted = rotation.withdraw(wanted, key.kid, now, quick_key)
    assert store.save(connection, Seal(SECRET), seen, wanted, now) is not None

async def run():
    database = open_database(sys.argv[1])
    for turn in itertools.count():
        await database.transaction(rotate, NOW + turn)
        print(turn, flush=True)

asyncio.run(run())
"""


def step(url: str, function: Callable[[sa.Connection], T]) -> T:
    async def run() -> T:
        database = open_database(url)
        try:
            return await database.transaction(function)
        finally:
            await database.close()

    return asyncio.run(run())


def test_a_rotation_killed_anywhere_leaves_one_active_key_and_every_stored_key_whole(database_url: str) -> None:
    published: set[str] = set()
    for kill in range(KILLS):
        rotating = subprocess.Popen(
            [sys.executable, "-c", ROTATE_WITHOUT_END, database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert rotating.stdout is not None
        with rotating, rotating.stdout as turns:
            for _ in range(3 + kill):
                assert turns.readline().strip().isdigit()
            rotating.send_signal(signal.SIGKILL)
        assert rotating.returncode == -signal.SIGKILL
        ring: KeyRing = step(database_url, lambda connection: store.load(connection, Seal(SECRET)))
        assert Counter(key.alg for key in ring if key.stage is Stage.ACTIVE) == dict.fromkeys(ALGORITHMS_HELD, 1)
        token = jose.sign(ring.signing_key("ES256"), {"sub": "a-person"}, typ="JWT")
        assert jose.verify(token, ring.verification_keys(), algorithms=["ES256"]) == {"sub": "a-person"}
        shown = {entry["kid"] for entry in ring.published()["keys"]}
        assert shown != published
        published = shown
