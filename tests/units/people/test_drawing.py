"""Questions as they are drawn."""

from datetime import date

from idp.foundation.settings import SignUp
from idp.foundation.texts import Text
from idp.people.drawing import FieldView, draw
from idp.people.fields import Filled
from idp.people.profiles import offered


def drawn(profile: str, settings: SignUp | None = None, **typed: str) -> dict[str, FieldView]:
    asked = offered(settings or SignUp(), "Villeneuve")[profile]
    filled = Filled(typed, date(2026, 11, 24), 15)

    def say(sentence: Text) -> str:
        return sentence.msgid.format(**sentence.params)

    return {field.name: field for section in draw(asked, filled, say, "fr") for field in section.fields}


def test_an_optional_civility_may_stay_unanswered() -> None:
    assert drawn("citoyen")["title"].options[0] == ("", "Ne pas répondre")
    required = drawn("citoyen", SignUp(title_required=True))["title"]
    assert required.options[0] == ("", "Choisissez")
    assert required.required


def test_a_question_that_depends_on_another_says_so_and_has_no_star() -> None:
    rna = drawn("association")["rna"]
    assert (rna.when, rna.among, rna.required) == ("situation", "declaree utilite_publique", False)
    country = drawn("entreprise")["registration_country"]
    assert (country.when, country.among, country.value) == ("no_siret", "1", "")


def test_the_doubt_about_a_siret_is_asked_only_once_there_is_one() -> None:
    assert "siret_confirmed" not in drawn("entreprise")
    assert "siret_confirmed" in drawn("entreprise", siret="73282932000075")


def test_countries_are_offered_with_france_chosen() -> None:
    fields = drawn("entreprise")
    assert fields["country"].value == "FR"
    assert fields["country"].options[1] == ("FR", "France")
    assert fields["org_phone"].options[0] == ("FR", "France (+33)")


def test_labels_name_the_authority() -> None:
    assert drawn("citoyen")["list_email"].label == "Je souhaite recevoir les informations de Villeneuve par courriel"
