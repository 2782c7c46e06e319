"""The pages where a person changes their e-mail address or mobile number, and those that the links open."""

from starlette.responses import Response

from idp.account import contacts, restoring
from idp.account.acts import Author
from idp.account.contact_views import (
    EmailPage,
    MobilePage,
    ProofPage,
    ProvedPage,
    RestoredPage,
    RestorePage,
)
from idp.account.entrance import Visit, inside
from idp.account.store import Change, Kind
from idp.foundation.errors import BadRequest, Expired
from idp.foundation.texts import Text, text
from idp.interactions.pages import HOME
from idp.people import choices, phones, proving
from idp.people.codes import read_code
from idp.people.contacts import email as read_email
from idp.people.contacts import email_key, likely_typo
from idp.people.proving import AGAIN_SECONDS, CODE_UNREADABLE, Outcome, sent_view
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.pages import redirect, render

EMAIL = f"{HOME}/email"
MOBILE = f"{HOME}/mobile"
LINK_DEAD = text("Ce lien a déjà servi ou n'est plus valable. Recommencez depuis votre compte.")
ABROAD = text("Nous n'envoyons pas de SMS vers ce pays.")
TOO_MANY_LINKS = text("Trop de messages ont été demandés. Réessayez plus tard.")
TOO_MANY_CODES = text("Trop de codes ont été demandés. Réessayez plus tard.")


@inside(back=EMAIL, recent=True)
async def email(call: Call, visit: Visit) -> Response:
    """`/mon-compte/email`: the address, and how to change or prove it."""
    if call.method == "GET":
        return await _email_page(call, visit, EMPTY)
    typed = call.form.text("email")
    address = read_email(typed) if typed else text("Indiquez votre adresse électronique.")
    if isinstance(address, str) and _is_in_force(visit, address):
        address = text("C'est déjà l'adresse de votre compte.")
    if isinstance(address, Text):
        return await _email_page(call, visit, again(call.form, {"email": address}), 422)
    author = Author.of(call, visit)
    wait = await call.provider.database.transaction(contacts.ask_email, author, call.provider, address)
    if wait > AGAIN_SECONDS:
        return await _email_page(call, visit, again(call.form, {"email": TOO_MANY_LINKS}), 429)
    return redirect(EMAIL)


