"""Decision 0001: a plain function is a step of a transaction, a coroutine may wait, neither does the other's work."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for package in ("idp", "clients", "keys")
    for path in sorted((ROOT / package).rglob("*.py"))
}
BRIDGE = "idp/foundation/database.py"
ENGINES = {"create_engine", "create_async_engine", "AsyncEngine", "AsyncConnection", "AsyncSession"}


def imported_from_sqlalchemy(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "sqlalchemy":
            yield from (alias.asname or alias.name for alias in node.names)


def annotations_of_coroutines(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.AsyncFunctionDef):
            for argument in node.args.posonlyargs + node.args.args + node.args.kwonlyargs:
                if argument.annotation is not None:
                    yield node.name, ast.unparse(argument.annotation)


def test_no_coroutine_receives_a_connection() -> None:
    wrong = [
        f"{name}: {function}"
        for name, module in MODULES.items()
        for function, annotation in annotations_of_coroutines(module)
        if annotation in {"sa.Connection", "sqlalchemy.Connection"}
        or (annotation == "Connection" and "Connection" in set(imported_from_sqlalchemy(module)))
    ]
    assert wrong == []


def test_nothing_but_the_bridge_opens_an_engine() -> None:
    opening = {name for name, module in MODULES.items() if ENGINES & set(imported_from_sqlalchemy(module))}
    assert opening == {BRIDGE}
