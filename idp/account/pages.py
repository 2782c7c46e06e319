"""The pages of a person's own space, under /mon-compte."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from idp.account import acts, password
from idp.account.acts import Author
from idp.account.entrance import Visit, inside
from idp.account.overview import Overview, gather, portable
from idp.account.presentation import LISTS, account_page
from idp.account.views import AccountPage, DeletionPage, FarewellPage, PasswordPage
from idp.foundation import audit
from idp.foundation.errors import NotFound
from idp.foundation.texts import Text, text
from idp.interactions.pages import HOME
from idp.people import availability
from idp.people.identifiers import propose
from idp.people.store import IdentifierTaken
from idp.sessions import signouts
from idp.sessions.browser import attach, detach, origin
from idp.sessions.signouts import Wish
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.headers import PRIVATE
from idp.web.pages import redirect, render

PASSWORD = f"{HOME}/mot-de-passe"
DELETION = f"{HOME}/suppression"
FAREWELL = f"{HOME}/fin"
Leave = Callable[[Connection, Author], None]
_DONE: Mapping[str, Text] = {
    "connexion": text("Cette connexion est fermée."),
    "listes": text("Vos choix sont enregistrés."),
    "accord": text("Votre accord est retiré."),
    "lien": text("Ce compte n'est plus relié au vôtre."),
    "relie": text("Ce compte est relié au vôtre."),
    "identite": text("Votre identité est à jour."),
    "coordonnees": text("Vos coordonnées sont à jour."),
    "organisme": text("Les informations de votre organisme sont à jour."),
    "annulation": text("Ce changement est abandonné."),
    "mobile": text("Votre numéro de mobile est confirmé."),
    "mobile-retire": text("Votre numéro de mobile est retiré."),
    "mot-de-passe": text("Votre mot de passe est enregistré. Vos autres connexions sont fermées."),
}
"""What a page says after an act, by the word that the act leaves in its address."""


@inside()
async def home(call: Call, visit: Visit) -> Response:
    """`GET /mon-compte`."""
    page = _account(call, visit, await _overview(call, visit), _DONE.get(call.query.text("fait")))
    return render(call, page, frame=visit.frame)


@inside()
async def end_session(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/connexions/fin`: sign one browser out."""
    session_id = call.form.text("session")
    if session_id == visit.session.id:
        return await _leave(call, visit, partial(acts.end_session, session_id=session_id))
    await call.provider.database.transaction(acts.end_session, Author.of(call, visit), session_id)
    return _done("connexion")


