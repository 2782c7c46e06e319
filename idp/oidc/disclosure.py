"""What a person is told, before they decide, of what an application would obtain beside the usual information."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from idp.oidc import resources
from idp.oidc.scopes import SCOPES


@dataclass(frozen=True, slots=True)
class InterfaceView:
    """An interface of the authority that the application would reach on the person's behalf, and for what."""

    name: str
    scopes: str


def interfaces(connection: Connection, asked: Iterable[str], named: Iterable[str]) -> tuple[InterfaceView, ...]:
    """The interfaces whose scopes are asked, among those `named`, or all when none is."""
    scopes = frozenset(asked).difference(SCOPES)
    if not scopes:
        return ()
    wanted = frozenset(named)
    return tuple(
        InterfaceView(each.name, ", ".join(scope for scope in each.scope if scope in scopes))
        for each in resources.list_all(connection)
        if not scopes.isdisjoint(each.scope) and (not wanted or each.identifier in wanted)
    )
