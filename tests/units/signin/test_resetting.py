"""The new password: what proves a request, how often, and what ends with the old one; on both engines."""

import asyncio
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from idp.foundation.audit import audit
from idp.people import standing
from idp.people import store as people
from idp.people.codes import MOST_TRIES
from idp.people.tables import people as people_table
from tests.support.people import PASSWORD, add_person
from tests.support.visitor import Page
from tests.units.signin.conftest import EMAIL, MARIE, MOBILE, NEW, Town, choose
from tests.units.signin.test_recovery import without_proved_email

OTHER = "Peuplier-19-violet"


async def opened_by(town: Town, link: str) -> Page:
    """The page a link leads to, in a browser of its own."""
    return await (await town.site.visitor()).open(link)


def is_over(page: Page) -> bool:
    return page.status == 410 and page.has("#forgotten-form") and not page.has("#reset-form")


@pytest.mark.usefixtures("marie")
async def test_the_secret_leaves_the_address_at_once(town: Town) -> None:
    link = await town.link()
    visitor = await town.site.visitor()
    answer = await visitor.client.get(link)
    page = await visitor.open(link)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/oubli/nouveau"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-recovery=")]
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=3600"} <= set(cookie.split("; "))
    assert urlsplit(page.address).query == ""
    assert "lpln_" not in str(page.html)


@pytest.mark.usefixtures("marie")
async def test_a_scanner_that_opens_the_link_changes_nothing(town: Town) -> None:
    link = await town.link()
    scanner = await town.site.client()
    for method in ("GET", "HEAD", "GET"):
        assert (await scanner.request(method, link)).status_code == 303
    page = await opened_by(town, link)

    assert (await choose(page)).path == "/oubli/termine"


@pytest.mark.usefixtures("marie")
async def test_a_link_works_once(town: Town) -> None:
    link = await town.link()
    visitor = await town.site.visitor()
    page = await visitor.open(link)
    assert (await choose(page)).path == "/oubli/termine"

    assert is_over(await choose(page, OTHER))
    assert is_over(await opened_by(town, link))
    assert await town.signed_in(NEW)


@pytest.mark.usefixtures("marie")
async def test_a_newer_link_ends_the_older_one(town: Town) -> None:
    older = await town.link()
    page = await opened_by(town, older)
    town.site.clock.advance(60)
    newer = await town.link()

    assert is_over(await choose(page))
    assert is_over(await opened_by(town, older))
    assert (await choose(await opened_by(town, newer))).path == "/oubli/termine"


@pytest.mark.usefixtures("marie")
async def test_signing_in_with_the_old_password_ends_the_link(town: Town) -> None:
    link = await town.link()
    town.site.clock.advance(1)
    assert await town.signed_in(PASSWORD)
    assert is_over(await opened_by(town, link))


async def test_changing_the_address_ends_the_link(town: Town, marie: str) -> None:
    link = await town.link()
    page = await opened_by(town, link)
    provider = town.site.provider
    await provider.database.transaction(people.verify_email, marie, "new@exemple.fr", provider.clock.now())

    assert is_over(await choose(page))
    assert await town.signed_in(PASSWORD)


async def test_locking_the_account_ends_the_link(town: Town, marie: str) -> None:
    page = await opened_by(town, await town.link())
    provider = town.site.provider
    await provider.database.transaction(standing.lock, marie, provider.clock.now())
    assert is_over(await choose(page))


@pytest.mark.parametrize(("seconds", "alive"), [(3599, True), (3600, False)])
@pytest.mark.usefixtures("marie")
async def test_a_link_lives_an_hour_to_the_second(seconds: int, alive: bool, town: Town) -> None:
    link = await town.link()
    page = await opened_by(town, link)
    town.site.clock.advance(seconds)

    assert (await choose(page)).path == ("/oubli/termine" if alive else "/oubli/nouveau")
    assert (await town.signed_in(NEW) is not None) is alive


@pytest.mark.parametrize(
    "link",
    ["/oubli/lien", "/oubli/lien?jeton=", "/oubli/lien?jeton=lpln_" + "A" * 43, "/oubli/lien?jeton=lpss_" + "A" * 43],
)
async def test_a_link_that_was_never_sent_leads_to_the_beginning(link: str, town: Town) -> None:
    assert is_over(await (await town.site.visitor()).open(link))


@pytest.mark.usefixtures("marie")
async def test_of_many_submissions_at_once_one_wins(town: Town) -> None:
    link = await town.link()
    passwords = [f"Chataignier-{number}-vert" for number in range(50, 60)]
    pages = [await opened_by(town, link) for _ in passwords]
    after = await asyncio.gather(*(choose(page, password) for page, password in zip(pages, passwords, strict=True)))

    assert [page.path for page in after].count("/oubli/termine") == 1
    (winner,) = [password for page, password in zip(after, passwords, strict=True) if page.path == "/oubli/termine"]
    assert await town.signed_in(winner)


