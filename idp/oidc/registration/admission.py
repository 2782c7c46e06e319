"""How often one address may register an application or change one: rows, and calls to others, cost us something."""

from sqlalchemy import Connection

from idp.foundation.errors import TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.texts import text
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call

HOUR = 3_600


def count(connection: Connection, call: Call) -> None:
    """Count a request, whatever becomes of it. Raises `TooManyAttempts`."""
    limit = Limit("registrations", call.provider.settings.registration.per_hour, HOUR)
    key = call.provider.pepper.digest("registration", throttle_key(call.address))
    if wait := take(connection, limit, key, call.now):
        raise TooManyAttempts("too_many_attempts", text("Trop d'essais. Réessayez plus tard."), retry_after=wait)
