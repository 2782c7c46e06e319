"""What an account may do: wait, act, be locked, be forgotten. Each change is guarded by the state it starts from."""

from typing import Any

from sqlalchemy import Connection, bindparam, delete, update

from idp.foundation.purging import older, purge
from idp.people.person import State
from idp.people.tables import email_aliases, identities, organisations, people, roles

_ONE = people.c.id == bindparam("person")
_ACTIVATE = (
    update(people)
    .where(_ONE, people.c.state == State.PENDING.value)
    .values(state=State.ACTIVE.value, activated_at=bindparam("now"))
    .returning(people.c.id)
)
_SET_STATE = (
    update(people)
    .where(_ONE, people.c.state == bindparam("from_state"))
    .values(state=bindparam("to_state"), locked_at=bindparam("when_locked"))
    .returning(people.c.id)
)
_CUT_OFF = update(people).where(_ONE).values(cutoff_at=bindparam("now"))
_CUT_EVERYBODY_OFF = update(people).values(cutoff_at=bindparam("now"))
_FORGET_PENDING = older(people, people.c.created_at, people.c.state == State.PENDING.value)


def activate(connection: Connection, person_id: str, now: int) -> bool:
    """Let a waiting account sign in; False when it was not waiting."""
    return connection.execute(_ACTIVATE, {"person": person_id, "now": now}).first() is not None


def cut_off(connection: Connection, person_id: str, now: int) -> None:
    """Sessions, tokens and grants from before are dead."""
    connection.execute(_CUT_OFF, {"person": person_id, "now": now})


def cut_everybody_off(connection: Connection, now: int) -> int:
    """The same for every account (seconds UTC); how many there are."""
    return connection.execute(_CUT_EVERYBODY_OFF, {"now": now}).rowcount


def lock(connection: Connection, person_id: str, now: int) -> bool:
    """Keep an active account from signing in, and end what it had open; False when it was not active."""
    cut_off(connection, person_id, now)
    states = {"from_state": State.ACTIVE.value, "to_state": State.LOCKED.value, "when_locked": now}
    return connection.execute(_SET_STATE, {"person": person_id, **states}).first() is not None


def unlock(connection: Connection, person_id: str) -> bool:
    """Let a locked account sign in again; False when it was not locked."""
    states = {"from_state": State.LOCKED.value, "to_state": State.ACTIVE.value, "when_locked": None}
    return connection.execute(_SET_STATE, {"person": person_id, **states}).first() is not None


def erase(connection: Connection, person_id: str, now: int) -> None:
    """Forget everything but that the account was (its id keeps the audit trail readable, and is never given again).

    What was agreed to stays, as proof (RGPD article 7.1), until the retention of proofs ends.
    """
    kept = {"id", "profile", "locale", "created_at", "activated_at"}
    emptied: dict[str, Any] = {column.name: None for column in people.c if column.name not in kept}
    erased = emptied | {
        "state": State.ERASED.value,
        "given_names": "",
        "birth_name": "",
        "updated_at": now,
        "erased_at": now,
        "cutoff_at": now,
    }
    connection.execute(update(people).where(people.c.id == person_id).values(erased))
    for belongings in (email_aliases, organisations, identities, roles):
        connection.execute(delete(belongings).where(belongings.c.person_id == person_id))


def forget_pending(connection: Connection, before: int) -> int:
    """Delete a batch of accounts created at that time (seconds UTC) or earlier and never activated; how many."""
    return purge(connection, _FORGET_PENDING, before)
