"""The pages of sign-up, under /inscription: the choice of a profile, the form, giving up."""

from collections.abc import Mapping

from sqlalchemy import Connection
from starlette.responses import Response

from idp.foundation.texts import Text, text
from idp.interactions import store as interactions
from idp.interactions import upstreams
from idp.interactions.interaction import Interaction
from idp.interactions.pages import back_to, frame, load
from idp.people import availability, profiles
from idp.people.drawing import draw
from idp.people.fields import Filled, Profile
from idp.people.identifiers import propose
from idp.people.store import IdentifierTaken
from idp.signup import arrival
from idp.signup.filling import filled_in, open_profiles, profile_named
from idp.signup.registration import Credentials, Opening, judge, open_account
from idp.signup.views import CancelPage, ChoicePage, ProfileView, SignUpPage
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.pages import redirect, render

_ABOUT = {
    profiles.CITOYEN: text("Pour vos démarches et celles de votre famille."),
    profiles.ENTREPRISE: text("Pour les démarches d'une entreprise, avec son numéro SIRET."),
    profiles.ASSOCIATION: text("Pour les démarches d'une association, déclarée ou non."),
}
_NOT_TYPED = frozenset({"csrf", "i", "profile", "country", "terms_version", "privacy_version"})
_SECRET = frozenset({"password", "password_again"})


async def choose(call: Call) -> Response:
    """`GET /inscription`: « Je veux créer mon compte »."""
    interaction = await load(call)
    if "i" not in call.query:
        return redirect(f"/inscription?i={interaction.id}")
    offered = tuple(
        ProfileView(each.name, each.title, each.audience, _ABOUT[each.name]) for each in open_profiles(call).values()
    )
    page = ChoicePage(upstreams.offered_now(call.provider, call.now), offered)
    return render(call, page, frame=await frame(call, interaction))


async def show(call: Call) -> Response:
    """`GET /inscription/{profile}`: the form, or what remains to be asked after another provider."""
    interaction = await load(call)
    name = call.path_params["profile"]
    if "i" not in call.query:
        return redirect(f"/inscription/{name}?i={interaction.id}")
    if _is_over(call, interaction, name):
        return back_to(interaction)
    if arrival.is_of(interaction, name):
        return await arrival.show(call, interaction)
    return await _form(call, interaction, profile_named(call, name), EMPTY)


async def submit(call: Call) -> Response:
    """`POST /inscription/{profile}`: « Valider »."""
    interaction = await load(call)
    name = call.path_params["profile"]
    if _is_over(call, interaction, name):
        return back_to(interaction)
    if arrival.is_of(interaction, name):
        return await arrival.submit(call, interaction)
    profile = profile_named(call, name)
    if "resume" in call.form:
        return await _form(call, interaction, profile, again(call.form, {}))
    return await _sign_up(call, interaction, profile)


async def cancel(call: Call) -> Response:
    """`POST /inscription/annulation`: « Annuler la demande ». Nothing is kept, the journey begins again."""
    interaction = await load(call)
    typed = tuple(
        (name, value)
        for name, value in call.form.values().items()
        if value and name not in _NOT_TYPED | _SECRET and not name.endswith("_country")
    )
    secret = any(call.form.get(name) for name in _SECRET)
    if not typed and not secret:
        return redirect(f"/connexion?i={interaction.id}")
    kept = tuple((name, value) for name, value in call.form.values().items() if name not in _SECRET | {"csrf", "i"})
    page = CancelPage(call.form.text("profile"), kept)
    return render(call, page, frame=await frame(call, interaction))


def _is_over(call: Call, interaction: Interaction, name: str) -> bool:
    """Whether the form was sent already, or is of a provider from which nobody is coming back."""
    upstream = any(each.name == name for each in call.provider.settings.upstreams)
    return bool(interaction.evidence.pending_person_id) or (upstream and not arrival.is_of(interaction, name))


def _open(connection: Connection, call: Call, opening: Opening) -> None:
    person_id = open_account(connection, call.provider, opening, call.now)
    interactions.note_pending(connection, opening.interaction.id, person_id)


async def _sign_up(call: Call, interaction: Interaction, profile: Profile) -> Response:
    filled, password = filled_in(call), call.form.get("password") or ""
    taken = await call.provider.database.read(availability.refusal, filled.get("identifier"))
    chosen = Credentials(password, call.form.get("password_again") or "", taken)
    answers = judge(profile, filled, call.provider.settings, chosen)
    if set(answers.refusals) == {"identifier"} and taken:
        return await _overtaken(call, interaction, profile, filled)
    if answers.refusals:
        return await _refused(call, interaction, profile, answers.refusals)
    opening = Opening(
        interaction=interaction,
        profile=profile.name,
        person=answers.person,
        organisation=answers.organisation,
        agreements=answers.agreements,
        locale=call.locale,
        address=call.address,
        throttle_key=throttle_key(call.address),
        identifier=filled.get("identifier"),
        password_hash=await call.provider.hasher.hash(password),
    )
    try:
        await call.provider.database.transaction(_open, call, opening)
    except IdentifierTaken:
        return await _overtaken(call, interaction, profile, filled)
    return back_to(interaction)


async def _overtaken(call: Call, interaction: Interaction, profile: Profile, filled: Filled) -> Response:
    """Somebody has the identifier: this very form, sent twice at once, or another person."""
    fresh = await call.provider.database.read(interactions.find, interaction.id, call.browser, call.now)
    if fresh.evidence.pending_person_id:
        return back_to(interaction)
    taken = await call.provider.database.read(availability.refusal, filled.get("identifier"))
    return await _refused(call, interaction, profile, {"identifier": taken or availability.TAKEN})


async def _refused(call: Call, interaction: Interaction, profile: Profile, refusals: Mapping[str, Text]) -> Response:
    return await _form(call, interaction, profile, again(call.form, refusals), status=422)


async def _form(call: Call, interaction: Interaction, profile: Profile, form: Form, status: int = 200) -> Response:
    settings = call.provider.settings
    filled = filled_in(call)
    page = SignUpPage(
        profile=profile.name,
        title=text("Créer mon compte : {profile}", profile=profile.title),
        sections=draw(profile, filled, call.say, call.locale),
        facts=(),
        vouched_by=None,
        password_length=settings.signup.password_length,
        terms_version=settings.signup.terms_version,
        privacy_version=settings.signup.privacy_version,
        inactive_months=settings.lifetimes.inactive_months,
        form=await _with_proposal(call, filled, form),
    )
    return render(call, page, frame=await frame(call, interaction), status=status)


async def _with_proposal(call: Call, filled: Filled, form: Form) -> Form:
    """The form with an identifier filled in once the names are known, for browsers that run no script."""
    given_names, surname = filled.get("given_names"), filled.get("preferred_name") or filled.get("birth_name")
    if filled.get("identifier") or not given_names or not surname:
        return form
    wished = propose(given_names, surname, call.provider.randomness)
    free = await call.provider.database.read(availability.nearest, wished)
    return Form({**form.values, "identifier": free}, form.errors)
