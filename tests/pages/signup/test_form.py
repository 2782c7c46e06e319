"""The sign-up form, visited as a browser without scripts does."""

from dataclasses import replace

import pytest

from idp.foundation.limits import Limit
from idp.foundation.settings import SignUp
from idp.people import consents
from idp.people.consents import Kind
from idp.people.person import State
from tests.pages.signup.conftest import CITIZEN, PASSWORD, Newcomer
from tests.support.provider import Site

pytestmark = pytest.mark.anyio

COMPANY: dict[str, str | bool] = {
    "siret": "732 829 320 00074",
    "legal_name": "Les Lilas",
    "legal_form": "sas",
    "street": "12 rue des Lilas",
    "postcode": "20200",
    "city": "Bastia",
    "birth_name": "Martin",
    "given_names": "Camille",
    "role": "president",
    "represents": True,
    "email": "camille.martin@exemple.fr",
    "identifier": "camille.martin",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "accept_terms": True,
    "accept_privacy": True,
}
ASSOCIATION: dict[str, str | bool] = {
    **{name: value for name, value in COMPANY.items() if name not in {"siret", "legal_form"}},
    "legal_name": "Les Amis des Lilas",
    "situation": "declaree",
    "rna": "W751515517",
    "purpose": "Planter des lilas dans la commune.",
}


async def test_the_three_profiles_are_offered_and_lead_to_their_form(newcomer: Newcomer) -> None:
    choice = await newcomer.visitor.open("/inscription")
    assert choice.one("h1").get_text() == "Je veux créer mon compte"
    for profile in ("citoyen", "entreprise", "association"):
        form = await choice.follow(f"#profile-{profile}")
        assert form.path == f"/inscription/{profile}"
        assert form.has("#signup")


async def test_a_password_that_was_right_is_asked_again_when_something_else_is_wrong(newcomer: Newcomer) -> None:
    said = "Tapez de nouveau votre mot de passe"
    page = await newcomer.signs_up(email="camille@")
    assert said in page.text
    assert page.one("#password").get("value") is None
    assert said not in (await newcomer.signs_up(password="court", password_again="court")).text
    assert said not in (await newcomer.visitor.open("/inscription/citoyen")).text


