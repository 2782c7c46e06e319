"""Whether an identifier is free, and which one to take otherwise."""

from sqlalchemy import Connection

from idp.foundation.texts import Text, text
from idp.people import store

TAKEN = text("Cet identifiant est déjà pris. Choisissez-en un autre.")


def refusal(connection: Connection, identifier: str) -> Text | None:
    """What to say of an identifier that somebody has, with free ones close to it; None when it is free."""
    if store.is_free(connection, identifier):
        return None
    alternatives = store.free_alternatives(connection, identifier)
    if not alternatives:
        return TAKEN
    return text("Cet identifiant est déjà pris. Essayez : {alternatives}.", alternatives=", ".join(alternatives))


def nearest(connection: Connection, wished: str) -> str:
    """The identifier itself, or the first free one close to it; empty when there is none."""
    if store.is_free(connection, wished):
        return wished
    return next(iter(store.free_alternatives(connection, wished)), "")
