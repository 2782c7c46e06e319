"""The device flow, RFC 8628: a device without a keyboard shows a short code, its owner enters it on another screen.

`POST /device` gives the codes; `/appareil` is where the person enters theirs, signs in and decides. The question is
always asked, whoever the application belongs to: a code may come from somebody else's device (section 5.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, ClassVar

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from clients.client import Client
from clients.policy import DEVICE_GRANT
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import BadRequest, TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.provider import Provider
from idp.foundation.secrets import Kind, digest, issue, new_id
from idp.foundation.texts import text
from idp.interactions import arrivals
from idp.interactions import store as interactions
from idp.interactions.arrivals import Arrival
from idp.interactions.pages import back_to, begin, view_of
from idp.oidc import device_store as store
from idp.oidc.authentication import authenticate, prepare
from idp.oidc.device_store import DeviceRequest
from idp.oidc.disclosure import InterfaceView, interfaces
from idp.oidc.errors import OAuthProblem
from idp.oidc.grants.device_code import INTERVAL
from idp.oidc.scopes import SCOPES
from idp.oidc.targets import Allowed, interface_scopes, requested
from idp.people import store as people
from idp.sessions.browser import current
from idp.sessions.session import Session
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call
from idp.web.forms import EMPTY, Form, again
from idp.web.headers import PRIVATE
from idp.web.pages import ALONE, Frame, Page, redirect, render

PATH = "/appareil"
TRIES = Limit("device codes by address", allowed=20, per_seconds=600)
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Twenty consonants: no word, no digit taken for a letter (section 6.1); eight of them make 34 bits."""
_CODE_LENGTH = 8


@dataclass(frozen=True, slots=True)
class CodePage(Page):
    """Where the code is typed."""

    template: ClassVar[str] = "oidc/device_code.html"
    form: Form = EMPTY


@dataclass(frozen=True, slots=True)
class ConfirmPage(Page):
    """The question: which application, what it will know, and the code to compare with the one on the device."""

    template: ClassVar[str] = "oidc/device_confirm.html"
    request_id: str
    session_id: str
    code: str
    scopes: tuple[str, ...]
    interfaces: tuple[InterfaceView, ...]


@dataclass(frozen=True, slots=True)
class DonePage(Page):
    """What was decided."""

    template: ClassVar[str] = "oidc/device_done.html"
    accepted: bool


def announced(provider: Provider) -> Mapping[str, Any]:
    """The member of the metadata document on the device flow (section 4)."""
    return {"device_authorization_endpoint": f"{provider.settings.issuer}/device"}


async def start(call: Call) -> Response:
    """`POST /device`: the device asks for its codes (sections 3.1 and 3.2)."""
    await prepare(call)
    return JSONResponse(await call.provider.database.transaction(_start, call), headers=PRIVATE)


def _start(connection: Connection, call: Call) -> dict[str, str | int]:
    client = authenticate(connection, call)
    if not client.allows_grant(DEVICE_GRANT):
        raise OAuthProblem("unauthorized_client", "this client is not registered for the device flow")
    if client.public:
        arrivals.count(connection, call, Arrival.DEVICE)
    allowed = client.may_ask(call.form.get("scope") or "")
    known = (name for name in SCOPES if name in allowed and name != "offline_access")
    scope = (*known, *interface_scopes(connection, allowed))
    if not scope:
        raise OAuthProblem("invalid_scope", "no scope that this client may ask")
    provider, life = call.provider, call.provider.settings.lifetimes.device_code
    named = requested(connection, call.form, client, scope, provider.settings.issuer)
    secret, typed = issue(Kind.DEVICE_CODE, provider.randomness), _user_code(provider)
    asked = DeviceRequest(new_id(provider.randomness), client.client_id, Allowed(scope, named), typed)
    store.add(connection, asked, digest(secret), _typed_digest(provider, typed), call.now + life)
    address = f"{provider.settings.issuer}{PATH}"
    shown = f"{typed[:4]}-{typed[4:]}"
    return {
        "device_code": secret,
        "user_code": shown,
        "verification_uri": address,
        "verification_uri_complete": f"{address}?user_code={shown}",
        "expires_in": life,
        "interval": INTERVAL,
    }


def _user_code(provider: Provider) -> str:
    number = int.from_bytes(provider.randomness.token_bytes(16))
    letters = []
    for _ in range(_CODE_LENGTH):
        number, remainder = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[remainder])
    return "".join(letters)


def _typed_digest(provider: Provider, typed: str) -> str:
    return provider.pepper.digest("device user code", typed)


async def show(call: Call) -> Response:
    """`GET /appareil`: the field, filled in when the address carries the code."""
    offered = call.query.text("user_code")
    return render(call, CodePage(Form({"user_code": offered}) if offered else EMPTY), frame=ALONE)


