"""The pages of activation, under /activation: two ways to choose from, the code, the link, the wait."""

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from idp.foundation.errors import BadRequest, Expired
from idp.foundation.secrets import digest
from idp.foundation.texts import Text, text
from idp.interactions import store as interactions
from idp.interactions.interaction import Interaction
from idp.interactions.pages import back_to, frame, load, view_of
from idp.messages.message import Channel
from idp.people import choices, contacts, phones, proving
from idp.people import store as people
from idp.people.codes import read_code
from idp.people.person import Person, State
from idp.people.proving import AGAIN_SECONDS, CODE_UNREADABLE, Outcome, Tried, sent_view
from idp.sessions.browser import attach, origin
from idp.sessions.entering import enter
from idp.sessions.session import Authentication
from idp.signup import activation
from idp.signup import store as kept
from idp.signup.activation import Request
from idp.signup.store import Activation
from idp.signup.views import ActivatedPage, ActivationPage, LinkPage
from idp.web import cookies
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.headers import PRIVATE
from idp.web.pages import ClientView, redirect, render

LINK_DEAD = text("Ce lien a déjà servi ou n'est plus valable. Connectez-vous, ou demandez un nouveau lien.")
ABROAD = text("Nous n'envoyons pas de SMS vers ce pays. Choisissez le courriel.")
TOO_MANY_CODES = text("Trop de codes ont été demandés. Réessayez plus tard, ou choisissez le courriel.")
TOO_MANY_LINKS = text("Trop de messages ont été demandés. Réessayez plus tard, ou choisissez le SMS.")


async def show(call: Call) -> Response:
    """`GET /activation`: the two cards; or, for an account activated elsewhere meanwhile, the rest of the journey."""
    interaction = await load(call)
    person = await _waiting(call, interaction)
    if person is None:
        return back_to(interaction)
    if person.is_active:
        return _entered(call, interaction, await call.provider.database.transaction(_enter, call, interaction, person))
    return await _page(call, interaction, person, EMPTY)


async def send_code(call: Call) -> Response:
    """`POST /activation/sms`: « Envoyer le code d'activation »."""
    interaction = await load(call)
    person = await _waiting(call, interaction)
    if person is None or person.is_active:
        return _again(interaction)
    number = phones.mobile_phone(call.form.text("mobile"), call.form.text("mobile_country") or "FR")
    if isinstance(number, str) and phones.region_of(number) not in call.provider.settings.signup.sms_countries:
        number = ABROAD
    if isinstance(number, Text):
        return await _page(call, interaction, person, again(call.form, {"mobile": number}), status=422)
    request = Request.of(call, interaction, person.id)
    try:
        wait = await call.provider.database.transaction(activation.send_code, request, number)
    except BadRequest as problem:
        return await _page(call, interaction, person, again(call.form, {"mobile": problem.message}), status=422)
    if wait > AGAIN_SECONDS:
        return await _page(call, interaction, person, again(call.form, {"mobile": TOO_MANY_CODES}), status=429)
    return _again(interaction)


async def send_link(call: Call) -> Response:
    """`POST /activation/courriel`: « Envoyer le lien d'activation »."""
    interaction = await load(call)
    person = await _waiting(call, interaction)
    if person is None or person.is_active:
        return _again(interaction)
    address = contacts.email(call.form.text("email"))
    if isinstance(address, Text):
        return await _page(call, interaction, person, again(call.form, {"email": address}), status=422)
    request = Request.of(call, interaction, person.id)
    wait = await call.provider.database.transaction(activation.send_link, request, address)
    if wait > AGAIN_SECONDS:
        return await _page(call, interaction, person, again(call.form, {"email": TOO_MANY_LINKS}), status=429)
    return _again(interaction)


async def try_code(call: Call) -> Response:
    """`POST /activation/code`: the code that was received."""
    interaction = await load(call)
    person = await _waiting(call, interaction)
    if person is None or person.is_active:
        return _again(interaction)
    code = read_code(call.form.text("code"))
    if code is None:
        return await _page(call, interaction, person, again(call.form, {"code": CODE_UNREADABLE}), status=422)
    tried, secret = await call.provider.database.transaction(_try, call, interaction, person, code)
    if secret is None:
        refused = {"code": proving.refusal(tried.left)}
        return await _page(call, interaction, person, again(call.form, refused), status=422)
    return _entered(call, interaction, secret)


async def state(call: Call) -> Response:
    """`GET /activation/etat`: whether the account was activated elsewhere, for the page that waits."""
    interaction = await load(call)
    person = await _waiting(call, interaction)
    active = person is not None and person.is_active
    return JSONResponse({"active": active, "next": f"/activation?i={interaction.id}"}, headers=PRIVATE)


