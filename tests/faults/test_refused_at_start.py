"""`idp serve` does not start on what would fail later: it names what is wrong and ends with an error."""

import subprocess
import sys
from pathlib import Path

import pytest

from idp.app import build_provider, prepare
from idp.foundation.configuration import load
from tests.support import engines
from tests.support.ports import free_port
from tests.support.server import ROOT, environment, served

SECONDS = 20
REFUSED: dict[str, tuple[dict[str, str | None], str]] = {
    "no issuer": ({"IDP_ISSUER": None}, "issuer: missing; set IDP_ISSUER"),
    "no secret key": ({"IDP_SECRET_KEY": None}, "secret_key: missing; set IDP_SECRET_KEY"),
    "a secret key and a file of it": ({"IDP_SECRET_KEY_FILE": "/dev/null"}, "IDP_SECRET_KEY_FILE: set beside"),
    "a setting that does not exist": ({"IDP_ISUER": "https://exemple.fr"}, "IDP_ISUER: unknown setting"),
    "an idle time beyond the session": ({"IDP_LIFETIMES_SESSION_IDLE": "999999"}, "lifetimes.session_idle: longer"),
    "a proxy that is no network": ({"IDP_TRUSTED_PROXIES": "proxy.exemple.fr"}, "trusted_proxies: "),
    "a colour nobody can read": ({"IDP_BRAND_COLOUR": "#ffff00"}, "brand: "),
    "several processes on one file": ({"IDP_DATABASE_URL": "sqlite:///idp.db"}, "SQLite serves one process"),
}


def serve(environ: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "idp", "serve", "--port", str(free_port()), *options],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.parametrize(("changes", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_settings_that_cannot_work_are_refused_by_name(changes: dict[str, str | None], said: str) -> None:
    environ = environment("postgresql://idp@127.0.0.1:1/idp", 8000)
    wanted = {**environ, **changes}
    done = serve({name: value for name, value in wanted.items() if value is not None}, "--workers", "2")
    assert done.returncode != 0
    assert f"idp: {said}" in done.stderr
    assert "Traceback" not in done.stderr
    assert environ["IDP_SECRET_KEY"] not in done.stdout + done.stderr


@pytest.fixture
def embedded(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/provider.db"
    engines.migrate(url)
    return url


def test_an_empty_database_is_refused(tmp_path: Path) -> None:
    done = serve(environment(f"sqlite:///{tmp_path}/empty.db", 8000))
    assert done.returncode != 0
    assert "run `idp migrate`" in done.stderr


async def test_keys_sealed_under_another_secret_are_refused(embedded: str) -> None:
    environ = environment(embedded, 8000)
    provider = build_provider(load({name: value for name, value in environ.items() if name.startswith("IDP_")}))
    await prepare(provider)
    await provider.close()
    done = serve({**environ, "IDP_SECRET_KEY": "Another-secret-key-of-32-characters!"})
    assert done.returncode != 0
    assert "sealed under another secret key" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_server_on_an_embedded_database_is_refused(embedded: str, tmp_path: Path) -> None:
    port = free_port()
    environ = environment(embedded, port)
    with served(environ, port, tmp_path / "log"):
        done = serve(environ)
        assert done.returncode != 0
        assert "another server already runs" in done.stderr
