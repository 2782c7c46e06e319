"""`idp clients`, as an operator and as a script run it, on each database."""

import asyncio
import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from clients.cache import CachedRegistry
from idp.cli import main
from idp.cli.clients import clients
from idp.foundation.audit import audit
from idp.foundation.clock import SystemClock
from idp.foundation.database import open_database
from keys.sealing import Seal

T = TypeVar("T")

GUIDE = Path(__file__).parents[3] / "docs" / "operators" / "clients.md"
POOL = ("add", "--client-id", "pool", "--name", "Piscine", "--redirect-uri", "https://pool.example/cb")
SECRET_KEY = "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e"
CHOSEN = "a-secret-chosen-by-somebody"
FILE = """
[[clients]]
client_id = "pool"
client_name = "Piscine"
redirect_uris = ["https://pool.example/cb"]

[[clients]]
client_id = "kiosk"
redirect_uris = ["https://kiosk.example/cb"]
token_endpoint_auth_method = "none"
"""


@dataclass
class Operator:
    """Someone at a terminal, next to a migrated database."""

    database_url: str

    def run(self, *args: str, stdin: str = "") -> Result:
        """Run one command of `idp clients`."""
        environment = {
            "IDP_ISSUER": "https://connexion.exemple.fr",
            "IDP_DATABASE_URL": self.database_url,
            "IDP_SECRET_KEY": SECRET_KEY,
        }
        return CliRunner().invoke(main, ["clients", *args], env=environment, input=stdin, catch_exceptions=False)

    def says(self, *args: str, stdin: str = "") -> str:
        """Run a command that succeeds and return what it prints."""
        result = self.run(*args, stdin=stdin)
        assert result.exit_code == 0, result.stderr
        return result.stdout

    def json(self, *args: str, stdin: str = "") -> Any:
        """Run a command that succeeds and return its one JSON document."""
        return json.loads(self.says(*args, "--json", stdin=stdin))

    def refused(self, *args: str, stdin: str = "") -> str:
        """Run a command that fails and return its complaint."""
        result = self.run(*args, stdin=stdin)
        assert result.exit_code == 1
        assert result.stdout == ""
        return result.stderr

    def proves(self, client_id: str, secret: str) -> bool:
        """Whether a secret authenticates a client now."""
        now = SystemClock().now()
        found = self._read(lambda connection: CachedRegistry().find(connection, client_id, now))
        return found is not None and found.proves(secret, now)

    def shared_keys(self, client_id: str) -> set[bytes]:
        """The secrets a client may sign with now."""
        now = SystemClock().now()
        found = self._read(lambda connection: CachedRegistry().find(connection, client_id, now))
        return set() if found is None else set(found.shared_keys(Seal(SECRET_KEY.encode()), now))

    def events(self) -> list[tuple[str, str | None, Any]]:
        """What the audit says, in order."""
        query = sa.select(audit.c.event, audit.c.client_id, audit.c.detail).order_by(audit.c.id)
        return self._read(lambda connection: [tuple(row) for row in connection.execute(query)])

    def _read(self, step: Callable[[sa.Connection], T]) -> T:
        async def read() -> T:
            database = open_database(self.database_url)
            try:
                return await database.transaction(step)
            finally:
                await database.close()

        return asyncio.run(read())


@pytest.fixture
def operator(database_url: str) -> Operator:
    """Someone at a terminal, before any client is registered."""
    return Operator(database_url)


@pytest.fixture
def pool(operator: Operator) -> dict[str, Any]:
    """A registered client, as `add` printed it."""
    return cast(dict[str, Any], operator.json(*POOL))


@pytest.mark.parametrize("command", clients.commands)
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, ["clients", command, "--help"], prog_name="idp")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: idp clients {command} ")


def test_the_commands_are_those_scripts_rely_on() -> None:
    assert {
        "add", "list", "show", "update", "rotate-secret", "suspend", "resume", "remove", "apply", "export",
        "token", "tokens", "revoke-token",
    } == set(clients.commands)  # fmt: skip


