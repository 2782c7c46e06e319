"""`python -m migrations "Title of the change"`: draft the next revision from the tables as they are declared now."""

import asyncio
import sys
import tempfile
from pathlib import Path

from idp.foundation.database import open_database
from migrations import history


async def main(title: str) -> None:
    """Migrate an empty database to the last revision, and write what it still lacks."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/history.db")
        await database.transaction(history.upgrade)
        written = await database.transaction(history.draft, title)
        await database.close()
    sys.stdout.write(f"{written.relative_to(Path.cwd())}: read it, correct it, then run `make format test`.\n")


asyncio.run(main(sys.argv[1]))
