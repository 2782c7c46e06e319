"""The lists of countries."""

from idp.people.choices import COUNTRY_CODES, calling_countries, countries


def test_france_and_its_territories_come_first_in_both_languages() -> None:
    assert countries("fr")[0] == ("FR", "France")
    assert [code for code, _ in countries("en")[:5]] == ["FR", "GP", "MQ", "GF", "RE"]


def test_other_countries_follow_in_the_order_of_their_names_accents_aside() -> None:
    names = [name for _, name in countries("fr")[12:]]
    assert names.index("Égypte") < names.index("Équateur") < names.index("Espagne") < names.index("Estonie")
    assert "Allemagne" in names[:10]


def test_only_real_countries_are_offered() -> None:
    assert {"FR", "BE", "TW", "XK"} <= COUNTRY_CODES
    assert not {"EU", "ZZ", "UN", "QO"} & COUNTRY_CODES


def test_a_telephone_prefix_follows_each_name() -> None:
    named = dict(calling_countries("fr"))
    assert named["FR"] == "France (+33)"
    assert named["RE"].endswith("(+262)")
