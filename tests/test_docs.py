"""README is true: its tree, its settings, its commands and its files are those of the code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
MOST_LINES = 400


def section(heading: str) -> str:
    return README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def tree() -> dict[str, set[str]]:
    """The names that the tree lists under each top folder."""
    found: dict[str, set[str]] = {}
    top = ""
    for line in section("The tree").partition("```")[2].partition("```")[0].splitlines():
        entry = re.match(r"(├── |└── )?(.*?)(?:\s{3,}.*)?$", line)
        assert entry
        names = [name.rstrip("/") for name in entry[2].split() if re.fullmatch(r"[\w.]+/?", name)]
        if entry[1] is None and names:
            top = names[0]
            found[top] = set()
        elif names:
            found[top].update(names)
    return found


@pytest.mark.parametrize("folder", ["apiclient", "dashboard"])
def test_the_tree_lists_every_file_and_folder_and_no_other(folder: str) -> None:
    there = {
        path.name
        for path in (ROOT / folder).iterdir()
        if not path.name.startswith("__") and (path.suffix == ".py" or path.is_dir())
    }
    assert tree()[folder] == there


def test_every_setting_of_the_code_is_in_the_table_and_no_other() -> None:
    source = (ROOT / "dashboard" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))
    read |= {"HOST", "PORT", "ANSWERBACK_ADMIN_PASSWORD"}  # read by `up`
    rows = [line.split("|")[1] for line in section("Settings").splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)} == read


def test_every_command_is_in_the_table_and_no_other() -> None:
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__"}
    listed = re.findall(r"^\| `manage\.py (\w+)", README, re.MULTILINE)
    assert set(listed) == commands
    targets = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^\| `make (\w+)", README, re.MULTILINE)) <= targets


def test_every_file_that_readme_names_is_there() -> None:
    for name in re.findall(r"`((?:\w+/)+\w+\.\w+)`", README):
        assert any((ROOT / start / name).exists() for start in ("", "apiclient", "dashboard")) or "X." in name, name
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).exists(), picture


def test_readme_is_short_enough_to_read() -> None:
    assert len(README.splitlines()) <= MOST_LINES


def test_the_version_is_the_newest_of_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert version and newest and version[1] == newest[1]
