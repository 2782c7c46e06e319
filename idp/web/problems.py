"""The one function that turns a refusal into an answer, at the address that failed."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from starlette.responses import JSONResponse, Response

from idp.foundation.errors import Problem
from idp.foundation.secrets import new_id
from idp.foundation.texts import Text
from idp.web.headers import PRIVATE
from idp.web.pages import Frame, Page, render

if TYPE_CHECKING:
    from idp.web.endpoint import Call

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorPage(Page):
    """What happened and what to do. `reference` is what a person may quote to the authority's help desk."""

    template: ClassVar[str] = "error.html"
    code: str
    message: Text
    status: int
    reference: str
    way_back: str | None = None


def answer(call: "Call", problem: Problem, *, as_page: bool) -> Response:
    """A page for a visitor, JSON in OAuth's form for a program (RFC 6749 section 5.2)."""
    reference = new_id(call.provider.randomness)[:8]
    log.log(
        problem.log_level,
        "refused %s %s: %s (%s) reference=%s",
        call.method,
        call.path[:200],
        problem.code,
        problem.cause,
        reference,
    )
    if not as_page:
        return JSONResponse(problem.document(), problem.status, headers={**PRIVATE, **problem.headers})
    frame: Frame | None = getattr(problem, "frame", None)
    page = ErrorPage(
        code=problem.code,
        message=problem.message,
        status=problem.status,
        reference=reference,
        way_back=getattr(problem, "way_back", None),
    )
    return render(call, page, frame=frame, status=problem.status, headers=problem.headers)
