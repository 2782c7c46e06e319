"""npm oauth4webapi, which pushes what it asks and checks every signature, with each way of proving what it is."""

from pathlib import Path

import httpx2
import pytest

from tests.peers.conftest import register
from tests.peers.openid_client.test_openid_client import REDIRECT, peer, sign_in_and_out
from tests.support.server import Server
from tests.support.signing_in import sign_in
from tests.support.visitor import Visitor

PROGRAM = Path(__file__).parent / "relying_party.mjs"

pytestmark = [pytest.mark.needs("node"), pytest.mark.needs("peers")]


@pytest.mark.parametrize(
    ("method", "algorithm"),
    [
        ("client_secret_basic", "RS256"),
        ("client_secret_post", "ES256"),
        ("private_key_jwt", "EdDSA"),
        ("none", "RS256"),
    ],
)
async def test_it_signs_in_refreshes_reads_userinfo_and_signs_out(server: Server, method: str, algorithm: str) -> None:
    name = f"oauth4webapi-{method.replace('_', '-')}"
    with peer(method, PROGRAM) as program:
        more = {"jwks": {"keys": [program.ask("key")]}} if method == "private_key_jwt" else {}
        issued = await register(
            server, name, token_endpoint_auth_method=method, id_token_signed_response_alg=algorithm, **more
        )
        assert program.ask("discover", issuer=server.url, clientId=name, secret=issued.secret, algorithm=algorithm)[
            "pkce"
        ]
        await sign_in_and_out(server, program, issued.client.scope)


async def test_it_introspects_and_revokes(server: Server) -> None:
    name = "oauth4webapi-introspection"
    with peer("client_secret_basic", PROGRAM) as program:
        issued = await register(server, name)
        program.ask("discover", issuer=server.url, clientId=name, secret=issued.secret, algorithm="RS256")
        async with httpx2.AsyncClient() as client:
            url = program.ask("start", redirectUri=REDIRECT, scope=issued.client.scope, more={})["url"]
            page = await sign_in(await Visitor(client, server.url).open(url))
            program.ask("finish", url=page.address)
        assert program.ask("introspect")["active"] is True
        program.ask("revoke")
        assert program.ask("introspect") == {"active": False}