async def enter(call: Call) -> Response:
    """`POST /appareil`: the code is found; the person signs in if need be, then decides."""
    typed = "".join(letter for letter in call.form.text("user_code").upper() if letter.isalnum())
    found = await call.provider.database.transaction(_find_typed, call, typed)
    if found is None:
        wrong = text("Ce code n'est pas le bon, ou n'est plus valable. Vérifiez-le sur votre appareil.")
        return render(call, CodePage(again(call.form, {"user_code": wrong})), frame=ALONE, status=422)
    target = f"{PATH}/accord?d={_named_here(call, found.id)}"
    if await current(call) is not None:
        return redirect(target)
    return back_to(await begin(call, interactions.Start(call.browser, target=target)))


def _named_here(call: Call, request_id: str) -> str:
    """The name of a request in the addresses and forms of the browser where its code was typed, and in no other.

    A link to the question itself would spare its victim the step where the code is read (section 5.4).
    """
    return f"{request_id}.{call.provider.pepper.digest('device request', f'{request_id} {call.browser}')}"


def _find_typed(connection: Connection, call: Call, typed: str) -> DeviceRequest | None:
    key = call.provider.pepper.digest("address", throttle_key(call.address))
    if wait := take(connection, TRIES, key, call.now):
        raise TooManyAttempts("too_many_attempts", text("Trop d'essais. Réessayez plus tard."), retry_after=wait)
    return store.find_typed(connection, _typed_digest(call.provider, typed), call.now)


async def ask(call: Call) -> Response:
    """`GET /appareil/accord?d=`: the question, to a person who is signed in."""
    name = call.query.get("d") or ""
    found, client, session = await _loaded(call, name)
    if session is None:
        return back_to(await begin(call, interactions.Start(call.browser, target=f"{PATH}/accord?d={name}")))
    person = await call.provider.database.read(people.find, session.person_id)
    frame = Frame(client=view_of(client, call.provider.settings.issuer), visitor=person.full_name if person else None)
    code = f"{found.user_code[:4]}-{found.user_code[4:]}"
    scopes = tuple(scope for scope in SCOPES if scope in found.asked.scope)
    reached = await call.provider.database.read(interfaces, found.asked.scope, found.asked.resources)
    return render(call, ConfirmPage(name, session.id, code, scopes, reached), frame=frame)


async def decide(call: Call) -> Response:
    """`POST /appareil/accord`: the person's decision; the device learns of it at its next question."""
    name = call.form.get("d") or ""
    found, client, session = await _loaded(call, name)
    if session is None or call.form.get("session") != session.id:  # who decides is no longer the one signed in here
        return redirect(f"{PATH}/accord?d={name}")
    accepted = {"accept": True, "deny": False}.get(call.form.text("decision"))
    if accepted is None:
        raise BadRequest("decision_missing", text("Choisissez d'accepter ou de refuser."))
    await call.provider.database.transaction(_write, call, found, client, session, accepted)
    return render(call, DonePage(accepted), frame=ALONE)


async def _loaded(call: Call, name: str) -> tuple[DeviceRequest, Client, Session | None]:
    request_id = name.partition(".")[0]
    found, client = await call.provider.database.read(_load, call, request_id)
    if found is None or client is None or not compare_digest(_named_here(call, request_id).encode(), name.encode()):
        raise BadRequest("device_request_expired", text("Ce code n'est plus valable. Recommencez sur votre appareil."))
    session = await current(call)
    held_back = session is not None and session.terms_due  # until the journey has shown them today's terms
    return found, client, None if held_back else session


def _load(connection: Connection, call: Call, request_id: str) -> tuple[DeviceRequest | None, Client | None]:
    found = store.find(connection, request_id, call.now)
    client = call.provider.clients.client(connection, found.client_id, call.now) if found else None
    return found, client if client and not client.suspended else None


def _write(
    connection: Connection, call: Call, found: DeviceRequest, client: Client, session: Session, accepted: bool
) -> None:
    if not store.settle(connection, call.provider, found, client, session if accepted else None, call.now):
        raise BadRequest("device_request_expired", text("Ce code n'est plus valable. Recommencez sur votre appareil."))
    if accepted:  # so that it stands among the person's services, where everything can be taken back
        interactions.give_consent(
            connection, session.person_id, client.client_id, frozenset(found.asked.scope), call.now
        )
    audit.record(
        connection,
        Event.DEVICE_ACCEPTED if accepted else Event.DEVICE_REFUSED,
        at=call.now,
        person_id=session.person_id,
        client_id=client.client_id,
        session_id=session.id,
        address=call.address,
    )