@pytest.mark.usefixtures("marie")
async def test_no_step_can_be_taken_without_the_proof_of_the_one_before(town: Town) -> None:
    link = await town.link()
    page = await opened_by(town, link)
    stranger = await town.site.visitor()
    await stranger.open("/oubli")

    assert is_over(await stranger.open("/oubli/nouveau"))
    assert is_over(await stranger.open("/oubli/identifiant"))
    page.form("#reset-form").page.visitor = stranger
    elsewhere = await (await stranger.open("/oubli")).form("#forgotten-form").submit()
    token = elsewhere.form("#forgotten-form").values["csrf"]
    sent = {"csrf": token, "password": [NEW], "password_again": [NEW]}
    assert is_over(await stranger.send("POST", f"{town.site.issuer}/oubli/nouveau", sent))
    assert not await town.signed_in(NEW)


async def test_the_proof_of_an_identifier_is_not_one_for_a_password(town: Town) -> None:
    await without_proved_email(town.site)
    visitor = await town.site.visitor()
    page, (sms,) = await town.sms(visitor, wish="identifier")
    token = page.form("#forgotten-code").values["csrf"]
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()
    assert page.path == "/oubli/identifiant"

    assert is_over(await visitor.open("/oubli/nouveau"))
    sent = {"csrf": token, "password": [NEW], "password_again": [NEW]}
    assert is_over(await visitor.send("POST", f"{town.site.issuer}/oubli/nouveau", sent))
    assert not await town.signed_in(NEW)


async def test_a_code_serves_the_browser_that_asked_for_it_only(town: Town) -> None:
    await without_proved_email(town.site)
    page, (sms,) = await town.sms(await town.site.visitor())
    thief = await town.site.visitor()
    own = await town.ask(thief, "nobody@exemple.fr")
    sent = {"csrf": own.form("#forgotten-again").values["csrf"], "r": page.form("#forgotten-code").values["r"]}
    stolen = await thief.send("POST", f"{town.site.issuer}/oubli/code", {**sent, "code": [sms.code]})

    assert is_over(stolen)
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()
    assert page.path == "/oubli/nouveau"


async def test_five_wrong_codes_end_the_request_even_for_the_right_one(town: Town) -> None:
    await without_proved_email(town.site)
    page, (sms,) = await town.sms(await town.site.visitor())
    wrong = "000000" if sms.code != "000000" else "111111"
    said = []
    for _ in range(MOST_TRIES):
        page = await page.form("#forgotten-code").fill(code=wrong).submit()
        said.append(page.form_errors["code"])
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()

    assert [line[-2:] for line in said[:-1]] == ["4.", "3.", "2.", "1."]
    assert {"n'est plus valable" in each for each in (said[-1], page.form_errors["code"])} == {True}


async def test_at_most_five_of_many_codes_tried_at_once_are_compared(town: Town) -> None:
    await without_proved_email(town.site)
    page, (sms,) = await town.sms(await town.site.visitor())
    wrong = [f"{number:06}" for number in range(30) if f"{number:06}" != sms.code]
    await asyncio.gather(*(page.form("#forgotten-code").fill(code=code).submit() for code in wrong))

    refused = await town.site.provider.database.read(
        lambda connection: list(connection.execute(select(audit.c.event)).scalars())
    )
    assert refused.count("recovery.code_refused") == MOST_TRIES
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()
    assert page.path == "/oubli/code"


@pytest.mark.parametrize("written", ["{0}{1} {2}", " {0} {1} {2} "], ids=["a space", "spaces"])
async def test_a_code_may_be_typed_with_spaces(written: str, town: Town) -> None:
    await without_proved_email(town.site)
    page, (sms,) = await town.sms(await town.site.visitor())
    typed = written.format(sms.code[:2], sms.code[2:4], sms.code[4:])
    assert (await page.form("#forgotten-code").fill(code=typed).submit()).path == "/oubli/nouveau"


async def test_a_code_may_be_typed_in_full_width_digits(town: Town) -> None:
    await without_proved_email(town.site)
    page, (sms,) = await town.sms(await town.site.visitor())
    typed = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in sms.code)
    assert (await page.form("#forgotten-code").fill(code=typed).submit()).path == "/oubli/nouveau"


async def test_a_code_proves_once(town: Town) -> None:
    await without_proved_email(town.site)
    waiting, (sms,) = await town.sms(await town.site.visitor())
    page = await waiting.form("#forgotten-code").fill(code=sms.code).submit()
    again = await waiting.form("#forgotten-code").fill(code=sms.code).submit()
    assert again.path == "/oubli/code"
    assert (await choose(page)).path == "/oubli/termine"
    assert is_over(await waiting.form("#forgotten-code").fill(code=sms.code).submit())


