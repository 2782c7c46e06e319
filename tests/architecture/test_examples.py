"""The integrators' guide shows what the tests of peers run: each example is there, in a file, to the letter."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "integrators"
STACKS = ("apache.md", "django.md", "node.md", "single-page.md", "starlette.md")
LANGUAGES = {".conf": "apache", ".html": "html", ".mjs": "js", ".py": "python"}
_BLOCK = re.compile(r"(?:^<!-- example: (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code of a page; `source` is the file that an example is taken from."""

    page: str
    source: str
    language: str
    code: str


def blocks(page: str) -> list[Block]:
    text = (GUIDE / page).read_text(encoding="utf-8")
    return [Block(page, *found) for found in _BLOCK.findall(text)]


EXAMPLES = [block for page in STACKS for block in blocks(page) if block.source]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.page} {Path(example.source).name}")
def test_an_example_is_what_the_tests_run(example: Block) -> None:
    source = ROOT / example.source
    assert f"\n{example.code}" in f"\n{source.read_text(encoding='utf-8')}"
    assert example.language == LANGUAGES[source.suffix]
    folder = ROOT / "tests" / "peers" / source.relative_to(ROOT / "tests" / "peers").parts[0]
    program = source.parent.name if source.parent != folder else source.stem
    assert any(program in test.read_text(encoding="utf-8") for test in folder.glob("*.py") if test != source)


@pytest.mark.parametrize("page", STACKS)
def test_each_stack_has_an_example_and_a_registration(page: str) -> None:
    assert [block for block in EXAMPLES if block.page == page]
    assert [block for block in blocks(page) if block.code.startswith("idp clients add ")]


@pytest.mark.parametrize("page", STACKS)
def test_nothing_longer_than_a_few_lines_is_shown_without_being_run(page: str) -> None:
    loose = [block for block in blocks(page) if not block.source and block.language in LANGUAGES.values()]
    assert [block.code for block in loose if len(block.code.splitlines()) > 8] == []


@pytest.mark.parametrize("page", STACKS)
def test_the_guide_leads_to_each_stack(page: str) -> None:
    assert f"]({page})" in (GUIDE / "index.md").read_text(encoding="utf-8")
