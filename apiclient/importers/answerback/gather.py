"""A file, or every YAML file of a folder and the folders in it -> what they describe together. Pure but for reading."""

from dataclasses import dataclass, field
from pathlib import Path

from apiclient.importers.answerback.read import BadFile, read
from apiclient.importers.described import Described, DescribedService
from apiclient.importers.document import text_of

ENDINGS = frozenset({".yaml", ".yml", ".json"})
LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Gathered:
    """``manager`` is the file that keeps each service, by name; ``scope`` the file or the folder and ``/``.

    A file is called by its folder and its own name, so that one and all of a folder name it alike.
    """

    described: Described
    manager: dict[str, str] = field(default_factory=dict)
    scope: str = ""


def gather(path: Path) -> Gathered:
    """BadFile names the file and the place of all that is wrong, up to a limit; OSError where it cannot be read."""
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    files = _files(folder) if path.is_dir() else [path.resolve()]
    services: list[DescribedService] = []
    manager: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for file in files:
        label = f"{folder.name}/{file.relative_to(folder).as_posix()}"
        found, wrong = _read(file, label)
        problems += wrong
        for service in found:
            if service.name in manager:
                problems.append((label, f"The service {service.name!r} is described in {manager[service.name]} too."))
            manager.setdefault(service.name, label)
            services.append(service)
    if not files:
        problems.append((str(path), f"The folder holds no file that ends in {', '.join(sorted(ENDINGS))}."))
    if problems:
        raise BadFile(problems)
    scope = f"{folder.name}/" if path.is_dir() else f"{folder.name}/{path.resolve().name}"
    return Gathered(Described(tuple(services)), manager, scope)


def _files(folder: Path) -> list[Path]:
    """Without hidden ones, such as those of .git."""
    found = (file for file in folder.rglob("*") if file.suffix in ENDINGS and file.is_file())
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _read(file: Path, label: str) -> tuple[tuple[DescribedService, ...], list[tuple[str, str]]]:
    if len(label) > LONGEST_LABEL:
        return (), [(label, f"Folder and name have more than {LONGEST_LABEL} characters.")]
    try:
        return read(text_of(file.read_bytes())).services, []
    except BadFile as error:
        return (), [(f"{label}: {place}", sentence) for place, sentence in error.problems]
    except ValueError as error:
        return (), [(label, str(error))]
