"""What opens an account: its password, and the accounts elsewhere that are linked to it. One always remains."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from idp.account.acts import Author
from idp.foundation.audit import Event
from idp.foundation.errors import Forbidden, NotFound
from idp.foundation.provider import Provider
from idp.foundation.settings import Upstream
from idp.foundation.texts import text
from idp.interactions.upstreams import name_of
from idp.messages import notices
from idp.people import identity
from idp.people import store as people
from idp.people.identity import Link
from idp.people.person import Person
from idp.sessions import store as sessions


def removable(
    person: Person, links: Collection[Link], upstreams: Iterable[Upstream], *, signs_in_by_email: bool
) -> frozenset[str]:
    """The ids of the links without which the person can still come in. Pure.

    A password opens nothing without a name to give beside it; nor does a link to a provider that is not there any more.
    """
    if person.password_hash is not None and (person.identifier or signs_in_by_email):
        return frozenset(link.id for link in links)
    present = {each.name for each in upstreams}
    ways = {link.id for link in links if link.provider in present}
    return frozenset(link.id for link in links if ways - {link.id})


def unlink(connection: Connection, author: Author, provider: Provider, link_id: str) -> None:
    """Untie an account elsewhere, and sign out the other browsers that came in by it.

    Refused while it is the only way in; raises `NotFound` for another's.
    """
    person = people.find_and_hold(connection, author.person.id)
    links = identity.links_of(connection, author.person.id)
    gone = next((link for link in links if link.id == link_id), None)
    if person is None or gone is None:
        raise NotFound("link_not_found", text("Ce compte n'est plus relié."))
    by_email = people.signs_in_by_email(connection, person.id)
    if link_id not in removable(person, links, provider.settings.upstreams, signs_in_by_email=by_email):
        raise Forbidden("only_way_in", text("Ajoutez d'abord un mot de passe : c'est votre seul moyen de connexion."))
    identity.unlink(connection, person.id, link_id)
    for session in sessions.list_for(connection, person.id, author.now):
        came_by_it = session.upstream == gone.provider and not session.proved_here
        if came_by_it and session.id != author.session_id:
            sessions.end(connection, session.id, author.now)
    author.note(connection, Event.IDENTITY_UNLINKED, link=link_id, upstream=gone.provider)
    name = name_of(provider.settings, gone.provider)
    notices.way_in_changed(connection, provider, person, name, author.now, added=False)
