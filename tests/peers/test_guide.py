"""The integrators' guide: what it says to do beside `make run` works, and with the accounts it names."""

import os
import re
import subprocess
import sys
from pathlib import Path

from idp.cli.demo import demo
from idp.demo import setting
from tests.peers.guide import GUIDE
from tests.support.engines import migrate
from tests.support.server import ROOT, SECRET_KEY


def page() -> str:
    return (GUIDE / "index.md").read_text(encoding="utf-8")


def test_an_application_is_registered_on_the_demonstration(tmp_path: Path) -> None:
    folder = tmp_path / str(next(option.default for option in demo.params if option.name == "folder"))
    folder.mkdir(parents=True)
    (folder / "secret-key").write_text(SECRET_KEY)
    migrate(f"sqlite:///{folder / 'idp.db'}")
    shown = re.findall(r"^```sh\n(export IDP_ISSUER.*?)^```", page(), re.MULTILINE | re.DOTALL)
    commands = shown[0].replace(".venv/bin/idp", f"{sys.executable} -m idp")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    done = subprocess.run(
        ["sh", "-e", "-c", commands],
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "lpcs_" in done.stdout


def test_the_accounts_it_names_are_those_of_the_demonstration() -> None:
    named = re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", page(), re.MULTILINE)
    assert named == [player.identifier for player in setting.PLAYERS if not player.is_administrator]
    assert f"`{setting.PASSWORD}`" in page()
    assert setting.PROVIDER in page()
