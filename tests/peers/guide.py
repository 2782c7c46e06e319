"""The integrators' guide as the tests of peers follow it: applications are registered by the very commands it shows."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.server import Server

GUIDE = Path(__file__).parents[2] / "docs" / "integrators"
ADDRESS = "https://rdv.exemple.fr"
"""Where the application of the guide is."""
ISSUER = "https://connexion.exemple.fr"
"""Where its provider is."""

_COMMAND = re.compile(r"^```sh\n(idp clients add .*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the command printed that an application needs; a public one has no secret."""

    client_id: str
    secret: str


def register(server: Server, page: str, address: str) -> Registered:
    """Run the command of a page of the guide, for an application at that address instead of the guide's."""
    found = _COMMAND.search((GUIDE / page).read_text(encoding="utf-8"))
    assert found, f"{page} registers nothing"
    _, *arguments = shlex.split(found[1].replace("\\\n", " ").replace(ADDRESS, address))
    issued: dict[str, Any] = json.loads(server.idp(*arguments, "--json"))
    return Registered(issued["client_id"], issued.get("client_secret", ""))
