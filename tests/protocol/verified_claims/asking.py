"""How an application asks what was verified (OpenID Connect for Identity Assurance 1.0), and what it is told."""

import json
from dataclasses import dataclass
from typing import Any

from idp.people import store
from tests.protocol.upstream.accounts import open_sessions
from tests.support.provider import Site
from tests.support.relying_party import RelyingParty, payload_of
from tests.support.upstream import ScriptedUpstream, through
from tests.support.visitor import Page, Visitor

SCOPE = "openid profile birthplace birthcountry email offline_access"
DUBOIS = {
    "given_name": "Angela Claire Louise",
    "family_name": "DUBOIS",
    "gender": "female",
    "birthdate": "1962-08-24",
    "birthplace": "75107",
    "birthcountry": "99100",
}
"""What FranceConnect says of the identity « test »."""


def element(*names: str, verification: Any = None, **wishes: Any) -> dict[str, Any]:
    """A request for verified claims; a keyword says what is wished of one."""
    return {"verification": verification or {"trust_framework": None}, "claims": dict.fromkeys(names) | wishes}


def asking(asked: Any, *places: str) -> dict[str, str]:
    """The `claims` parameter that asks for it in these places, userinfo by default."""
    return {"claims": json.dumps({place: {"verified_claims": asked} for place in places or ("userinfo",)})}


@dataclass
class Town:
    """The provider, the FranceConnect before it and the application behind it."""

    site: Site
    upstream: ScriptedUpstream
    application: RelyingParty

    async def arrives(self, visitor: Visitor | None = None, **changes: Any) -> Page:
        """Someone comes from FranceConnect, signing up if need be, to where the request ends."""
        visitor = visitor or await self.site.visitor()
        page = await through(visitor, start=self.application.start(**changes))
        if page.has("#signup"):
            page = await page.form("#signup").fill(accept_terms=True, accept_privacy=True).submit("#signup-submit")
        return page

    async def tokens(self, **changes: Any) -> dict[str, Any]:
        """The tokens that the application receives when someone comes from FranceConnect."""
        page = await self.arrives(**changes)
        response = await self.application.exchange(page.returned["code"])
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens

    async def userinfo(self, asked: Any) -> Any:
        """The verified claims at userinfo, None when there are none."""
        tokens = await self.tokens(**asking(asked))
        told = (await self.application.userinfo(tokens["access_token"])).json()
        assert "verified_claims" not in payload_of(tokens["id_token"])
        return told.get("verified_claims")

    async def person_id(self) -> str:
        """Who signed in last."""
        return str((await open_sessions(self.site))[-1]["person_id"])

    async def edit(self, **changes: Any) -> None:
        """Change fields of the account, as an administrator would."""
        await self.site.provider.database.transaction(
            store.amend, await self.person_id(), changes, self.site.clock.now()
        )
