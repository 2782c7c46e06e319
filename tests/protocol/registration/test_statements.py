"""RFC 7591 section 2.3: what somebody the authority trusts says of a software prevails over what it says itself."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from idp.app import build_provider
from idp.foundation.configuration import SettingsError
from idp.foundation.settings import Registration
from keys import jose
from keys.encoding import encode
from keys.ring import Key, KeyRing, Stage
from tests.support.provider import ISSUER, NOW, settings_for
from tests.support.registrant import MINIMAL, registering, registrant

TRUST = "https://trust.example"
SIGNER = Key.new("ES256", NOW, Stage.ACTIVE)
SAID: Mapping[str, Any] = {
    "iss": TRUST,
    "iat": NOW,
    "software_id": "4NRB1-0XZABZI9E6-5SM3R",
    "client_name": "Piscine",
    "redirect_uris": ["https://pool.example/cb"],
}


@pytest.fixture
def keys_file(tmp_path: Path) -> str:
    """The keys of the one issuer that is trusted."""
    file = tmp_path / "statements.json"
    file.write_text(json.dumps({TRUST: KeyRing((SIGNER,)).published()}))
    return str(file)


def statement(key: Key = SIGNER, typ: str | None = "JWT", **changes: Any) -> str:
    """A signed statement; None leaves a claim out."""
    said = {name: value for name, value in (dict(SAID) | changes).items() if value is not None}
    return jose.sign(key, said, typ=typ)


async def test_a_statement_prevails_and_is_given_back_unmodified(database_url: str, keys_file: str) -> None:
    async with registering(database_url, statement_keys_file=keys_file) as site:
        program = await registrant(site)
        written = statement()
        told = await program.registered(
            software_statement=written, client_name="Mairie", redirect_uris=["https://evil.example/cb"], contacts=["a"]
        )
        assert told["software_statement"] == written
        assert told["software_id"] == SAID["software_id"]
        assert told["client_name"] == "Piscine"
        assert told["redirect_uris"] == SAID["redirect_uris"]
        assert told["contacts"] == ["a"]


async def test_a_statement_vouches_for_nothing_that_operators_grant(database_url: str, keys_file: str) -> None:
    async with registering(database_url, statement_keys_file=keys_file) as site:
        program = await registrant(site)
        written = statement(first_party=True, require_pkce=False, self_registered=False, client_id="mairie")
        told = await program.registered(software_statement=written)
        assert (told["first_party"], told["require_pkce"], told["self_registered"]) == (False, True, True)
        assert told["client_id"] != "mairie"


async def test_what_a_statement_says_is_judged_like_the_rest(database_url: str, keys_file: str) -> None:
    async with registering(database_url, statement_keys_file=keys_file) as site:
        program = await registrant(site)
        answer = await program.register({"software_statement": statement(redirect_uris=["https://pool.example/#f"])})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_redirect_uri")


STRANGER = Key.new("ES256", NOW, Stage.ACTIVE)
UNSIGNED = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": "none"}, dict(SAID))) + "."

REFUSED = {
    "by another key": (statement(STRANGER), "invalid_software_statement"),
    "expired": (statement(exp=NOW - 60), "invalid_software_statement"),
    "not yet valid": (statement(nbf=NOW + 3_600), "invalid_software_statement"),
    "for another provider": (statement(aud="https://other.example"), "invalid_software_statement"),
    "another kind of token": (statement(typ="logout+jwt"), "invalid_software_statement"),
    "unsigned": (UNSIGNED, "invalid_software_statement"),
    "by somebody unknown": (statement(iss="https://evil.example"), "unapproved_software_statement"),
    "by nobody": (statement(iss=None), "unapproved_software_statement"),
    "no token": ("x", "invalid_software_statement"),
    "a number": (12, "invalid_software_statement"),
    "too long": ("a." + "b" * 40_000 + ".c", "invalid_software_statement"),
}


@pytest.mark.parametrize(("written", "error"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_statement_that_is_not_good_is_refused(
    database_url: str, keys_file: str, written: object, error: str
) -> None:
    async with registering(database_url, statement_keys_file=keys_file) as site:
        answer = await (await registrant(site)).register(MINIMAL | {"software_statement": written})
        assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_statement_may_name_us(database_url: str, keys_file: str) -> None:
    async with registering(database_url, statement_keys_file=keys_file) as site:
        program = await registrant(site)
        assert (await program.register({"software_statement": statement(aud=ISSUER, exp=NOW + 60)})).status_code == 201


async def test_without_trusted_issuers_no_statement_is_approved(database_url: str) -> None:
    async with registering(database_url) as site:
        answer = await (await registrant(site)).register(MINIMAL | {"software_statement": statement()})
        assert (answer.status_code, answer.json()["error"]) == (400, "unapproved_software_statement")


async def test_a_statement_may_be_required_in_updates_too(database_url: str, keys_file: str) -> None:
    async with registering(database_url, statement_keys_file=keys_file, statement_required=True) as site:
        program = await registrant(site)
        answer = await program.register()
        assert answer.json()["error_description"] == "software_statement: is required by this provider"
        told = await program.registered(software_statement=statement())
        update = {"client_id": told["client_id"], "redirect_uris": ["https://evil.example/cb"]}
        assert (await program.ask("PUT", told, update)).status_code == 400
        changed = (await program.ask("PUT", told, update | {"software_statement": told["software_statement"]})).json()
        assert changed["redirect_uris"] == SAID["redirect_uris"]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        (None, "cannot be read"),
        ("[]", "not a JSON object"),
        ('{"https://trust.example": []}', "key set of https://trust.example"),
        ('{"https://trust.example": {"keys": []}}', "key set of https://trust.example"),
        ('{"https://trust.example": {"keys": [{"kty": "oct", "k": "AAAA"}]}}', "private or symmetric"),
    ],
)
def test_a_file_of_keys_that_cannot_be_used_keeps_the_provider_from_starting(
    tmp_path: Path, written: str | None, complaint: str
) -> None:
    file = tmp_path / "statements.json"
    if written is not None:
        file.write_text(written)
    registration = Registration(mode="open", statement_keys_file=str(file))
    with pytest.raises(SettingsError, match=r"registration\.statement_keys_file") as refused:
        build_provider(settings_for(f"sqlite:///{tmp_path}/provider.db", registration=registration))
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"outbound_allow": ("https://pool.example",)}, "outbound_allow"),
        ({"outbound_ca_file": "/nowhere/at-all.pem"}, "outbound_ca_file"),
    ],
)
def test_settings_of_outgoing_calls_that_cannot_be_used_keep_the_provider_from_starting(
    tmp_path: Path, change: dict[str, Any], key: str
) -> None:
    with pytest.raises(SettingsError, match=key):
        build_provider(settings_for(f"sqlite:///{tmp_path}/provider.db", **change))
