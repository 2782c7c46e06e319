"""Asking at the authorization endpoint, plainly or by a pushed request."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from hypothesis import strategies as st

from tests.protocol.machine import promises
from tests.protocol.machine.answers import Answers
from tests.protocol.machine.base import RARELY, RECENT, WHO, act, pick
from tests.protocol.machine.facts import Application, Asked, Browser, Pushed
from tests.protocol.machine.stage import FRONT_CHANNEL
from tests.support.relying_party import Sent

ASKING = st.sampled_from(["portail", "portail", "cantine", "cantine", "mobile", "piscine"])
FLAWS: dict[str, tuple[dict[str, Sent], str]] = {
    "no challenge": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "none and login": ({"prompt": "none login"}, "invalid_request"),
    "unknown prompt": ({"prompt": "register"}, "invalid_request"),
    "odd max_age": ({"max_age": "-1"}, "invalid_request"),
    "unknown response type": ({"response_type": "code none"}, "unsupported_response_type"),
    "no scope of its own": ({"scope": "phone"}, "invalid_scope"),
    "two states": ({"state": ["un", "deux"]}, "invalid_request"),
    "somebody else's address": ({"redirect_uri": "https://mechant.exemple/retour"}, "redirect_uri_not_registered"),
    "a longer address": ({"redirect_uri": "https://portail.exemple.fr/retour/"}, "redirect_uri_not_registered"),
}
ELSEWHERE = "redirect_uri_not_registered"
"""What the person alone is shown: compared to the letter, and nobody is redirected (RFC 9700 section 2.1)."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks. `flaw` is the one thing that is wrong with it."""

    application: str
    scope: str
    prompt: str | None = None
    max_age: int | None = None
    response_type: str = "code"
    form_post: bool = False
    hint: int | None = None
    flaw: str | None = None


WISHES = st.builds(
    Wish,
    application=ASKING,
    scope=st.sampled_from(["openid", "openid email", "openid email offline_access", "openid offline_access", "email"]),
    prompt=st.sampled_from([None] * 4 + ["none"] * 4 + ["login", "consent", "consent", "select_account"]),
    max_age=st.sampled_from([None] * 6 + [0, 60, 3_600]),
    response_type=st.sampled_from(["code"] * 5 + list(FRONT_CHANNEL)),
    form_post=RARELY,
    hint=st.none() | st.none() | RECENT,
    flaw=st.sampled_from([None] * 14 + list(FLAWS)),
)


class Asking(Answers):
    """OpenID Connect Core 1.0 section 3.1.2.1, RFC 9126."""

    @act(often=4, wish=WISHES, browser=WHO)
    def an_application_asks(self, wish: Wish, browser: int) -> None:
        """OpenID Connect Core 1.0 section 3.1.2."""
        self.asks(wish, pick(self.world.browsers, browser))

    def asks(self, wish: Wish, here: Browser) -> None:
        application = self.asking(wish)
        parameters, judged = self._composed(wish, application)
        page = self.stage.run(here.visitor.open(application.party.start(**parameters)))
        if not application.usable:
            self.shown(page, "unknown_client")
        elif judged == ELSEWHERE:
            self.shown(page, ELSEWHERE)
        elif isinstance(judged, str):
            self.turned_away(page, judged)
        else:
            self.goes_on(here, judged, page)

    @act(wish=WISHES)
    def an_application_pushes_its_request(self, wish: Wish) -> None:
        """RFC 9126 section 2."""
        self.pushes(wish)

    def pushes(self, wish: Wish) -> None:
        application = self.asking(wish)
        parameters, judged = self._composed(wish, application)
        sent = parse_qs(urlsplit(application.party.start(**parameters)).query)
        answer = self.stage.post(application, "/par", sent)
        if not application.usable and wish.flaw != "two states":
            self.refused(answer, "invalid_client")
        elif isinstance(judged, str):
            self.refused(answer, "invalid_request" if judged == ELSEWHERE else judged)
        else:
            assert answer.status_code == 201
            told = answer.json()
            assert told["expires_in"] == promises.PUSHED_LIFE
            pushed = Pushed(told["request_uri"], judged, self.world.now + promises.PUSHED_LIFE)
            pushed.asked = replace(judged, pushed=pushed)
            self.world.pushed.append(pushed)

    @act(often=2, which=RECENT, browser=WHO, thief=RARELY, when=lambda self: self.world.pushed)
    def a_browser_comes_with_a_pushed_request(self, which: int, browser: int, thief: bool) -> None:
        """RFC 9126 section 4: bound to the application, of one use, and short-lived."""
        self.comes(pick(self.world.browsers, browser), pick(self.world.pushed, which), thief=thief)

    def comes(self, here: Browser, pushed: Pushed, *, thief: bool = False) -> None:
        owner = pushed.asked.application
        application = next(each for each in self.world.applications if each is not owner) if thief else owner
        address = f"{self.stage.site.issuer}/authorize?client_id={application.id}&request_uri={pushed.reference}"
        page = self.stage.run(here.visitor.open(address))
        if not application.usable:
            self.shown(page, "unknown_client")
        elif thief or pushed.used or self.world.now >= pushed.expires_at:
            self.shown(page, "invalid_request_uri")
        else:
            self.goes_on(here, pushed.asked, page)

    def asking(self, wish: Wish) -> Application:
        named = (each for each in self.world.applications if each.name == wish.application)
        return next(named, self.world.applications[0])

    def _composed(self, wish: Wish, application: Application) -> tuple[dict[str, Sent], Asked | str]:
        """The parameters of a wish, and what is to be made of them: a request, or the error an application is told."""
        hybrid = "implicit" in application.party.client.grant_types
        response_type = wish.response_type if hybrid else "code"
        prompt = frozenset((wish.prompt or "").split())
        number = application.party.counter + 1
        parameters: dict[str, Sent] = {
            "scope": wish.scope,
            "response_type": response_type,
            "prompt": wish.prompt,
            "max_age": None if wish.max_age is None else str(wish.max_age),
            "response_mode": "form_post" if wish.form_post else None,
            "state": f"etat-{number}",
            "nonce": f"nonce-{number}",
        }
        if wish.flaw is not None:
            changes, error = FLAWS[wish.flaw]
            if wish.flaw != "no challenge" or "code" in response_type.split(" "):
                return parameters | {"scope": f"openid {wish.scope}"} | changes, error
        scope = promises.granted_scope(application, wish.scope, response_type, prompt)
        asked = Asked(application, response_type, scope, f"nonce-{number}", f"etat-{number}", prompt, wish.max_age)
        if not scope or (scope.isdisjoint({"openid"}) and "id_token" in asked.words):
            return parameters, "invalid_scope"
        if wish.hint is None or not self.world.identities:
            return parameters, asked
        hint = pick(self.world.identities, wish.hint)
        self.look_at_keys()
        good = hint.kid in self.published and hint.grant.application is application
        judged = replace(asked, hinted=hint.grant.person) if good else "invalid_request"
        return parameters | {"id_token_hint": hint.token}, judged