async def test_a_citizen_signs_up_and_is_asked_to_activate(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up(preferred_name="Durand", landline="02.61.91.12.34", list_email=True)
    assert page.path == "/activation"
    assert "camille.martin" in page.text
    person = await newcomer.person()
    assert person is not None
    assert (person.state, person.profile, person.locale) == (State.PENDING, "citoyen", "fr")
    assert (person.title, person.given_names, person.birth_name) == ("madame", "Camille", "Martin")
    assert (person.preferred_name, person.birthdate) == ("Durand", "1987-03-14")
    assert (person.email, person.mobile, person.landline) == (
        "camille.martin@exemple.fr",
        "+33639981234",
        "+33261911234",
    )
    assert person.gender is None
    assert not person.email_verified
    assert not person.mobile_verified
    given = await newcomer.site.provider.database.transaction(consents.agreements_of, person.id)
    assert {each.kind: each.version for each in given} == {
        Kind.LIST_EMAIL: "2026-11",
        Kind.TERMS: "2026-11",
        Kind.PRIVACY: "2026-11",
    }
    assert {(each.origin, each.agreed_at) for each in given} == {("inscription", newcomer.site.clock.now())}
    assert await newcomer.audited() == ["account.created"]


async def test_a_company_is_declared_with_its_representative(newcomer: Newcomer) -> None:
    page = await (await newcomer.form("entreprise")).fill(**COMPANY).submit("#signup-submit")
    assert page.path == "/activation"
    person = await newcomer.person()
    assert person is not None
    assert person.organisation is not None
    assert (person.profile, person.birthdate) == ("entreprise", None)
    assert (person.organisation.kind, person.organisation.siret, person.organisation.role) == (
        "entreprise",
        "73282932000074",
        "president",
    )
    assert person.organisation.details == {
        "street": "12 rue des Lilas",
        "postcode": "20200",
        "city": "Bastia",
        "country": "FR",
    }
    given = await newcomer.site.provider.database.transaction(consents.agreements_of, person.id)
    assert Kind.REPRESENTATION in {each.kind for each in given}


async def test_an_association_is_declared_with_its_representative(newcomer: Newcomer) -> None:
    page = await (await newcomer.form("association")).fill(**ASSOCIATION).submit("#signup-submit")
    assert page.path == "/activation"
    person = await newcomer.person()
    assert person is not None
    assert person.organisation is not None
    assert (person.organisation.legal_name, person.organisation.rna) == ("Les Amis des Lilas", "W751515517")


async def test_an_empty_form_is_refused_field_by_field(newcomer: Newcomer) -> None:
    page = await (await newcomer.form()).submit("#signup-submit")
    assert page.status == 422
    assert list(page.form_errors) == [
        "birth_name",
        "given_names",
        "birthdate",
        "email",
        "identifier",
        "password",
        "accept_terms",
        "accept_privacy",
    ]
    summary = page.one("#form-errors")
    assert "Le formulaire contient 8 erreurs" in summary.get_text()
    assert [link["href"] for link in summary.select("a")] == [f"#{name}" for name in page.form_errors]
    assert "Indiquez votre nom de naissance." in page.form_errors["birth_name"]


async def test_nothing_typed_is_lost_after_a_refusal_but_the_passwords(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up(birthdate="31/04/1990", list_sms=True, mobile_country="RE", mobile="0692 12 34 56")
    assert list(page.form_errors) == ["birthdate"]
    form = page.form("#signup")
    for name in ("birth_name", "given_names", "email", "identifier"):
        assert form.values[name] == [CITIZEN[name]]
    assert form.values["mobile"] == ["0692 12 34 56"]
    assert form.values["mobile_country"] == ["RE"]
    assert form.values["list_sms"] == ["1"]
    assert form.values["title"] == ["madame"]
    assert (form.values["password"], form.values["password_again"]) == ([""], [""])
    assert PASSWORD not in page.response.text


async def test_mailing_lists_are_not_joined_unless_ticked(newcomer: Newcomer) -> None:
    form = await newcomer.form()
    assert form.values["list_email"] == []
    assert form.values["list_sms"] == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("birth_name", "J3an", "lettres"),
        ("given_names", "Camille\u202e", "invisible"),
        ("birthdate", "24/11/2020", "un parent doit créer le compte"),
        ("email", "camille@exemple", "incomplète"),
        ("mobile", "02.02.02.02.02", "ne reçoit pas de SMS"),
        ("landline", "0892 12 34 56", "spécial"),
        ("identifier", "camille@exemple.fr", "adresse électronique"),
        ("identifier", "admin", "pas disponible"),
        ("password", "Bonjour2024", "trop courant"),
        ("password", "Camille-42-bleu", "N'utilisez ni votre nom"),
        ("password", "court7A", "niveau"),
        ("password", "Cerisier-42-" * 11, "trop long"),
    ],
)
async def test_each_field_says_what_to_correct(newcomer: Newcomer, field: str, value: str, words: str) -> None:
    repeated = {"password_again": value} if field == "password" else {}
    page = await newcomer.signs_up(**{field: value, **repeated})
    assert list(page.form_errors) == [field]
    assert words in page.form_errors[field]
    assert await newcomer.person() is None