def test_adding_prints_the_registered_metadata_and_a_secret_that_works(operator: Operator) -> None:
    printed = operator.json(
        "add", "--name", "Piscine",
        "--redirect-uri", "https://pool.example/cb", "--redirect-uri", "http://localhost:8001/cb",
        "--post-logout-redirect-uri", "https://pool.example/bye",
        "--auth-method", "client_secret_post",
        "--grant-type", "authorization_code", "--grant-type", "refresh_token",
        "--response-type", "code",
        "--scope", "openid email offline_access",
        "--first-party",
    )  # fmt: skip
    assert printed["client_name"] == "Piscine"
    assert printed["redirect_uris"] == ["https://pool.example/cb", "http://localhost:8001/cb"]
    assert printed["post_logout_redirect_uris"] == ["https://pool.example/bye"]
    assert printed["token_endpoint_auth_method"] == "client_secret_post"
    assert printed["grant_types"] == ["authorization_code", "refresh_token"]
    assert printed["response_types"] == ["code"]
    assert printed["scope"] == "openid email offline_access"
    assert printed["first_party"] is True
    assert printed["client_secret_expires_at"] == 0
    assert printed["client_secret"].startswith("lpcs_")
    assert operator.proves(printed["client_id"], printed["client_secret"])
    assert operator.events() == [("client.registered", printed["client_id"], None)]


def test_a_secret_is_shown_once(operator: Operator, pool: dict[str, Any]) -> None:
    for command in (("show", "pool"), ("list",), ("export",), ("update", "pool", "--name", "Bassin")):
        for said in (operator.says(*command), operator.says(*command, "--json")):
            assert pool["client_secret"] not in said
            assert "lpcs_" not in said
    assert operator.proves("pool", pool["client_secret"])


def test_adding_tells_people_a_fact_a_line(operator: Operator) -> None:
    result = operator.run(*POOL)
    facts = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert facts["client_id"] == "pool"
    assert facts["redirect_uris"] == "https://pool.example/cb"
    assert operator.proves("pool", facts["client_secret"])
    assert "cannot be shown again" in result.stderr


@pytest.mark.parametrize("way", ["option", "standard input", "file", "document"])
def test_the_operator_may_choose_the_identifier_and_the_secret(operator: Operator, tmp_path: Path, way: str) -> None:
    file = tmp_path / "given"
    document = {"client_id": "pool", "client_secret": CHOSEN, "redirect_uris": ["https://pool.example/cb"]}
    file.write_text(json.dumps(document) if way == "document" else f"{CHOSEN}\n")
    arguments = {
        "option": (*POOL, "--client-secret", CHOSEN),
        "standard input": (*POOL, "--client-secret-file", "-"),
        "file": (*POOL, "--client-secret-file", str(file)),
        "document": ("add", "--metadata", str(file)),
    }[way]
    printed = operator.json(*arguments, stdin=f"{CHOSEN}\n")
    assert (printed["client_id"], printed["client_secret"]) == ("pool", CHOSEN)
    assert operator.proves("pool", CHOSEN)


def test_the_secret_of_an_application_that_signs_with_it_is_always_drawn(operator: Operator, tmp_path: Path) -> None:
    by_secret = (*POOL, "--auth-method", "client_secret_jwt")
    refused = operator.refused(*by_secret, "--client-secret", f"{CHOSEN}-and-long-enough-for-an-hmac")
    assert "client_secret: is always drawn by the provider" in refused
    drawn = operator.json(*by_secret)["client_secret"]
    replaced = operator.json("rotate-secret", "pool")["client_secret"]
    assert operator.shared_keys("pool") == {drawn.encode(), replaced.encode()}
    file = tmp_path / "clients.toml"
    file.write_text(operator.says("export"))
    assert operator.json("apply", str(file))["unchanged"] == ["pool"]


