"""What belongs to the whole site: the authority's colours and logo, the root, health."""

import mimetypes
from pathlib import Path

from sqlalchemy import Connection, literal, select
from starlette.responses import FileResponse, JSONResponse, Response

from idp.foundation.errors import NotFound
from idp.web.colours import stylesheet
from idp.web.endpoint import Call
from idp.web.headers import ALWAYS, PRIVATE
from idp.web.pages import redirect

_FOR_AN_HOUR = {**ALWAYS, "Cache-Control": "public, max-age=3600"}
_ALIVE = select(literal(1))


async def home(call: Call) -> Response:
    """`GET /`: there is nothing to see but one's own account."""
    return redirect("/mon-compte")


async def theme(call: Call) -> Response:
    """`GET /theme.css`: the authority's colours, as variables."""
    brand = call.provider.settings.brand
    return Response(stylesheet(brand.colour, brand.accent), media_type="text/css", headers=_FOR_AN_HOUR)


async def logo(call: Call) -> Response:
    """`GET /logo`: the authority's logo, a file of its own named by the settings."""
    name = call.provider.settings.brand.logo_file
    kind = mimetypes.guess_type(name)[0] or ""
    if not kind.startswith("image/"):
        raise NotFound()
    return FileResponse(
        Path(name),
        media_type=kind,
        headers={**_FOR_AN_HOUR, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


async def live(call: Call) -> Response:
    """`GET /health/live`: the process answers."""
    return JSONResponse({"status": "alive"}, headers=PRIVATE)


async def ready(call: Call) -> Response:
    """`GET /health/ready`: the database answers and the keys are there."""
    await call.provider.database.read(_answers)
    call.provider.keys_in_use()
    return JSONResponse({"status": "ready"}, headers=PRIVATE)


def _answers(connection: Connection) -> None:
    connection.execute(_ALIVE)
