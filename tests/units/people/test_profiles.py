"""What each profile asks, refuses and keeps."""

from datetime import date

import pytest

from idp.foundation.settings import SignUp
from idp.foundation.texts import Catalogue, Text, load_catalogue
from idp.people import questions
from idp.people.business_numbers import SIRET_DOUBTFUL
from idp.people.dates import TOO_YOUNG
from idp.people.fields import Answers, Filled, check
from idp.people.phones import NOT_A_MOBILE
from idp.people.profiles import offered

TODAY = date(2026, 11, 24)

CITOYEN = {
    "title": "madame",
    "birth_name": "Test",
    "preferred_name": "Test",
    "given_names": "Test",
    "birthdate": "01/01/2000",
    "email": "test@test.fr",
    "landline": "01.01.01.01.01",
    "mobile": "06.39.98.02.02",
    "accept_terms": "1",
    "accept_privacy": "1",
}
REPRESENTATIVE = {
    "birth_name": "Martin",
    "given_names": "Camille",
    "role": "president",
    "represents": "1",
    "email": "camille@exemple.fr",
    "accept_terms": "1",
    "accept_privacy": "1",
}
SEAT = {"street": "12 rue des Lilas", "postcode": "20200", "city": "Bastia", "country": "FR"}
ENTREPRISE = {
    **REPRESENTATIVE,
    **SEAT,
    "siret": "732 829 320 00074",
    "legal_name": "Les Lilas",
    "legal_form": "sas",
}
ASSOCIATION = {
    **REPRESENTATIVE,
    **SEAT,
    "legal_name": "Les Amis des Lilas",
    "situation": "declaree",
    "rna": "w751515517",
    "purpose": "Planter des lilas dans la commune.",
}
WHOLE = {"citoyen": CITOYEN, "entreprise": ENTREPRISE, "association": ASSOCIATION}


def answered(profile: str, settings: SignUp | None = None, /, **changes: str) -> Answers:
    settings = settings or SignUp()
    asked = offered(settings, "Villeneuve")[profile]
    filled = Filled({**WHOLE[profile], **changes}, TODAY, settings.minimum_age)
    return check((*asked.fields(), *questions.REGULATION), filled)


@pytest.mark.parametrize("profile", WHOLE)
def test_a_whole_form_is_accepted(profile: str) -> None:
    assert answered(profile).refusals == {}


def test_the_answers_of_a_citizen_are_kept_in_their_normal_form() -> None:
    answers = answered("citoyen", list_email="1", list_sms="1")
    assert answers.person == {
        "title": "madame",
        "birth_name": "Test",
        "preferred_name": "Test",
        "given_names": "Test",
        "birthdate": "2000-01-01",
        "email": "test@test.fr",
        "landline": "+33101010101",
        "mobile": "+33639980202",
    }
    assert answers.organisation == {}
    assert answers.agreements == ("list_email", "list_sms", "accept_terms", "accept_privacy")


def test_the_answers_about_an_organisation_are_kept_apart_from_the_person() -> None:
    answers = answered("entreprise")
    assert answers.person == {"birth_name": "Martin", "given_names": "Camille", "email": "camille@exemple.fr"}
    assert answers.organisation == {
        **SEAT,
        "siret": "73282932000074",
        "legal_name": "Les Lilas",
        "legal_form": "sas",
        "role": "president",
    }
    assert answers.agreements == ("represents", "accept_terms", "accept_privacy")


MANDATORY = {
    "citoyen": ["birth_name", "given_names", "birthdate", "email", "accept_terms", "accept_privacy"],
    "entreprise": [
        "siret",
        "legal_name",
        "legal_form",
        "street",
        "postcode",
        "city",
        "country",
        "birth_name",
        "given_names",
        "role",
        "represents",
        "email",
        "accept_terms",
        "accept_privacy",
    ],
    "association": [
        "legal_name",
        "situation",
        "purpose",
        "street",
        "postcode",
        "city",
        "country",
        "birth_name",
        "given_names",
        "role",
        "represents",
        "email",
        "accept_terms",
        "accept_privacy",
    ],
}


