"""Changes of an account asked for at the same moment: the database decides, and what must remain remains."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from idp.people import identity, store
from tests.pages.account.conftest import FRANCECONNECT, Resident, Settle, settle, site
from tests.support.provider import Site
from tests.support.visitor import Form, Page

__all__ = ["settle", "site"]
pytestmark = pytest.mark.anyio
NUMBER = "06 39 98 56 78"


async def sent(form: Form, **values: str) -> Page:
    """One browser tab that sends a form."""
    filled = {name: [value] for name, value in values.items()}
    return await Form(form.page, form.element, {**form.values, **filled}).submit()


async def link(resident: Resident) -> str:
    return (await resident.received("contact_proof"))[-1].link("/mon-compte/email/lien/")


async def test_a_link_to_a_new_address_followed_ten_times_at_once_serves_once(settle: Settle) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/email")).form("#email-form")
    await sent(form, email="c.martin@exemple.org")
    proof = (await (await camille.site.visitor()).open(await link(camille))).form("#proof")
    pages = await asyncio.gather(*(sent(proof) for _ in range(10)))
    assert Counter(page.status for page in pages) == {200: 1, 410: 9}
    assert (await camille.audited()).count("contact.changed") == 1
    assert len(await camille.received("address_changed")) == 2


async def test_of_two_addresses_asked_at_once_one_waits(settle: Settle) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/email")).form("#email-form")
    await asyncio.gather(*(sent(form, email=f"camille{number}@exemple.org") for number in range(5)))
    letters = await camille.received("contact_proof")
    assert len(letters) == 5
    elsewhere = await camille.site.visitor()
    opened = [await elsewhere.open(each.link("/mon-compte/email/lien/")) for each in letters]
    (alive,) = [page for page in opened if page.status == 200]
    await alive.form("#proof").submit()
    assert (await camille.person()).email in {each.to for each in letters}


async def test_a_way_back_followed_ten_times_at_once_serves_once(settle: Settle) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/email")).form("#email-form")
    await sent(form, email="c.martin@exemple.org")
    elsewhere = await camille.site.visitor()
    await (await elsewhere.open(await link(camille))).form("#proof").submit()
    (former,) = [each for each in await camille.received("address_changed") if "/retour/" in each.text]
    back = (await elsewhere.open(former.link("/retour/"))).form("#restore")
    pages = await asyncio.gather(*(sent(back) for _ in range(10)))
    assert Counter(page.status for page in pages) == {200: 1, 410: 9}
    assert (await camille.audited()).count("address.restored") == 1


async def test_of_twenty_wrong_codes_at_once_five_are_compared(settle: Settle) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/mobile")).form("#mobile-form")
    page = await sent(form, mobile=NUMBER)
    right = (await camille.received("contact_proof"))[-1].code
    codes = [f"{(int(right) + 1 + number) % 1_000_000:06}" for number in range(20)]
    await asyncio.gather(*(sent(page.form("#mobile-code"), code=code) for code in codes))
    assert (await camille.audited()).count("contact.code_refused") == 5
    await sent(page.form("#mobile-code"), code=right)
    assert (await camille.person()).mobile is None


async def test_the_right_code_sent_ten_times_changes_once(settle: Settle) -> None:
    camille = await settle()
    form = (await camille.visitor.open("/mon-compte/mobile")).form("#mobile-form")
    page = await sent(form, mobile=NUMBER)
    right = (await camille.received("contact_proof"))[-1].code
    await asyncio.gather(*(sent(page.form("#mobile-code"), code=right) for _ in range(10)))
    assert (await camille.audited()).count("contact.changed") == 1
    assert len(await camille.received("mobile_changed")) == 1


async def test_of_two_ways_in_untied_at_once_one_remains(site: Site, settle: Settle) -> None:
    other = replace(FRANCECONNECT, name="proconnect", kind="proconnect", issuer="https://proconnect.test")
    site.provider.settings = replace(site.provider.settings, upstreams=(FRANCECONNECT, other))
    camille = await settle(with_password=False)
    await camille.links()
    await camille.links("proconnect")
    page = await camille.home()
    forms = [Form.read(page, each) for each in page.html.select('form[action="/mon-compte/liens/retrait"]')]
    pages = await asyncio.gather(*(sent(form) for form in forms))
    assert Counter(page.error_code for page in pages) == {None: 1, "only_way_in": 1}
    assert len(await site.provider.database.read(identity.links_of, camille.person_id)) == 1


async def test_two_accounts_that_take_one_identifier_at_once_get_one(site: Site, settle: Settle) -> None:
    people = [await settle(None, with_password=False, email=f"c{number}@exemple.fr") for number in range(2)]
    forms = [(await each.visitor.open("/mon-compte/mot-de-passe")).form("#password-form") for each in people]
    chosen = {"identifier": "camille", "password": "Un-Tilleul-2-places", "password_again": "Un-Tilleul-2-places"}
    pages = await asyncio.gather(*(sent(form, **chosen) for form in forms))
    assert Counter(page.path for page in pages) == {"/mon-compte": 1, "/mon-compte/mot-de-passe": 1}
    assert await site.provider.database.read(store.find_by_identifier, "camille") is not None
    assert sorted([(await each.person()).password_hash is None for each in people]) == [False, True]
