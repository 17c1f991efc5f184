"""A file of a folder that cannot be read is named and left out; one that was named ends the build."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loader import InputError, build
from loader.cli import main
from loader.sharding.build_shards import By, build_shards
from loader.verify import verify

ARTICLE = "{}\n\nDrava Times, by Eva Lang, May 3, 2018:\n\nFog lay over Graz. “We wait,” said Karl Huber.\n"
REFUSED = {"elf.txt": b"\1\2\3\4", "cut.txt": b"\xff\xfec\0u\0t\0 "}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles and two files that are no text."""
    place = tmp_path / "in"
    place.mkdir()
    for name in ("a", "b"):
        (place / f"{name}.txt").write_text(ARTICLE.format(f"Fog closes harbour {name}"), encoding="utf-8")
    for name, data in REFUSED.items():
        (place / name).write_bytes(data)
    return place


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_build_goes_on_names_them_and_is_proven(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "-o", tmp_path / "a.db")
    assert done.exit_code == 0
    assert "2 archives, 2 articles" in done.stdout
    for name in REFUSED:
        assert done.stderr.count(f"{folder / name}, line 1: ") == 1
    assert done.stderr.count("(left out)") == 2
    assert [fault for check in verify(tmp_path / "a.db", folder) for fault in check.faults] == []


def test_they_are_named_even_if_nothing_else_is_printed(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "-o", tmp_path / "a.db", "--quiet")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (0, "", 2)


def test_a_file_that_no_reader_takes_is_named(folder: Path, tmp_path: Path) -> None:
    (folder / "page.html").write_text("<h1>Fog closes harbour</h1>", encoding="utf-8")
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (folder / "README.md").write_text("About this folder.", encoding="utf-8")
    (folder / "corrections.csv").write_text("archive,start,text,field,corrected,reason\n", encoding="utf-8")
    done = run("build", folder, "-o", tmp_path / "a.db")
    named = [line for line in done.stderr.splitlines() if " not read " in line or "page.html" in line]
    assert named == [
        f"loader: {folder / 'page.html'}: looks like a web page (HTML): no reader for it yet; save its text "
        "as .txt in UTF-8 (left out)",
        f"1 file in the folder is not read (logo.png); `press-archive check {folder}` says why",
    ]


def test_strict_ends_the_build_and_writes_nothing(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "-o", tmp_path / "a.db", "--strict")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.strip().splitlines()[-1].startswith(("loader: ", "press-archive: "))
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_was_named_ends_the_build(name: str, folder: Path, tmp_path: Path) -> None:
    done = run("build", folder / "a.txt", folder / name, "-o", tmp_path / "a.db")
    assert done.exit_code == 1 and f"{folder / name}, line 1: " in done.stderr
    assert not (tmp_path / "a.db").exists()


def test_a_folder_of_nothing_else_ends_the_build(folder: Path, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).unlink()
    with pytest.raises(InputError, match=r"cut\.txt"):
        build([folder], tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()


def test_an_update_leaves_them_out_and_takes_them_in_when_they_are_mended(
    folder: Path, tmp_path: Path
) -> None:
    build([folder], tmp_path / "a.db")
    shutil.copyfile(folder / "a.txt", folder / "elf.txt")
    report = build([folder], tmp_path / "a.db", update=True)
    assert report.counts["archives"] == 3 and len(report.refused) == 1
    (folder / "b.txt").write_bytes(b"\0")
    report = build([folder], tmp_path / "a.db", update=True)
    assert report.counts["archives"] == 2 and len(report.refused) == 2
    assert [fault for check in verify(tmp_path / "a.db", folder) for fault in check.faults] == []


def test_shards_and_several_processes_leave_them_out_too(folder: Path, tmp_path: Path) -> None:
    assert build([folder], tmp_path / "a.db").refused == build([folder], tmp_path / "b.db", jobs=2).refused
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()
    report = build_shards([folder], tmp_path / "shards", By("year", 0))
    assert len(report.refused) == 2
    assert [fault for check in verify(tmp_path / "shards", folder) for fault in check.faults] == []


def test_build_and_verify_print_one_json_object(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "-o", tmp_path / "a.db", "--json")
    told = json.loads(done.stdout)
    assert told["counts"]["articles"] == 2 and len(told["refused"]) == 2
    proven = json.loads(run("verify", tmp_path / "a.db", folder, "--json").stdout)
    assert proven["faults"] == 0 and {"name", "checked", "faults", "found"} <= set(proven["checks"][0])
    (folder / "a.txt").write_text("Other words.\n", encoding="utf-8")
    done = run("verify", tmp_path / "a.db", folder, "--json")
    assert done.exit_code == 1 and json.loads(done.stdout)["faults"] > 0