@pytest.mark.parametrize("profile", MANDATORY)
def test_everything_that_is_missing_is_told_at_once_in_the_order_of_the_form(profile: str) -> None:
    asked = offered(SignUp(), "Villeneuve")[profile]
    answers = check((*asked.fields(), *questions.REGULATION), Filled({}, TODAY, 15))
    assert list(answers.refusals) == MANDATORY[profile]


def test_the_civility_is_asked_and_not_imposed_unless_the_authority_decides_so() -> None:
    assert "title" not in answered("citoyen", title="").refusals
    assert "title" in answered("citoyen", SignUp(title_required=True), title="").refusals
    assert "title" in answered("citoyen", title="mademoiselle").refusals


def test_a_person_below_the_minimum_age_is_refused() -> None:
    assert answered("citoyen", birthdate="25/11/2011").refusals["birthdate"] == TOO_YOUNG
    assert answered("citoyen", birthdate="24/11/2011").refusals == {}
    assert answered("citoyen", SignUp(minimum_age=18), birthdate="25/11/2008").refusals["birthdate"] == TOO_YOUNG


def test_under_fifteen_nobody_is_put_on_a_mailing_list() -> None:
    answers = answered("citoyen", SignUp(minimum_age=12), birthdate="25/11/2011", list_email="1", list_sms="1")
    assert answers.refusals == {}
    assert answers.agreements == ("accept_terms", "accept_privacy")


def test_the_sms_list_needs_a_mobile() -> None:
    assert "list_sms" in answered("citoyen", mobile="", list_sms="1").refusals


def test_a_landline_typed_as_a_mobile_is_explained() -> None:
    assert answered("citoyen", mobile="02.02.02.02.02").refusals["mobile"] == NOT_A_MOBILE


def test_the_country_selected_beside_a_number_is_used() -> None:
    assert answered("citoyen", mobile="0470 12 34 56", mobile_country="BE").person["mobile"] == "+32470123456"


def test_what_the_profile_does_not_ask_is_not_read() -> None:
    extra = {
        "state": "active",
        "id": "1",
        "role": "administrator",
        "email_verified_at": "1",
        "siret": "73282932000074",
        "profile": "entreprise",
        "claims": "{}",
    }
    assert answered("citoyen", **extra) == answered("citoyen")


def test_a_siret_whose_key_is_wrong_passes_only_when_the_person_is_sure() -> None:
    assert answered("entreprise", siret="73282932000075").refusals == {"siret": SIRET_DOUBTFUL}
    answers = answered("entreprise", siret="73282932000075", siret_confirmed="1")
    assert answers.refusals == {}
    assert answers.organisation["siret"] == "73282932000075"
    assert "siret" in answered("entreprise", siret="7328293200007", siret_confirmed="1").refusals


def test_the_box_to_insist_on_a_siret_is_asked_only_when_there_is_a_doubt() -> None:
    fields = {field.name: field for field in offered(SignUp(), "Villeneuve")["entreprise"].fields()}
    confirmed = fields["siret_confirmed"]
    assert confirmed.is_asked(Filled({"siret": "73282932000075"}, TODAY, 15))
    assert not confirmed.is_asked(Filled({"siret": "73282932000074"}, TODAY, 15))
    assert not confirmed.is_asked(Filled({}, TODAY, 15))


def test_a_foreign_company_says_where_it_is_registered_instead() -> None:
    assert list(answered("entreprise", siret="", no_siret="1").refusals) == ["registration_country"]
    answers = answered(
        "entreprise", siret="", no_siret="1", registration_country="BE", registration_number="0403.170.701"
    )
    assert answers.refusals == {}
    assert answers.organisation["registration_country"] == "BE"
    assert "registration_country" not in answered("entreprise", registration_country="BE").organisation
    assert "registration_country" in answered("entreprise", siret="", no_siret="1", registration_country="ZZ").refusals


