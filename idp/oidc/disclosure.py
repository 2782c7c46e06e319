"""What a person is told, before they decide, of what an application would obtain beside the usual information."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from clients.client import Client
from idp.foundation.texts import Text, text
from idp.interactions.request import AuthorizationRequest
from idp.oidc import resources
from idp.oidc.scopes import SCOPES, claims_of
from idp.oidc.verified_claims import Verified, answers, held_of
from idp.oidc.verified_claims_request import MEMBER
from idp.people.person import Person
from idp.web.endpoint import Call
from idp.web.moments import day

FACTS: Mapping[str, Text] = {
    "given_name": text("prénoms"),
    "family_name": text("nom de naissance"),
    "gender": text("sexe"),
    "birthdate": text("date de naissance"),
    "birthplace": text("commune de naissance"),
    "birthcountry": text("pays de naissance"),
}
LEVELS: Mapping[str, Text] = {
    "low": text("eIDAS faible"),
    "substantial": text("eIDAS substantiel"),
    "high": text("eIDAS élevé"),
}


@dataclass(frozen=True, slots=True)
class InterfaceView:
    """An interface of the authority that the application would reach on the person's behalf, and for what."""

    name: str
    scopes: str


@dataclass(frozen=True, slots=True)
class AssuranceView:
    """What a provider has verified, as the application would learn: which facts, at which level, on which day."""

    provider: str
    facts: tuple[str, ...]
    level: str
    since: str


def interfaces(connection: Connection, asked: Iterable[str], named: Iterable[str]) -> tuple[InterfaceView, ...]:
    """The interfaces whose scopes are asked, among those `named`, or all when none is."""
    scopes = frozenset(asked).difference(SCOPES, [MEMBER])
    if not scopes:
        return ()
    wanted = frozenset(named)
    return tuple(
        InterfaceView(each.name, ", ".join(scope for scope in each.scope if scope in scopes))
        for each in resources.list_all(connection)
        if not scopes.isdisjoint(each.scope) and (not wanted or each.identifier in wanted)
    )


def assurances(
    connection: Connection, call: Call, client: Client, request: AuthorizationRequest, person: Person
) -> tuple[AssuranceView, ...] | None:
    """What the application would be told is verified, by whom; None when it does not ask."""
    if MEMBER not in request.asks:
        return None
    held, allowed = held_of(connection, call.provider.settings, person), claims_of(client.scope.split())
    told = [found for place in request.claims.values() for found in answers(place.get(MEMBER), held, allowed, call.now)]
    views = (
        _view(call, each, {name for found in told if found.source is each for name in found.claims}) for each in held
    )
    return tuple(view for view in views if view.facts)


def _view(call: Call, source: Verified, told: set[str]) -> AssuranceView:
    facts = tuple(call.say(text) for name, text in FACTS.items() if name in told)
    since = day(source.attested.attested_at, call.locale)
    return AssuranceView(source.voucher, facts, call.say(LEVELS[source.attested.assurance_level]), since)