@inside()
async def leave_everywhere(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/connexions/fin-partout`: sign every browser out, this one too."""
    return await _leave(call, visit, acts.leave_everywhere)


@inside()
async def choose_lists(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/listes`: join or leave the mailing lists."""
    wanted = {kind: bool(call.form.text(name)) for name, kind in LISTS.items()}
    if wanted[LISTS["list_sms"]] and not visit.person.mobile:
        refusal = text("Votre compte n'a pas de numéro de mobile : ces informations ne peuvent pas vous être envoyées.")
        return await _home_refused(call, visit, {"list_sms": refusal})
    await call.provider.database.transaction(acts.choose_lists, Author.of(call, visit), call.provider, wanted)
    return _done("listes")


@inside()
async def withdraw(call: Call, visit: Visit) -> Response:
    """`POST /mon-compte/services/retrait`: take back what an application was allowed."""
    client_id = call.form.text("client_id")
    await call.provider.database.transaction(acts.withdraw_application, Author.of(call, visit), client_id)
    return _done("accord")


@inside(recent=True)
async def download(call: Call, visit: Visit) -> Response:
    """`GET /mon-compte/donnees`: everything known of the person, as a file."""
    document = await call.provider.database.transaction(_export, Author.of(call, visit), call.provider.settings.issuer)
    disposition = 'attachment; filename="mon-compte.json"'
    return JSONResponse(document, headers={**PRIVATE, "Content-Disposition": disposition})


@inside(back=PASSWORD, recent=True)
async def choose_password(call: Call, visit: Visit) -> Response:
    """`/mon-compte/mot-de-passe`: change the password, or add one."""
    if call.method == "GET":
        return _password_page(call, visit, await _with_proposal(call, visit))
    provider, author = call.provider, Author.of(call, visit)
    wish = password.Wish(
        present=call.form.get("current_password") or "",
        chosen=call.form.get("password") or "",
        again=call.form.get("password_again") or "",
        identifier=call.form.text("identifier"),
    )
    if refusals := await password.refusals(provider, visit.person, wish, call.now):
        return _password_page(call, visit, again(call.form, refusals), status=400)
    chosen = password.Chosen(
        await provider.hasher.hash(wish.chosen), None if visit.person.identifier else wish.identifier
    )
    try:
        if visit.person.password_hash is None:
            await provider.database.transaction(password.add, author, provider, chosen)
            return _done("mot-de-passe")
        secret = await provider.database.transaction(password.change, author, provider, chosen, origin(call))
    except IdentifierTaken:
        return _password_page(call, visit, again(call.form, {"identifier": availability.TAKEN}), status=400)
    return attach(_done("mot-de-passe"), call, secret)


@inside(back=DELETION, recent=True)
async def delete(call: Call, visit: Visit) -> Response:
    """`/mon-compte/suppression`: what deleting the account means, then do it."""
    if call.method == "GET":
        return await _deletion_page(call, visit, EMPTY)
    if not call.form.text("understood"):
        refusal = text("Cochez la case pour confirmer que vous avez compris.")
        return await _deletion_page(call, visit, again(call.form, {"understood": refusal}), status=400)
    return await _leave(call, visit, partial(acts.erase, provider=call.provider), FAREWELL)


async def farewell(call: Call) -> Response:
    """`GET /mon-compte/fin`: the account is deleted."""
    return render(call, FarewellPage())


async def _leave(call: Call, visit: Visit, act: Leave, target: str | None = None) -> Response:
    """Do what ends the session here, then have the services told as after any sign-out."""

    def step(connection: Connection) -> str:
        act(connection, Author.of(call, visit))
        wish = Wish(call.browser, target=target)
        return signouts.begin(connection, visit.session, wish, call.provider.randomness, call.now).services

    return detach(redirect(await call.provider.database.transaction(step)), call)


def _done(word: str) -> Response:
    return redirect(f"{HOME}?fait={word}")


async def _overview(call: Call, visit: Visit) -> Overview:
    issuer = call.provider.settings.issuer
    overview = await call.provider.database.transaction(gather, visit.person.id, issuer, call.now)
    if overview is None:
        raise NotFound()
    return overview


def _account(call: Call, visit: Visit, overview: Overview, done: Text | None) -> AccountPage:
    return account_page(overview, visit.session, call.locale, call.provider.settings, done)


async def _home_refused(call: Call, visit: Visit, errors: Mapping[str, Text]) -> Response:
    page = _account(call, visit, await _overview(call, visit), None)
    return render(call, replace(page, form=again(call.form, errors)), frame=visit.frame, status=400)


async def _with_proposal(call: Call, visit: Visit) -> Form:
    """The form of the password, with an identifier filled in for someone who has none."""
    if visit.person.identifier:
        return EMPTY
    wished = propose(visit.person.given_names, visit.person.family_name, call.provider.randomness)
    return Form({"identifier": await call.provider.database.read(availability.nearest, wished)})


def _password_page(call: Call, visit: Visit, form: Form, status: int = 200) -> Response:
    length = call.provider.settings.signup.password_length
    page = PasswordPage(form, visit.person.password_hash is not None, visit.person.identifier, length)
    return render(call, page, frame=visit.frame, status=status)


async def _deletion_page(call: Call, visit: Visit, form: Form, status: int = 200) -> Response:
    overview = await _overview(call, visit)
    page = DeletionPage(form, tuple(each.name for each in overview.applications))
    return render(call, page, frame=visit.frame, status=status)


def _export(connection: Connection, author: Author, issuer: str) -> Mapping[str, Any]:
    overview = gather(connection, author.person.id, issuer, author.now)
    if overview is None:
        raise NotFound()
    author.note(connection, audit.Event.DATA_EXPORTED)
    return portable(overview)
