"""An application that is no more, or no longer the one people knew: everything it was given is taken back."""

from sqlalchemy import Connection

from idp.interactions import store as interactions
from idp.oidc import store


def take_back(connection: Connection, client_id: str, now: int) -> None:
    """End every authorization, token and consent of a client that is removed or became another (seconds UTC).

    An identifier may be registered again, for another application or the same one: it begins with nothing. One that
    was the authority's own has authorizations that nobody consented to, and that no withdrawal of consents would end.
    """
    interactions.withdraw_consents_to(connection, client_id, now)
    store.revoke_client(connection, client_id, now)
