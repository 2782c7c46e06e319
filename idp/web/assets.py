"""Addresses of the static files. Each carries a digest of the content: a browser may keep the answer for ever."""

import hashlib
from pathlib import Path

STATIC = Path(__file__).parent.parent / "static"
PREFIX = "/static/"


class Assets:
    """The static files of a folder, read once at start."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._versions = {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError when there is none of that name: the template is wrong."""
        return f"{PREFIX}{name}?v={self._versions[name]}"
