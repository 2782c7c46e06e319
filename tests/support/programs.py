"""The programs of the system that some tests drive: whether they are here, and how they are installed.

`python -m tests.support.programs` installs what is missing and says what it could not. A test asks for one with
`@pytest.mark.needs("chromium")`; where it is absent the test is skipped and named, and with CI=true it fails.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PEERS = Path(__file__).parents[1] / "peers"
NODE_MAJOR = 20


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the system. `install` may fail; `present` decides."""

    name: str
    what_for: str
    present: Callable[[], bool]
    install: Callable[[], None]


def _chromium() -> bool:
    return bool(shutil.which("chromium") or shutil.which("google-chrome"))


def _node() -> bool:
    if not (shutil.which("node") and shutil.which("npm")):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    return int(version.lstrip("v").partition(".")[0] or 0) >= NODE_MAJOR


def _peers() -> bool:
    """npm leaves a copy of the lock file beside what it installed; an older one is of another lock file."""
    installed = PEERS / "node_modules" / ".package-lock.json"
    return installed.is_file() and installed.stat().st_mtime >= (PEERS / "package-lock.json").stat().st_mtime


def _mod_auth_openidc() -> bool:
    return shutil.which("apache2") is not None and Path("/usr/lib/apache2/modules/mod_auth_openidc.so").is_file()


def _debian(*packages: str) -> Callable[[], None]:
    def install() -> None:
        if os.geteuid() == 0 and shutil.which("apt-get"):
            environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
                subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False)

    return install


def _npm() -> None:
    if _node():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=PEERS, check=False)


PROGRAMS = {
    program.name: program
    for program in (
        Program("chromium", "the journeys in a real browser", _chromium, _debian("chromium")),
        Program(
            "node",
            f"relying parties and providers written by others (Node {NODE_MAJOR} or later)",
            _node,
            _debian("nodejs", "npm"),
        ),
        Program("peers", "the npm packages of tests/peers", _peers, _npm),
        Program(
            "mod_auth_openidc",
            "Apache in front of a page, with the relying party of Debian",
            _mod_auth_openidc,
            _debian("apache2", "libapache2-mod-auth-openidc"),
        ),
    )
}


def missing() -> list[Program]:
    """The programs that are not here."""
    return [program for program in PROGRAMS.values() if not program.present()]


def main() -> int:
    """Install what is missing. Fails only where an absence is not tolerated (CI=true)."""
    for program in missing():
        print(f"Installing {program.name}, for {program.what_for}…", flush=True)
        program.install()
    absent = missing()
    for program in absent:
        print(f"Absent and not installed: {program.name}, for {program.what_for}", file=sys.stderr)
    return 1 if absent and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
