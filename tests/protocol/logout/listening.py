"""Applications that listen for sign-outs, and what an application does with a logout token before it believes it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select

from idp.foundation.audit import audit
from tests.support.outside import Outside
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of, register
from tests.support.signing_in import tokens_for
from tests.support.visitor import Visitor

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Listener:
    """An application, and the address where it hears of sign-outs."""

    application: RelyingParty
    host: Outside
    path: str
    seen_jti: set[str] = field(default_factory=set)

    @property
    def client_id(self) -> str:
        return self.application.client.client_id

    @property
    def tokens(self) -> list[str]:
        """The logout tokens that arrived, believed or not."""
        heard = [each for each in self.host.seen if each.path == self.path]
        assert all(each.method == "POST" for each in heard)
        forms = [parse_qs(each.body.decode(), strict_parsing=True) for each in heard]
        assert all(form.keys() == {"logout_token"} for form in forms)
        return [form["logout_token"][0] for form in forms]

    def answers(self, status: int) -> None:
        """What it says from now on."""
        self.host.answer(self.path, b"", status=status)

    async def believe(self, token: str, now: int) -> dict[str, Any]:
        """Validate a logout token, step by step as Back-Channel Logout 1.0 section 2.6 numbers them; its claims."""
        keys = KeySet.import_key_set((await self.application.http.get("/jwks")).json())
        opened = jwt.decode(token, keys, algorithms=[self.application.client.id_token_signed_response_alg])  # 2, 3
        claims = opened.claims
        assert opened.header["typ"] == "logout+jwt"
        assert claims["iss"] == self.application.issuer  # 4
        assert claims["aud"] == self.client_id
        assert claims["iat"] <= now < claims["exp"] <= now + 120
        assert claims["sub"] or claims["sid"]  # 5
        assert claims["events"] == {EVENT: {}}  # 6
        assert "nonce" not in claims  # 7
        assert claims["jti"] not in self.seen_jti  # 8
        self.seen_jti.add(claims["jti"])
        return dict(claims)


async def listen(site: Site, host: Outside, client_id: str, **members: Any) -> Listener:
    """Register an application that listens on that machine, and answers 200."""
    path = f"/{client_id}/fin-de-session"
    members = {"client_name": client_id.title(), "backchannel_logout_uri": host.url(path), **members}
    listener = Listener(await register(site, client_id, **members), host, path)
    listener.answers(200)
    return listener


async def enter(visitor: Visitor, application: RelyingParty) -> dict[str, Any]:
    """Sign in to an application; the claims of its ID token, and the token itself as `raw`."""
    token = (await tokens_for(visitor, application))["id_token"]
    return {**payload_of(token), "raw": token}


async def events(site: Site, beginning: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    """The audit lines of some events: event, application, detail."""
    statement = select(audit.c.event, audit.c.client_id, audit.c.detail).order_by(audit.c.id)
    rows = await site.provider.database.read(lambda connection: connection.execute(statement).all())
    return [(row.event, row.client_id, row.detail or {}) for row in rows if row.event.startswith(beginning)]
