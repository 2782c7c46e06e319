"""`idp people`, as an operator and as a script run it, on each database."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, select

from idp.cli import main
from idp.foundation.database import open_database
from idp.foundation.hashing import HashCost, PasswordHasher
from idp.messages.tables import outbox
from idp.people import roles, store
from idp.people.person import Person, State
from idp.people.roles import Role

PASSWORD = "Cerisier-42-bleu"
CAMILLE = (
    "--profile",
    "citoyen",
    "--identifier",
    "camille.martin",
    "--email",
    "camille@exemple.fr",
    "--given-names",
    "Camille",
    "--birth-name",
    "Martin",
)


@dataclass(frozen=True)
class Operator:
    """Someone at a terminal, next to a migrated database."""

    database_url: str

    def run(self, *args: str, typed: str | None = None) -> Result:
        environment = {
            "IDP_ISSUER": "https://connexion.exemple.fr",
            "IDP_DATABASE_URL": self.database_url,
            "IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e",
            "IDP_HASHING_MEMORY_KIB": "64",
        }
        return CliRunner().invoke(main, ["people", *args], input=typed, env=environment, catch_exceptions=False)

    def json(self, *args: str, typed: str | None = None) -> Any:
        """Run a command that succeeds and return its one JSON document."""
        result = self.run(*args, "--json", typed=typed)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def refused(self, *args: str, code: int = 1) -> str:
        """Run a command that fails and return its complaint."""
        result = self.run(*args)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        return result.stderr

    def add(self, *more: str) -> Any:
        return self.json("add", *CAMILLE, "--password", PASSWORD, *more)

    def person(self, identifier: str = "camille.martin") -> Person:
        person: Person | None = self.step(store.find_by_identifier, identifier)
        assert person is not None
        return person

    def step(self, step: Any, *args: Any) -> Any:
        async def run() -> Any:
            database = open_database(self.database_url)
            try:
                return await database.transaction(step, *args)
            finally:
                await database.close()

        return asyncio.run(run())


@pytest.fixture
def operator(database_url: str) -> Operator:
    return Operator(database_url)


def matches(person: Person, password: str) -> bool:
    hasher = PasswordHasher(HashCost(memory_kib=64, passes=1, at_once=1))
    try:
        return asyncio.run(hasher.verify(person.password_hash, password)).matches
    finally:
        hasher.close()


def test_an_account_is_opened_ready_to_use(operator: Operator) -> None:
    told = operator.add("--birthdate", "1987-03-14", "--mobile", "0692 12 34 56", "--active", "--verified")
    assert told["state"] == "active"
    assert told["mobile"] == "+262692123456"
    assert "password" not in json.dumps(told)
    person = operator.person()
    assert (person.birthdate, person.email_verified, person.mobile_verified) == ("1987-03-14", True, True)
    assert matches(person, PASSWORD)
    assert operator.person("camille@exemple.fr").id == person.id


def test_an_account_waits_for_its_activation_unless_told_otherwise(operator: Operator) -> None:
    assert operator.add()["state"] == "pending"
    assert not operator.person().email_verified


def test_the_password_may_come_by_standard_input(operator: Operator) -> None:
    operator.json("add", *CAMILLE, "--password-stdin", typed=f"{PASSWORD}\n")
    assert matches(operator.person(), PASSWORD)


@pytest.mark.parametrize("given", [(), ("--password", PASSWORD, "--password-stdin"), ("--password", "")])
def test_one_password_is_given(operator: Operator, given: tuple[str, ...]) -> None:
    assert "password" in operator.refused("add", *CAMILLE, *given, code=2).lower()


def test_a_weak_password_is_taken_and_pointed_out(operator: Operator) -> None:
    result = operator.run("add", *CAMILLE, "--password", "azerty")
    assert result.exit_code == 0
    assert "weak" in result.stderr


def test_an_identifier_that_exists_is_an_error(operator: Operator) -> None:
    operator.add()
    before = operator.person()
    assert "--replace" in operator.refused("add", *CAMILLE, "--password", "Autre-42-rouge")
    assert operator.person() == before


def test_replacing_makes_the_account_as_described(operator: Operator) -> None:
    operator.add("--mobile", "06 39 98 12 34", "--birthdate", "1987-03-14", "--active", "--verified")
    former = operator.person()
    told = operator.json(
        "add",
        "--profile",
        "association",
        "--identifier",
        "Camille.Martin",
        "--email",
        "autre@exemple.fr",
        "--given-names",
        "Claude",
        "--birth-name",
        "Martin",
        "--password",
        "Autre-42-rouge",
        "--replace",
    )
    person = operator.person()
    assert told["id"] == person.id == former.id
    assert (person.profile, person.given_names, person.email, person.email_verified) == (
        "association",
        "Claude",
        "autre@exemple.fr",
        False,
    )
    assert (person.mobile, person.birthdate) == (None, None)
    assert matches(person, "Autre-42-rouge")
    assert person.cutoff_at > 0
    assert operator.step(store.find_by_identifier, "camille@exemple.fr") is None


def test_replacing_someone_unknown_opens_the_account(operator: Operator) -> None:
    assert operator.add("--replace")["state"] == "pending"


def test_standard_claims_that_no_form_asks_are_kept(operator: Operator, tmp_path: Path) -> None:
    claims = {
        "website": "https://exemple.fr",
        "zoneinfo": "Europe/Paris",
        "address": {"locality": "Bastia"},
        "gender": "female",
        "preferred_username": "Durand",
        "locale": "en-GB",
    }
    file = tmp_path / "claims.json"
    file.write_text(json.dumps(claims))
    operator.add("--claims", str(file))
    person = operator.person()
    assert dict(person.claims) == {name: claims[name] for name in ("website", "zoneinfo", "address")}
    assert (person.gender, person.preferred_name, person.locale) == ("female", "Durand", "en")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('{"sub": "1", "email_verified": true}', "email_verified, sub"),
        ('{"locale": "de"}', "locale"),
        ('{"gender": 1}', "gender"),
        ("[]", "not a JSON object"),
        ("{", "not JSON"),
    ],
)
def test_other_claims_are_refused(operator: Operator, tmp_path: Path, written: str, words: str) -> None:
    file = tmp_path / "claims.json"
    file.write_text(written)
    assert words in operator.refused("add", *CAMILLE, "--password", PASSWORD, "--claims", str(file))


def test_everything_wrong_is_told_at_once(operator: Operator) -> None:
    wrong = ("--email", "camille", "--birthdate", "31/02/2000", "--mobile", "02 02 02 02 02", "--identifier", "a b")
    complaint = operator.refused("add", *CAMILLE, "--password", PASSWORD, *wrong)
    assert [line.split(":")[1].strip() for line in complaint.splitlines()] == [
        "--identifier",
        "--email",
        "--birthdate",
        "--mobile",
    ]


def test_accounts_are_listed_and_shown(operator: Operator) -> None:
    person_id = operator.add("--active", "--verified")["id"]
    listed = operator.json("list", "mart")["people"]
    assert [each["identifier"] for each in listed] == ["camille.martin"]
    assert operator.json("list", "nobody") == {"people": []}
    table = operator.run("list").stdout
    assert "camille.martin" in table
    assert "Camille Martin" in table
    for named in ("camille.martin", "camille@exemple.fr", person_id):
        assert operator.json("show", named)["id"] == person_id
    assert "nobody is known as x" in operator.refused("show", "x")


def test_an_account_is_locked_and_unlocked(operator: Operator) -> None:
    operator.add("--active")
    assert operator.json("lock", "camille.martin")["state"] == "locked"
    assert "locked" in operator.refused("lock", "camille.martin")
    assert operator.json("unlock", "camille.martin")["state"] == "active"
    assert "active" in operator.refused("unlock", "camille.martin")


def test_an_account_is_erased_once_confirmed(operator: Operator) -> None:
    person_id = operator.add("--active")["id"]
    assert operator.run("erase", "camille.martin", typed="n\n").exit_code == 1
    assert operator.person().state is State.ACTIVE
    assert operator.json("erase", "camille.martin", "--yes")["state"] == "erased"
    assert operator.json("show", person_id)["state"] == "erased"
    assert "nobody" in operator.refused("show", "camille.martin")


def test_an_erased_person_is_told_where_an_address_was_proved(operator: Operator) -> None:
    operator.add("--active", "--verified")
    operator.json("erase", "camille.martin", "--yes")
    assert operator.step(_purposes) == ["account_deleted"]


def _purposes(connection: Connection) -> list[str]:
    return list(connection.execute(select(outbox.c.purpose)).scalars())


def test_a_role_is_granted(operator: Operator) -> None:
    person_id = operator.add("--active")["id"]
    operator.json("grant-role", "camille.martin", "administrator")
    assert operator.step(roles.roles_of, person_id) == {Role.ADMINISTRATOR}
    assert operator.json("show", "camille.martin")["roles"] == ["administrator"]
    assert operator.run("grant-role", "camille.martin", "king").exit_code == 2
