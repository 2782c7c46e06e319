"""`idp demo`: the whole story on one machine, in one process. What `make run` starts."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import click
import uvicorn
from starlette.types import ASGIApp

from idp.app import build_provider, create_app
from idp.demo import setting
from idp.foundation.clock import SystemClock
from idp.foundation.secrets import SystemRandomness, new_id
from keys import rotation
from keys.ring import KeyRing
from migrations import history

HERE = "127.0.0.1"


@click.command()
@click.option("--folder", default="var/demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def demo(folder: Path) -> None:
    """Run the demonstration: provider, two e-démarches, simulated FranceConnect, letter box."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(folder))


async def _run(folder: Path) -> None:
    # aiosmtpd and itsdangerous come with the demonstration's requirements, which a production server does without
    from idp.demo.franceconnect.app import create_app as create_franceconnect  # noqa: PLC0415
    from idp.demo.letterbox import LetterBox  # noqa: PLC0415
    from idp.demo.procedure import ProcedureApp  # noqa: PLC0415
    from idp.demo.seed import seed  # noqa: PLC0415

    clock, randomness = SystemClock(), SystemRandomness()
    provider = build_provider(setting.settings(_database(folder), _secret_key(folder)))
    await provider.database.transaction(history.upgrade)
    await seed(provider)
    keys = rotation.begin(KeyRing(), clock.now())
    letterbox = LetterBox(clock, setting.SMS_TOKEN)
    franceconnect = create_franceconnect(setting.franceconnect(), clock, randomness, lambda: keys)
    applications: list[tuple[int, ASGIApp]] = [(8000, create_app(provider))]
    for port, procedure in zip((8001, 8002), setting.PROCEDURES, strict=True):
        applications.append((port, ProcedureApp(procedure, setting.PROVIDER, clock, randomness).application()))
    applications += [(8003, franceconnect), (8004, letterbox.application())]
    smtp = await asyncio.get_running_loop().create_server(letterbox.smtp(), HERE, setting.SMTP_PORT)
    _announce()
    async with smtp:
        await _serve(applications)


async def _serve(applications: list[tuple[int, ASGIApp]]) -> None:
    """Serve every application until the first signal, then drain them all."""
    servers = [_Server(uvicorn.Config(app, HERE, port, log_level="warning")) for port, app in applications]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    await asyncio.gather(*(server.serve() for server in servers))


class _Server(uvicorn.Server):
    """One of several servers of a process: signals are the demonstration's, not its own."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _database(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / 'idp.db').absolute()}"


def _secret_key(folder: Path) -> str:
    """The secret of this copy of the demonstration, made once and readable by its owner only."""
    file = folder / "secret-key"
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(new_id(SystemRandomness()) + new_id(SystemRandomness()))
    return file.read_text()


def _announce() -> None:
    first, second = setting.PROCEDURES
    lines = [
        "",
        "  Laissez-passer, demonstration. Stop it with Ctrl+C.",
        "",
        f"    {first.title:<34}{first.address}",
        f"    {second.title:<34}{second.address}",
        f"    {'The provider':<34}{setting.PROVIDER}",
        f"    {'Simulated FranceConnect':<34}{setting.FRANCECONNECT}",
        f"    {'Mails and SMS arrive here':<34}{setting.LETTERBOX}",
        "",
        f"  Accounts, all with the password {setting.PASSWORD}",
        "",
        *(
            f"    {player.identifier:<34}{'administrator' if player.is_administrator else player.profile}"
            for player in setting.PLAYERS
        ),
        "",
    ]
    click.echo("\n".join(lines))
