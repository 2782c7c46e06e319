"""What no tracked file may hold: the address of a package registry, a path of somebody's machine."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js", "debian" + ".org", "yarn" + "pkg.com")
FOLDERS = "work|root|home|opt|Users"
MACHINE = re.compile(rf"(?<![\w.~$}}/-])/(?:{FOLDERS})/\w")


def tracked_texts() -> dict[str, str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    texts = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes())[:1024]:
            texts[name] = content.decode("utf-8")
    return texts


def test_no_tracked_file_names_a_registry() -> None:
    assert [name for name, text in tracked_texts().items() if any(registry in text for registry in REGISTRIES)] == []


def test_no_tracked_file_names_a_path_of_a_machine() -> None:
    found = {name: match[0] for name, text in tracked_texts().items() if (match := MACHINE.search(text))}
    assert found == {}
