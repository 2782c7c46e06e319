"""What must still happen before a browser may leave: the rules one by one, then together, whatever the facts."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.interactions.interaction import Evidence, Reason, Vouched
from idp.interactions.policy import CHECKS, Situation, Step, next_step
from idp.interactions.request import AuthorizationRequest
from idp.sessions.session import LOCAL_ACR, Session

NOW = 1_790_000_000
HIGH = "eidas2"
SESSION = Session(
    id="session",
    person_id="camille",
    authenticated_at=NOW - 100,
    methods=("pwd",),
    acr=LOCAL_ACR,
    upstream=None,
    sealed_id_token=None,
    address="192.0.2.10",
    agent="",
    created_at=NOW - 100,
    last_seen_at=NOW,
    expires_at=NOW + 1000,
    ended_at=None,
)
REQUEST = AuthorizationRequest(
    client_id="demarches", redirect_uri="https://demarches.exemple.fr/retour", scope=("openid",), asks=("openid",)
)
VOUCHED = Vouched("fc", "https://fc.exemple.fr", "sujet", HIGH, (), {}, "scellé", NOW)
HERE = Evidence(session_id="session", authenticated_at=NOW - 100)
SETTLED = Situation(
    reason=Reason.AUTHORIZE,
    request=REQUEST,
    max_age=None,
    evidence=Evidence(),
    session=SESSION,
    pending=False,
    consented=None,
    now=NOW,
)
ESSENTIAL = {"id_token": {"acr": {"essential": True, "values": [HIGH]}}}


def asking(**changes: Any) -> AuthorizationRequest:
    return replace(REQUEST, **changes)


def decided(**changes: Any) -> tuple[Step, str | None]:
    outcome = next_step(replace(SETTLED, **changes))
    return outcome.step, outcome.check.name if outcome.check else None


RULES: dict[str, tuple[dict[str, Any], Step, str | None]] = {
    "nothing is missing": ({}, Step.FINISH, None),
    "nobody is signed in": ({"session": None}, Step.SIGN_IN, "not_signed_in"),
    "the person declined": ({"evidence": Evidence(denied=True)}, Step.REFUSE, "declined"),
    "declined before anything else": (
        {"evidence": Evidence(denied=True), "session": None, "pending": True},
        Step.REFUSE,
        "declined",
    ),
    "an account waits for its activation": (
        {"evidence": Evidence(pending_person_id="x"), "pending": True, "session": None},
        Step.ACTIVATE,
        "account_not_activated",
    ),
    "somebody else is signed in while it waits": (
        {"evidence": Evidence(pending_person_id="x"), "pending": True},
        Step.ACTIVATE,
        "account_not_activated",
    ),
    "somebody unknown was vouched for": (
        {"evidence": Evidence(vouched=VOUCHED), "session": None},
        Step.COMPLETE,
        "person_unknown",
    ),
    "vouched for, then signed in to an account like it": (
        {"evidence": replace(HERE, vouched=replace(VOUCHED, candidate_id="camille"))},
        Step.LINK,
        "link_possible",
    ),
    "vouched for, then signed in to an account of somebody else": (
        {"evidence": replace(HERE, vouched=replace(VOUCHED, candidate_id="alix"))},
        Step.FINISH,
        None,
    ),
    "a new sign-in is asked": ({"request": asking(prompt=("login",))}, Step.SIGN_IN, "asked_to_sign_in"),
    "a new sign-in was made": ({"request": asking(prompt=("login",)), "evidence": HERE}, Step.FINISH, None),
    "a new sign-in was made by another session": (
        {"request": asking(prompt=("login",)), "evidence": Evidence(session_id="autre")},
        Step.SIGN_IN,
        "asked_to_sign_in",
    ),
    "a new account is asked": ({"request": asking(prompt=("create",))}, Step.SIGN_UP, "asked_to_create"),
    "a new account is asked before anybody is signed in": (
        {"request": asking(prompt=("create",)), "session": None},
        Step.SIGN_UP,
        "asked_to_create",
    ),
    "a new account was made": ({"request": asking(prompt=("create",)), "evidence": HERE}, Step.FINISH, None),
    "a new account was activated elsewhere": (
        {"request": asking(prompt=("create",)), "evidence": Evidence(pending_person_id="x")},
        Step.SIGN_IN,
        "asked_to_sign_in",
    ),
    "a choice is asked": ({"request": asking(prompt=("select_account",))}, Step.SIGN_IN, "asked_to_choose"),
    "a choice was made": ({"request": asking(prompt=("select_account",)), "evidence": HERE}, Step.FINISH, None),
    "young enough": ({"max_age": 100}, Step.FINISH, None),
    "too old": ({"max_age": 99}, Step.SIGN_IN, "signed_in_too_long_ago"),
    "too old but made here": ({"max_age": 99, "evidence": HERE}, Step.FINISH, None),
    "never young enough": (
        {"max_age": 0, "session": replace(SESSION, authenticated_at=NOW)},
        Step.SIGN_IN,
        "signed_in_too_long_ago",
    ),
    "no age at all is asked": ({"max_age": 0, "evidence": HERE}, Step.FINISH, None),
    "the person expected": ({"request": asking(hinted_person="camille")}, Step.FINISH, None),
    "somebody else is expected": ({"request": asking(hinted_person="alix")}, Step.SIGN_IN, "someone_else_expected"),
    "somebody else came": (
        {"request": asking(hinted_person="alix"), "evidence": HERE},
        Step.REFUSE,
        "someone_else_came",
    ),
    "a level wished": ({"request": asking(acr_values=(HIGH,))}, Step.FINISH, None),
    "a level required": ({"request": asking(claims=ESSENTIAL)}, Step.SIGN_IN, "level_too_low"),
    "a level required and not reached": (
        {"request": asking(claims=ESSENTIAL), "evidence": HERE},
        Step.REFUSE,
        "level_not_reached",
    ),
    "a level required and reached": (
        {"request": asking(claims=ESSENTIAL), "session": replace(SESSION, acr=HIGH)},
        Step.FINISH,
        None,
    ),
    "the terms have changed": ({"session": replace(SESSION, terms_due=True)}, Step.AGREE, "terms_changed"),
    "the terms come before what an application asks": (
        {"session": replace(SESSION, terms_due=True), "consented": frozenset()},
        Step.AGREE,
        "terms_changed",
    ),
    "nothing was allowed": ({"consented": frozenset()}, Step.CONSENT, "consent_missing"),
    "enough was allowed": ({"consented": frozenset({"openid", "email"})}, Step.FINISH, None),
    "more is asked than was allowed": (
        {"request": asking(asks=("openid", "email")), "consented": frozenset({"openid"})},
        Step.CONSENT,
        "consent_missing",
    ),
    "consent is asked again": (
        {"request": asking(prompt=("consent",)), "consented": frozenset({"openid"})},
        Step.CONSENT,
        "consent_missing",
    ),
    "consent was given again": (
        {
            "request": asking(prompt=("consent",)),
            "consented": frozenset({"openid"}),
            "evidence": Evidence(consented_at=NOW),
        },
        Step.FINISH,
        None,
    ),
    "one's own space": ({"reason": Reason.ACCOUNT, "request": None}, Step.FINISH, None),
    "one's own space, nobody signed in": (
        {"reason": Reason.ACCOUNT, "request": None, "session": None},
        Step.SIGN_IN,
        "not_signed_in",
    ),
    "one's own space, signed in long ago": (
        {"reason": Reason.ACCOUNT, "request": None, "max_age": 50},
        Step.SIGN_IN,
        "signed_in_too_long_ago",
    ),
}


@pytest.mark.parametrize(("facts", "step", "check"), RULES.values(), ids=RULES.keys())
def test_a_fact_leads_to_the_next_step(facts: dict[str, Any], step: Step, check: str | None) -> None:
    assert decided(**facts) == (step, check)


def test_every_check_has_a_case_above_and_a_name_of_its_own() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert set(names) == {check for _, _, check in RULES.values() if check}


def test_every_error_is_one_of_the_specifications() -> None:
    assert {check.error for check in CHECKS} <= {
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "login_required",
        "unmet_authentication_requirements",
    }


# Whatever the facts

persons = st.sampled_from(["camille", "alix"])
sessions = st.none() | st.builds(
    replace,
    st.just(SESSION),
    id=st.sampled_from(["session", "autre"]),
    person_id=persons,
    authenticated_at=st.integers(NOW - 1000, NOW),
    acr=st.sampled_from([LOCAL_ACR, HIGH]),
    terms_due=st.booleans(),
)
requests = st.none() | st.builds(
    replace,
    st.just(REQUEST),
    prompt=st.lists(st.sampled_from(["login", "consent", "select_account", "create"]), unique=True).map(tuple),
    hinted_person=st.none() | persons,
    claims=st.sampled_from([{}, ESSENTIAL]),
    asks=st.sampled_from([("openid",), ("openid", "email")]),
)
evidences = st.builds(
    Evidence,
    session_id=st.sampled_from([None, "session", "autre"]),
    pending_person_id=st.none() | persons,
    vouched=st.none() | st.builds(replace, st.just(VOUCHED), candidate_id=st.none() | persons),
    consented_at=st.none() | st.just(NOW),
    denied=st.booleans(),
)
situations = st.builds(
    Situation,
    reason=st.sampled_from(Reason),
    request=requests,
    max_age=st.none() | st.integers(0, 2000),
    evidence=evidences,
    session=sessions,
    pending=st.booleans(),
    consented=st.none() | st.sampled_from([frozenset(), frozenset({"openid"}), frozenset({"openid", "email"})]),
    now=st.just(NOW),
)


@given(situations)
def test_nobody_leaves_without_all_that_was_asked(situation: Situation) -> None:
    if next_step(situation).step is not Step.FINISH:
        return
    session, request = situation.session, situation.request
    assert session is not None
    assert not situation.evidence.denied
    assert not session.terms_due
    fresh = session.id == situation.evidence.session_id
    if situation.max_age is not None and not fresh:
        assert situation.max_age > 0
        assert situation.now - session.authenticated_at <= situation.max_age
    if request is not None:
        assert fresh or not {"login", "select_account", "create"} & set(request.prompt)
        assert request.hinted_person in {None, session.person_id}
        assert not request.essential_acr() or session.acr in request.essential_acr()
        assert situation.consented is None or set(request.asks) <= situation.consented


@given(situations)
def test_every_decision_but_the_last_names_its_reason(situation: Situation) -> None:
    outcome = next_step(situation)
    assert (outcome.check is None) is (outcome.step is Step.FINISH)
    assert outcome.check is None or outcome.check.step is outcome.step


@given(situations)
def test_whoever_does_what_is_asked_comes_to_an_end_within_a_few_pages(situation: Situation) -> None:
    for _turn in range(8):
        step = next_step(situation).step
        if step in {Step.FINISH, Step.REFUSE}:
            return
        evidence = situation.evidence
        if step is Step.SIGN_UP:
            situation = replace(situation, pending=True, evidence=replace(evidence, pending_person_id="nouvelle"))
        elif step is Step.ACTIVATE:
            situation = replace(situation, pending=False)
        elif step in {Step.SIGN_IN, Step.COMPLETE}:
            opened = replace(SESSION, id="nouvelle", authenticated_at=NOW)
            vouched = evidence.vouched if step is Step.SIGN_IN else None
            evidence = replace(evidence, session_id="nouvelle", vouched=vouched)
            situation = replace(situation, session=opened, evidence=evidence)
        elif step is Step.LINK:
            situation = replace(situation, evidence=replace(evidence, vouched=None))
        elif step is Step.AGREE and situation.session is not None:
            situation = replace(situation, session=replace(situation.session, terms_due=False))
        else:
            given_now = frozenset(situation.request.asks) if situation.request else frozenset()
            situation = replace(situation, consented=given_now, evidence=replace(evidence, consented_at=NOW))
    raise AssertionError(f"a journey without end: {situation}")
