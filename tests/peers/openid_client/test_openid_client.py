"""npm openid-client, a relying party that nobody here wrote, with each way of proving what it is."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.peers.conftest import register
from tests.support.people import PASSWORD
from tests.support.server import Server
from tests.support.visitor import Visitor

PROGRAM = Path(__file__).parent / "relying_party.mjs"
REDIRECT = "http://localhost:9/retour"
GOODBYE = "http://localhost:9/au-revoir"

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("peers")]


class Peer:
    """The running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, command: str, **given: Any) -> dict[str, Any]:
        """Give a command; its answer. What the library refuses fails the test."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "failed" not in answer, f"{command}: {answer['failed']}"
        return answer


@contextmanager
def peer(method: str, program: Path = PROGRAM) -> Iterator[Peer]:
    process = subprocess.Popen(["node", str(program), method], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        yield Peer(process)
        assert process.stdin is not None
        process.stdin.close()


async def sign_in_and_out(server: Server, program: Peer, scope: str) -> None:
    async with httpx2.AsyncClient() as client:
        visitor = Visitor(client, server.url)
        page = await visitor.open(program.ask("start", redirectUri=REDIRECT, scope=scope, more={})["url"])
        page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit("#signin-submit")
        signed_in = program.ask("finish", url=page.address)
        userinfo = program.ask("userinfo")
        assert userinfo["sub"] == signed_in["claims"]["sub"]
        assert userinfo["email"] == "camille.martin@exemple.fr"
        assert userinfo["given_name"] == "Camille"
        assert program.ask("refresh")["rotated"]
        assert program.ask("userinfo")["sub"] == userinfo["sub"]

        again = await visitor.open(
            program.ask("start", redirectUri=REDIRECT, scope=scope, more={"prompt": "none"})["url"]
        )
        assert program.ask("finish", url=again.address)["claims"]["sub"] == userinfo["sub"]

        id_token = signed_in["tokens"]["id_token"]
        page = await visitor.open(program.ask("logout", redirectUri=GOODBYE, idToken=id_token)["url"])
        if not page.outside:
            page = await page.form("#signout").submit("#signout-confirm")
        assert page.address.startswith(GOODBYE)
        page = await visitor.open(
            program.ask("start", redirectUri=REDIRECT, scope=scope, more={"prompt": "none"})["url"]
        )
        assert page.returned["error"] == "login_required"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"])
async def test_it_signs_in_refreshes_reads_userinfo_and_signs_out(server: Server, method: str, algorithm: str) -> None:
    name = f"peer-{method}-{algorithm}".replace("_", "-").lower()
    with peer(method) as program:
        more = {"jwks": {"keys": [program.ask("key")]}} if method == "private_key_jwt" else {}
        issued = await register(
            server, name, token_endpoint_auth_method=method, id_token_signed_response_alg=algorithm, **more
        )
        found = program.ask("discover", issuer=server.url, clientId=name, secret=issued.secret, algorithm=algorithm)
        assert found["pkce"]
        await sign_in_and_out(server, program, issued.client.scope)


async def test_it_introspects_and_revokes(server: Server) -> None:
    with peer("client_secret_basic") as program:
        issued = await register(server, "peer-introspection")
        program.ask(
            "discover", issuer=server.url, clientId="peer-introspection", secret=issued.secret, algorithm="RS256"
        )

        async with httpx2.AsyncClient() as client:
            url = program.ask("start", redirectUri=REDIRECT, scope=issued.client.scope, more={})["url"]
            page = await Visitor(client, server.url).open(url)
            page = await page.form("#signin").fill(identifier="camille.martin", password=PASSWORD).submit()
            program.ask("finish", url=page.address)
        assert program.ask("introspect")["active"] is True
        program.ask("revoke")
        assert program.ask("introspect") == {"active": False}
