"""The application that the suite plays: it registers, sends people to sign in, redeems codes and asks userinfo."""

import secrets
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx2
from jwcrypto.jwk import JWK

from tests.conformance import checks
from tests.conformance.authenticating import METHODS, Credentials
from tests.conformance.browser import Page
from tests.conformance.checks import JsonObject
from tests.conformance.suite import Stage

STATE_LENGTH = 128


@cache
def rsa_key(number: int = 1, *, kid: str | None = None) -> JWK:
    """A key of the application, the same for all modules: making one takes long. A `number` is another key."""
    members = {"kid": kid} if kid else {}
    return JWK.generate(kty="RSA", size=2048, use="sig", alg="RS256", **members)


@dataclass
class Flow:
    """One sign-in as the application saw it: the claims of the ID tokens, those given by the browser and by the token
    endpoint; the last access token."""

    parameters: dict[str, str]
    front: JsonObject | None = None
    back: JsonObject | None = None
    access_token: str | None = None
    tokens: JsonObject = field(default_factory=dict)

    @property
    def claims(self) -> JsonObject:
        """The first ID token."""
        claims = self.front or self.back
        assert claims is not None
        return claims

    @property
    def id_token(self) -> str:
        return str(self.parameters.get("id_token") or self.tokens["id_token"])


@dataclass
class Application:
    """A registered client and the program behind it."""

    stage: Stage
    document: JsonObject
    key: JWK
    allowed_claims: frozenset[str] = frozenset()
    """What may stand in an ID token beside the usual: what was asked for it."""
    audience: str | None = None
    """Whom its assertions are addressed to, the token endpoint unless something else is given."""
    signed_userinfo: bool = False

    @property
    def client_id(self) -> str:
        return str(self.document["client_id"])

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of a correct request; None leaves one out."""
        usual: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.document["redirect_uris"][0],
            "scope": "openid",
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "response_type": self.stage.variant.response_type,
            "response_mode": None if self.stage.variant.response_mode == "default" else "form_post",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def go(self, parameters: dict[str, str], method: str = "GET") -> Page:
        """Send the browser with a request, and let it do what it is told to do."""
        self.stage.suite.server.clear("callback")
        return self.stage.automation.visit(self.address(parameters), method)

    def address(self, parameters: dict[str, str]) -> str:
        return f"{self.stage.metadata['authorization_endpoint']}?{urlencode(parameters, quote_via=quote)}"

    def sign_in(self, method: str = "GET", **changes: str | None) -> Flow:
        """The whole of a sign-in that must succeed, with all its checks."""
        parameters = self.request(**changes)
        return self.complete(parameters, self.go(parameters, method))

    def complete(self, sent: dict[str, str], page: Page) -> Flow:
        """What must follow once the browser is back."""
        answer = self.answer(sent, page)
        assert "error" not in answer, answer
        variant = self.stage.variant
        flow = Flow(answer)
        if variant.includes("id_token"):
            flow.front = self.check_id_token(answer["id_token"], sent.get("nonce"))
        if variant.includes("token"):
            flow.access_token = answer["access_token"]
            assert answer["token_type"].lower() == "bearer"
            self.userinfo(flow.access_token)
        if variant.includes("code"):
            self._redeem(sent, flow)
        return flow

    def answer(self, sent: dict[str, str], page: Page) -> dict[str, str]:
        """The parameters that came back, by the way they had to come."""
        assert page.url.startswith(f"{sent['redirect_uri']}"), page.url
        arrival = self.stage.suite.server.wait_for("callback")
        registered = parse_qsl(urlsplit(sent["redirect_uri"]).query)
        query = [pair for pair in arrival.query if pair not in registered]
        assert all(pair in arrival.query for pair in registered)
        if self.stage.variant.response_mode == "form_post":
            assert arrival.method == "POST"
            assert arrival.content_type.startswith("application/x-www-form-urlencoded")
            assert query == []
            pairs = list(arrival.form)
        elif sent.get("response_type", "code") == "code":
            pairs = query
        else:
            assert query == []
            pairs = parse_qsl(urlsplit(page.url).fragment, keep_blank_values=True)
        answer = dict(pairs)
        assert len(answer) == len(pairs), "a parameter came twice"
        assert answer["iss"] == self.stage.metadata["issuer"]
        assert answer.get("state") == sent.get("state")
        return answer

    def check_id_token(self, token: str, nonce: str | None) -> JsonObject:
        claims = checks.signed(token, self.stage.keys)
        checks.id_token(
            claims,
            issuer=self.stage.metadata["issuer"],
            client_id=self.client_id,
            now=self.stage.now,
            allowed=self.allowed_claims,
        )
        assert claims.get("nonce") == nonce
        return claims

    def _redeem(self, sent: dict[str, str], flow: Flow) -> None:
        flow.tokens = self.tokens(code=flow.parameters["code"], redirect_uri=sent["redirect_uri"])
        flow.access_token = flow.tokens["access_token"]
        flow.back = self.check_id_token(flow.tokens["id_token"], sent.get("nonce"))
        if flow.front is not None:
            assert flow.front["iss"] == flow.back["iss"]
            assert flow.front["sub"] == flow.back["sub"]
        self.userinfo(flow.access_token)

    def tokens(self, *, grant_type: str = "authorization_code", **parameters: str) -> JsonObject:
        """The tokens of a request to the token endpoint that must succeed."""
        response = self.ask_tokens(grant_type=grant_type, **parameters)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"].startswith("application/json")
        assert response.headers["cache-control"] == "no-store"
        tokens: JsonObject = response.json()
        assert tokens["token_type"].lower() == "bearer"
        checks.expires_in(tokens)
        checks.token_characters(tokens["access_token"])
        return tokens

    def ask_tokens(self, **parameters: str) -> httpx2.Response:
        """A request to the token endpoint, by a client that proves itself as it registered."""
        endpoint = self.stage.metadata["token_endpoint"]
        known = Credentials(
            self.client_id,
            str(self.document.get("client_secret", "")),
            self.key,
            self.audience or endpoint,
            self.stage.now,
        )
        proof = METHODS[self.stage.variant.client_auth](known)
        return self.stage.deployment.http.post(endpoint, data=parameters | proof.parameters, headers=proof.headers)

    def userinfo(self, access_token: str) -> JsonObject:
        """What userinfo tells."""
        return self.read_userinfo(self.ask_userinfo(access_token))

    def ask_userinfo(self, access_token: str, method: str = "GET") -> httpx2.Response:
        headers = {"authorization": f"Bearer {access_token}"}
        if method == "POST":
            headers["content-type"] = "application/x-www-form-urlencoded"
        return self.stage.deployment.http.request(method, self.stage.metadata["userinfo_endpoint"], headers=headers)

    def read_userinfo(self, response: httpx2.Response) -> JsonObject:
        """A good answer of userinfo."""
        assert response.status_code == 200, response.text
        kind = "application/jwt" if self.signed_userinfo else "application/json"
        assert response.headers["content-type"].startswith(kind)
        claims: JsonObject
        claims = checks.signed(response.text, self.stage.keys) if self.signed_userinfo else response.json()
        checks.standard_claims(claims, self.stage.now)
        assert claims["sub"]
        return claims
