"""« Mot de passe ou identifiant oublié ? »: asking, and what each one is answered, on both engines."""

import pytest
from sqlalchemy import select

from idp.foundation.settings import Recovery, Upstream
from idp.messages.tables import outbox
from idp.people import identity, standing
from idp.people import store as people
from idp.people.identity import Account
from idp.people.store import NewPerson
from idp.signin.tables import recoveries
from tests.support.mailbox import Mailbox
from tests.support.people import add_person
from tests.support.provider import Site
from tests.support.sms_gateway import SmsGateway
from tests.support.visitor import Page
from tests.units.signin.conftest import EMAIL, MARIE, MOBILE, NEW, Town, choose, town_on

FRANCECONNECT = Upstream("franceconnect", "https://fc.example", "client", "s" * 32, kind="franceconnect")


async def without_proved_email(site: Site) -> str:
    """An account activated by SMS: its mobile is proved and its e-mail is not."""
    new = NewPerson(
        profile="citoyen",
        answers={"given_names": "Marie", "birth_name": "Dupont", "email": EMAIL, "mobile": MOBILE},
        locale="fr",
        identifier=MARIE,
        password_hash=await site.provider.hasher.hash("Cerisier-42-bleu"),
    )
    database, now = site.provider.database, site.clock.now()
    person = await database.transaction(people.create, new, site.provider.randomness, now)
    await database.transaction(standing.activate, person, now)
    await database.transaction(people.verify_mobile, person, MOBILE, now)
    return person


async def by_franceconnect(site: Site) -> str:
    """An account opened through FranceConnect: no identifier, no password."""
    answers = {"given_names": "Angela", "birth_name": "Dubois", "email": EMAIL}
    database, now = site.provider.database, site.clock.now()
    new = NewPerson(profile="citoyen", answers=answers, locale="fr")
    person = await database.transaction(people.create, new, site.provider.randomness, now)
    await database.transaction(standing.activate, person, now)
    await database.transaction(people.verify_email, person, EMAIL, now)
    account = Account("franceconnect", FRANCECONNECT.issuer, "subject")
    await database.transaction(identity.link, person, account, site.provider.randomness, now)
    return person


@pytest.mark.usefixtures("marie")
async def test_a_forgotten_password_is_chosen_anew_through_a_link(town: Town) -> None:
    visitor = await town.site.visitor()
    page = await (await visitor.open("/connexion")).follow("#forgotten")
    page = await page.form("#forgotten-form").fill(contact=EMAIL).submit()
    await town.work()
    page = await visitor.open(town.mailbox.letters[0].link("/oubli/lien"))
    page = await choose(page)
    assert (page.status, page.path) == (200, "/oubli/termine")
    page = await page.follow("#signin-again")
    page = await page.form("#signin").fill(identifier=MARIE, password=NEW).submit()

    assert page.path == "/mon-compte"


async def test_an_account_without_a_proved_e_mail_is_recovered_by_sms(town: Town) -> None:
    await without_proved_email(town.site)
    visitor = await town.site.visitor()
    page, (sms,) = await town.sms(visitor)
    assert (sms.to, sms.kind) == (MOBILE, "otp")
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()
    assert page.path == "/oubli/nouveau"
    assert (await choose(page)).path == "/oubli/termine"

    assert await town.signed_in(NEW)
    assert town.mailbox.letters == []


@pytest.mark.usefixtures("marie")
async def test_an_sms_alone_does_not_open_an_account_that_has_a_proved_e_mail(town: Town) -> None:
    page, received = await town.sms(await town.site.visitor())

    assert received == []
    (letter,) = town.mailbox.letters
    assert letter.recipients == (EMAIL,)
    page = await (await town.site.visitor()).open(letter.link("/oubli/lien"))
    assert (await choose(page)).path == "/oubli/termine"


async def test_unless_the_settings_say_so(database_url: str, mailbox: Mailbox, sms_gateway: SmsGateway) -> None:
    async with town_on(database_url, mailbox, sms_gateway, recovery=Recovery(sms_alone=True)) as town:
        await add_person(town.site.provider, MARIE, mobile=MOBILE)
        page, (sms,) = await town.sms(await town.site.visitor())
        page = await page.form("#forgotten-code").fill(code=sms.code).submit()

        assert (await choose(page)).path == "/oubli/termine"
        assert mailbox.letters == []