@inside(back=EMAIL)
async def give_email_up(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/email/annulation`: keep the address in force."""
    await call.provider.database.transaction(contacts.give_up, Author.of(call, visit), Kind.EMAIL)
    return redirect(f"{HOME}?fait=annulation")


async def show_link(call: Call) -> Response:
    """`GET /mon-compte/email/lien/{token}`: a button, whatever program opened the link."""
    token = call.path_params["token"]
    change = await call.provider.database.read(contacts.look, token, call.now)
    if change is None:
        raise Expired("link_expired", LINK_DEAD)
    return render(call, ProofPage(f"{contacts.PROVE}/{token}", change.destination))


async def follow_link(call: Call) -> Response:
    """`POST /mon-compte/email/lien/{token}`: the address is proved, in whichever browser."""
    token = call.path_params["token"]
    if not await call.provider.database.transaction(contacts.follow, call.provider, token, call.address, call.now):
        raise Expired("link_expired", LINK_DEAD)
    return render(call, ProvedPage())


async def show_return(call: Call) -> Response:
    """`GET /mon-compte/email/retour/{token}`: what putting the former address back does."""
    token = call.path_params["token"]
    change = await call.provider.database.read(restoring.look, token, call.now)
    if change is None:
        raise Expired("link_expired", LINK_DEAD)
    return render(call, RestorePage(f"{restoring.UNDO}/{token}", change.destination))


async def follow_return(call: Call) -> Response:
    """`POST /mon-compte/email/retour/{token}`: the former address is in force again."""
    token = call.path_params["token"]
    if not await call.provider.database.transaction(restoring.restore, call.provider, token, call.address, call.now):
        raise Expired("link_expired", LINK_DEAD)
    return render(call, RestoredPage())


@inside(back=MOBILE, recent=True)
async def mobile(call: Call, visit: Visit) -> Response:
    """`/mon-compte/mobile`: the number, and how to change or prove it."""
    if call.method == "GET":
        return await _mobile_page(call, visit, EMPTY)
    number = _number(call, visit)
    if isinstance(number, Text):
        return await _mobile_page(call, visit, again(call.form, {"mobile": number}), 422)
    asking = (Author.of(call, visit), call.provider, number)
    try:
        wait = await call.provider.database.transaction(contacts.ask_mobile, *asking)
    except BadRequest as problem:
        return await _mobile_page(call, visit, again(call.form, {"mobile": problem.message}), 422)
    if wait > AGAIN_SECONDS:
        return await _mobile_page(call, visit, again(call.form, {"mobile": TOO_MANY_CODES}), 429)
    return redirect(MOBILE)


@inside(back=MOBILE)
async def try_code(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/mobile/code`: the code that was received. It was asked for by whoever had just signed in."""
    code = read_code(call.form.text("code"))
    if code is None:
        return await _mobile_page(call, visit, again(call.form, {"code": CODE_UNREADABLE}), 422)
    tried = await call.provider.database.transaction(contacts.try_code, Author.of(call, visit), call.provider, code)
    if tried.outcome is Outcome.RIGHT:
        return redirect(f"{HOME}?fait=mobile")
    return await _mobile_page(call, visit, again(call.form, {"code": proving.refusal(tried.left)}), 422)


@inside(back=MOBILE)
async def give_mobile_up(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/mobile/annulation`: keep the number in force."""
    await call.provider.database.transaction(contacts.give_up, Author.of(call, visit), Kind.MOBILE)
    return redirect(f"{HOME}?fait=annulation")


@inside(back=MOBILE, recent=True)
async def remove_mobile(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/mobile/retrait`: have no number any more."""
    await call.provider.database.transaction(contacts.remove_mobile, Author.of(call, visit), call.provider)
    return redirect(f"{HOME}?fait=mobile-retire")


def _is_in_force(visit: Visit, address: str) -> bool:
    person = visit.person
    return person.email_verified and person.email is not None and email_key(person.email) == email_key(address)


def _number(call: Call, visit: Visit) -> str | Text:
    typed = call.form.text("mobile")
    if not typed:
        return text("Indiquez votre numéro de mobile.")
    number = phones.mobile_phone(typed, call.form.text("mobile_country") or "FR")
    if isinstance(number, Text):
        return number
    if phones.region_of(number) not in call.provider.settings.signup.sms_countries:
        return ABROAD
    if number == visit.person.mobile and visit.person.mobile_verified:
        return text("C'est déjà le mobile de votre compte.")
    return number


async def _pending(call: Call, visit: Visit, kind: Kind) -> Change | None:
    return await call.provider.database.read(contacts.pending, visit.person, kind, call.now)


async def _email_page(call: Call, visit: Visit, form: Form, status: int = 200) -> Response:
    change = await _pending(call, visit, Kind.EMAIL)
    page = EmailPage(
        address=visit.person.email,
        verified=visit.person.email_verified,
        pending=sent_view(change, str, call.now),
        meant=likely_typo(change.destination) if change else None,
        hours=call.provider.settings.lifetimes.activation_link // 3600,
        form=form,
    )
    return render(call, page, frame=visit.frame, status=status)


async def _mobile_page(call: Call, visit: Visit, form: Form, status: int = 200) -> Response:
    change = await _pending(call, visit, Kind.MOBILE)
    number = visit.person.mobile
    page = MobilePage(
        number=phones.display_phone(number) if number else None,
        verified=visit.person.mobile_verified,
        pending=sent_view(change, phones.display_phone, call.now),
        country=phones.region_of(number) if number else "FR",
        countries=choices.calling_countries(call.locale),
        minutes=call.provider.settings.lifetimes.activation_code // 60,
        form=form,
    )
    return render(call, page, frame=visit.frame, status=status)
