"""Which identifiers are free, which one to take in place of a taken one, and taking it."""

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from idp.foundation.texts import Text, text
from idp.people.identifiers import alternatives, identifier_key, suggestions
from idp.people.store import IdentifierTaken
from idp.people.tables import people

TAKEN = text("Cet identifiant est déjà pris. Choisissez-en un autre.")

_TAKEN = select(people.c.identifier_key).where(people.c.identifier_key.in_(bindparam("keys", expanding=True)))
_SET = (
    update(people)
    .where(people.c.id == bindparam("person"))
    .values(identifier=bindparam("typed"), identifier_key=bindparam("key"))
)


def is_free(connection: Connection, identifier: str) -> bool:
    """Whether nobody has this identifier now."""
    return connection.execute(_TAKEN, {"keys": [identifier_key(identifier)]}).first() is None


def free_alternatives(connection: Connection, taken: str) -> tuple[str, ...]:
    """Identifiers close to this one that nobody has now."""
    used = connection.execute(_TAKEN, {"keys": list(alternatives(taken))}).scalars()
    return suggestions(taken, used)


def refusal(connection: Connection, identifier: str) -> Text | None:
    """What to say of an identifier that somebody has, with free ones close to it; None when it is free."""
    if is_free(connection, identifier):
        return None
    others = free_alternatives(connection, identifier)
    if not others:
        return TAKEN
    return text("Cet identifiant est déjà pris. Essayez : {alternatives}.", alternatives=", ".join(others))


def nearest(connection: Connection, wished: str) -> str:
    """The identifier itself, or the first free one close to it; empty when there is none."""
    if is_free(connection, wished):
        return wished
    return next(iter(free_alternatives(connection, wished)), "")


def take(connection: Connection, person_id: str, identifier: str) -> None:
    """Give an account its identifier. Raises `IdentifierTaken`; the caller has checked its form."""
    try:
        with connection.begin_nested():
            connection.execute(_SET, {"person": person_id, "typed": identifier, "key": identifier_key(identifier)})
    except IntegrityError:
        raise IdentifierTaken from None