@pytest.mark.parametrize("typed", [f" {EMAIL.upper()} ", EMAIL], ids=["typed otherwise", "typed the same"])
@pytest.mark.usefixtures("marie")
async def test_a_letter_goes_to_the_address_on_record(typed: str, town: Town) -> None:
    (letter,) = await town.letters(typed)
    assert letter.recipients == (EMAIL,)


@pytest.mark.parametrize("typed", [EMAIL.replace("k", "\u212a").replace("i", "ı"), EMAIL.replace("e", "е")])
@pytest.mark.usefixtures("marie")
async def test_a_look_alike_of_an_address_is_not_that_address(typed: str, town: Town) -> None:
    page = await town.ask(await town.site.visitor(), typed)
    await town.work()
    assert page.form_errors.keys() == {"contact"}
    assert town.mailbox.letters == []


async def test_forgotten_identifiers_come_by_mail_one_per_account(town: Town) -> None:
    await add_person(town.site.provider, MARIE, mobile=MOBILE)
    await add_person(town.site.provider, "paul.dupont", email=EMAIL)
    (letter,) = await town.letters(wish="identifier")

    assert letter.subject == "Votre identifiant de connexion"
    assert "- marie.dupont\n- paul.dupont" in letter.text.replace("\r\n", "\n")
    assert "/oubli/lien" not in letter.text


@pytest.mark.usefixtures("marie")
async def test_a_forgotten_identifier_is_shown_to_who_receives_the_sms(town: Town) -> None:
    visitor = await town.site.visitor()
    page, (sms,) = await town.sms(visitor, wish="identifier")
    assert MARIE not in sms.text
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()

    assert page.path == "/oubli/identifiant"
    assert page.one("#identifiers").get_text().split() == [MARIE]


@pytest.mark.parametrize("wish", ["password", "identifier"])
async def test_an_account_of_franceconnect_is_told_so_and_may_add_a_password(
    wish: str, database_url: str, mailbox: Mailbox, sms_gateway: SmsGateway
) -> None:
    async with town_on(database_url, mailbox, sms_gateway, upstreams=(FRANCECONNECT,)) as town:
        await by_franceconnect(town.site)
        (letter,) = await town.letters(wish=wish)
        assert "n'a pas de mot de passe" in letter.text
        assert "FranceConnect." in letter.text

        page = await (await town.site.visitor()).open(letter.link("/oubli/lien"))
        assert (await choose(page)).path == "/oubli/termine"
        assert await town.signed_in(NEW, identifier=EMAIL)


@pytest.mark.usefixtures("marie")
async def test_a_letter_is_in_the_language_of_the_page(town: Town) -> None:
    visitor = await town.site.visitor(language="en")
    await town.ask(visitor, EMAIL)
    await town.work()
    assert town.mailbox.letters[0].subject == "Choose a new password"


async def answers(town: Town, contact: str) -> tuple[Page, str]:
    """What the page says, but for what was typed and for what differs from one request to the next."""
    page = await town.ask(await town.site.visitor(), contact)
    own = [*page.form("#forgotten-again").values["r"], *page.form("#forgotten-again").values["csrf"], contact]
    shown = str(page.html)
    for each in own:
        shown = shown.replace(each, "…")
    return page, shown


async def test_the_page_and_what_it_writes_tell_nothing_of_who_has_an_account(town: Town) -> None:
    provider, now = town.site.provider, town.site.clock.now()
    await add_person(provider, "known")
    locked = await add_person(provider, "locked")
    await provider.database.transaction(standing.lock, locked, now)
    pending = NewPerson(
        profile="citoyen",
        answers={"given_names": "P", "birth_name": "P", "email": "pending@exemple.fr"},
        locale="fr",
        identifier="pending",
    )
    await provider.database.transaction(people.create, pending, provider.randomness, now)

    seen = {name: await answers(town, f"{name}@exemple.fr") for name in ("known", "unknown", "locked", "pending")}
    assert len({shown for _, shown in seen.values()}) == 1
    assert {page.status for page, _ in seen.values()} == {200}
    written = await provider.database.read(lambda connection: list(connection.execute(select(recoveries))))
    assert len(written) == 4
    assert {(row.secret_digest, row.code_digest, row.due_at) for row in written} == {(None, None, now)}
    assert await provider.database.read(lambda connection: list(connection.execute(select(outbox.c.id)))) == []

    await town.work()
    assert sorted(letter.recipients for letter in town.mailbox.letters) == [
        ("known@exemple.fr",),
        ("pending@exemple.fr",),
    ]
    (reminder,) = town.mailbox.to("pending@exemple.fr")
    assert "n'est pas encore activé" in reminder.subject
    assert "/oubli/lien" not in reminder.text


