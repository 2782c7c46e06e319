"""How much one address may begin before anybody has signed in there: what leaves a row behind it is counted first.

A town hall, a school or a mobile operator is one address for everybody in it, so that the limit is far above what
people do, and its refusal short. An authorization request that is answered at once leaves no such row and is not
counted.
"""

from enum import StrEnum

from sqlalchemy import Connection

from idp.foundation.errors import TooManyAttempts
from idp.foundation.limits import Limit, take
from idp.foundation.texts import text
from idp.web.addresses import throttle_key
from idp.web.endpoint import Call

WINDOW_SECONDS = 600


class Arrival(StrEnum):
    """What is begun, each counted apart."""

    JOURNEY = "journeys by address"
    PUSHED_REQUEST = "pushed requests by address"
    DEVICE = "devices by address"


def count(connection: Connection, call: Call, arrival: Arrival) -> None:
    """Count one more from the caller's address. Raises `TooManyAttempts`, told as a page or as JSON."""
    limit = Limit(arrival.value, call.provider.settings.signin.journeys_per_address, WINDOW_SECONDS)
    key = call.provider.pepper.digest("address", throttle_key(call.address))
    if wait := take(connection, limit, key, call.now):
        raise TooManyAttempts(
            "too_many_arrivals",
            text(
                "Trop de connexions viennent d'être commencées depuis votre réseau. Réessayez dans {minutes} minutes.",
                minutes=-(-wait // 60),
            ),
            retry_after=wait,
            cause=f"limit of {arrival}",
        )
