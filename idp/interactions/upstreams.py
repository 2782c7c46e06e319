"""The other ways in, as the sign-in and sign-up pages offer them."""

from dataclasses import dataclass, replace

from idp.foundation.provider import Provider
from idp.foundation.settings import Settings, Upstream
from idp.foundation.texts import Text, text

WARN_AFTER = 3
WARN_SECONDS = 300
_LABELS = {"franceconnect": "FranceConnect", "proconnect": "ProConnect"}


@dataclass(frozen=True, slots=True)
class UpstreamView:
    """One of them, as a button. `accounts` tells which accounts a person may use there; `silent`: it did not answer."""

    provider: str
    kind: str
    name: str
    accounts: Text | None = None
    silent: bool = False


class Silences:
    """The upstreams that this process asked in vain of late. It only warns people; nothing is decided by it."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[int, int]] = {}

    def note(self, name: str, failures: int, now: int) -> None:
        """An upstream failed so many times in a row, the last one now; 0 when it answered."""
        self._since[name] = (failures, now)

    def silent(self, name: str, now: int) -> bool:
        """Whether people should be warned: three failures in a row, the last one less than five minutes ago."""
        failures, at = self._since.get(name, (0, 0))
        return failures >= WARN_AFTER and now < at + WARN_SECONDS

    async def close(self) -> None:
        """Forget everything."""
        self._since.clear()


def silences(provider: Provider) -> Silences:
    """What this process knows of them."""
    return provider.resources.obtain(Silences, Silences)


def offered_now(provider: Provider, now: int) -> tuple[UpstreamView, ...]:
    """The same, each with whether it answers."""
    known = silences(provider)
    return tuple(replace(view, silent=known.silent(view.provider, now)) for view in offered(provider.settings))


def offered(settings: Settings) -> tuple[UpstreamView, ...]:
    """Every upstream of the settings, in their order."""
    return tuple(_view(upstream) for upstream in settings.upstreams)


def name_of(settings: Settings, name: str) -> str:
    """What people know an upstream as, by its name in the settings; that name when it is there no more."""
    return next((view.name for view in offered(settings) if view.provider == name), name)


def origins_of(settings: Settings, name: str | None) -> tuple[str, ...]:
    """Where an upstream may have our forms lead, by its name; nowhere when there is none."""
    return next((upstream.origins for upstream in settings.upstreams if upstream.name == name), ())


def _view(upstream: Upstream) -> UpstreamView:
    accounts = (
        text("par exemple impots.gouv.fr, ameli.fr ou France Identité") if upstream.kind == "franceconnect" else None
    )
    name = upstream.label or _LABELS.get(upstream.kind, upstream.name)
    return UpstreamView(upstream.name, upstream.kind, name, accounts)
