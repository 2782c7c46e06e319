"""People who have an account already, and how they come in."""

from tests.journeys.newcomers import Newcomer, newcomer
from tests.journeys.town import Town
from tests.journeys.walker import Walker
from tests.support.people import PASSWORD, add_person
from tests.support.server import acting


async def resident(town: Town) -> Newcomer:
    """Someone whose account is active, with an address and a number that are proved."""
    person = newcomer()
    answers = {"given_names": "Maëlle", "birth_name": person.birth_name, "mobile": person.number_called}
    await acting(town.server.environ, lambda provider: add_person(provider, person.identifier, **answers))
    return person


async def give_password(walker: Walker, person: Newcomer, password: str = PASSWORD) -> None:
    """Answer the sign-in page."""
    await walker.fill(identifier=person.identifier, password=password)
    await walker.press("#signin-submit")


async def come_home(walker: Walker, person: Newcomer, password: str = PASSWORD) -> None:
    """Sign in to one's own space."""
    await walker.open(f"{walker.town.issuer}/mon-compte")
    await give_password(walker, person, password)
    await walker.is_at(f"{walker.town.issuer}/mon-compte")
