"""The address of a static file changes with its content."""

from pathlib import Path

import pytest

from idp.web.assets import Assets


def test_the_address_changes_when_the_content_does(tmp_path: Path) -> None:
    (tmp_path / "icons").mkdir()
    sheet = tmp_path / "icons" / "town.svg"
    sheet.write_text("<svg/>")
    before = Assets(tmp_path).url("icons/town.svg")
    sheet.write_text("<svg></svg>")
    after = Assets(tmp_path).url("icons/town.svg")
    assert before.startswith("/static/icons/town.svg?v=")
    assert before != after


def test_a_name_without_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Assets(tmp_path).url("theme.css")
