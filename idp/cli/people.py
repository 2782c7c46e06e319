"""`idp people`: the accounts, for operators and for programs that prepare them (docs/operators/people.md)."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import click
from sqlalchemy import Connection

from idp.account import erasure
from idp.cli import context
from idp.cli.context import as_json
from idp.cli.person_documents import day, print_person, told
from idp.foundation import audit
from idp.foundation.audit import Event
from idp.foundation.errors import NotFound
from idp.foundation.provider import Provider
from idp.foundation.secrets import Randomness
from idp.foundation.settings import PROFILES
from idp.people import enrolment, passwords, roles, standing, store
from idp.people.enrolment import Enrolment, Refused
from idp.people.person import Person
from idp.people.roles import Role
from idp.people.store import IdentifierTaken
from idp.sessions import closing

Step = Callable[[Connection, Enrolment, str, Randomness, int], str]

who = click.argument("person", metavar="IDENTIFIER")


@click.group()
def people() -> None:
    """Accounts of people."""


@people.command()
@click.option("--profile", type=click.Choice(PROFILES), required=True, help="Which kind of account.")
@click.option("--identifier", required=True, help="What the person signs in with.")
@click.option("--email", required=True, help="The e-mail address.")
@click.option("--given-names", required=True, help="All first names.")
@click.option("--birth-name", required=True, help="The family name at birth.")
@click.option("--birthdate", default="", metavar="DATE", help="AAAA-MM-JJ or JJ/MM/AAAA.")
@click.option("--mobile", default="", metavar="NUMBER", help="A mobile number, with its prefix unless French.")
@click.option("--claims", "claims_file", type=click.File("rb"), metavar="FILE", help="Other standard claims, in JSON.")
@click.option("--password", help="The password; others may see it in the list of processes.")
@click.option("--password-stdin", is_flag=True, help="Read the password on standard input.")
@click.option("--active", is_flag=True, help="The account may sign in at once.")
@click.option("--verified", is_flag=True, help="The e-mail address and the mobile are taken as proved.")
@click.option("--replace", is_flag=True, help="If the identifier exists, make that account as described.")
@as_json
def add(
    claims_file: BinaryIO | None,
    password: str | None,
    password_stdin: bool,
    replace: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Open an account. An identifier that exists is an error, unless --replace.

    Without --active the account waits for its activation, as after a sign-up.
    """
    secret = _password(password, password_stdin)
    wanted = Enrolment(**options, claims=_claims(claims_file))
    step: Step = enrolment.replace if replace else enrolment.enrol

    async def act(opened: Provider) -> Person:
        enrolment.normalised(wanted)
        hashed = await opened.hasher.hash(secret)
        now = opened.clock.now()
        return await opened.database.transaction(_written, step, wanted, hashed, opened.randomness, now)

    try:
        person = context.run(act)
    except Refused as refused:
        for name, refusal in refused.refusals.items():
            click.echo(f"idp: --{name.replace('_', '-')}: {refusal.msgid.format(**refusal.params)}", err=True)
        raise SystemExit(1) from None
    except IdentifierTaken:
        context.fail(f"the identifier {wanted.identifier} exists already; --replace makes that account as described")
    print_person(person, as_json=as_json)


@people.command("list")
@click.argument("words", required=False, default="")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many at most.")
@as_json
def list_people(words: str, limit: int, as_json: bool) -> None:
    """List the accounts whose identifier, name or e-mail contains WORDS, the newest first."""
    found = context.step(store.search, words, limit)
    if as_json:
        context.show({"people": [told(person) for person in found]})
        return
    headings = ("IDENTIFIER", "NAME", "PROFILE", "STATE", "E-MAIL", "SINCE", "ID")
    context.table(
        (
            (
                person.identifier,
                person.full_name,
                person.profile,
                person.state.value,
                person.email,
                day(person.created_at),
                person.id,
            )
            for person in found
        ),
        headings,
    )


@people.command()
@who
@as_json
def show(person: str, as_json: bool) -> None:
    """Show an account, by its identifier, its verified e-mail or its id."""
    found, held = context.step(_look, person)
    print_person(found, as_json=as_json, roles=sorted(role.value for role in held))


@people.command()
@who
@as_json
def lock(person: str, as_json: bool) -> None:
    """Keep an account from signing in, and end what it has open."""
    _change(person, _lock, as_json=as_json)


