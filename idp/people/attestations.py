"""What identity providers vouched for, when and at which level, apart from what people only declared.

FranceConnect alone checks a civil status before it passes it on. Each return from it replaces what it had said at the
same level; nothing else writes here, so that a value which was edited or typed is never taken for a verified one: it
counts as verified while the account still holds the very value that was vouched for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Executable, Table, bindparam, select

from idp.foundation.database import Insert, PerDialect
from idp.foundation.settings import Settings, Upstream
from idp.people import civil_status
from idp.people.person import Person
from idp.people.tables import attestations, identities

TRUST_FRAMEWORK = "eidas"
"""The rules that the levels of FranceConnect are defined by: Regulation (EU) 910/2014."""
LEVELS = ("low", "substantial", "high")
"""Its levels of assurance (article 8), lowest first."""
EIDAS = ("eidas1", "eidas2", "eidas3")
"""How FranceConnect names them, lowest first; it serves the first, FranceConnect+ the others."""

_LEVEL_OF = dict(zip(EIDAS, LEVELS, strict=True))


class Statement(Protocol):
    """What a provider says of someone: an identity attested just now, or one kept in a journey."""

    @property
    def provider(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def acr(self) -> str: ...
    @property
    def claims(self) -> Mapping[str, object]: ...
    @property
    def at(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Attested:
    """What a provider vouched for, by field of an account. `attested_at` in seconds UTC."""

    provider: str
    trust_framework: str
    assurance_level: str
    claims: Mapping[str, str]
    attested_at: int

    def still_holds(self, person: Person) -> dict[str, str]:
        """What of it the account still says, by claim."""
        return {
            civil_status.CLAIMS[field]: value
            for field, value in self.claims.items()
            if field in civil_status.CLAIMS and getattr(person, field) == value
        }


_OF = (
    select(identities.c.provider, *attestations.c)
    .join(identities, identities.c.id == attestations.c.identity_id)
    .where(identities.c.person_id == bindparam("person"))
)


def _insert(insert: Callable[[Table], Insert]) -> Executable:
    columns = attestations.c
    said = select(
        identities.c.id,
        bindparam("framework", type_=columns.trust_framework.type),
        bindparam("level", type_=columns.assurance_level.type),
        bindparam("said", type_=columns.claims.type),
        bindparam("at", type_=columns.attested_at.type),
    ).where(identities.c.issuer == bindparam("issuer_is"), identities.c.subject == bindparam("subject_is"))
    row = insert(attestations).from_select([column.name for column in columns], said)
    return row.on_conflict_do_update(
        index_elements=list(attestations.primary_key),
        set_={"claims": row.excluded.claims, "attested_at": row.excluded.attested_at},
    )


_RECORD = PerDialect(_insert)


def vouches(upstream: Upstream) -> bool:
    """Whether an upstream of the settings checks the civil status of those it sends."""
    return upstream.kind == "franceconnect"


def record(connection: Connection, settings: Settings, said: Statement) -> None:
    """Keep what was vouched for, by an account elsewhere that is linked here; nothing at a level unknown to us."""
    upstream = next((each for each in settings.upstreams if each.name == said.provider), None)
    level, claims = _LEVEL_OF.get(said.acr), civil_status.vouched(said.claims)
    if upstream is None or not vouches(upstream) or level is None or not claims:
        return
    values = {
        "issuer_is": said.issuer,
        "subject_is": said.subject,
        "framework": TRUST_FRAMEWORK,
        "level": level,
        "said": claims,
        "at": said.at,
    }
    connection.execute(_RECORD.on(connection), values)


def kept_of(connection: Connection, person_id: str) -> tuple[Attested, ...]:
    """All that is kept of a person, the highest level and the latest first."""
    rows = connection.execute(_OF, {"person": person_id}).mappings()
    kept = (Attested(**{name: row[name] for name in Attested.__slots__}) for row in rows)
    return tuple(sorted(kept, key=_rank, reverse=True))


def of(connection: Connection, settings: Settings, person_id: str) -> tuple[Attested, ...]:
    """What of it counts: said by an upstream that is still in the settings."""
    trusted = {each.name for each in settings.upstreams if vouches(each)}
    return tuple(each for each in kept_of(connection, person_id) if each.provider in trusted)


def _rank(attested: Attested) -> tuple[int, int]:
    return LEVELS.index(attested.assurance_level), attested.attested_at
