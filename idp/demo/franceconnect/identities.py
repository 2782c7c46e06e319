"""The people of the simulation: public test identities, those that fail, and identities typed by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

FRANCE = "99100"
_COG = re.compile(r"(?:\d{2}|2A|2B)\d{3}")
_BIRTHDATE = re.compile(r"\d{4}-(?:00-00|(?:0[1-9]|1[0-2])-(?:[0-2]\d|3[01]))")


@dataclass(frozen=True, slots=True)
class Identity:
    """A civil identity. `birthdate_known` may hold `00` for a day or a month the register does not know."""

    given_names: tuple[str, ...]
    family_name: str
    gender: str
    birthdate_known: str
    birthplace: str
    birthcountry: str
    email: str
    usage_name: str | None = None

    @property
    def birthdate(self) -> str:
        """The birth date with `01` for what is presumed."""
        return self.birthdate_known.replace("-00", "-01")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an identity cannot be passed on: FranceConnect's code, its sentence, the error the service will receive."""

    code: str
    sentence: str
    error: str = "access_denied"


def _born(names: str, family: str, gender: str, birth: str, mail: str, usage: str | None = None) -> Identity:
    """An identity in short hand: given names separated by commas, `birth` as date, place, country."""
    date_known, place, country = birth.split("/")
    return Identity(tuple(names.split(",")), family, gender, date_known, place, country, mail, usage)


TEST_IDENTITIES: Mapping[str, Identity] = {
    "test": _born(
        "Angela,Claire,Louise",
        "DUBOIS",
        "female",
        "1962-08-24/75107/99100",
        "wossewodda-3728@yopmail.com",
        "",
    ),
    "avec_nom_dusage": _born(
        "Pierre", "MERCIER", "male", "1969-03-17/95277/99100", "ymmyffarapp-1777@yopmail.com", "DUBOIS"
    ),
    "nom_composé": _born(
        "Melissandre,Juliette", "TROIS-DUPRE", "female", "1981-07-27/13012/99100", "imyllommo-2736@yopmail.com"
    ),
    "prénom_composé": _born("Anne-Laure", "HUCHE", "female", "1945-09-30/31555/99100", "owallottim-1136@yopmail.com"),
    "prénom_composé_avec_espace": _born(
        "Jean Philippe,Pierre,Louis", "DUBOIS", "male", "1962-08-24/75107/99100", "jean.dubois@example.fr", "Martin"
    ),
    "caractères_spéciaux": _born(
        "Joëlle,Françoise", "DUBINÔRE", "female", "1992-08-15/75117/99100", "effannopiq-4009@yopmail.com"
    ),
    "carac_speciaux": _born(
        "JulieéàèùòœæŒÆ", "DURANTéàèùòœæŒÆ", "female", "1972-06-14/2B002/99100", "test@yopmail.com"
    ),
    "genre_indéfini": _born(
        "Camille", "LAFORGE", "unspecified", "1954-08-07/75119/99100", "xagreureufadda-6730@yopmail.com"
    ),
    "test_CORSE_2A": _born("Mario", "Brosse", "male", "1981-02-03/2A004/99100", "mario.brosse@france.fr", "Mario"),
    "naissance_polynesie_française": _born(
        "Titouan", "REVEIL", "male", "1998-06-18/98729/99100", "nesspolynesie@yopmail.com"
    ),
    "naissance_Algérie": _born(
        "Vincent,Guillaume", "MARTIN", "male", "1963-12-05//99352", "senossammab-2430@yopmail.com"
    ),
    "naissance_Belgique": _born(
        "Saber", "LAPRISE", "male", "1946-08-17//99131", "cynnepovaz-0031@yopmail.com", "DULIN"
    ),
    "moins_16_ans": _born("Alain", "POSTEUR", "male", "2015-06-20/75113/99100", "deseffesseupu-5120@yopmail.com"),
    "étranger_présumé_né_jour": _born("Jean", "FLEURET", "male", "1992-11-00//99217", "jean.fleuret@example.fr"),
    "étranger_présumé_né_jour_et_mois": _born("Jean", "TARGE", "male", "1992-00-00//99217", "jean.targe@example.fr"),
    "bdd_default": _born(
        "Jeanne", "DURAND", "female", "1962-08-24/75107/99100", "x1_bdd_default@yopmail.com", "MARTIN"
    ),
}
"""By the user name of FranceConnect's test identity provider."""

INCOMPLETE = Refusal(
    "Y600006", "L'identité transmise par votre fournisseur est incomplète ou non conforme.", "server_error"
)

TEST_REFUSALS: Mapping[str, Refusal] = {
    "sans_mail": INCOMPLETE,
    "sans_genre": INCOMPLETE,
    "sans_birthplace": INCOMPLETE,
    "mois_00": INCOMPLETE,
    "test_INVALID_COG": INCOMPLETE,
    "E010004": Refusal("Y010004", "Le registre national ne connaît qu'une identité approchante."),
    "E010006": Refusal("Y010006", "Le registre national connaît plusieurs identités qui correspondent."),
    "E010007": Refusal("Y010007", "Le registre national vous connaît sous un autre nom."),
    "E010008": Refusal("Y010008", "Le registre national ne connaît pas cette identité."),
    "E010009": Refusal("Y010009", "Le registre national a refusé cette identité."),
    "E010011": Refusal("Y010011", "Le registre national ne répond pas assez vite.", "temporarily_unavailable"),
    "E010012": Refusal("Y010012", "Le registre national est injoignable.", "temporarily_unavailable"),
    "E010013": Refusal("Y010013", "Le registre national a mal répondu.", "server_error"),
    "E010015": Refusal("Y010015", "Cette personne est enregistrée comme décédée."),
    "E000001": Refusal("Y180001", "L'usage de FranceConnect a été désactivé par son titulaire."),
}
"""The user names that end in an error, as the public test suite of FranceConnect expects."""


def typed(fields: Mapping[str, str]) -> Identity | Refusal:
    """An identity from the form of the choice page, or the refusal that FranceConnect gives to a malformed one.

    Given names are separated by commas, or by spaces when there is no comma.
    """
    names = fields.get("given_name", "")
    given_names = tuple(name.strip() for name in (names.split(",") if "," in names else names.split()) if name.strip())
    identity = Identity(
        given_names,
        fields.get("family_name", "").strip(),
        fields.get("gender", ""),
        fields.get("birthdate", "").strip(),
        fields.get("birthplace", "").strip(),
        fields.get("birthcountry", "").strip(),
        fields.get("email", "").strip(),
        fields.get("preferred_username", "").strip(),
    )
    return identity if _conforms(identity) else INCOMPLETE


def _conforms(identity: Identity) -> bool:
    """FranceConnect's own checks on what an identity provider sends (its error Y600006)."""
    names = (*identity.given_names, identity.family_name)
    born_here = identity.birthcountry == FRANCE
    return (
        bool(identity.given_names)
        and all(1 <= len(name) <= 256 for name in names)
        and identity.gender in ("male", "female", "unspecified")
        and _is_date(identity)
        and bool(_COG.fullmatch(identity.birthcountry))
        and (bool(_COG.fullmatch(identity.birthplace)) if born_here else not identity.birthplace)
        and "@" in identity.email[1:-1]
    )


def _is_date(identity: Identity) -> bool:
    if not _BIRTHDATE.fullmatch(identity.birthdate_known):
        return False
    try:
        date.fromisoformat(identity.birthdate)
    except ValueError:
        return False
    return True
