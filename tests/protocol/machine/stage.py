"""The provider under test, its applications, its people and their browsers, driven call after call."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from clients.client import Client
from idp.foundation.settings import Keys, Registration
from keys.jwk import Jwk
from tests.protocol.machine.facts import Application, Browser, Person, World
from tests.support.engines import empty_worker_database, migrated_file, scratch, worker_database
from tests.support.people import PASSWORD, add_person
from tests.support.provider import Site, opened, settings_for
from tests.support.relying_party import RelyingParty, basic, register

T = TypeVar("T")
SIGNING = ("RS256", "ES256")
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
FRONT_CHANNEL = ("code id_token", "code token", "code id_token token", "id_token", "id_token token")
_CODE = ("authorization_code", "refresh_token")

APPLICATIONS: dict[str, dict[str, Any]] = {
    # the authority's own, which may be answered in every way
    "portail": {
        "client_name": "Portail",
        "redirect_uris": ("https://portail.exemple.fr/retour",),
        "post_logout_redirect_uris": ("https://portail.exemple.fr/fin",),
        "grant_types": (*_CODE, "implicit"),
        "response_types": ("code", *FRONT_CHANNEL),
        "frontchannel_logout_uri": "https://portail.exemple.fr/oublier",
        "frontchannel_logout_session_required": True,
        "backchannel_logout_uri": "https://portail.exemple.fr/ferme",
    },
    # somebody else's, which needs consent, and signs otherwise
    "cantine": {
        "client_name": "Cantine",
        "first_party": False,
        "redirect_uris": ("https://cantine.exemple.fr/retour",),
        "post_logout_redirect_uris": ("https://cantine.exemple.fr/fin",),
        "grant_types": _CODE,
        "id_token_signed_response_alg": "ES256",
        "backchannel_logout_uri": "https://cantine.exemple.fr/ferme",
    },
    # on people's telephones: no secret, a name for each person of its own, tokens that can be read
    "mobile": {
        "client_name": "Application mobile",
        "redirect_uris": ("https://mobile.exemple.fr/retour",),
        "post_logout_redirect_uris": ("https://mobile.exemple.fr/fin",),
        "grant_types": _CODE,
        "token_endpoint_auth_method": "none",
        "subject_type": "pairwise",
        "access_token_format": "jwt",
    },
    "television": {
        "client_name": "Télévision",
        "first_party": False,
        "redirect_uris": (),
        "post_logout_redirect_uris": (),
        "grant_types": (DEVICE_GRANT, "refresh_token"),
        "response_types": (),
        "scope": "openid email",
        "id_token_signed_response_alg": "ES256",
    },
    "robot": {
        "client_name": "Robot",
        "redirect_uris": (),
        "post_logout_redirect_uris": (),
        "grant_types": ("client_credentials",),
        "response_types": (),
        "scope": "dossiers",
    },
}
PEOPLE = ("camille.martin", "dominique.petit")


@dataclass
class Stage:
    """One provider for one sequence of calls, on a clean database, closed at the end."""

    engine: str
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __post_init__(self) -> None:
        self._file = Path(tempfile.mkdtemp(dir=scratch())) / "provider.db"
        if self.engine == "sqlite":
            shutil.copyfile(migrated_file(), self._file)
        url = f"sqlite:///{self._file}" if self.engine == "sqlite" else worker_database()
        settings = settings_for(
            url, front_channel=True, registration=Registration(mode="open"), keys=Keys(signing=SIGNING)
        )
        self._opening = opened(settings)
        self.site: Site = self.run(self._opening.__aenter__())
        self.http: httpx2.AsyncClient = self.run(self.site.client("192.0.2.30"))
        self.world = World(self.site.clock.now())
        self.world.applications = [self._registered(name) for name in APPLICATIONS]
        self.world.people = [self._person(name) for name in PEOPLE]
        self.world.browsers = [Browser(name, self.run(self.site.visitor())) for name in ("bureau", "salon")]

    def run(self, act: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(act)

    def step(self, act: Callable[..., T], *arguments: Any) -> T:
        """What an operator does, by a command of their own."""
        return self.run(self.site.provider.database.transaction(act, *arguments))

    def read(self, act: Callable[..., T], *arguments: Any) -> T:
        return self.run(self.site.provider.database.read(act, *arguments))

    def advance(self, seconds: int) -> None:
        self.site.clock.advance(seconds)
        self.world.now = self.site.clock.now()

    def _registered(self, name: str) -> Application:
        return Application(name, self.run(register(self.site, name, **APPLICATIONS[name])))

    def _person(self, identifier: str) -> Person:
        return Person(self.run(add_person(self.site.provider, identifier)), identifier, PASSWORD)

    def registers_itself(self, document: dict[str, Any]) -> Application:
        """An application that nobody knew, now registered (RFC 7591)."""
        answer = self.run(self.http.post("/register", json=document))
        assert answer.status_code == 201, answer.text
        told = answer.json()
        client = Client(
            client_id=told["client_id"],
            client_name=told["client_name"],
            redirect_uris=tuple(told["redirect_uris"]),
            post_logout_redirect_uris=tuple(told["post_logout_redirect_uris"]),
            grant_types=tuple(told["grant_types"]),
            scope=told["scope"],
            self_registered=True,
        )
        party = RelyingParty(self.site.issuer, client, told["client_secret"], self.run(self.site.client("192.0.2.31")))
        return Application(
            "piscine", party, management=(told["registration_client_uri"], told["registration_access_token"])
        )

    def post(self, application: Application, path: str, data: dict[str, Any]) -> httpx2.Response:
        """Call an endpoint that authenticates applications, as this one."""
        client, secret = application.party.client, application.party.secret
        headers = {} if secret is None else {"authorization": basic(client.client_id, secret)}
        sent = data | ({"client_id": client.client_id} if secret is None else {})
        return self.run(application.party.http.post(path, data=sent, headers=headers))

    def close(self) -> None:
        self.run(self._opening.__aexit__(None, None, None))
        self.runner.close()
        if self.engine == "postgresql":
            empty_worker_database()
        shutil.rmtree(self._file.parent)


_spare: dict[str, list[Jwk]] = {}


def spare_key(alg: str, number: int) -> Jwk:
    """The key of that number, made once for all sequences: an RSA key takes long to make."""
    kept = _spare.setdefault("ES256" if alg == "ES256" else "RSA", [])
    while len(kept) <= number:
        fresh = Jwk.generate(alg)
        if not fresh.thumbprint().startswith("-"):
            kept.append(fresh)
    return kept[number]