async def test_both_passwords_must_be_the_same(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up(password_again="Cerisier-42-rouge")
    assert list(page.form_errors) == ["password_again"]


async def test_without_script_an_identifier_is_proposed_once_the_name_is_known(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    other = Newcomer(newcomer.site, await newcomer.site.visitor())
    page = await other.signs_up(given_names="Camille", birth_name="MARTIN", identifier="")
    assert list(page.form_errors) == ["identifier"]
    assert page.form("#signup").values["identifier"] == ["camille.martin.2"]


async def test_the_usual_name_comes_before_the_birth_name_in_the_proposal(newcomer: Newcomer) -> None:
    page = await newcomer.signs_up(preferred_name="Le Cœur", identifier="")
    assert page.form("#signup").values["identifier"] == ["camille.le-coeur"]


async def test_a_taken_identifier_is_refused_with_free_ones(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    other = Newcomer(newcomer.site, await newcomer.site.visitor())
    page = await other.signs_up(identifier="Camille.Martin", email="autre@exemple.fr")
    assert page.form_errors == {
        "identifier": "Erreur : Cet identifiant est déjà pris. Essayez : camille.martin.2, camille.martin.3."
    }


async def test_an_address_that_has_an_account_changes_nothing_on_the_page(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    other = Newcomer(newcomer.site, await newcomer.site.visitor())
    page = await other.signs_up(identifier="camille.martin.2")
    assert page.path == "/activation"


async def test_a_doubtful_siret_may_be_confirmed(newcomer: Newcomer) -> None:
    form = (await newcomer.form("entreprise")).fill(**{**COMPANY, "siret": "73282932000075"})
    assert not form.page.has("#siret_confirmed")
    page = await form.submit("#signup-submit")
    assert list(page.form_errors) == ["siret"]
    retyped: dict[str, str | bool] = {"siret_confirmed": True, "password": PASSWORD, "password_again": PASSWORD}
    assert (await page.form("#signup").fill(**retyped).submit("#signup-submit")).path == "/activation"


async def test_fields_of_another_profile_and_made_up_ones_are_dropped(newcomer: Newcomer) -> None:
    form = (await newcomer.form()).fill(**CITIZEN)
    extra = (
        "is_admin",
        "role",
        "state",
        "email_verified",
        "email_verified_at",
        "id",
        "profile_type",
        "siret",
        "claims",
    )
    form.values.update({name: ["1"] for name in extra})
    assert (await form.submit("#signup-submit")).path == "/activation"
    person = await newcomer.person()
    assert person is not None
    assert (person.state, person.organisation, person.claims) == (State.PENDING, None, {})
    assert not person.email_verified


async def test_a_form_read_under_former_terms_is_shown_again(newcomer: Newcomer) -> None:
    form = (await newcomer.form()).fill(**CITIZEN)
    settings = newcomer.site.provider.settings
    newcomer.site.provider.settings = replace(settings, signup=replace(settings.signup, terms_version="2027-01"))
    page = await form.submit("#signup-submit")
    assert list(page.form_errors) == ["accept_terms"]
    assert "a changé" in page.form_errors["accept_terms"]


async def test_a_closed_profile_does_not_exist(newcomer: Newcomer) -> None:
    settings = newcomer.site.provider.settings
    newcomer.site.provider.settings = replace(settings, signup=SignUp(profiles=("association", "citoyen")))
    choice = await newcomer.visitor.open("/inscription")
    assert [link["id"] for link in choice.html.select("a.choice")] == ["profile-association", "profile-citoyen"]
    assert (await newcomer.visitor.open("/inscription/entreprise")).status == 404
    assert (await newcomer.visitor.open("/inscription/inconnu")).status == 404


async def test_the_same_form_sent_twice_opens_one_account(newcomer: Newcomer) -> None:
    form = (await newcomer.form()).fill(**CITIZEN)
    first = await form.submit("#signup-submit")
    second = await form.submit("#signup-submit")
    assert first.address == second.address
    assert await newcomer.audited() == ["account.created"]


async def test_giving_up_an_untouched_form_goes_straight_back(newcomer: Newcomer) -> None:
    page = await (await newcomer.form()).submit("#signup-cancel")
    assert page.path == "/connexion"


@pytest.mark.parametrize(
    "typed", [{"birth_name": "Martin"}, {"list_email": True}, {"password": "x"}, {"identifier": "c"}]
)
async def test_giving_up_what_was_typed_is_confirmed_first(newcomer: Newcomer, typed: dict[str, str | bool]) -> None:
    form = await newcomer.form()
    page = await form.fill(**typed).submit("#signup-cancel")
    assert page.path == "/inscription/annulation"
    assert (await page.follow("#cancel-confirm")).path == "/connexion"
    assert await newcomer.audited() == []


async def test_changing_one_s_mind_brings_back_what_was_typed(newcomer: Newcomer) -> None:
    form = (await newcomer.form()).fill(**{**CITIZEN, "mobile_country": "RE"})
    page = await (await form.submit("#signup-cancel")).form("#cancel-resume").submit()
    again = page.form("#signup")
    assert page.form_errors == {}
    for name in ("birth_name", "email", "identifier", "mobile"):
        assert again.values[name] == [CITIZEN[name]]
    assert again.values["mobile_country"] == ["RE"]
    assert again.values["password"] == [""]


async def test_a_form_of_another_browser_is_refused(newcomer: Newcomer) -> None:
    form = (await newcomer.form()).fill(**CITIZEN)
    form.page.visitor = await newcomer.site.visitor()
    page = await form.submit("#signup-submit")
    assert page.status == 403
    assert await newcomer.audited() == []


async def test_a_form_left_open_too_long_starts_again(newcomer: Newcomer) -> None:
    form = (await newcomer.form()).fill(**CITIZEN)
    newcomer.site.clock.advance(newcomer.site.provider.settings.lifetimes.interaction)
    page = await form.submit("#signup-submit")
    assert (page.status, page.error_code) == (410, "interaction_expired")


async def test_one_address_cannot_open_accounts_without_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.signup.registration.BY_ADDRESS", Limit("few sign-ups", allowed=2, per_seconds=3600))
    for number in range(3):
        newcomer = Newcomer(site, await site.visitor())
        page = await newcomer.signs_up(identifier=f"camille.{number}")
        assert (page.status == 429) is (number == 2)
    elsewhere = Newcomer(site, await site.visitor(address="198.51.100.7"))
    assert (await elsewhere.signs_up(identifier="camille.ailleurs")).path == "/activation"
