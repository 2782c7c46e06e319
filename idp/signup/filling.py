"""What a visitor fills in: the profiles that are open, and the values that were sent."""

from collections.abc import Mapping

from idp.foundation.errors import NotFound
from idp.people import profiles
from idp.people.dates import day_of
from idp.people.fields import Filled, Profile
from idp.web.endpoint import Call


def open_profiles(call: Call) -> Mapping[str, Profile]:
    """The profiles that the authority opens."""
    settings = call.provider.settings
    return profiles.offered(settings.signup, settings.brand.name)


def profile_named(call: Call, name: str) -> Profile:
    """One of them. Raises `NotFound` for any other."""
    profile = open_profiles(call).get(name)
    if profile is None:
        raise NotFound()
    return profile


def filled_in(call: Call) -> Filled:
    """What was typed in the form that was sent."""
    typed = {name: call.form.text(name) for name in call.form}
    return Filled(typed, day_of(call.now), call.provider.settings.signup.minimum_age)
