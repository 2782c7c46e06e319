"""The end of a recovery, under /oubli: following a link, choosing the new password, reading one's identifiers.

The link's secret leaves the address at the first hit for a short cookie; opening a link, as mail scanners do, changes
nothing. Each page proves the request again from that cookie.
"""

from starlette.responses import Response

from idp.foundation.secrets import Kind, digest, is_of
from idp.foundation.texts import Text, text
from idp.interactions.upstreams import name_of
from idp.people.person import Person
from idp.people.phones import masked_phone
from idp.signin import other_ways, recovery, resetting, store
from idp.signin.other_ways import OtherWay
from idp.signin.recovery import Proof
from idp.signin.recovery_pages import address, carrying, over, surroundings
from idp.signin.recovery_views import OtherWayView, RecoveredPage, ResetPage
from idp.signin.resetting import Reset
from idp.signin.store import Wish
from idp.web import cookies
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.moments import day
from idp.web.pages import redirect, render

CHOOSE = "/oubli/nouveau"
NO_REFERRER = "no-referrer"
BOX = "remove-"
"""How the boxes begin that take something away."""


async def follow(call: Call) -> Response:
    """`GET /oubli/lien`: the link of the e-mail."""
    secret = call.query.get("jeton") or ""
    known = None
    if is_of(Kind.LINK, secret):
        known = await call.provider.database.read(store.proof, digest(secret), call.now)
    if known is None:
        return await over(call)
    here = known.interaction_id is not None and known.browser_digest == digest(call.browser)
    response = redirect(f"{CHOOSE}?i={known.interaction_id}" if here else CHOOSE)
    response.headers["Referrer-Policy"] = NO_REFERRER
    return carrying(call, response, secret, known.expires_at - call.now)


async def show(call: Call) -> Response:
    """`GET /oubli/nouveau`."""
    proof = await _proof(call, Wish.PASSWORD)
    return await _page(call, proof, EMPTY) if proof else await over(call)


async def submit(call: Call) -> Response:
    """`POST /oubli/nouveau`: the new password, with the proof checked again and used up."""
    proof = await _proof(call, Wish.PASSWORD)
    person = _chosen(call, proof) if proof else None
    if proof is None or person is None:
        return await over(call)
    provider, chosen = call.provider, call.form.get("password") or ""
    refused = await resetting.refusals(provider, person, chosen, call.form.get("password_again") or "")
    if refused:
        return await _page(call, proof, again(call.form, refused), 422)
    hashed = await provider.hasher.hash(chosen)
    removed = frozenset(name.removeprefix(BOX) for name in call.form if name.startswith(BOX))
    wanted = Reset(call.cookie(cookies.RECOVERY) or "", person.id, hashed, call.address, removed)
    if not await provider.database.transaction(resetting.reset, provider, wanted, call.now):
        return await over(call)
    response = redirect(address(call, "/oubli/termine"))
    cookies.drop(response, provider.settings, cookies.RECOVERY)
    return response


async def done(call: Call) -> Response:
    """`GET /oubli/termine`: the password was changed."""
    return render(call, RecoveredPage(), frame=await surroundings(call))


async def identifiers(call: Call) -> Response:
    """`GET /oubli/identifiant`: what the code of an SMS allows to read."""
    proof = await _proof(call, Wish.IDENTIFIER)
    if proof is None:
        return await over(call)
    names = tuple(person.identifier or person.email or "" for person in proof.people)
    return render(call, RecoveredPage(names), frame=await surroundings(call))


async def _proof(call: Call, wish: Wish) -> Proof | None:
    secret = call.cookie(cookies.RECOVERY)
    if not secret or not is_of(Kind.LINK, secret):
        return None
    return await call.provider.database.transaction(recovery.proved, call.provider, wish, secret, call.now)


def _chosen(call: Call, proof: Proof) -> Person | None:
    """The account meant, among those that the proof is about and no other."""
    if len(proof.people) == 1:
        return proof.people[0]
    return next((person for person in proof.people if person.id == call.form.get("account")), None)


async def _page(call: Call, proof: Proof, form: Form, status: int = 200) -> Response:
    accounts = tuple((person.id, person.identifier or person.email or "") for person in proof.people)
    tied = await call.provider.database.read(other_ways.of, proof)
    ways = tuple(OtherWayView(f"{BOX}{way.id}", _label(call, way, several=len(accounts) > 1)) for way in tied)
    page = ResetPage(accounts, call.provider.settings.signup.password_length, ways, form)
    return render(call, page, frame=await surroundings(call), status=status)


def _label(call: Call, way: OtherWay, *, several: bool) -> Text:
    """What is taken away, and from which account when there are several."""
    what = text("Retirer le mobile {number}", number=masked_phone(way.person.mobile or ""))
    if way.link is not None:
        name = name_of(call.provider.settings, way.link.provider)
        what = text(
            "Ne plus relier {provider}, relié le {day}", provider=name, day=day(way.link.linked_at, call.locale)
        )
    account = way.person.identifier or way.person.email or ""
    return text("{account} : {what}", account=account, what=what) if several else what
