"""A town in working order, all of it served: the provider, two e-démarches, a theatre that is not the town's,
FranceConnect, a mail server and an SMS gateway.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from starlette.types import ASGIApp

from clients import registry
from idp.demo import setting
from idp.demo.franceconnect.app import create_app as create_franceconnect
from idp.demo.franceconnect.registration import Configuration, ServiceProvider
from idp.demo.procedure import ProcedureApp
from idp.demo.setting import Procedure
from idp.foundation.clock import SystemClock
from idp.foundation.provider import Provider
from idp.foundation.secrets import SystemRandomness
from tests.journeys import leaving
from tests.journeys.leaving import Service
from tests.support.asgi_server import serving
from tests.support.franceconnect import ring
from tests.support.mailbox import Mailbox
from tests.support.people import add_person
from tests.support.ports import free_port
from tests.support.server import Server, acting, environment, idp, served
from tests.support.sms_gateway import SmsGateway

SETTINGS = """
[brand]
name = "Ville de Villeneuve"
contact_email = "contact@exemple.fr"

[mail]
sender = "ne-pas-repondre@exemple.fr"

[[upstreams]]
name = "franceconnect"
kind = "franceconnect"
issuer = "{franceconnect}"
client_id = "{client_id}"
client_secret = "{client_secret}"
scopes = ["openid", "identite_pivot", "preferred_username", "email"]
acr_values = ["eidas1"]
"""
FRANCECONNECT_SECRET = "secret-de-la-ville-aupres-de-franceconnect-0123456789"
FRANCECONNECT_ID = "ville-de-villeneuve"


@dataclass(frozen=True, slots=True)
class Town:
    """Where everything is."""

    server: Server
    mailbox: Mailbox
    sms_gateway: SmsGateway
    franceconnect: str
    first: Procedure
    second: Procedure
    theatre: Service

    @property
    def issuer(self) -> str:
        return self.server.url

    def asking(self, service: Service, **members: str) -> str:
        """The address that asks for somebody to be signed in on a service."""
        usual = {"response_type": "code", "client_id": service.client_id, "redirect_uri": f"{service.address}/retour"}
        return f"{self.issuer}/authorize?{urlencode(usual | members)}"


@contextmanager
def opened(folder: Path, database_url: str) -> Iterator[Town]:
    """The town, and Camille Martin who has an account in it. Everything stops at the end."""
    port, franceconnect_port = free_port(), free_port()
    issuer, franceconnect = f"http://localhost:{port}", f"http://localhost:{franceconnect_port}/api/v2"
    first, second = _procedures()
    with ExitStack() as stack:
        mailbox, sms_gateway = Mailbox(), SmsGateway()
        for double in (mailbox, sms_gateway):
            double.start()
            stack.callback(double.stop)
        theatre = stack.enter_context(leaving.serve("theatre", issuer))
        environ = environment(
            database_url,
            port,
            config=_settings(folder, franceconnect),
            smtp_url=mailbox.url,
            sms_url=sms_gateway.url,
            outbound_allow=",".join(each.address.removeprefix("http://") for each in (first, second, theatre)),
        )
        idp(environ, "migrate")
        asyncio.run(acting(environ, lambda provider: _populate(provider, (first, second), theatre)))
        stack.enter_context(serving(_franceconnect(issuer, franceconnect), franceconnect_port))
        server = stack.enter_context(served(environ, port, folder / "server.log"))
        for procedure in (first, second):
            application = ProcedureApp(procedure, issuer, SystemClock(), SystemRandomness()).application()
            stack.enter_context(serving(application, int(procedure.address.rpartition(":")[2])))
        yield Town(server, mailbox, sms_gateway, franceconnect, first, second, theatre)


def _procedures() -> tuple[Procedure, Procedure]:
    first, second = (f"http://localhost:{free_port()}" for _ in range(2))
    return (
        replace(setting.PROCEDURES[0], address=first, neighbour_address=second),
        replace(setting.PROCEDURES[1], address=second, neighbour_address=first),
    )


def _settings(folder: Path, franceconnect: str) -> str:
    file = folder / "settings.toml"
    file.write_text(
        SETTINGS.format(franceconnect=franceconnect, client_id=FRANCECONNECT_ID, client_secret=FRANCECONNECT_SECRET),
        encoding="utf-8",
    )
    return str(file)


def _franceconnect(issuer: str, address: str) -> ASGIApp:
    service = ServiceProvider(
        client_id=FRANCECONNECT_ID,
        client_secret=FRANCECONNECT_SECRET,
        name="Ville de Villeneuve",
        redirect_uris=(f"{issuer}/retour/franceconnect",),
        post_logout_redirect_uris=(f"{issuer}/deconnexion/retour/franceconnect",),
    )
    return create_franceconnect(Configuration(address, (service,)), SystemClock(), SystemRandomness(), ring)


async def _populate(provider: Provider, procedures: tuple[Procedure, ...], theatre: Service) -> None:
    for procedure in procedures:
        await provider.database.transaction(
            registry.register,
            setting.client_of(procedure),
            now=provider.clock.now(),
            random_bytes=provider.randomness.token_bytes,
            secret=procedure.client_secret,
        )
    shown = {
        "client_name": "Théâtre de la Passerelle",
        "first_party": False,
        "scope": "openid profile email",
        "logo_uri": f"{theatre.address}/logo.svg",
        "policy_uri": f"{theatre.address}/vie-privee",
        "tos_uri": f"{theatre.address}/conditions",
    }
    await leaving.register(provider, theatre.client(**shown))
    await add_person(provider)
