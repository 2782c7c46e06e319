"""Modules of two requests in one browser: who is asked again, and what is remembered."""

from tests.conformance import checks
from tests.conformance.application import STATE_LENGTH
from tests.conformance.registering import client
from tests.conformance.suite import Module, Outcome, Stage

NEEDS_A_PAGE = frozenset({"login_required", "interaction_required", "account_selection_required", "consent_required"})


def prompt_login(stage: Stage) -> Outcome:
    """A person who is signed in signs in again."""
    application = client(stage)
    first = application.sign_in()
    pages = len(stage.automation.proofs)
    stage.wait(2)
    second = application.sign_in(prompt="login")
    assert len(stage.automation.proofs) == pages + 1, "nobody was asked to sign in"
    assert first.claims["sub"] == second.claims["sub"]
    assert second.claims["auth_time"] > first.claims["auth_time"]
    return Outcome.REVIEW


def prompt_none_not_signed_in(stage: Stage) -> Outcome:
    """Nobody is there, and no page may be shown."""
    application = client(stage)
    sent = application.request(prompt="none", state="s" * STATE_LENGTH)
    answer = application.answer(sent, application.go(sent))
    checks.error(answer)
    assert answer["error"] in NEEDS_A_PAGE
    return Outcome.PASSED


def prompt_none_signed_in(stage: Stage) -> Outcome:
    """What was just accepted is remembered, so that no page is needed."""
    application = client(stage)
    first = application.sign_in()
    second = application.sign_in(prompt="none")
    assert first.claims["sub"] == second.claims["sub"]
    assert first.claims["auth_time"] == second.claims["auth_time"]
    return Outcome.PASSED


def max_age_passed(stage: Stage) -> Outcome:
    """Signed in two seconds ago, and one is the most: again."""
    application = client(stage)
    first = application.sign_in()
    pages = len(stage.automation.proofs)
    stage.wait(2)
    second = application.sign_in(max_age="1")
    assert len(stage.automation.proofs) == pages + 1, "nobody was asked to sign in"
    assert first.claims["sub"] == second.claims["sub"]
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert stage.now - second.claims["auth_time"] <= 1
    return Outcome.REVIEW


def max_age_not_passed(stage: Stage) -> Outcome:
    """Signed in a moment ago: nobody is asked, and the time is told."""
    application = client(stage)
    first = application.sign_in(max_age="15000")
    stage.wait(2)
    second = application.sign_in(max_age="10000")
    assert "Sign in" not in stage.automation.done
    assert first.claims["sub"] == second.claims["sub"]
    assert first.claims["auth_time"] == second.claims["auth_time"]
    return Outcome.PASSED


def id_token_hint(stage: Stage) -> Outcome:
    """The person whom an ID token names, without a page."""
    application = client(stage)
    first = application.sign_in()
    second = application.sign_in(prompt="none", id_token_hint=first.id_token)
    assert first.claims["sub"] == second.claims["sub"]
    return Outcome.PASSED


MODULES: dict[str, Module] = {
    "oidcc-prompt-login": prompt_login,
    "oidcc-prompt-none-not-logged-in": prompt_none_not_signed_in,
    "oidcc-prompt-none-logged-in": prompt_none_signed_in,
    "oidcc-max-age-1": max_age_passed,
    "oidcc-max-age-10000": max_age_not_passed,
    "oidcc-id-token-hint": id_token_hint,
}
