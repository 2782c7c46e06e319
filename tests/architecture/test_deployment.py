"""The examples of `deploy/` are usable as they are, but for names and secrets."""

from pathlib import Path

from idp.app import build_provider, create_app
from idp.foundation.configuration import load

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_the_example_of_settings_makes_a_provider() -> None:
    settings = load({"IDP_SECRET_KEY": "Zy3kq7RtWm9vXc2bNf6hJp8sLd4gQa5e"}, DEPLOY / "idp.toml")
    assert settings.secure
    assert create_app(build_provider(settings)) is not None


def test_the_unit_runs_commands_that_exist() -> None:
    lines = (DEPLOY / "idp.service").read_text().splitlines()
    commands = [line.partition("=")[2].split() for line in lines if line.startswith("ExecStart")]
    assert [words[1] for words in commands] == ["migrate", "serve"]
