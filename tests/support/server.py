"""A real `idp serve` on a free port, as an operator runs it: for browsers, for peers, for faults and for measures."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx2

from idp.app import build_provider
from idp.foundation.configuration import load
from idp.foundation.provider import Provider

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SECRET_KEY = "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e"
START_SECONDS = 20.0


@dataclass
class Server:
    """One running server. `environ` holds its settings, so that a command can be run with the same ones."""

    port: int
    environ: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Its issuer: browsers treat localhost as a secure origin, as they do https elsewhere."""
        return f"http://localhost:{self.port}"

    def idp(self, *arguments: str, stdin: str | None = None) -> str:
        """What an `idp` command prints, with the settings of this server."""
        return idp(self.environ, *arguments, stdin=stdin)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> float:
        """Wait for the answer of readiness and return how many seconds it took."""
        started = time.monotonic()
        while True:
            assert self.process.poll() is None, f"the server ended:\n{self.log.read_text()}"
            try:
                if httpx2.get(f"{self.url}/health/ready", timeout=2.0).status_code == 200:
                    return time.monotonic() - started
            except httpx2.TransportError:
                pass
            waited = time.monotonic() - started
            assert waited < seconds, f"not ready after {waited:.1f} s:\n{self.log.read_text()}"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 10.0) -> None:
        """Ask it to end, as systemd does."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(seconds)


def environment(database_url: str, port: int, **more: str) -> dict[str, str]:
    """The settings of a server as environment variables; `more` by their names without the prefix."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    ours = {
        "IDP_ISSUER": f"http://localhost:{port}",
        "IDP_DATABASE_URL": database_url,
        "IDP_SECRET_KEY": SECRET_KEY,
        **{f"IDP_{name.upper()}": value for name, value in more.items()},
    }
    return {**inherited, **ours, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def idp(environ: dict[str, str], *arguments: str, stdin: str | None = None) -> str:
    """Run an `idp` command and return what it prints; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", "idp", *arguments],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"idp {' '.join(arguments)} gave {done.returncode}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


async def acting(environ: dict[str, str], act: Callable[[Provider], Awaitable[T]]) -> T:
    """Act on the database of a server from this process, as a command does."""
    provider = build_provider(load(environ))
    try:
        return await act(provider)
    finally:
        await provider.close()


def launch(environ: dict[str, str], port: int, log: Path, *options: str) -> Server:
    """Start a server without waiting for it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "idp", "serve", "--port", str(port), *options],
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Server(port, environ, log, process)


@contextmanager
def served(environ: dict[str, str], port: int, log: Path, *options: str) -> Iterator[Server]:
    """A server that answers, stopped at the end."""
    server = launch(environ, port, log, *options)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()
