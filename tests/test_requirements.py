"""The pinned requirements say the same as pyproject.toml, and as each other."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def pins(name: str) -> dict[str, set[str]]:
    """Versions by package; one package has two where platforms differ."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)(?:\[.*\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package.lower(), set()).add(version)
    return found


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements/base.txt", PROJECT["dependencies"]),
        ("requirements/dev.txt", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_every_dependency_is_pinned_within_its_range(name, wanted):
    pinned = pins(name)
    for requirement in map(Requirement, wanted):
        versions = pinned.get(requirement.name.lower(), set())
        assert versions, f"{requirement.name} is not in {name}: make lock"
        assert all(Version(version) in requirement.specifier for version in versions), f"{requirement}: make lock"


def test_development_runs_on_the_versions_that_are_shipped():
    shipped, development = pins("requirements/base.txt"), pins("requirements/dev.txt")
    assert {name: development.get(name) for name in shipped} == shipped


def test_every_pin_has_a_hash_and_no_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        blocks = re.split(r"\n(?=\S)", text.strip())
        assert all("--hash=sha256:" in block for block in blocks), path
        assert "://" not in text, path
