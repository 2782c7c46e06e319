"""What the form asks while it is being filled in. The answers help; the form itself is judged when it is sent.

That an identifier is taken says that somebody has an account, so this is answered only within a started sign-up, a
limited number of times, and never for an e-mail address or a number. Nothing of what is asked here is logged.
"""

from starlette.responses import JSONResponse, Response

from idp.foundation.errors import BadRequest, TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.texts import Text, text
from idp.interactions.pages import load
from idp.people import availability, passwords
from idp.people.identifiers import identifier, propose
from idp.people.passwords import Level
from idp.signup.filling import filled_in
from idp.signup.registration import personal_words
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call
from idp.web.headers import PRIVATE

IDENTIFIERS_BY_JOURNEY = Limit("identifiers asked in a journey", allowed=60, per_seconds=600)
IDENTIFIERS_BY_ADDRESS = Limit("identifiers asked from an address", allowed=600, per_seconds=3600)
PASSWORDS_BY_BROWSER = Limit("passwords weighed in a browser", allowed=200, per_seconds=600)
PASSWORDS_BY_ADDRESS = Limit("passwords weighed from an address", allowed=3_000, per_seconds=3600)

_BARS = {Level.WEAK: 1, Level.MODERATE: 2, Level.STRONG: 3}


async def weigh_identifier(call: Call) -> Response:
    """`POST /inscription/identifiant`: propose an identifier for a name, or say whether one is free."""
    if not call.form.get("i"):
        raise BadRequest("no_journey", text("Commencez d'abord la création de votre compte."))
    interaction = await load(call)
    await _take(call, (IDENTIFIERS_BY_JOURNEY, interaction.id), (IDENTIFIERS_BY_ADDRESS, throttle_key(call.address)))
    filled = filled_in(call)
    typed = filled.get("identifier")
    if not typed:
        return await _proposal(
            call, filled.get("given_names"), filled.get("preferred_name") or filled.get("birth_name")
        )
    accepted = identifier(typed)
    if isinstance(accepted, Text):
        return _said(call, typed, accepted)
    return _said(call, typed, await call.provider.database.read(availability.refusal, accepted))


async def weigh_password(call: Call) -> Response:
    """`POST /inscription/mot-de-passe`: the level of a password and the rules it meets."""
    await _take(call, (PASSWORDS_BY_BROWSER, call.browser), (PASSWORDS_BY_ADDRESS, throttle_key(call.address)))
    settings = call.provider.settings
    words = personal_words(filled_in(call), settings.brand.name)
    judged = passwords.assess(call.form.get("password") or "", words, minimum_length=settings.signup.password_length)
    advice = judged.refusal if judged.refusal not in (None, passwords.RULES) else None
    document = {
        "level": _BARS[judged.level],
        "rules": {
            "level": judged.accepted,
            "length": judged.length,
            "upper": judged.upper,
            "digit": judged.digit,
        },
        "message": call.say(advice) if advice else "",
    }
    return JSONResponse(document, headers=PRIVATE)


async def _proposal(call: Call, given_names: str, surname: str) -> Response:
    wished = propose(given_names, surname, call.provider.randomness) if given_names and surname else ""
    nearest = await call.provider.database.read(availability.nearest, wished) if wished else ""
    return _said(call, nearest, None)


def _said(call: Call, name: str, refusal: Text | None) -> Response:
    message = refusal or text("Identifiant disponible")
    document = {
        "identifier": name,
        "available": bool(name) and refusal is None,
        "message": call.say(message) if name else "",
    }
    return JSONResponse(document, headers=PRIVATE)


async def _take(call: Call, *uses: tuple[Limit, str]) -> None:
    """Count a question against each of its limits. Raises `TooManyAttempts`."""
    for limit, about in uses:
        key = call.provider.pepper.digest(limit.name, about)
        if wait := await call.provider.database.transaction(take, limit, key, call.now):
            raise TooManyAttempts(
                "too_many_questions", text("Vérification impossible pour le moment."), retry_after=wait
            )
