"""The closed lists of the forms: civilities, legal forms, functions, situations of an association, countries."""

from functools import lru_cache

from babel import Locale
from phonenumbers import SUPPORTED_REGIONS

from idp.foundation.texts import Text, text
from idp.people.characters import folded
from idp.people.phones import FRENCH_REGIONS, calling_code

Options = tuple[tuple[str, Text], ...]

TITLES: Options = (("madame", text("Madame")), ("monsieur", text("Monsieur")))

LEGAL_FORMS: Options = (
    ("ei", text("Entreprise individuelle (EI)")),
    ("eurl", text("EURL")),
    ("sarl", text("SARL")),
    ("sasu", text("SASU")),
    ("sas", text("SAS")),
    ("sa", text("SA")),
    ("snc", text("SNC")),
    ("sci", text("SCI")),
    ("scop", text("SCOP ou coopérative")),
    ("liberale", text("Profession libérale")),
    ("etablissement_public", text("Établissement public")),
    ("autre", text("Autre")),
)

SITUATIONS: Options = (
    ("declaree", text("Association déclarée (loi 1901)")),
    ("utilite_publique", text("Association reconnue d'utilité publique")),
    ("alsace_moselle", text("Association de droit local (Alsace-Moselle)")),
    ("en_cours", text("En cours de déclaration")),
    ("non_declaree", text("Non déclarée (collectif)")),
    ("autre", text("Fondation, syndicat ou autre")),
)

COMPANY_ROLES: Options = (
    ("gerant", text("Gérant ou gérante")),
    ("president", text("Président ou présidente")),
    ("directeur_general", text("Directeur général ou directrice générale")),
    ("salarie_habilite", text("Salarié ou salariée habilité(e)")),
    ("mandataire", text("Mandataire")),
    ("expert_comptable", text("Expert-comptable")),
    ("autre", text("Autre")),
)

ASSOCIATION_ROLES: Options = (
    ("president", text("Président ou présidente")),
    ("tresorier", text("Trésorier ou trésorière")),
    ("secretaire", text("Secrétaire")),
    ("membre_du_bureau", text("Membre du bureau")),
    ("salarie", text("Salarié ou salariée")),
    ("autre_habilitee", text("Autre personne habilitée")),
)

INSEE_LEGAL_FORMS = {
    "ei": "1000",
    "eurl": "5498",
    "sarl": "5499",
    "sasu": "5720",
    "sas": "5710",
    "sa": "5599",
    "snc": "5202",
    "sci": "6540",
    "declaree": "9220",
    "utilite_publique": "9230",
    "alsace_moselle": "9260",
    "non_declaree": "9210",
}
"""INSEE's « catégorie juridique » where an answer stands for exactly one."""

_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@lru_cache(maxsize=8)
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """ISO 3166-1 codes and names in the visitor's language, France and its territories first."""
    names = {str(code): name for code, name in Locale.parse(locale).territories.items()}
    codes = (code for code in names if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES)
    abroad = sorted((code for code in codes if code not in FRENCH_REGIONS), key=lambda code: folded(names[code]))
    return tuple((code, names[code]) for code in (*FRENCH_REGIONS, *abroad))


@lru_cache(maxsize=8)
def calling_countries(locale: str) -> tuple[tuple[str, str], ...]:
    """The same, with the telephone prefix after each name."""
    return tuple(
        (code, f"{name} (+{calling_code(code)})") for code, name in countries(locale) if code in SUPPORTED_REGIONS
    )


COUNTRY_CODES = frozenset(code for code, _ in countries("fr"))
