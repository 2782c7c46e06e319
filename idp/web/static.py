"""Static files. Their addresses carry a digest of their content, so browsers keep them for good."""

import os

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from idp.web.headers import ALWAYS, PRIVATE

_KEEP = "public, max-age=31536000, immutable"


class StaticFolder(StaticFiles):
    """A folder of files, with our headers."""

    def __init__(self, folder: os.PathLike[str]) -> None:
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as refusal:
            return Response(status_code=refusal.status_code, headers={**PRIVATE, **(refusal.headers or {})})

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update({**ALWAYS, "Cache-Control": _KEEP})
        return response
