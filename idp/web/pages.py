"""Pages: a frozen value and its template, shown in the visitor's language."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from idp.foundation.texts import Catalogue, Text
from idp.web import csrf
from idp.web.assets import Assets
from idp.web.headers import PRIVATE, page_headers
from idp.web.legal import accessibility_mention
from idp.web.typography import typeset

if TYPE_CHECKING:
    from idp.web.endpoint import Call

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Page:
    """What a template shows. Its fields are the template's variables."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True)
class ClientView:
    """The application a visitor comes from, as pages name it.

    `unverified_host`: where it leads, for one that registered itself and that no operator vouches for.
    """

    name: str
    logo_url: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    uri: str | None = None
    unverified_host: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds a page: the journey it belongs to, the application that waits, who is signed in."""

    interaction_id: str | None = None
    client: ClientView | None = None
    visitor: str | None = None
    form_action: tuple[str, ...] = ()


ALONE = Frame()


def render(
    call: "Call",
    page: Page,
    *,
    frame: Frame | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    frames: Iterable[str] = (),
) -> Response:
    """The page in the visitor's language, with the headers it needs."""
    frame = frame or ALONE
    provider = call.provider
    values: dict[str, object] = {each.name: getattr(page, each.name) for each in fields(page)}
    values.update(
        _shared(provider.catalogue, call.locale),
        locale=call.locale,
        locale_url=_locale_url(call, frame.interaction_id),
        brand=provider.settings.brand,
        issuer=provider.settings.issuer,
        csrf_token=csrf.token(provider.pepper, call.browser),
        interaction_id=frame.interaction_id,
        client=frame.client,
        visitor=frame.visitor,
        accessibility_mention=provider.catalogue.translate(accessibility_mention(provider.settings.brand), call.locale),
    )
    body = environment().get_template(page.template).render(values)
    return HTMLResponse(body, status, {**page_headers(form_action=frame.form_action, frames=frames), **(headers or {})})


def redirect(url: str) -> Response:
    """Send the browser on with a GET, whatever brought it here (RFC 9110 section 15.4.4)."""
    return RedirectResponse(url, 303, headers=PRIVATE)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates. Everything is escaped; a variable that does not exist is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = Assets().url
    return made


@lru_cache(maxsize=8)
def _shared(catalogue: Catalogue, locale: str) -> Mapping[str, Callable[..., str]]:
    def translate(message: Text | str, /, **params: object) -> str:
        sentence = catalogue.translate(message if isinstance(message, Text) else Text(message, params), locale)
        return typeset(sentence, locale)

    def translate_number(one: str, many: str, n: int, /, **params: object) -> str:
        return typeset(catalogue.in_language(locale).ngettext(one, many, n).format(n=n, **params), locale)

    return {"_": translate, "ngettext": translate_number}


def _locale_url(call: "Call", interaction_id: str | None) -> Callable[[str], str]:
    kept = {name: value for name, value in call.query.values().items() if name != "ui_locales"}
    if call.method != "GET":
        kept = {"i": interaction_id} if interaction_id else {}

    def url(code: str) -> str:
        # relative to the address shown: a path that begins with two slashes would lead to another site
        return f"?{urlencode({**kept, 'ui_locales': code})}"

    return url
