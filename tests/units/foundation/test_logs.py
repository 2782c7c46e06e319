"""The log: one JSON object a line, whatever is said, and no secret in it."""

import io
import json
import logging

import pytest

from idp.foundation.logs import configure_logs, redacted
from idp.foundation.secrets import Kind, SystemRandomness, issue

SECRETS = [issue(kind, SystemRandomness()) for kind in Kind]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the process writes on standard error, its logging put back afterwards."""
    stream = io.StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    monkeypatch.setattr("sys.stderr", stream)
    configure_logs(logging.DEBUG)
    return stream


def lines(written: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize("secret", SECRETS, ids=[kind.name for kind in Kind])
def test_a_secret_is_cut_to_its_mark(secret: str) -> None:
    assert redacted(f"a {secret}, b={secret}&c") == f"a {secret[:4]}_…, b={secret[:4]}_…&c"


def test_a_line_is_one_object_whatever_it_says(written: io.StringIO) -> None:
    logging.getLogger("idp.test").info('ligne\r\nautre \x1b[31m " %s', "é\u2028", extra={"x": 1})
    (line,) = lines(written)
    assert line.keys() == {"at", "level", "logger", "message"}
    assert (line["level"], line["logger"]) == ("info", "idp.test")
    assert "\n" not in written.getvalue().rstrip("\n")


def test_no_secret_is_written_even_with_an_exception(written: io.StringIO) -> None:
    def fail(secret: str) -> None:
        raise ValueError(f"refused {secret}")

    try:
        fail(SECRETS[0])
    except ValueError:
        logging.getLogger("idp.test").exception("failed with %s", SECRETS[1])
    (line,) = lines(written)
    assert "ValueError" in line["exception"]
    assert not [secret for secret in SECRETS if secret in written.getvalue()]


def test_a_very_long_line_is_cut(written: io.StringIO) -> None:
    logging.getLogger("idp.test").info("x" * 100_000)
    assert len(written.getvalue()) < 3_000


@pytest.mark.parametrize("name", ["authlib", "httpx2", "sqlalchemy", "sqlalchemy.engine", "asyncio", "aiosmtplib"])
def test_libraries_that_would_tell_too_much_are_kept_quiet(written: io.StringIO, name: str) -> None:
    logging.getLogger(name).debug("rows: (%s)", SECRETS[0])
    logging.getLogger(name).info("rows")
    assert written.getvalue() == ""