@pytest.mark.parametrize(("seconds", "path"), [(899, "/oubli/nouveau"), (900, "/oubli/code")])
async def test_a_code_lives_fifteen_minutes_to_the_second(seconds: int, path: str, town: Town) -> None:
    await without_proved_email(town.site)
    page, (sms,) = await town.sms(await town.site.visitor())
    town.site.clock.advance(seconds)
    assert (await page.form("#forgotten-code").fill(code=sms.code).submit()).path == path


async def test_everything_open_in_the_person_s_name_is_closed(town: Town, marie: str) -> None:
    thief = await town.signed_in(PASSWORD)
    assert thief is not None
    town.site.clock.advance(1)
    assert (await choose(await opened_by(town, await town.link()))).path == "/oubli/termine"

    assert (await thief.open("/mon-compte")).path == "/connexion"
    person = await town.site.provider.database.read(people.find, marie)
    assert person is not None
    assert person.cutoff_at == town.site.clock.now()


@pytest.mark.usefixtures("marie")
async def test_the_person_is_told_on_every_channel_they_proved(town: Town) -> None:
    await choose(await opened_by(town, await town.link()))
    await town.work()

    assert [letter.subject for letter in town.mailbox.to(EMAIL)][-1] == "Votre mot de passe a été changé"
    (sms,) = town.gateway.to(MOBILE)
    assert (sms.kind, "le mot de passe de votre compte vient de changer" in sms.text) == ("notice", True)


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        pytest.param("", "", "password", id="nothing"),
        pytest.param("court1A", "court1A", "password", id="too short"),
        pytest.param("Marie-Dupont-1987", "Marie-Dupont-1987", "password", id="one's own name"),
        pytest.param("Bonjour2024", "Bonjour2024", "password", id="too common"),
        pytest.param(NEW, OTHER, "password_again", id="not the same twice"),
        pytest.param(PASSWORD, PASSWORD, "password", id="the present one"),
    ],
)
@pytest.mark.usefixtures("marie")
async def test_a_password_that_is_not_accepted_leaves_the_proof_alive(
    password: str, again: str, field: str, town: Town
) -> None:
    page = await opened_by(town, await town.link())
    refused = await page.form("#reset-form").fill(password=password, password_again=again).submit()
    assert (refused.status, set(refused.form_errors)) == (422, {field})
    assert password == "" or password not in str(refused.html)

    assert (await choose(refused)).path == "/oubli/termine"


async def test_accounts_that_share_a_mailbox_are_told_apart_by_who_holds_the_proof(town: Town) -> None:
    await add_person(town.site.provider, MARIE, mobile=MOBILE)
    paul = await add_person(town.site.provider, "paul.dupont", email=EMAIL)
    stranger = await add_person(town.site.provider, "stranger")
    link = await town.link()
    page = await opened_by(town, link)
    assert [each.get_text() for each in page.html.select("#reset-form [type=radio] + label")] == [MARIE, "paul.dupont"]

    form = page.form("#reset-form").fill(password=NEW, password_again=NEW)
    form.values["account"] = [stranger]
    assert is_over(await form.submit())
    assert (await choose(page, account=paul)).path == "/oubli/termine"
    assert await town.signed_in(NEW, "paul.dupont")
    assert await town.signed_in(PASSWORD, MARIE)
    assert await town.signed_in(PASSWORD, "stranger")


async def test_a_person_kept_waiting_by_an_attack_gets_in_with_a_new_password(town: Town, marie: str) -> None:
    for _ in range(6):
        assert await town.signed_in("wrong") is None
    assert await town.signed_in(PASSWORD) is None
    await choose(await opened_by(town, await town.link()))

    assert await town.signed_in(NEW)
    states = await town.site.provider.database.read(
        lambda connection: list(connection.execute(select(people_table.c.id)).scalars())
    )
    assert states == [marie]


@pytest.mark.usefixtures("marie")
async def test_the_journey_goes_on_in_the_browser_where_it_began(town: Town) -> None:
    visitor = await town.site.visitor()
    signin = await visitor.open("/connexion")
    journey = signin.form("#signin").values["i"][0]
    page = await signin.follow("#forgotten")
    await page.form("#forgotten-form").fill(contact=EMAIL).submit()
    await town.work()
    link = town.mailbox.letters[0].link("/oubli/lien")

    elsewhere = await opened_by(town, link)
    assert "i" not in elsewhere.form("#reset-form").values
    page = await choose(await visitor.open(link))
    assert page.one("#signin-again")["href"] == f"/connexion?i={journey}"
