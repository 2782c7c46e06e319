"""Sample values of every page: one of each as bare as its types allow, one with everything there is.

They are made from the annotations of the page, so that a page added tomorrow is in the gallery at once; what a type
cannot tell (which names a template knows) is said in `SPOKEN`.
"""

import dataclasses
import importlib
import pkgutil
import sys
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, cast

import idp
from idp.foundation.texts import Text, text
from idp.web.forms import Form
from idp.web.pages import Page

AN_INSTANT = 1_795_500_000
"""24 November 2026, in seconds UTC."""

SPOKEN: Mapping[tuple[str, str], object] = {
    ("ConsentPage", "scopes"): ("openid", "profile", "email", "organization", "unheard_of"),
    ("ErrorPage", "status"): 410,
    ("FramedService", "address"): "https://famille.test/oubli",
    ("TermsRenewalPage", "asked"): ("accept_terms", "accept_privacy"),
    ("SignOutPage", "action"): "/deconnexion",
    ("UpstreamView", "kind"): "franceconnect",
}
"""Values by (class, field) where the annotation is wider than what the page is given."""


def every_page() -> list[type[Page]]:
    """Every kind of page of the provider, wherever it is declared."""
    for module in pkgutil.walk_packages(idp.__path__, "idp."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted(_descendants(Page), key=lambda page: (page.__module__, page.__name__))


def _descendants(page: type[Page]) -> Iterator[type[Page]]:
    for child in page.__subclasses__():
        declared = getattr(sys.modules[child.__module__], child.__name__, None)
        if declared is child:  # a dataclass with slots leaves behind the class it was made from
            yield child
        yield from _descendants(child)


def bare(page: type[Page]) -> Page:
    """The page when there is nothing to say: no option, no item, an empty form."""
    return cast(Page, _Maker(full=False).instance(page))


def full(page: type[Page]) -> Page:
    """The page when everything is there: each option, two items of each kind."""
    return cast(Page, _Maker(full=True).instance(page))


def refused(page: type[Page]) -> Page | None:
    """The page with its form refused, or None when it has no form."""
    made = full(page)
    changes = {
        each.name: Form({}, {"form": text("La demande n'a pas abouti.")})
        for each in dataclasses.fields(page)
        if isinstance(getattr(made, each.name), Form)
    }
    return dataclasses.replace(made, **changes) if changes else None


def crammed(page: type[Page], word: str) -> Page:
    """The full page, where every name, address and sentence that others wrote is one word."""
    return cast(Page, _Maker(full=True, word=word).instance(page))


class _Maker:
    """Makes values from annotations. `word`: what each text is, instead of an example of its own."""

    def __init__(self, *, full: bool, word: str = "") -> None:
        self._full = full
        self._word = word
        self._made = 0

    def instance(self, kind: Any) -> Any:
        """A value of a dataclass, each field made from its annotation."""
        hints = typing.get_type_hints(kind)
        values = {
            each.name: SPOKEN.get((kind.__name__, each.name)) or self.value(hints[each.name], each.name)
            for each in dataclasses.fields(kind)
            if each.init
        }
        return kind(**values)

    def value(self, hint: Any, name: str) -> Any:
        """A value of any annotation that pages use."""
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            return self._option(arguments, name)
        if origin is typing.Literal:
            return arguments[-1 if self._full else 0]
        if origin is not None:
            return self._collection(origin, arguments, name)
        return self._plain(hint, name)

    def _option(self, choices: Sequence[Any], name: str) -> Any:
        if type(None) in choices and not self._full:
            return None
        return self.value(next(choice for choice in choices if choice is not type(None)), name)

    def _collection(self, origin: Any, arguments: Sequence[Any], name: str) -> Any:
        if origin is tuple and arguments[-1] is not Ellipsis:
            return tuple(self.value(each, name) for each in arguments)
        count = 2 if self._full else 0
        if issubclass(origin, Mapping):
            return {self.value(arguments[0], name): self.value(arguments[1], name) for _ in range(count)}
        items = [self.value(arguments[0], name) for _ in range(count)]
        return items if origin is list else origin(items) if origin in (tuple, frozenset, set) else tuple(items)

    def _plain(self, hint: Any, name: str) -> Any:
        self._made += 1
        simple: dict[Any, object] = {
            bool: self._full,
            int: AN_INSTANT if name.endswith("_at") else 2 if self._full else 0,
            Text: text("Exemple {n}", n=self._made),
            Form: Form(),
        }
        if hint in simple:
            return simple[hint]
        if isinstance(hint, type) and issubclass(hint, Enum):
            return list(hint)[-1 if self._full else 0]
        if dataclasses.is_dataclass(hint):
            return self.instance(hint)
        return self._word or f"exemple-{name.replace('_', '-')}-{self._made}"