async def show_link(call: Call) -> Response:
    """`GET /activation/lien/{token}`: a button, whatever program opened the link."""
    token = call.path_params["token"]
    sent = await call.provider.database.read(activation.look, token, call.now)
    if sent is None:
        raise Expired("link_expired", LINK_DEAD)
    journey = await call.provider.database.read(_journey, call, sent)
    return render(call, LinkPage(token), frame=await frame(call, journey) if journey else None)


async def follow_link(call: Call) -> Response:
    """`POST /activation/lien/{token}`: the address is proved; the browser that signed up goes on, no other does."""
    followed = await call.provider.database.transaction(_follow, call, call.path_params["token"])
    if followed is None:
        raise Expired("link_expired", LINK_DEAD)
    sent, journey, secret = followed
    if journey is not None and secret is not None:
        return _entered(call, journey, secret)
    service = await call.provider.database.read(_service, call, sent)
    page = ActivatedPage(service.name if service else None, service.uri if service else None)
    return render(call, page)


async def _waiting(call: Call, interaction: Interaction) -> Person | None:
    """The person whose activation this browser waits for, or who was activated elsewhere and may go on here."""
    person_id = interaction.evidence.pending_person_id
    person = await call.provider.database.read(people.find, person_id) if person_id else None
    if person is None or person.state not in {State.PENDING, State.ACTIVE}:
        return None
    return person if person.cutoff_at <= interaction.created_at else None


def _enter(connection: Connection, call: Call, interaction: Interaction, person: Person) -> str:
    """Sign the browser in: it proved or chose the password in this journey. The secret of the session."""
    methods = ("pwd",) if person.password_hash else ("otp",)
    authentication = Authentication(person.id, call.now, methods)
    session, secret = enter(connection, call.provider, authentication, origin(call), call.cookie(cookies.SESSION))
    interactions.note_authentication(connection, interaction.id, session.id, call.now)
    return secret


def _try(
    connection: Connection, call: Call, interaction: Interaction, person: Person, code: str
) -> tuple[Tried[Activation], str | None]:
    tried = activation.try_code(connection, Request.of(call, interaction, person.id), code)
    right = tried.outcome is Outcome.RIGHT
    return tried, _enter(connection, call, interaction, person) if right else None


def _follow(connection: Connection, call: Call, token: str) -> tuple[Activation, Interaction | None, str | None] | None:
    sent = activation.follow(connection, call, token)
    if sent is None:
        return None
    journey = _journey(connection, call, sent)
    person = people.find(connection, sent.person_id)
    if journey is None or person is None or journey.evidence.pending_person_id != person.id:
        return sent, None, None
    return sent, journey, _enter(connection, call, journey, person)


def _journey(connection: Connection, call: Call, sent: Activation) -> Interaction | None:
    """The journey in which the link was asked, for the browser that made it."""
    if sent.browser_digest != digest(call.browser):
        return None
    return interactions.get(connection, sent.interaction_id, call.now)


def _service(connection: Connection, call: Call, sent: Activation) -> ClientView | None:
    client = call.provider.clients.client(connection, sent.client_id, call.now) if sent.client_id else None
    return view_of(client, call.provider.settings.issuer) if client else None


def _again(interaction: Interaction) -> Response:
    return redirect(f"/activation?i={interaction.id}")


def _entered(call: Call, interaction: Interaction, secret: str) -> Response:
    return attach(back_to(interaction), call, secret)


async def _page(call: Call, interaction: Interaction, person: Person, form: Form, status: int = 200) -> Response:
    code, link = await call.provider.database.read(_sent, person.id, call.now)
    number = code.destination if code else person.mobile
    address = link.destination if link else person.email or ""
    lifetimes = call.provider.settings.lifetimes
    page = ActivationPage(
        identifier=person.identifier,
        mobile=phones.display_phone(number) if number else "",
        mobile_country=phones.region_of(number) if number else "FR",
        countries=choices.calling_countries(call.locale),
        email=address,
        meant_email=contacts.likely_typo(address) if address else None,
        sms=sent_view(code, phones.masked_phone, call.now),
        mail=sent_view(link, contacts.masked_email, call.now),
        minutes=lifetimes.activation_code // 60,
        hours=lifetimes.activation_link // 3600,
        form=form,
    )
    return render(call, page, frame=await frame(call, interaction), status=status)


def _sent(connection: Connection, person_id: str, now: int) -> tuple[Activation | None, Activation | None]:
    code, link = (kept.sent.latest(connection, person_id, channel, now) for channel in (Channel.SMS, Channel.EMAIL))
    return code, link
