"""The shape of the code: imports go one way, files and functions stay small, nothing is called by a drawer's name."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = [
    path
    for folder in ("apiclient", "dashboard")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts
]
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
DATA = {"apiclient/catalogue/http_status.py"}
DRAWERS = {"utils", "helpers", "common", "manager", "misc", "base", "core", "services", "handler", "client"}
TOP_LEVEL = {
    "manage.py", "pyproject.toml", "README.md", "dashboard", "apiclient", "tests", "requirements",
    "Makefile", "LICENSE", "CHANGELOG.md", "docs",
}  # fmt: skip


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_go_one_way() -> None:
    command = (Path(sys.executable).parent / "lint-imports", "--no-cache")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_and_its_functions_stay_small(path: Path) -> None:
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []
    if str(path.relative_to(ROOT)) not in DATA:
        assert len(path.read_text().splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_named_after_a_drawer(path: Path) -> None:
    assert path.stem not in DRAWERS


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if path.stem not in ("__init__", "apps") and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_the_top_level_holds_what_the_design_names() -> None:
    listed = subprocess.run(("git", "ls-files"), cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.partition("/")[0] for line in listed.splitlines()}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL
