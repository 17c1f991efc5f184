"""The command line: what it prints, and how it ends."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loader.cli import main
from loader.dataset.digest import digest

ARTICLE = (
    "Bees return\n\nThe Courier, by Eva Lang, May 3, 2018:\n\n“They never left,” said Karl Huber in Graz.\n"
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "a.txt"
    file.write_text(ARTICLE, encoding="utf-8")
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_build_verify_and_show_end_well(archive: Path) -> None:
    database = archive.with_suffix(".db")
    built = run("build", archive, "-o", database)
    assert (built.exit_code, built.stderr) == (0, "")
    assert "1 archive, 1 article, " in built.output
    proved = run("verify", database, archive.parent)
    assert proved.exit_code == 0
    assert "FAIL" not in proved.output
    assert "every span slices, every character is covered" in proved.output
    shown = run("show", archive)
    assert shown.exit_code == 0
    assert "Article 1: Bees return" in shown.output
    assert "2018-05-03 (printed: May 3, 2018)" in shown.output
    assert "Karl Huber: “They never left,” (direct)" in shown.output


def test_show_prints_each_file_of_a_folder(archive: Path) -> None:
    (archive.parent / "b.txt").write_text(ARTICLE.replace("Bees return", "Bees leave"), encoding="utf-8")
    shown = run("show", archive.parent)
    assert shown.exit_code == 0
    assert shown.output.index("Article 1: Bees return") < shown.output.index("Article 1: Bees leave")
    assert run("show", archive.parent / "nowhere").exit_code == 1


def test_show_prints_offsets_and_texts_that_correction_rows_take(archive: Path) -> None:
    text = ARTICLE.replace("left,” said", "left\nthe hive,” said")
    archive.write_text(text, encoding="utf-8")
    shown = run("show", "--offsets", archive)
    assert shown.exit_code == 0
    lines = [line.split(None, 2) for line in shown.output.splitlines()]
    found = {(row[0], int(row[1]), row[2]) for row in lines if len(row) == 3 and row[1].isdecimal()}
    words = {
        "headline": "Bees return",
        "source_line": "The Courier, by Eva Lang, May 3, 2018:",
        "author": "Eva Lang",
        "quotation": "They never left the hive,",
        "place": "Graz",
    }
    plain = text.replace("\n", " ")
    assert {(kind, plain.index(value), value) for kind, value in words.items()} <= found


def test_digest_prints_the_hash_as_sha256sum_does(archive: Path) -> None:
    database = archive.with_suffix(".db")
    run("build", archive, "-o", database)
    assert run("digest", database).output == f"{digest(database)}  {database}\n"
    for wrong in (archive, archive.parent / "nowhere.db"):
        result = run("digest", wrong)
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)


def test_quiet_prints_nothing(archive: Path) -> None:
    result = run("build", archive, "-o", archive.with_suffix(".db"), "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_faulty_input_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    result = run("build", tmp_path / "nowhere.txt", "-o", tmp_path / "a.db")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("loader: ")
    assert "nowhere.txt" in result.stderr


def test_wrong_usage_is_exit_code_2(tmp_path: Path) -> None:
    assert run("build", "--jobs", "none").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_every_command_has_help() -> None:
    assert set(main.commands) == {
        "build",
        "check",
        "verify",
        "digest",
        "export",
        "show",
        "serve",
        "metadata",
    }
    for command in main.commands:
        assert f"  {command} " in run("--help").output
        assert "Usage:" in run(command, "--help").output


def test_verify_refuses_what_is_no_database_of_this_kind(tmp_path: Path) -> None:
    text = tmp_path / "a.db"
    text.write_text(
        "no database, but long enough to have a header of a hundred characters " * 3, encoding="utf-8"
    )
    result = run("verify", text, tmp_path)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("create table t (id)")
    connection.close()
    result = run("verify", other, tmp_path)
    assert result.exit_code == 1
    assert "lacks archives" in result.stderr
