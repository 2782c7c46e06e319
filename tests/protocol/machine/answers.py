"""What the authorization endpoint and its pages answer, judged by what was asked and by what has happened."""

from typing import Any

from tests.protocol.machine import promises
from tests.protocol.machine.base import Machine
from tests.protocol.machine.facts import Asked, Browser, Grant, Journey, Session
from tests.protocol.machine.promises import Step
from tests.support.visitor import Page


class Answers(Machine):
    """Each of these compares a page, or what an application is sent, with what was promised, and remembers it."""

    def is_under_way(self, journey: Journey) -> bool:
        return not journey.over and self.world.now < journey.expires_at

    def shown(self, page: Page, code: str) -> None:
        """Told to the person alone: there is nobody else whom it would be safe to tell."""
        assert (page.outside, page.error_code) == (False, code), (page.address, page.status, page.text[:300])

    def turned_away(self, page: Page, error: str) -> None:
        answer = self._returned(page)
        assert answer["error"] == error, answer
        assert not answer.keys() & {"code", "access_token", "id_token"}

    def _returned(self, page: Page) -> dict[str, str]:
        """The answer that an application receives, however it travels, always with `iss` (RFC 9207)."""
        if page.has("#form-post"):
            fields = page.html.select("#form-post input[type=hidden]")
            answer = {str(each["name"]): str(each["value"]) for each in fields}
        else:
            answer = page.returned
        assert answer["iss"] == self.stage.site.issuer
        return answer

    def goes_on(self, browser: Browser, asked: Asked, page: Page) -> None:
        """The first answer to a good request."""
        session = promises.session_of(self.world, browser)
        if asked.prompt == {"none"}:
            error = promises.silent_error(self.world, asked, session)
            if error is not None:
                self.turned_away(page, error)
                return
        step = promises.next_step(self.world, asked, session)
        if step is Step.FINISH and session is not None:
            self._finished(asked, session, page)
            return
        journey = Journey(browser, asked, page, self.world.now + promises.JOURNEY_LIFE)
        self.world.journeys.append(journey)
        self._shows(journey, step, page)
        journey.address = str(page.html.select("form input[name=i]")[0]["value"])

    def continues(self, journey: Journey, page: Page) -> None:
        """The answer to the next step of a journey."""
        application = journey.asked.application
        session = promises.session_of(self.world, journey.browser)
        step = promises.next_step(self.world, journey.asked, session, journey)
        if step is not Step.SIGN_IN and not application.usable:
            self.shown(page, "unknown_client")
        elif step is Step.DENIED:
            journey.over = True
            self.turned_away(page, "access_denied")
        elif step is Step.FINISH and session is not None:
            pushed = journey.asked.pushed
            if pushed is not None and pushed.used:
                self.shown(page, "invalid_request_uri")
                return
            journey.over = True
            self._finished(journey.asked, session, page)
        else:
            self._shows(journey, step, page)

    def _shows(self, journey: Journey, step: Step, page: Page) -> None:
        selector = {Step.SIGN_IN: "#signin", Step.CONSENT: "#consent"}[step]
        assert page.has(selector), (step, page.address, page.status, page.text[:300])
        journey.page, journey.shown_to = page, journey.browser.session

    def _finished(self, asked: Asked, session: Session, page: Page) -> None:
        """The application receives what it asked, and nothing else (OpenID Connect Core 3.1.2.5, 3.2.2.5, 3.3.2.5)."""
        answer: dict[str, Any] = self._returned(page)
        assert answer["state"] == asked.state, answer
        world, words = self.world, asked.words
        assert ("code" in answer, "access_token" in answer, "id_token" in answer) == (
            "code" in words,
            "token" in words,
            "id_token" in words,
        ), answer
        session.entered.add(asked.application.id)
        if asked.pushed is not None:
            asked.pushed.used = True
        grant = Grant(
            application=asked.application,
            person=session.person,
            session=session,
            scope=asked.scope,
            authenticated_at=session.authenticated_at,
            created_at=world.now,
            nonce=asked.nonce,
            code=answer.get("code"),
            code_expires_at=world.now + promises.CODE_LIFE,
        )
        assert grant.code is None or all(grant.code != each.code for each in world.grants)
        world.grants.append(grant)
        if "token" in words:
            self.told_access(asked.application, grant, answer, asked.scope)
        if "id_token" in words:
            hashes = {"c_hash": answer.get("code"), "at_hash": answer.get("access_token"), "s_hash": asked.state}
            self.told_identity(grant, answer["id_token"], asked.nonce, **hashes)
