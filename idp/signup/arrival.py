"""Finishing a sign-up that another identity provider began: contacts and agreements, nothing else.

The account is active at once, since the provider vouches for the person; only the e-mail address stays unproved, and a
link is sent to one that was typed here.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.texts import text
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction, Vouched
from idp.interactions.pages import back_to, frame
from idp.interactions.upstreams import name_of
from idp.people import attestations, identity, profiles, standing
from idp.people.contacts import email_key
from idp.people.dates import day_of
from idp.people.drawing import draw
from idp.people.fields import Profile
from idp.people.identity import Account
from idp.sessions.browser import attach, origin
from idp.sessions.entering import enter
from idp.sessions.session import Authentication
from idp.signup import activation, vouched
from idp.signup.filling import filled_in
from idp.signup.registration import Opening, judge_vouched, open_account
from idp.signup.views import SignUpPage
from idp.web import cookies
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call
from idp.web.forms import Form, again
from idp.web.pages import render


class AlreadyLinked(Exception):
    """The identity opened an account meanwhile: this very form was sent twice."""


def is_of(interaction: Interaction, name: str) -> bool:
    """Whether the journey came back from this provider with someone unknown here."""
    said = interaction.evidence.vouched
    return said is not None and said.provider == name


async def show(call: Call, interaction: Interaction) -> Response:
    """`GET /inscription/{provider}`."""
    said = await _fresh(call, interaction)
    if said is None:
        return back_to(interaction)
    received = vouched.given_email(said)
    return await _form(call, interaction, said, Form({"email": received} if received else {}))


async def submit(call: Call, interaction: Interaction) -> Response:
    """`POST /inscription/{provider}`."""
    said = await _fresh(call, interaction)
    if said is None:
        return back_to(interaction)
    known = _known(call, said)
    profile = _profile(call).of_vouched(known)
    answers = judge_vouched(profile, filled_in(call), call.provider.settings.signup)
    if answers.refusals:
        return await _form(call, interaction, said, again(call.form, answers.refusals), status=422)
    opening = Opening(
        interaction=interaction,
        profile=profile.name,
        person={**answers.person, **known},
        organisation={},
        agreements=answers.agreements,
        locale=call.locale,
        address=call.address,
        throttle_key=throttle_key(call.address),
    )
    try:
        secret = await call.provider.database.transaction(_open, call, opening, said)
    except AlreadyLinked:
        return back_to(interaction)
    return attach(back_to(interaction), call, secret)


def _open(connection: Connection, call: Call, opening: Opening, said: Vouched) -> str:
    provider, interaction = call.provider, opening.interaction
    person_id = open_account(connection, provider, opening, call.now)
    account = Account(said.provider, said.issuer, said.subject)
    if not identity.link(connection, person_id, account, provider.randomness, call.now):
        raise AlreadyLinked
    attestations.record(connection, provider.settings, said)
    standing.activate(connection, person_id, call.now)
    audit.record(
        connection,
        Event.ACCOUNT_ACTIVATED,
        at=call.now,
        person_id=person_id,
        client_id=interaction.client_id,
        address=call.address,
        upstream=said.provider,
    )
    address = opening.person.get("email", "")
    received = vouched.given_email(said)
    if address and (not received or email_key(received) != email_key(address)):
        activation.send_link(connection, activation.Request.of(call, interaction, person_id), address)
    authentication = Authentication(
        person_id, said.at, said.methods, said.acr, upstream=said.provider, sealed_id_token=said.sealed_id_token
    )
    session, secret = enter(connection, provider, authentication, origin(call), call.cookie(cookies.SESSION))
    interactions.note_vouched(connection, interaction.id, None)
    interactions.note_authentication(connection, interaction.id, session.id, said.at)
    return secret


async def _fresh(call: Call, interaction: Interaction) -> Vouched | None:
    """What the provider said, unless it was so long ago that the session it opens would be over."""
    said = interaction.evidence.vouched
    if said is not None and call.now - said.at < call.provider.settings.lifetimes.session_idle:
        return said
    await call.provider.database.transaction(interactions.note_vouched, interaction.id, None)
    return None


def _known(call: Call, said: Vouched) -> Mapping[str, str]:
    known = vouched.civil_answers(said)
    vouched.refuse_minors(known, call.provider.settings.signup.minimum_age, day_of(call.now))
    return known


def _profile(call: Call) -> Profile:
    """A citizen's, whichever profiles are open for sign-up without a provider."""
    settings = call.provider.settings
    return profiles.offered(replace(settings.signup, profiles=(profiles.CITOYEN,)), settings.brand.name)[
        profiles.CITOYEN
    ]


async def _form(call: Call, interaction: Interaction, said: Vouched, form: Form, status: int = 200) -> Response:
    settings = call.provider.settings
    known = _known(call, said)
    page = SignUpPage(
        profile=said.provider,
        title=text("Terminer la création de mon compte"),
        sections=draw(_profile(call).of_vouched(known), filled_in(call), call.say, call.locale),
        facts=vouched.facts(known),
        vouched_by=name_of(settings, said.provider),
        password_length=settings.signup.password_length,
        terms_version=settings.signup.terms_version,
        privacy_version=settings.signup.privacy_version,
        inactive_months=settings.lifetimes.inactive_months,
        form=form,
    )
    return render(call, page, frame=await frame(call, interaction), status=status)