def test_the_vat_number_is_asked_only_when_the_authority_wants_it() -> None:
    assert "vat" not in answered("entreprise", vat="FR44732829320").organisation
    assert answered("entreprise", SignUp(ask_vat=True), vat="FR 44 732829320").organisation["vat"] == "FR44732829320"


@pytest.mark.parametrize("situation", ["declaree", "utilite_publique"])
def test_a_declared_association_gives_its_rna_or_says_that_it_does_not_know_it(situation: str) -> None:
    assert list(answered("association", situation=situation, rna="").refusals) == ["rna"]
    assert answered("association", situation=situation, rna="", rna_unknown="1").refusals == {}
    assert answered("association", situation=situation).organisation["rna"] == "W751515517"


@pytest.mark.parametrize("situation", ["en_cours", "non_declaree"])
def test_an_association_without_a_number_needs_none(situation: str) -> None:
    answers = answered("association", situation=situation)
    assert answers.refusals == {}
    assert "rna" not in answers.organisation


def test_in_alsace_moselle_the_register_of_the_court_takes_the_place_of_the_rna() -> None:
    missing = answered("association", situation="alsace_moselle", rna="").refusals
    assert list(missing) == ["registry_court", "registry_volume", "registry_folio"]
    register = {"registry_court": "Strasbourg", "registry_volume": "42", "registry_folio": "7"}
    assert answered("association", situation="alsace_moselle", rna="", **register).refusals == {}


def test_another_body_is_known_by_its_siret() -> None:
    assert list(answered("association", situation="autre").refusals) == ["situation"]
    assert answered("association", situation="autre", siret="73282932000074").refusals == {}


@pytest.mark.parametrize("purpose", ["trop peu", "x" * 501])
def test_the_purpose_has_a_length(purpose: str) -> None:
    assert list(answered("association", purpose=purpose).refusals) == ["purpose"]


def test_a_purpose_of_several_lines_is_kept_on_one() -> None:
    assert answered("association", purpose="Planter\r\ndes lilas").organisation["purpose"] == "Planter des lilas"


def test_the_postal_address_of_a_citizen_is_asked_only_when_the_authority_wants_it() -> None:
    assert "street" not in answered("citoyen", **SEAT).person
    kept = answered("citoyen", SignUp(ask_address=True), **SEAT).person
    assert {name: kept[name] for name in SEAT} == SEAT
    assert answered("citoyen", SignUp(ask_address=True)).refusals == {}


def test_an_authority_opens_the_profiles_it_wants_in_its_order() -> None:
    assert list(offered(SignUp(profiles=("association", "citoyen")), "Villeneuve")) == ["association", "citoyen"]


CIVIL = {"birth_name", "given_names", "birthdate"}


@pytest.mark.parametrize(
    ("known", "still"),
    [(CIVIL, []), (CIVIL - {"birthdate"}, ["birthdate"]), ({"birthdate"}, ["birth_name", "given_names"])],
)
def test_someone_vouched_for_is_asked_only_what_was_not_said(known: set[str], still: list[str]) -> None:
    asked = [field.name for field in offered(SignUp(), "Villeneuve")["citoyen"].of_vouched(known).fields()]
    assert asked == [*still, "email", "landline", "mobile", "list_email", "list_sms"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.mark.parametrize("profile", WHOLE)
def test_every_sentence_of_a_form_can_be_said(profile: str, catalogue: Catalogue) -> None:
    settings = SignUp(ask_address=True, ask_vat=True)
    for field in (*offered(settings, "Villeneuve")[profile].fields(), *questions.REGULATION):
        said = [field.label, field.hint, field.missing, *(label for _, label in field.options)]
        for sentence in said:
            if isinstance(sentence, Text):
                assert "{" not in catalogue.translate(sentence, "fr")