async def test_the_same_for_a_number(town: Town) -> None:
    await without_proved_email(town.site)
    _, known = await answers(town, MOBILE)
    _, unknown = await answers(town, "+33639980002")
    assert known == unknown


@pytest.mark.parametrize(
    ("contact", "wish", "refused"),
    [
        pytest.param("", "password", {"contact"}, id="nothing typed"),
        pytest.param("marie.dupont", "password", {"contact"}, id="neither an address nor a number"),
        pytest.param("marie@", "password", {"contact"}, id="half an address"),
        pytest.param("01 99 00 12 34", "password", {"contact"}, id="a landline"),
        pytest.param("+44 7700 900123", "password", {"contact"}, id="a country we do not send to"),
        pytest.param(EMAIL, "everything", {"wish"}, id="another wish"),
        pytest.param("", "", {"wish", "contact"}, id="nothing at all"),
    ],
)
async def test_what_cannot_be_sent_is_said_beside_its_field(
    contact: str, wish: str, refused: set[str], town: Town
) -> None:
    page = await town.ask(await town.site.visitor(), contact, wish)
    assert (page.status, set(page.form_errors)) == (422, refused)
    assert page.form("#forgotten-form").values["contact"] == [contact]


@pytest.mark.usefixtures("marie")
async def test_clicking_again_and_again_sends_one_message_a_minute_and_five_an_hour(town: Town) -> None:
    visitor = await town.site.visitor()
    page = await town.ask(visitor, EMAIL)
    sent = []
    for _ in range(8):
        for _ in range(3):
            page = await page.form("#forgotten-again").submit()
            assert (page.status, page.path) == (200, "/oubli/envoye")
        await town.work()
        sent.append(len(town.mailbox.letters))
        town.site.clock.advance(60)

    assert sent == [1, 2, 3, 4, 5, 5, 5, 5]


async def test_a_request_beyond_the_limit_is_answered_by_the_message_already_sent(town: Town) -> None:
    await without_proved_email(town.site)
    visitor = await town.site.visitor()
    page, (sms,) = await town.sms(visitor)
    page = await page.form("#forgotten-again").submit()
    await town.work()
    page = await page.form("#forgotten-code").fill(code=sms.code).submit()

    assert page.path == "/oubli/nouveau"


async def test_one_address_cannot_ask_without_end(town: Town) -> None:
    visitor = await town.site.visitor()
    for number in range(60):
        await town.ask(visitor, f"nobody{number}@exemple.fr")
    page = await town.ask(visitor, EMAIL)

    assert (page.status, page.error_code) == (429, "too_many_recoveries")
    assert int(page.response.headers["retry-after"]) > 0


@pytest.mark.usefixtures("marie")
async def test_a_copy_of_the_database_tells_neither_who_asked_nor_what_was_sent(town: Town) -> None:
    visitor = await town.site.visitor()
    await town.ask(visitor, EMAIL)
    link = (await town.link()).partition("jeton=")[2]
    kept = await town.site.provider.database.read(
        lambda connection: str([tuple(row) for row in connection.execute(select(recoveries))])
    )
    assert EMAIL not in kept
    assert link not in kept


async def test_several_accounts_behind_one_number_are_all_reached(town: Town) -> None:
    await without_proved_email(town.site)
    await add_person(town.site.provider, "paul.dupont", mobile=MOBILE)
    _, received = await town.sms(await town.site.visitor())

    assert len(received) == 1
    assert [letter.recipients for letter in town.mailbox.letters] == [("paul.dupont@exemple.fr",)]
