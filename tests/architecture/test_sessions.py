"""Decision 0010: a session ends in one place, so that its applications are told whatever ended it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "idp").rglob("*.py")
}
CLOSING = {"cut_off", "erase", "lock"}
"""What ends more than sessions (`idp.people.standing`), and is done together with them in `idp.sessions.closing`."""


def calls(module: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


def writes(module: ast.Module, column: str) -> bool:
    """Whether some statement sets this column."""
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "values"
        and any(keyword.arg == column for keyword in call.keywords)
        for call in calls(module)
    )


def closes(module: ast.Module) -> bool:
    """Whether it names what closes an account: to call it, or to have it called in a transaction."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr in CLOSING
        and isinstance(node.value, ast.Name)
        and node.value.id == "standing"
        for node in ast.walk(module)
    ) or any(
        isinstance(node, ast.ImportFrom)
        and node.module == "idp.people.standing"
        and CLOSING & {alias.name for alias in node.names}
        for node in ast.walk(module)
    )


def test_one_module_alone_ends_sessions() -> None:
    assert [name for name, module in MODULES.items() if writes(module, "ended_at")] == ["idp/sessions/store.py"]


def test_an_account_is_closed_together_with_its_sessions() -> None:
    assert [name for name, module in MODULES.items() if closes(module)] == ["idp/sessions/closing.py"]