@people.command()
@who
@as_json
def unlock(person: str, as_json: bool) -> None:
    """Let a locked account sign in again."""
    _change(person, _unlock, as_json=as_json)


@people.command()
@who
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
def erase(person: str, yes: bool, as_json: bool) -> None:
    """Erase what is known of a person, for good."""
    if not yes:
        click.confirm(f"Erase the account {person} for good?", abort=True, err=True)
    _change(person, _erase, as_json=as_json)


@people.command("grant-role")
@who
@click.argument("role", type=click.Choice([each.value for each in Role]))
@as_json
def grant_role(person: str, role: str, as_json: bool) -> None:
    """Give a person a role in the administration."""

    def grant(connection: Connection, found: Person, opened: Provider) -> None:
        now = opened.clock.now()
        roles.grant(connection, found.id, Role(role), now)
        audit.record(connection, Event.ROLE_GRANTED, at=now, person_id=found.id, role=role)

    _change(person, grant, as_json=as_json)


def _password(given: str | None, from_stdin: bool) -> str:
    if (given is not None) is from_stdin:
        raise click.UsageError("Give --password or --password-stdin.")
    secret = sys.stdin.readline().rstrip("\r\n") if given is None else given
    if not secret or len(secret) > passwords.LONGEST_CHARACTERS:
        raise click.UsageError(f"A password has 1 to {passwords.LONGEST_CHARACTERS} characters.")
    if passwords.assess(secret).level is passwords.Level.WEAK:
        click.echo("idp: this password is weak; the person should choose another one", err=True)
    return secret


def _claims(file: BinaryIO | None) -> Mapping[str, Any]:
    if file is None:
        return {}
    try:
        claims = json.load(file)
    except ValueError as error:
        context.fail(f"--claims: {file.name} is not JSON ({error})")
    if not isinstance(claims, dict):
        context.fail(f"--claims: {file.name} is not a JSON object")
    return claims


def _written(
    connection: Connection,
    step: Step,
    wanted: Enrolment,
    hashed: str,
    randomness: Randomness,
    now: int,
) -> Person:
    known = store.find_by_identifier(connection, wanted.identifier)
    person_id = step(connection, wanted, hashed, randomness, now)
    if known:
        closing.cut_off(connection, person_id, now)
    event = Event.ACCOUNT_REPLACED if known else Event.ACCOUNT_CREATED
    audit.record(connection, event, at=now, person_id=person_id, profile=wanted.profile, by="command line")
    return _found(connection, person_id)


def _found(connection: Connection, named: str) -> Person:
    person = store.find_by_identifier(connection, named) or store.find(connection, named)
    if person is None:
        raise NotFound("unknown_person", cause=f"nobody is known as {named}")
    return person


def _look(connection: Connection, named: str) -> tuple[Person, frozenset[Role]]:
    person = _found(connection, named)
    return person, roles.roles_of(connection, person.id)


def _change(named: str, change: Callable[[Connection, Person, Provider], None], *, as_json: bool) -> None:
    def step(connection: Connection, opened: Provider) -> Person:
        person = _found(connection, named)
        change(connection, person, opened)
        return store.find(connection, person.id) or person

    changed = context.run(lambda opened: opened.database.transaction(step, opened))
    print_person(changed, as_json=as_json)


def _lock(connection: Connection, person: Person, opened: Provider) -> None:
    now = opened.clock.now()
    if not closing.lock(connection, person.id, now):
        raise NotFound("no_active_account", cause=f"this account is {person.state.value}: only an active one is locked")
    audit.record(connection, Event.ACCOUNT_LOCKED, at=now, person_id=person.id)


def _unlock(connection: Connection, person: Person, opened: Provider) -> None:
    if not standing.unlock(connection, person.id):
        raise NotFound("no_locked_account", cause=f"this account is {person.state.value}, not locked")
    audit.record(connection, Event.ACCOUNT_UNLOCKED, at=opened.clock.now(), person_id=person.id)


def _erase(connection: Connection, person: Person, opened: Provider) -> None:
    now = opened.clock.now()
    erasure.erase(connection, opened, person, now)
    audit.record(connection, Event.ACCOUNT_ERASED, at=now, person_id=person.id, by="command line")
