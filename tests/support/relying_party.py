"""An application written from the specifications, step by step, so that a test can take any step wrongly."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from clients import registry
from clients.client import Client
from tests.support.provider import Site

REDIRECT = "https://demarches.exemple.fr/retour"
AFTER_LOGOUT = "https://demarches.exemple.fr/au-revoir"
VERIFIER = "un-verificateur-assez-long-pour-la-specification-7636"

Sent = str | list[str] | None
"""A parameter of a request: several times for a list, not at all for None."""


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class RelyingParty:
    """A registered application and the program that speaks for it."""

    issuer: str
    client: Client
    secret: str | None
    http: httpx2.AsyncClient
    counter: int = field(default=0)

    def number(self) -> int:
        """A number that was not given before."""
        self.counter += 1
        return self.counter

    def start(self, **changes: Sent) -> str:
        """The address of a correct authorization request. A keyword changes a parameter; None leaves it out."""
        number = self.number()
        parameters: dict[str, Sent] = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uris[0],
            "scope": self.client.scope,
            "state": f"state-{number}",
            "nonce": f"nonce-{number}-0123456789abcdef",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        parameters |= changes
        sent = {name: value for name, value in parameters.items() if value is not None}
        return f"{self.issuer}/authorize?{urlencode(sent, doseq=True)}"

    async def token(self, **parameters: Sent) -> httpx2.Response:
        """Ask the token endpoint, authenticated as registered."""
        return await self._post("/token", parameters)

    async def exchange(self, code: str, /, **changes: Sent) -> httpx2.Response:
        """Redeem a code."""
        parameters: dict[str, Sent] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uris[0],
            "code_verifier": VERIFIER,
        }
        return await self.token(**(parameters | changes))

    async def refresh(self, refresh_token: str, /, **changes: Sent) -> httpx2.Response:
        return await self.token(**({"grant_type": "refresh_token", "refresh_token": refresh_token} | changes))

    async def introspect(self, token: str) -> dict[str, Any]:
        """What the provider says of a token (RFC 7662)."""
        response = await self._post("/introspect", {"token": token})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def revoke(self, token: str) -> httpx2.Response:
        return await self._post("/revoke", {"token": token})

    async def userinfo(self, access_token: str) -> httpx2.Response:
        return await self.http.get("/userinfo", headers={"authorization": f"Bearer {access_token}"})

    def logout(self, id_token: str, **changes: Sent) -> str:
        """The address that signs out (RP-Initiated Logout 1.0 section 2)."""
        parameters: dict[str, Sent] = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": self.client.post_logout_redirect_uris[0],
            "state": "adieu",
        }
        sent = {name: value for name, value in (parameters | changes).items() if value is not None}
        return f"{self.issuer}/logout?{urlencode(sent, doseq=True)}"

    async def _post(self, path: str, parameters: Mapping[str, Sent]) -> httpx2.Response:
        data = {name: value for name, value in parameters.items() if value is not None}
        headers: dict[str, str] = {}
        method = self.client.token_endpoint_auth_method
        if method == "client_secret_basic" and self.secret is not None:
            headers["authorization"] = basic(self.client.client_id, self.secret)
        elif method == "client_secret_post" and self.secret is not None:
            data |= {"client_id": self.client.client_id, "client_secret": self.secret}
        elif method == "none":
            data.setdefault("client_id", self.client.client_id)
        return await self.http.post(path, data=data, headers=headers)


def basic(client_id: str, secret: str) -> str:
    """The credentials as RFC 6749 section 2.3.1 writes them: each form-encoded, then RFC 7617."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def payload_of(token: str) -> dict[str, Any]:
    """The claims of a JWT, its signature not looked at."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


async def register(site: Site, client_id: str = "demarches", **members: Any) -> RelyingParty:
    """Register an application of the authority with the usual members, some of them changed."""
    usual: dict[str, Any] = {
        "client_id": client_id,
        "client_name": "Démarches en ligne",
        "redirect_uris": (REDIRECT,),
        "post_logout_redirect_uris": (AFTER_LOGOUT,),
        "grant_types": ("authorization_code", "refresh_token"),
        "scope": "openid profile email offline_access",
        "first_party": True,
    }
    issued = await site.provider.database.transaction(
        registry.register,
        Client(**(usual | members)),
        now=site.clock.now(),
        random_bytes=site.provider.randomness.token_bytes,
        seal=site.provider.seal,
    )
    return RelyingParty(site.issuer, issued.client, issued.secret, await site.client("192.0.2.20"))
