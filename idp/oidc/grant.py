"""What a person authorized an application to do: the grant that its code and all its tokens come of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import RowMapping


@dataclass(frozen=True, slots=True)
class Grant:
    """One authorization of one person, named `subject`, for one application. Times in seconds UTC."""

    id: str
    client_id: str
    person_id: str
    subject: str
    session_id: str | None
    scope: tuple[str, ...]
    claims: Mapping[str, Any]
    nonce: str | None
    acr: str
    methods: tuple[str, ...]
    authenticated_at: int
    offline: bool
    redirect_uri: str
    code_challenge: str | None
    resources: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        values = {name: row[name] for name in cls.__slots__}
        values.update(
            scope=tuple(row["scope"].split()),
            methods=tuple(row["methods"].split()),
            claims=row["claims"] or {},
            resources=words(row["resources"]),
        )
        return cls(**values)


def words(joined: str | None) -> tuple[str, ...]:
    """The names that a column holds with spaces between."""
    return tuple((joined or "").split())
