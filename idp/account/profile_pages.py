"""The pages where a person corrects their identity, contacts and organisation. All want a recent sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from idp.account import profile
from idp.account.acts import Author
from idp.account.entrance import Visit, inside
from idp.account.presentation import locked_identity
from idp.account.views import FactView, QuestionsPage
from idp.foundation.errors import NotFound
from idp.foundation.texts import Text, text
from idp.interactions.pages import HOME
from idp.interactions.upstreams import name_of
from idp.people import identity
from idp.people.dates import day_of
from idp.people.drawing import draw
from idp.people.fields import Answers, Filled, Profile, check
from idp.people.profiles import CITOYEN
from idp.web.endpoint import Call
from idp.web.forms import Form, again
from idp.web.pages import redirect, render

IDENTITY = f"{HOME}/identite"
CONTACTS = f"{HOME}/coordonnees"
ORGANISATION = f"{HOME}/organisme"


@dataclass(frozen=True, slots=True)
class _Subject:
    """What one of the pages is about: its questions, and what they hold at first."""

    action: str
    title: Text
    asked: Profile
    values: Mapping[str, str]
    locked: tuple[FactView, ...] = ()
    vouched_by: str | None = None


@inside(back=IDENTITY, recent=True)
async def identify(call: Call, visit: Visit) -> Response:
    """`/mon-compte/identite`: correct what was declared; what is vouched for is shown, locked."""
    settings = call.provider.settings
    links = await call.provider.database.read(identity.links_of, visit.person.id)
    vouched_by = profile.vouching(links, settings.upstreams)
    whole = profile.questions(settings, visit.person)
    asked = profile.about_identity(whole, visit.person, vouched=vouched_by is not None)
    subject = _Subject(
        IDENTITY,
        text("Modifier mon identité"),
        asked,
        profile.identity_values(visit.person),
        tuple(locked_identity(visit.person, call.locale)) if vouched_by else (),
        name_of(settings, vouched_by) if vouched_by else None,
    )
    answers = _answers(call, subject)
    if answers is None or answers.refusals:
        return _page(call, visit, subject, answers)
    writing = (Author.of(call, visit), asked, answers)
    await call.provider.database.transaction(profile.amend_identity, *writing)
    return redirect(f"{HOME}?fait=identite")


@inside(back=CONTACTS, recent=True)
async def reach(call: Call, visit: Visit) -> Response:
    """`/mon-compte/coordonnees`: the landline, and the postal address where the authority asks for it."""
    asked = profile.about_contacts(profile.questions(call.provider.settings, visit.person))
    values = profile.contact_values(visit.person)
    subject = _Subject(CONTACTS, text("Modifier mes coordonnées"), asked, values)
    answers = _answers(call, subject)
    if answers is None or answers.refusals:
        return _page(call, visit, subject, answers)
    writing = (Author.of(call, visit), asked, answers)
    await call.provider.database.transaction(profile.amend_contacts, *writing)
    return redirect(f"{HOME}?fait=coordonnees")


@inside(back=ORGANISATION, recent=True)
async def represent(call: Call, visit: Visit) -> Response:
    """`/mon-compte/organisme`: the company or the association one acts for."""
    if visit.person.profile == CITOYEN:
        raise NotFound()
    declared = visit.person.organisation
    asked = profile.about_organisation(profile.questions(call.provider.settings, visit.person))
    values = profile.organisation_values(declared) if declared else {}
    subject = _Subject(ORGANISATION, text("Modifier mon organisme"), asked, values)
    answers = _answers(call, subject)
    if answers is None or answers.refusals:
        return _page(call, visit, subject, answers)
    writing = (Author.of(call, visit), call.provider, asked, answers)
    await call.provider.database.transaction(profile.amend_organisation, *writing)
    return redirect(f"{HOME}?fait=organisme")


def _filled(call: Call, values: Mapping[str, str]) -> Filled:
    return Filled(values, day_of(call.now), call.provider.settings.signup.minimum_age)


def _answers(call: Call, subject: _Subject) -> Answers | None:
    """What was answered; None when the form is only asked for."""
    if call.method == "GET":
        return None
    typed = {name: call.form.text(name) for name in call.form}
    return check(subject.asked.fields(), _filled(call, typed))


def _page(call: Call, visit: Visit, subject: _Subject, answers: Answers | None) -> Response:
    form = again(call.form, answers.refusals) if answers else Form(subject.values)
    page = QuestionsPage(
        title=subject.title,
        action=subject.action,
        sections=draw(subject.asked, _filled(call, form.values), call.say, call.locale),
        locked=subject.locked,
        vouched_by=subject.vouched_by,
        form=form,
    )
    return render(call, page, frame=visit.frame, status=422 if answers else 200)
