"""--encoding and --repair: what they hold for, what is recorded, what is reported."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loader import build
from loader.cli import main
from loader.readers.decoding import DecodingChoice, codec_name
from loader.sharding.build_shards import By, build_shards
from loader.verify import verify

HEAD = "{}\n\nDrava Times, by Eva Lang, May 3, 2018:\n\n"
ENGLISH = HEAD.format("Fog closes café") + "Fog lay over Graz. “We wait,” said Karl Huber of the café.\n"
RUSSIAN = (
    HEAD.format("Туман") + "Мэр сообщил, что дорога к порту закрыта, а денег на новый мост у города нет.\n"
)


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def faults(database: Path, folder: Path) -> list[str]:
    return [fault for check in verify(database, folder) for fault in check.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file in UTF-8, one in Windows-1252, one of both."""
    place = tmp_path / "in"
    place.mkdir()
    (place / "a.txt").write_text(ENGLISH, encoding="utf-8")
    (place / "b.txt").write_text(ENGLISH, encoding="cp1252")
    return place


@pytest.mark.parametrize("command", ["build", "check", "show", "serve"])
@pytest.mark.parametrize("name", ["cp9999", "", "rot13", "hex", "idna", "unicode_escape", "a\nb", "\0"])
def test_an_unknown_encoding_is_wrong_usage_in_one_line(command: str, name: str, folder: Path) -> None:
    done = run(command, folder, "--encoding", name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1 and "--encoding" in done.stderr


@pytest.mark.parametrize("name", ["windows-1251", "CP1251", "cp1251", "1251"])
def test_an_encoding_has_one_name_in_the_database(name: str) -> None:
    assert codec_name(name) == "cp1251"


def test_the_encoding_holds_for_files_that_are_not_utf_8_and_is_recorded(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "b.txt").write_text(RUSSIAN, encoding="koi8-r")
    output = tmp_path / "a.db"
    assert run("build", folder, "-o", output, "--encoding", "KOI8-R").exit_code == 0
    assert rows(output, "select path, encoding from archives") == [("a.txt", "utf-8"), ("b.txt", "koi8-r")]
    assert rows(output, "select value from build_info where key = 'encoding'") == [("koi8-r",)]
    assert rows(output, "select count(*) from data_notes where code = 'decoded_as_guess'") == [(0,)]
    assert faults(output, folder) == []


def test_an_encoding_that_does_not_fit_is_refused(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder / "b.txt", "-o", tmp_path / "a.db", "--encoding", "shift_jis")
    assert done.exit_code == 1 and "b.txt, line 1: byte 14 is not shift_jis" in done.stderr


def test_an_update_with_another_encoding_builds_anew(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.db"
    run("build", folder, "-o", output)
    first = output.read_bytes()
    done = run("build", folder, "-o", output, "--update", "--encoding", "cp1252")
    assert "was built with another encoding; every file was read" in done.stderr
    done = run("build", folder, "-o", output, "--update", "--encoding", "cp1252")
    assert "0 files read, 2 unchanged" in done.stderr
    done = run("build", folder, "-o", output, "--update", "--repair")
    assert "was built with another encoding; every file was read" in done.stderr
    run("build", folder, "-o", output, "--update")
    assert output.read_bytes() == first


def test_verify_finds_an_encoding_that_was_changed(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "a.db"
    build([folder], output, decoding=DecodingChoice("cp1252"))
    assert faults(output, folder) == []
    connection = sqlite3.connect(output)
    connection.execute("update build_info set value = 'cp1250' where key = 'encoding'")
    connection.commit()
    connection.close()
    assert any("encoding is cp1252, of the file cp1250" in fault for fault in faults(output, folder))


def test_shards_record_the_choice_and_are_proven(folder: Path, tmp_path: Path) -> None:
    (folder / "c.txt").write_text(ENGLISH.replace("“", "&#8220;"), encoding="utf-8")
    build_shards([folder], tmp_path / "shards", By("year", 0), decoding=DecodingChoice("cp1252", True))
    assert faults(tmp_path / "shards", folder) == []


def test_each_guess_is_reported(folder: Path, tmp_path: Path) -> None:
    done = run("build", folder, "-o", tmp_path / "a.db")
    lines = [line for line in done.stderr.splitlines() if "is a guess" in line]
    assert lines == [
        "b.txt: its encoding is a guess, cp1252; name another with --encoding if letters are wrong"
    ]


def test_many_guesses_are_reported_by_encoding(folder: Path, tmp_path: Path) -> None:
    for number in range(12):
        (folder / f"f{number:02d}.txt").write_text(ENGLISH.replace("Fog", f"Fog {number}"), encoding="cp1252")
    (folder / "g.txt").write_text(RUSSIAN * 2, encoding="koi8-r")
    done = run("build", folder, "-o", tmp_path / "a.db", "--jobs", "2")
    lines = [line.partition(";")[0] for line in done.stderr.splitlines() if "is a guess" in line]
    assert lines == [
        "13 files: their encoding is a guess, cp1252 (b.txt, f00.txt, f01.txt and 10 more)",
        "g.txt: its encoding is a guess, koi8-r",
    ]


def test_a_file_whose_encoding_cannot_be_told_is_refused_with_the_remedy(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "b.txt").write_bytes("Ναι, ξέρω".encode("cp737"))
    done = run("build", folder, "-o", tmp_path / "a.db")
    (line,) = [line for line in done.stderr.splitlines() if "b.txt" in line]
    assert "--encoding NAME" in line and "tried" in line and line.endswith("(left out)")
    assert faults(tmp_path / "a.db", folder) == []


def test_check_reports_bytes_that_are_not_utf_8_and_damaged_text(folder: Path) -> None:
    (folder / "a.txt").write_bytes(ENGLISH.encode() + b"cut \xe2\x80\n")
    (folder / "b.txt").write_text(ENGLISH.encode().decode("cp1252", "replace").replace("\ufffd", ""), "utf-8")
    told = json.loads(run("check", folder, "--json").stdout)
    codes = {file["path"]: [doubt["code"] for doubt in file["doubts"]] for file in told["files"]}
    assert codes == {"a.txt": ["bytes_not_utf8"], "b.txt": ["damaged_text"]}
    told = json.loads(run("check", folder / "b.txt", "--json", "--repair").stdout)
    assert [file["doubts"] for file in told["files"]] == [[]]


def test_show_takes_both_options(folder: Path) -> None:
    (folder / "c.txt").write_bytes("Caf\u0439 &amp; Ц\n".encode("cp1251"))
    printed = run("show", folder / "c.txt", "--encoding", "cp1251", "--repair").stdout
    assert "Caf\u0439 & Ц" in printed
