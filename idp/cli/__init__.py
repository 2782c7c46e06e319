"""The `idp` command. Each subcommand is imported when it is used: a server does not carry the tools of an operator."""

from importlib import import_module

import click

_COMMANDS = {
    "audit": "idp.cli.audit:audit",
    "backup": "idp.cli.backup:backup",
    "check": "idp.cli.server:check",
    "clients": "idp.cli.clients:clients",
    "cut-off": "idp.cli.cut_off:cut_off",
    "demo": "idp.cli.demo:demo",
    "jobs": "idp.cli.jobs:jobs",
    "keys": "idp.cli.keys:keys",
    "migrate": "idp.cli.schema:migrate",
    "people": "idp.cli.people:people",
    "resources": "idp.cli.resources:resources",
    "serve": "idp.cli.server:serve",
}


class _Commands(click.Group):
    """The subcommands, by the place where each is written."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", type=click.Path(dir_okay=False), envvar="IDP_CONFIG", help="A TOML file of settings.")
@click.version_option(package_name="laissez-passer", prog_name="idp")
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """Laissez-passer, the OpenID Connect provider of a local authority."""
    context.obj = config
