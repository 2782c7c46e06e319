"""A program of an application's, run beside the test and stopped at its end."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2


@contextmanager
def running(command: Sequence[str], environ: Mapping[str, str], address: str, log: Path) -> Iterator[str]:
    """The program, once it answers at `address`; `environ` joins this process's own."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=output, stderr=subprocess.STDOUT)
    try:
        for _ in range(400):
            assert process.poll() is None, log.read_text()
            try:
                httpx2.get(address, timeout=5)
            except httpx2.TransportError:
                time.sleep(0.05)
            else:
                break
        else:
            raise AssertionError(f"no answer at {address}:\n{log.read_text()}")
        yield address
    finally:
        process.terminate()
        process.wait(10)
