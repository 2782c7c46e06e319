"""What the form asks while it is being filled in."""

from typing import Any

import pytest

from idp.foundation.limits import Limit
from tests.pages.signup.conftest import PASSWORD, Newcomer
from tests.support.visitor import Form

pytestmark = pytest.mark.anyio


async def ask(form: Form, path: str, **values: str) -> tuple[int, dict[str, Any]]:
    """What a script of the form sends, and what it is answered."""
    sent = {"csrf": form.values["csrf"][0], "i": form.values["i"][0], **values}
    visitor = form.page.visitor
    headers = {"origin": visitor.issuer, "sec-fetch-site": "same-origin", "accept-language": visitor.language}
    answer = await visitor.client.post(path, data=sent, headers=headers)
    return answer.status_code, answer.json()


async def test_an_identifier_is_proposed_from_the_names(newcomer: Newcomer) -> None:
    status, answer = await ask(
        await newcomer.form(), "/inscription/identifiant", given_names="Zoé", birth_name="Le Cœur"
    )
    assert status == 200
    assert answer == {"identifier": "zoe.le-coeur", "available": True, "message": "Identifiant disponible"}


async def test_a_proposal_is_free(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    other = Newcomer(newcomer.site, await newcomer.site.visitor())
    _, answer = await ask(
        await other.form(),
        "/inscription/identifiant",
        given_names="Camille",
        birth_name="Autre",
        preferred_name="Martin",
    )
    assert answer["identifier"] == "camille.martin.2"


async def test_without_a_name_nothing_is_proposed(newcomer: Newcomer) -> None:
    _, answer = await ask(await newcomer.form(), "/inscription/identifiant", given_names="Zoé")
    assert answer == {"identifier": "", "available": False, "message": ""}


@pytest.mark.parametrize(
    ("typed", "available", "words"),
    [
        ("Camille.MARTIN", False, "Essayez : camille.martin.2, camille.martin.3."),
        ("camille.autre", True, "Identifiant disponible"),
        ("zoé", False, "sans accent"),
        ("ab", False, "de 3 à 64"),
        ("admin", False, "pas disponible"),
    ],
)
async def test_an_identifier_is_free_taken_or_refused(
    newcomer: Newcomer, typed: str, available: bool, words: str
) -> None:
    await newcomer.signs_up()
    other = Newcomer(newcomer.site, await newcomer.site.visitor())
    _, answer = await ask(await other.form(), "/inscription/identifiant", identifier=typed)
    assert answer["identifier"] == typed
    assert answer["available"] is available
    assert words in " ".join(answer["message"].split())


async def test_identifiers_are_told_within_a_sign_up_only(newcomer: Newcomer) -> None:
    form = await newcomer.form()
    assert (await ask(form, "/inscription/identifiant", i="", identifier="camille.martin"))[0] == 400
    assert (await ask(form, "/inscription/identifiant", i="unknown", identifier="camille.martin"))[0] == 410
    stranger = Newcomer(newcomer.site, await newcomer.site.visitor())
    theirs = await stranger.form()
    theirs.values["i"] = form.values["i"]
    assert (await ask(theirs, "/inscription/identifiant", identifier="camille.martin"))[0] == 410


@pytest.mark.parametrize("path", ["/inscription/identifiant", "/inscription/mot-de-passe"])
async def test_questions_come_from_our_pages_only(newcomer: Newcomer, path: str) -> None:
    assert (await ask(await newcomer.form(), path, csrf="forged", password=PASSWORD))[0] == 403


async def test_identifiers_are_not_told_without_end(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.signup.live.IDENTIFIERS_BY_JOURNEY", Limit("few identifiers", allowed=2, per_seconds=60))
    form = await newcomer.form()
    asked = [(await ask(form, "/inscription/identifiant", identifier=f"camille.{number}"))[0] for number in range(3)]
    assert asked == [200, 200, 429]
    newcomer.site.clock.advance(60)
    assert (await ask(form, "/inscription/identifiant", identifier="camille.martin"))[0] == 200


async def test_a_password_is_weighed_with_what_is_known(newcomer: Newcomer) -> None:
    form = await newcomer.form()
    _, good = await ask(form, "/inscription/mot-de-passe", password="Plume7Verte")
    assert good == {
        "level": 2,
        "rules": {"level": True, "length": True, "upper": True, "digit": True},
        "message": "",
    }
    _, strong = await ask(form, "/inscription/mot-de-passe", password="Un-Mot-De-Passe-Solide-42")
    assert strong["level"] == 3
    _, personal = await ask(form, "/inscription/mot-de-passe", password=PASSWORD, birth_name="Cerisier")
    assert (personal["level"], personal["rules"]["level"]) == (1, False)
    assert personal["message"] == "N'utilisez ni votre nom ni votre identifiant."
    _, short = await ask(form, "/inscription/mot-de-passe", password="aB")
    assert (short["level"], short["rules"], short["message"]) == (
        1,
        {"level": False, "length": False, "upper": True, "digit": False},
        "",
    )


async def test_a_password_that_is_weighed_is_written_nowhere(
    newcomer: Newcomer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    form = await newcomer.form()
    await ask(form, "/inscription/mot-de-passe", password=PASSWORD)
    await ask(form, "/inscription/mot-de-passe", password="x" * 70_000)
    assert PASSWORD not in caplog.text


async def test_passwords_are_not_weighed_without_end(newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.signup.live.PASSWORDS_BY_BROWSER", Limit("few passwords", allowed=2, per_seconds=60))
    form = await newcomer.form()
    asked = [(await ask(form, "/inscription/mot-de-passe", password=PASSWORD))[0] for _ in range(3)]
    assert asked == [200, 200, 429]
