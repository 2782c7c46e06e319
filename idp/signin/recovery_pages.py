"""« Mot de passe ou identifiant oublié ? », under /oubli: asking, and typing the code received."""

from urllib.parse import urlencode

from starlette.responses import Response

from idp.foundation.errors import Expired
from idp.foundation.secrets import digest
from idp.foundation.texts import Text, text
from idp.interactions import pages as interactions
from idp.messages.message import Channel
from idp.people import contacts, phones
from idp.people.characters import ascii_digits
from idp.people.proving import CODE_DEAD
from idp.signin import recovery, store
from idp.signin.recovery import Asked, Tried, Try
from idp.signin.recovery_views import ForgottenPage, SentPage
from idp.signin.store import Recovery, Wish
from idp.web import cookies
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.pages import ALONE, Frame, redirect, render

CHANGED = text("Ce lien ou ce code a déjà servi, ou n'est plus valable. Vous pouvez en demander un nouveau.")
_ABROAD = text("Nous n'envoyons pas de SMS vers ce pays. Indiquez votre adresse électronique.")


async def show(call: Call) -> Response:
    """`GET /oubli`."""
    return render(call, ForgottenPage(), frame=await surroundings(call))


async def submit(call: Call) -> Response:
    """`POST /oubli`: the same answer whoever is meant, and whether or not anybody is."""
    wish, contact = call.form.text("wish"), _contact(call, call.form.text("contact"))
    refused: dict[str, Text] = {}
    if wish not in set(Wish):
        refused["wish"] = text("Choisissez ce que vous avez oublié.")
    if isinstance(contact, Text):
        refused["contact"] = contact
    if refused or isinstance(contact, Text):
        page = ForgottenPage(again(call.form, refused))
        return render(call, page, frame=await surroundings(call), status=422)
    return await _ask(call, Wish(wish), contact)


async def send_again(call: Call) -> Response:
    """`POST /oubli/renvoi`: « Je n'ai rien reçu »."""
    before = await _known(call)
    if before is None:
        return await over(call)
    return await _ask(call, before.wish, (before.channel, recovery.contact_of(call.provider, before)))


async def sent(call: Call) -> Response:
    """`GET /oubli/envoye`: what to do now."""
    known = await _known(call)
    return await _sent_page(call, known, EMPTY) if known else await over(call)


async def try_code(call: Call) -> Response:
    """`POST /oubli/code`: the code received by SMS."""
    known = await _known(call)
    if known is None:
        return await over(call)
    code = "".join(ascii_digits(call.form.text("code")).split())
    if not code:
        return await _sent_page(call, known, again(call.form, {"code": text("Recopiez le code reçu par SMS.")}), 422)
    provider = call.provider
    tried = await provider.database.transaction(recovery.try_code, provider, known.id, call.browser, code, call.now)
    if tried.outcome is Try.RIGHT:
        page = "/oubli/nouveau" if known.wish is Wish.PASSWORD else "/oubli/identifiant"
        life = provider.settings.lifetimes.activation_code
        return carrying(call, redirect(address(call, page)), tried.secret, life)
    return await _sent_page(call, known, again(call.form, {"code": _why(tried)}), 422)


def _why(tried: Tried) -> Text:
    if tried.outcome is Try.OVER:
        return CODE_DEAD
    return text("Ce code n'est pas le bon. Essais restants : {left}.", left=tried.left)


async def over(call: Call) -> Response:
    """What was followed proves nothing any more: say so, and offer to ask again at once."""
    return render(call, ForgottenPage(notice=CHANGED), frame=await surroundings(call), status=410)


async def surroundings(call: Call) -> Frame:
    """The journey the visitor was in, when it is still alive in this browser; a recovery needs none."""
    if "i" not in call.sent:
        return ALONE
    try:
        return await interactions.frame(call, await interactions.load(call))
    except Expired:
        return ALONE


def address(call: Call, path: str, **more: str) -> str:
    """A page of the same journey."""
    journey = call.sent.get("i")
    query = urlencode({**more, **({"i": journey} if journey else {})})
    return f"{path}?{query}" if query else path


def carrying(call: Call, response: Response, secret: str, life: int) -> Response:
    """Let the browser hold what proves the request, for `life` seconds, out of any address."""
    cookies.put(response, call.provider.settings, cookies.RECOVERY, secret, max_age=life)
    return response


def _contact(call: Call, typed: str) -> tuple[Channel, str] | Text:
    if not typed:
        return text("Indiquez votre adresse électronique ou votre numéro de mobile.")
    if "@" in typed:
        mailbox = contacts.email(typed)
        return mailbox if isinstance(mailbox, Text) else (Channel.EMAIL, mailbox)
    number = phones.mobile_phone(typed, "FR")
    if isinstance(number, Text):
        return number
    if phones.region_of(number) not in call.provider.settings.signup.sms_countries:
        return _ABROAD
    return Channel.SMS, number


async def _ask(call: Call, wish: Wish, contact: tuple[Channel, str]) -> Response:
    channel, written = contact
    asked = Asked(wish, channel, written, digest(call.browser), call.locale, call.form.get("i"))
    provider = call.provider
    asking = (provider, asked, throttle_key(call.address), call.now)
    recovery_id = await provider.database.transaction(recovery.ask, *asking)
    return redirect(address(call, "/oubli/envoye", r=recovery_id))


async def _known(call: Call) -> Recovery | None:
    """The request that this browser made and the page is about."""
    return await call.provider.database.read(store.find, call.sent.get("r") or "", digest(call.browser), call.now)


async def _sent_page(call: Call, known: Recovery, form: Form, status: int = 200) -> Response:
    by_sms = known.channel is Channel.SMS
    page = SentPage(
        recovery_id=known.id,
        contact=recovery.contact_of(call.provider, known),
        by_sms=by_sms,
        minutes=(known.expires_at - known.created_at) // 60,
        form=form,
    )
    return render(call, page, frame=await surroundings(call), status=status)
