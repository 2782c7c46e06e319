"""The `idp` command."""

import click

from idp.cli import clients, jobs, keys, schema, server


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--config", type=click.Path(dir_okay=False), envvar="IDP_CONFIG", help="A TOML file of settings.")
@click.version_option(package_name="laissez-passer", prog_name="idp")
@click.pass_context
def main(context: click.Context, config: str | None) -> None:
    """Laissez-passer, the OpenID Connect provider of a local authority."""
    context.obj = config


for command in (server.serve, server.check, schema.migrate, clients.clients, keys.keys, jobs.jobs):
    main.add_command(command)
