"""A request posted from another site, sent again as a GET: our cookies come with the second alone (SameSite=Lax)."""

from collections.abc import Iterable
from urllib.parse import urlencode

from starlette.responses import Response

from idp.foundation.errors import TooLong
from idp.foundation.texts import text
from idp.web.endpoint import LONGEST_QUERY
from idp.web.pages import redirect


def as_get(path: str, sent: Iterable[tuple[str, str]]) -> Response:
    """The browser asks the same at `path`. Raises `TooLong` for what would not be read there."""
    query = urlencode(list(sent))
    if len(query) > LONGEST_QUERY:
        raise TooLong("query_too_long", text("L'adresse est trop longue."))
    return redirect(f"{path}?{query}")
