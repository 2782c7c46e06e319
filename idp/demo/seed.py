"""The rows of the demonstration: its applications and its people, written anew where they are missing."""

from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import Connection

from clients import registry
from idp.demo.setting import PASSWORD, PLAYERS, PROCEDURES, Player, client_of
from idp.foundation.provider import Provider
from idp.people import organisations, roles, standing
from idp.people import store as people
from idp.people.store import IdentifierTaken, NewPerson


async def seed(provider: Provider) -> None:
    """Register the two e-démarches, anew if they changed, and open the accounts, unless an earlier run did."""
    hashed = await provider.hasher.hash(PASSWORD)
    await provider.database.transaction(_register, provider)
    for player in PLAYERS:
        with suppress(IdentifierTaken):
            await provider.database.transaction(_open_account, provider, player, hashed)


def _register(connection: Connection, provider: Provider) -> None:
    now, random_bytes = provider.clock.now(), provider.randomness.token_bytes
    for procedure in PROCEDURES:
        wanted, found = client_of(procedure), registry.find(connection, procedure.client_id)
        if found is None:
            secret = procedure.client_secret
            registry.register(connection, wanted, now=now, random_bytes=random_bytes, secret=secret)
        elif found.to_document() != wanted.to_document():
            registry.amend(connection, wanted, now=now, random_bytes=random_bytes)


def _open_account(connection: Connection, provider: Provider, player: Player, hashed: str) -> None:
    now = provider.clock.now()
    new = NewPerson(
        profile=player.profile,
        answers=_answers(player),
        locale="fr",
        identifier=player.identifier,
        password_hash=hashed,
    )
    person_id = people.create(connection, new, provider.randomness, now)
    standing.activate(connection, person_id, now)
    people.verify_email(connection, person_id, player.email, now)
    people.verify_mobile(connection, person_id, player.mobile, now)
    if player.organisation:
        answers = dict(player.organisation)
        organisations.declare(connection, person_id, player.profile, answers, provider.randomness, now)
    if player.is_administrator:
        roles.grant(connection, person_id, roles.Role.ADMINISTRATOR, now)


def _answers(player: Player) -> Mapping[str, str]:
    answers = {
        "given_names": player.given_names,
        "birth_name": player.birth_name,
        "email": player.email,
        "mobile": player.mobile,
    }
    return answers | ({"birthdate": player.birthdate} if player.birthdate else {})
