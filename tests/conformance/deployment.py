"""The provider as an operator prepares it for the suite (`deploy/certification.*`), served by TLS under a private
authority; only its addresses and its clock are the tests' own."""

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from idp.app import build_provider, create_app
from idp.foundation.clock import FixedClock
from idp.foundation.configuration import load
from idp.foundation.provider import Provider
from tests.support.asgi_server import serving
from tests.support.outside import ca_file, chain_file
from tests.support.ports import free_port
from tests.support.server import ROOT, environment, idp

DEPLOY = ROOT / "deploy"
READY_SECONDS = 20.0


@dataclass
class Deployment:
    """A running provider, and the clock that a test moves instead of waiting."""

    provider: Provider
    clock: FixedClock
    environ: dict[str, str]
    http: httpx2.Client

    @property
    def issuer(self) -> str:
        return self.provider.settings.issuer

    def idp(self, *arguments: str) -> str:
        """Run a command beside the running server, as its operator does."""
        return idp(self.environ, *arguments)


@contextmanager
def deployed(folder: Path, suite: str) -> Iterator[Deployment]:
    """A provider prepared for a suite at that address (up to its alias), stopped at the end."""
    port = free_port()
    addresses = {
        "issuer": f"https://localhost:{port}",
        "outbound_ca_file": ca_file(),
        "outbound_allow": "127.0.0.1",
        "config": str(DEPLOY / "certification.toml"),
    }
    environ = environment(f"sqlite:///{folder}/provider.db", port, **addresses)
    _prepare(folder, environ, suite)
    clock = FixedClock(int(time.time()))
    provider = build_provider(load(environ), clock)
    trust = ssl.create_default_context(cafile=ca_file())
    with (
        serving(create_app(provider), port, certificate=chain_file(), lifespan="on"),
        httpx2.Client(verify=trust, timeout=20.0) as http,
    ):
        _wait_until_ready(http, provider.settings.issuer)
        yield Deployment(provider, clock, environ, http)


def _prepare(folder: Path, environ: dict[str, str], suite: str) -> None:
    """Run what operators run, with the `idp` of this environment."""
    command = folder / "bin" / "idp"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m idp "$@"\n')
    command.chmod(0o755)
    done = subprocess.run(
        ["sh", str(DEPLOY / "certification.sh"), suite],
        env=environ | {"PATH": f"{command.parent}{os.pathsep}{environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def _wait_until_ready(http: httpx2.Client, issuer: str) -> None:
    """The first start makes the keys."""
    limit = time.monotonic() + READY_SECONDS
    while http.get(f"{issuer}/health/ready").status_code != 200:
        assert time.monotonic() < limit, "the provider is not ready"
        time.sleep(0.05)
