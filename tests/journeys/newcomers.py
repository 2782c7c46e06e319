"""People who have never been here, and how they fill in the sign-up form of each profile."""

from dataclasses import dataclass
from itertools import count

from tests.journeys.walker import Walker

PASSWORD = "Girafe-97-violette"
PROFILES = ("citoyen", "entreprise", "association")
_LETTERS = "abcdefghij"
_arrivals = count(1)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Someone with a name, a mailbox and a telephone that nobody else has."""

    number: int

    @property
    def birth_name(self) -> str:
        return f"Kerdoncuff{''.join(_LETTERS[int(digit)] for digit in str(self.number))}"

    @property
    def identifier(self) -> str:
        return f"maelle.{self.birth_name.lower()}"

    @property
    def email(self) -> str:
        return f"{self.identifier}@exemple.fr"

    @property
    def mobile(self) -> str:
        """As it is typed."""
        return f"06 39 98 {self.number // 100:02} {self.number % 100:02}"

    @property
    def number_called(self) -> str:
        """As a gateway receives it."""
        return f"+33{self.mobile.replace(' ', '')[1:]}"


def newcomer() -> Newcomer:
    """The next one."""
    return Newcomer(next(_arrivals))


async def fill_in(walker: Walker, person: Newcomer, profile: str) -> None:
    """Answer what the form of a profile requires, and the identifier and password."""
    if profile != "citoyen":
        await _fill_in_organisation(walker, profile)
    else:
        await walker.fill(birthdate="14/03/1987")
    await walker.fill(given_names="Maëlle", birth_name=person.birth_name, email=person.email, mobile=person.mobile)
    if walker.scripts:
        await walker.sees("#identifier-availability[data-state=available]")
        assert await walker.value("identifier") == person.identifier
    else:
        await walker.fill(identifier=person.identifier)
    await walker.fill(password=PASSWORD, password_again=PASSWORD)
    await walker.tick("accept_terms", "accept_privacy")


async def _fill_in_organisation(walker: Walker, profile: str) -> None:
    if profile == "entreprise":
        await walker.fill(legal_name="Boulangerie du Pont", siret="732 829 320 00074")
        await walker.choose(role="gerant", legal_form="sarl")
    else:
        await walker.choose(situation="declaree", role="president")
        await walker.fill(legal_name="Les Amis du Canal", rna="W751515517", purpose="Faire vivre les bords du canal")
    await walker.fill(street="12 rue des Lilas", postcode="69400", city="Villefranche-sur-Saône")
    await walker.tick("represents")


async def ask_for_account(walker: Walker, profile: str) -> Newcomer:
    """From the e-démarche to the form of a profile, filled in and sent; the browser then stands at the activation."""
    person = newcomer()
    await walker.open(walker.town.first.address)
    await walker.press("#connexion")
    await walker.press("#create-account")
    await walker.press(f"#profile-{profile}")
    await fill_in(walker, person, profile)
    await walker.press("#signup-submit")
    await walker.is_at(f"{walker.town.issuer}/activation")
    return person
