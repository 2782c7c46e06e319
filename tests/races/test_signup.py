"""Sign-up and activation under simultaneous requests: the database decides, once."""

import asyncio
from collections import Counter

import pytest

from idp.people import store
from idp.people.person import State
from tests.pages.signup.conftest import CITIZEN, Newcomer
from tests.support.posted import posted
from tests.support.provider import Site
from tests.support.visitor import Form, Page

pytestmark = pytest.mark.anyio


async def newcomer_at(site: Site, address: str = "192.0.2.10") -> Newcomer:
    return Newcomer(site, await site.visitor(address=address))


async def with_code(site: Site) -> tuple[Newcomer, Form, str]:
    """Someone who was sent a code, the form to type it in, and the code."""
    newcomer = await newcomer_at(site)
    page = await (await newcomer.signs_up()).form("#activate-sms").submit()
    return newcomer, page.form("#activation-code"), (await newcomer.received()).code


def wrong(code: str, number: int) -> str:
    return f"{(int(code) + 1 + number) % 1_000_000:06}"


async def tries(form: Form, code: str) -> Page:
    """One browser tab that types a code."""
    return await Form(form.page, form.element, {**form.values, "code": [code]}).submit()


async def test_two_people_want_one_identifier_and_one_gets_it(site: Site) -> None:
    people = [await newcomer_at(site, f"198.51.100.{number}") for number in range(2)]
    forms = [
        (await each.form()).fill(**{**CITIZEN, "email": f"personne{number}@exemple.fr"})
        for number, each in enumerate(people)
    ]
    pages = await asyncio.gather(*(form.submit("#signup-submit") for form in forms))
    assert Counter(page.path for page in pages) == {"/activation": 1, "/inscription/citoyen": 1}
    (loser,) = (page for page in pages if page.path != "/activation")
    assert "camille.martin.2" in loser.form_errors["identifier"]
    again = loser.form("#signup")
    kept = ("birth_name", "given_names", "birthdate", "email", "mobile", "title")
    assert all(again.values[name][0] for name in kept)
    assert again.values["password"] == [""]
    assert (await people[0].audited()).count("account.created") == 1


async def test_one_form_sent_twenty_times_opens_one_account(site: Site) -> None:
    newcomer = await newcomer_at(site)
    form = (await newcomer.form()).fill(**CITIZEN)
    pages = await asyncio.gather(*(form.submit("#signup-submit") for _ in range(20)))
    assert {page.path for page in pages} == {"/activation"}
    assert (await newcomer.audited()).count("account.created") == 1


async def test_of_twenty_wrong_codes_at_once_five_are_compared(site: Site) -> None:
    newcomer, form, code = await with_code(site)
    pages = await asyncio.gather(*(tries(form, wrong(code, number)) for number in range(20)))
    compared = [page for page in pages if "n'est pas le bon" in page.form_errors["code"]]
    assert len(compared) == 4  # the fifth is told that no try is left
    assert (await newcomer.audited()).count("activation.failed") == 5
    assert "n'est plus valable" in (await tries(form, code)).form_errors["code"]
    person = await newcomer.person()
    assert person is not None
    assert person.state is State.PENDING


async def test_the_right_code_sent_ten_times_activates_once(site: Site) -> None:
    newcomer, form, code = await with_code(site)
    await asyncio.gather(*(tries(form, code) for _ in range(10)))
    person = await newcomer.person()
    assert person is not None
    assert (person.state, person.mobile_verified) == (State.ACTIVE, True)
    assert (await newcomer.audited()).count("account.activated") == 1


async def test_a_link_followed_ten_times_at_once_serves_once(site: Site) -> None:
    newcomer = await newcomer_at(site)
    await (await newcomer.signs_up()).form("#activate-email").submit()
    link = (await newcomer.received()).link("/activation/lien/")
    elsewhere = await site.visitor()
    form = (await elsewhere.open(link)).form("#activation-link")
    pages = await asyncio.gather(*(form.submit() for _ in range(10)))
    assert Counter(page.status for page in pages) == {200: 1, 410: 9}
    assert (await newcomer.audited()).count("account.activated") == 1


async def test_a_code_asked_ten_times_at_once_is_sent_once(site: Site) -> None:
    newcomer = await newcomer_at(site)
    form = (await newcomer.signs_up()).form("#activate-sms")
    pages = await asyncio.gather(*(form.submit() for _ in range(10)))
    assert {page.status for page in pages} == {200}
    assert len(await posted(site)) == 1


async def test_two_accounts_prove_one_address_and_the_first_signs_in_with_it(site: Site) -> None:
    links = []
    for number in range(2):
        newcomer = await newcomer_at(site, f"198.51.100.{number}")
        page = await newcomer.signs_up(identifier=f"camille.{number}")
        await page.form("#activate-email").submit()
        links.append((await newcomer.received()).link("/activation/lien/"))
    elsewhere = await site.visitor()
    forms = [(await elsewhere.open(link)).form("#activation-link") for link in links]
    await asyncio.gather(*(form.submit() for form in forms))
    holders = await site.provider.database.transaction(store.holders_of_email, "camille.martin@exemple.fr")
    assert len(holders) == 2
    signed_in = await site.provider.database.transaction(store.find_by_identifier, "camille.martin@exemple.fr")
    assert signed_in is not None
    assert signed_in.id in {each.id for each in holders}
