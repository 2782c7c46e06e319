"""What must still happen before a browser may leave: an ordered list of small named checks, pure.

The first check that applies decides. The same list gives the next page and, for `prompt=none`, the error
(OpenID Connect Core 1.0 section 3.1.2.6; RFC 9470 section 5 for the level).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from idp.interactions.interaction import Evidence, Reason
from idp.interactions.request import AuthorizationRequest
from idp.sessions.session import Session


class Step(StrEnum):
    """Where the browser goes next."""

    ACTIVATE = "activate"
    COMPLETE = "complete"
    SIGN_UP = "sign_up"
    SIGN_IN = "sign_in"
    LINK = "link"
    AGREE = "agree"
    CONSENT = "consent"
    REFUSE = "refuse"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the checks may look at. `session` is alive and its person may act; `consented` is None when the
    application needs no consent, else what the person has allowed it. Times in seconds UTC."""

    reason: Reason
    request: AuthorizationRequest | None
    max_age: int | None
    evidence: Evidence
    session: Session | None
    pending: bool
    consented: frozenset[str] | None
    now: int

    @property
    def prompt(self) -> tuple[str, ...]:
        return self.request.prompt if self.request else ()

    @property
    def signed_in_here(self) -> bool:
        """Whether the present session was opened in the course of this very journey."""
        return self.session is not None and self.session.id == self.evidence.session_id


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: its name, where it sends the browser, and what an application that allows no page is told."""

    name: str
    step: Step
    error: str
    applies: Callable[[Situation], bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision, and the check that made it (None: all is done)."""

    step: Step
    check: Check | None = None


def _account_wanted(situation: Situation) -> bool:
    """Whether an account is to be created, which it is not yet: then its holder only signs in."""
    return "create" in situation.prompt and not situation.signed_in_here and not situation.evidence.pending_person_id


def _sign_in_wanted(situation: Situation) -> bool:
    """Whether a new sign-in is asked for; the one that creates an account is not another person's session."""
    return not {"login", "create"}.isdisjoint(situation.prompt) and not situation.signed_in_here


def _too_old(situation: Situation) -> bool:
    if situation.session is None or situation.max_age is None or situation.signed_in_here:
        return False
    # 0 asks for a new sign-in whatever the time (OpenID Connect Core 1.0 section 3.1.2.1, errata set 2)
    return situation.max_age == 0 or situation.now - situation.session.authenticated_at > situation.max_age


def _someone_else(situation: Situation) -> bool:
    wanted = situation.request.hinted_person if situation.request else None
    return situation.session is not None and wanted is not None and wanted != situation.session.person_id


def _level_too_low(situation: Situation) -> bool:
    wanted = situation.request.essential_acr() if situation.request else ()
    return situation.session is not None and bool(wanted) and situation.session.acr not in wanted


def _link_possible(situation: Situation) -> bool:
    vouched = situation.evidence.vouched
    if vouched is None or situation.session is None or not situation.signed_in_here:
        return False
    return vouched.candidate_id == situation.session.person_id


def _consent_missing(situation: Situation) -> bool:
    if situation.request is None or situation.consented is None:
        return False
    if "consent" in situation.prompt and situation.evidence.consented_at is None:
        return True
    return not set(situation.request.asks) <= situation.consented


CHECKS = (
    Check("declined", Step.REFUSE, "access_denied", lambda s: s.evidence.denied),
    Check("account_not_activated", Step.ACTIVATE, "login_required", lambda s: s.pending and not s.signed_in_here),
    Check(
        "person_unknown",
        Step.COMPLETE,
        "login_required",
        lambda s: s.evidence.vouched is not None and not s.signed_in_here,
    ),
    Check("link_possible", Step.LINK, "login_required", _link_possible),
    Check("asked_to_create", Step.SIGN_UP, "login_required", _account_wanted),
    Check("not_signed_in", Step.SIGN_IN, "login_required", lambda s: s.session is None),
    Check("asked_to_sign_in", Step.SIGN_IN, "login_required", _sign_in_wanted),
    Check(
        "asked_to_choose",
        Step.SIGN_IN,
        "account_selection_required",
        lambda s: "select_account" in s.prompt and not s.signed_in_here,
    ),
    Check("signed_in_too_long_ago", Step.SIGN_IN, "login_required", _too_old),
    Check("someone_else_expected", Step.SIGN_IN, "login_required", lambda s: _someone_else(s) and not s.signed_in_here),
    Check("someone_else_came", Step.REFUSE, "access_denied", _someone_else),
    Check(
        "level_too_low",
        Step.SIGN_IN,
        "unmet_authentication_requirements",
        lambda s: _level_too_low(s) and not s.signed_in_here,
    ),
    Check("level_not_reached", Step.REFUSE, "unmet_authentication_requirements", _level_too_low),
    Check("terms_changed", Step.AGREE, "interaction_required", lambda s: s.session is not None and s.session.terms_due),
    Check("consent_missing", Step.CONSENT, "consent_required", _consent_missing),
)


def next_step(situation: Situation) -> Outcome:
    """The first thing still to do, or `FINISH`."""
    for check in CHECKS:
        if check.applies(situation):
            return Outcome(check.step, check)
    return Outcome(Step.FINISH)
