"""A file, or all files of a folder; each service is kept by the file that describes it."""

import pytest

from apiclient.importers.answerback.gather import gather
from apiclient.importers.answerback.read import BadFile


def service(name: str) -> str:
    return f"services: [{{name: {name}, base_url: 'https://{name}.example'}}]\n"


def test_one_file_is_named_with_its_folder(tmp_path):
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "shop.yaml").write_text(service("shop"))
    found = gather(folder / "shop.yaml")
    assert found.manager == {"shop": "config/shop.yaml"} and found.scope == "config/shop.yaml"


def test_a_folder_is_read_with_the_folders_in_it_and_names_its_files_alike(tmp_path):
    folder = tmp_path / "config"
    for name, text in {
        "shop.yaml": service("shop"), "sub/bank.yml": service("bank"), "more.json": '{"services": []}',
        "notes.txt": "x: [", ".git/hidden.yaml": "x: [",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    found = gather(folder)
    assert found.manager == {"shop": "config/shop.yaml", "bank": "config/sub/bank.yml"}
    assert found.scope == "config/" and [one.name for one in found.described.services] == ["shop", "bank"]


def test_problems_of_all_files_are_told_with_their_places(tmp_path):
    (tmp_path / "a.yaml").write_text("services: [{nam: x}]")
    (tmp_path / "b.yaml").write_text("services: [")
    (tmp_path / "c.yaml").write_bytes(b"\xff")
    (tmp_path / "d.yaml").write_text(service("shop"))
    (tmp_path / "e.yaml").write_text(service("shop"))
    with pytest.raises(BadFile) as bad:
        gather(tmp_path)
    text = str(bad.value)
    for part in ("a.yaml: services[0].nam", "b.yaml: line", "c.yaml: line 1", "'shop' is described in"):
        assert part in text


def test_an_empty_folder_and_a_missing_file(tmp_path):
    with pytest.raises(BadFile, match="holds no file"):
        gather(tmp_path)
    with pytest.raises(FileNotFoundError):
        gather(tmp_path / "none.yaml")