def test_tokens_in_the_front_channel_are_registered_where_the_settings_serve_them(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    hybrid = (
        *POOL, "--response-type", "id_token code", "--grant-type", "authorization_code", "--grant-type", "implicit",
    )  # fmt: skip
    assert "response_types: item 1 must be one of code" in operator.refused(*hybrid)
    monkeypatch.setenv("IDP_FRONT_CHANNEL", "yes")
    assert operator.json(*hybrid)["response_types"] == ["code id_token"]


def test_options_override_the_document(operator: Operator) -> None:
    document = {
        "client_name": "From the document",
        "redirect_uris": ["https://document.example/cb"],
        "logo_uri": "https://document.example/logo.svg",
        "invented_later": True,
    }
    result = operator.run(
        "add", "--metadata", "-", "--redirect-uri", "https://option.example/cb", "--json", stdin=json.dumps(document)
    )
    printed = json.loads(result.stdout)
    assert printed["client_name"] == "From the document"
    assert printed["redirect_uris"] == ["https://option.example/cb"]
    assert printed["logo_uri"] == "https://document.example/logo.svg"
    assert "invented_later" not in printed
    assert "'invented_later' is not a member we know" in result.stderr


def test_a_client_that_shares_no_secret_is_shown_none(operator: Operator) -> None:
    printed = operator.json(*POOL, "--auth-method", "none")
    assert not {"client_secret", "client_secret_expires_at"} & printed.keys()


def test_a_refusal_names_every_problem_and_registers_nothing(operator: Operator) -> None:
    complaint = operator.refused(
        "add", "--client-id", "a b", "--client-secret", "short", "--redirect-uri", "https://pool.example/#f",
        "--redirect-uri", "javascript:alert(1)", "--scope", "openid magic", "--grant-type", "password",
        "--auth-method", "none",
    )  # fmt: skip
    assert {line.strip().partition(":")[0] for line in complaint.splitlines()[1:]} == {
        "client_id",
        "client_secret",
        "grant_types",
        "redirect_uris",
        "scope",
    }
    assert operator.json("list") == {"clients": []}
    assert operator.events() == []


@pytest.mark.parametrize("document", ["", "[]", "not json", '{"scope": "openid", "scope": "email"}'])
def test_a_document_that_is_no_object_is_refused(operator: Operator, document: str) -> None:
    assert "not a JSON object" in operator.refused("add", "--metadata", "-", stdin=document)


def test_a_document_with_a_secret_that_is_no_text_is_refused(operator: Operator) -> None:
    document = json.dumps({"client_secret": 12, "redirect_uris": ["https://pool.example/cb"]})
    assert "client_secret: must be a text" in operator.refused("add", "--metadata", "-", stdin=document)


def test_a_taken_identifier_is_refused(operator: Operator, pool: dict[str, Any]) -> None:
    assert "already exists" in operator.refused(*POOL)
    assert operator.proves("pool", pool["client_secret"])


@pytest.mark.parametrize("command", ["show", "update", "rotate-secret", "suspend", "resume", "remove"])
def test_an_unknown_client_is_refused(operator: Operator, command: str) -> None:
    assert "no client is named nobody" in operator.refused(command, "nobody")
    assert operator.events() == []


def test_the_list_says_who_is_registered_and_suspended(operator: Operator, pool: dict[str, Any]) -> None:
    operator.says("suspend", "pool")
    operator.says("add", "--client-id", "kiosk", "--redirect-uri", "https://kiosk.example/cb", "--auth-method", "none")
    listed = operator.json("list")["clients"]
    assert [(client["client_id"], "suspended_at" in client) for client in listed] == [("kiosk", False), ("pool", True)]
    heading, *lines = operator.says("list").splitlines()
    assert heading.split()[:2] == ["CLIENT", "NAME"]
    assert [line.split()[0] for line in lines] == ["kiosk", "pool"]


def test_showing_tells_the_dates_of_secrets(operator: Operator, pool: dict[str, Any]) -> None:
    operator.says("rotate-secret", "pool", "--overlap", "60")
    new, old = sorted(operator.json("show", "pool")["secrets"], key=lambda secret: secret["expires_at"])
    assert new["expires_at"] == 0
    assert old["expires_at"] == new["created_at"] + 60
    assert "https://pool.example/cb" in operator.says("show", "pool")


def test_an_update_changes_what_is_named_and_nothing_else(operator: Operator, pool: dict[str, Any]) -> None:
    document = json.dumps({"logo_uri": "https://pool.example/logo.svg", "first_party": True})
    operator.says("update", "pool", "--metadata", "-", stdin=document)
    changed = operator.json("update", "pool", "--name", "Bassin", "--metadata", "-", stdin='{"logo_uri": null}')
    untouched = {name: value for name, value in pool.items() if not name.startswith("client_secret")}
    assert changed == {**untouched, "client_name": "Bassin", "first_party": True}
    assert operator.proves("pool", pool["client_secret"])
    assert operator.events()[1:] == [
        ("client.amended", "pool", {"members": "first_party logo_uri"}),
        ("client.amended", "pool", {"members": "client_name logo_uri"}),
    ]


def test_an_update_that_needs_a_secret_shows_it(operator: Operator) -> None:
    operator.json(*POOL, "--auth-method", "none")
    changed = operator.json("update", "pool", "--auth-method", "client_secret_basic")
    assert operator.proves("pool", changed["client_secret"])


def test_an_update_never_widens_what_it_does_not_name(operator: Operator) -> None:
    operator.says(*POOL, "--scope", "")
    assert operator.json("update", "pool", "--name", "Bassin")["scope"] == ""


def test_a_refused_update_names_every_problem_and_changes_nothing(operator: Operator, pool: dict[str, Any]) -> None:
    document = json.dumps({"client_id": "other", "client_secret": CHOSEN, "scope": "magic"})
    complaint = operator.refused(
        "update", "pool", "--metadata", "-", "--redirect-uri", "http://a.example/", stdin=document
    )
    assert {line.strip().partition(":")[0] for line in complaint.splitlines()[1:]} == {
        "client_id",
        "client_secret",
        "redirect_uris",
        "scope",
    }
    assert operator.json("show", "pool")["redirect_uris"] == ["https://pool.example/cb"]


def test_a_rotated_secret_works_beside_the_old_one_unless_told_otherwise(
    operator: Operator, pool: dict[str, Any]
) -> None:
    second = operator.json("rotate-secret", "pool")["client_secret"]
    assert operator.proves("pool", pool["client_secret"])
    assert operator.proves("pool", second)
    third = operator.json("rotate-secret", "pool", "--overlap", "0")["client_secret"]
    assert not operator.proves("pool", pool["client_secret"])
    assert not operator.proves("pool", second)
    assert operator.proves("pool", third)
    assert operator.events()[1:] == [
        ("client.secret_rotated", "pool", {"overlap": 86_400}),
        ("client.secret_rotated", "pool", {"overlap": 0}),
    ]


def test_a_client_without_secret_cannot_rotate_it(operator: Operator) -> None:
    operator.says(*POOL, "--auth-method", "none")
    assert "without a shared secret" in operator.refused("rotate-secret", "pool")


def test_suspending_resuming_and_removing_are_told_and_audited(operator: Operator, pool: dict[str, Any]) -> None:
    assert operator.json("suspend", "pool")["suspended_at"] >= pool["client_id_issued_at"]
    assert "suspended_at" not in operator.json("resume", "pool")
    assert operator.json("remove", "pool") == {"client_id": "pool", "removed": True}
    assert operator.json("list") == {"clients": []}
    assert [event for event, _, _ in operator.events()] == [
        "client.registered",
        "client.suspended",
        "client.resumed",
        "client.removed",
    ]


def test_a_file_is_applied_once_and_then_changes_nothing(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "clients.toml"
    file.write_text(FILE)
    dry = operator.json("apply", str(file), "--dry-run")
    assert (dry["dry_run"], dry["added"], dry["secrets"]) == (True, ["pool", "kiosk"], {})
    assert operator.json("list") == {"clients": []}
    done = operator.json("apply", str(file))
    assert done["added"] == ["pool", "kiosk"]
    assert done["secrets"].keys() == {"pool"}
    assert operator.proves("pool", done["secrets"]["pool"])
    again = operator.json("apply", str(file))
    assert (again["added"], again["changed"], again["removed"]) == ([], [], [])
    assert (again["unchanged"], again["secrets"]) == (["pool", "kiosk"], {})
    assert [event for event, _, _ in operator.events()] == ["client.registered"] * 2


def test_a_file_changes_and_prunes_what_differs(operator: Operator, tmp_path: Path, pool: dict[str, Any]) -> None:
    file = tmp_path / "clients.json"
    file.write_text(json.dumps(tomllib.loads(FILE.replace("Piscine", "Bassin"))))
    operator.says("add", "--client-id", "other", "--redirect-uri", "https://other.example/cb")
    assert operator.json("apply", str(file))["removed"] == []
    file.write_text(json.dumps(tomllib.loads(FILE)))
    lines = operator.says("apply", str(file), "--prune").splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["change", "pool"], ["remove", "other"], ["keep", "kiosk"]]
    assert "client_name" in lines[1]
    assert operator.proves("pool", pool["client_secret"])
    assert operator.events()[-2:] == [
        ("client.removed", "other", None),
        ("client.amended", "pool", {"members": "client_name"}),
    ]


def test_one_bad_client_in_one_file_applies_none(operator: Operator, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(FILE)
    bad.write_text('client_id = "bad"\nredirect_uris = ["http://bad.example/"]\nscopes = "openid"\n')
    complaint = operator.refused("apply", str(good), str(bad))
    assert "bad: redirect_uris: item 1 must use https" in complaint
    assert "bad: 'scopes': is not a member" in complaint
    assert operator.json("list") == {"clients": []}


def test_what_is_exported_can_be_applied(operator: Operator, pool: dict[str, Any], tmp_path: Path) -> None:
    operator.says("update", "pool", "--first-party", "--scope", "openid email")
    for name, exported in (("a.toml", operator.says("export")), ("a.json", operator.says("export", "--json"))):
        file = tmp_path / name
        file.write_text(exported)
        assert operator.json("apply", str(file), "--prune")["unchanged"] == ["pool"]
    assert tomllib.loads(operator.says("export", "pool"))["clients"][0]["scope"] == "openid email"
    assert "unknown clients: nobody" in operator.refused("export", "pool", "nobody")


def test_a_file_may_come_from_standard_input(operator: Operator) -> None:
    document = json.dumps(tomllib.loads(FILE))
    assert operator.json("apply", "-", stdin=document)["added"] == ["pool", "kiosk"]


@pytest.mark.parametrize("command", clients.commands)
def test_each_command_and_option_is_in_the_operators_guide(command: str) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert f"idp clients {command}" in guide
    for parameter in clients.commands[command].params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert not option.startswith("--") or f"`{option}" in guide or f" {option}" in guide


def test_the_example_of_the_operators_guide_can_be_applied(operator: Operator, tmp_path: Path) -> None:
    example = GUIDE.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "guide.toml"
    file.write_text(example, encoding="utf-8")
    assert operator.json("apply", str(file))["added"] == ["rdv", "borne"]


def test_an_absent_database_is_a_failure_that_says_so(tmp_path: Path) -> None:
    result = Operator(f"sqlite:///{tmp_path}/no/such/folder.db").run("list")
    assert result.exit_code == 1
    assert result.stderr.startswith("idp: ")
