"""verify --rebuild: what it says, how it ends, and that it leaves nothing behind."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import pytest
from cases_files import ROOT
from click.testing import CliRunner, Result
from command import Command
from verify_archive import FIRST, build_archive

from loader import InputError, build
from loader.cli import main
from loader.dataset import natural_rows
from loader.dataset.atomic_output import settle_header
from loader.dataset.build_info import about
from loader.sharding.build_shards import By, build_shards
from loader.verify import Level, Sources, verify_and_rebuild


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_archive(tmp_path_factory.mktemp("good"))


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "copy"))


def change(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(sql)
    settle_header(database)


def run(folder: Path, *options: str) -> Result:
    result = CliRunner().invoke(
        main, ["verify", str(folder / "archive.db"), str(folder), "--rebuild", *options]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_what_is_proven_ends_in_exit_code_0(folder: Path) -> None:
    before = {file: file.read_bytes() for file in folder.iterdir()}
    result = run(folder, "--jobs", "1")
    assert result.exit_code == 0, result.output
    assert "every row is that of a rebuild" in result.stdout.splitlines()[-1]
    assert "not proven" not in result.stdout
    assert {file: file.read_bytes() for file in folder.iterdir()} == before


def test_a_differing_row_is_named_by_table_key_and_column_with_both_values(folder: Path) -> None:
    change(folder / "archive.db", "update quotes set kind = 'title' where id = 1")
    result = run(folder)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("FAIL"))
    assert lines[at] == "FAIL rebuild: quotes.kind (7)"
    words = "We have ‘no boats’ left,"
    span = f"{FIRST.index(words)}, {FIRST.index(words) + len(words)}"
    assert lines[at + 1].strip() == f"quotes ['a.txt', '', 1, {span}]: kind is 'title', of a rebuild 'direct'"
    assert [line for line in lines if line.startswith("FAIL")] == [lines[at]]
    assert result.stderr.count("\n") == 1


def test_long_values_are_cut_and_ten_rows_of_a_kind_are_named(folder: Path) -> None:
    change(
        folder / "archive.db", "update mentioned_places set rule = hex(zeroblob(100000)), confidence = 0.5"
    )
    result = run(folder)
    rule = result.stdout.split("FAIL rebuild: mentioned_places.rule")[1].split("FAIL")[0].splitlines()
    assert len(rule) > 5
    assert all(len(line) < 300 for line in rule)
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.executescript(
            "with recursive r(n) as (select 100 union all select n + 1 from r where n < 3000) "
            "insert into data_notes select n, 1, 1, 'misprint', 'x', n, n + 1 from r"
        )
    further = run(folder).stdout.split("FAIL rebuild: data_notes: a rebuild has every row")[1].splitlines()
    assert further[11].strip() == "and 2,891 more"


def test_text_that_a_terminal_would_obey_is_printed_escaped(folder: Path) -> None:
    change(folder / "archive.db", "update data_notes set message = char(27) || '[2J' || char(10)")
    result = run(folder)
    assert "\x1b[2J" not in result.stdout
    assert "message is '\\x1b[2J\\n'" in result.stdout


def test_json_names_the_level_of_each_check(folder: Path) -> None:
    change(folder / "archive.db", "update quotes set kind = 'title' where id = 1")
    told = json.loads(run(folder, "--json").stdout)
    assert told["levels"] == {"bytes": "proven", "text": "proven", "rows": "proven", "rebuild": "faults"}
    assert {check["level"] for check in told["checks"]} == set(told["levels"])
    plain = CliRunner().invoke(main, ["verify", str(folder / "archive.db"), str(folder), "--json"])
    assert plain.exit_code == 0
    assert json.loads(plain.stdout)["levels"]["rebuild"] == "not proven"


@pytest.mark.parametrize("options", [(), ("--rebuild",)])
def test_what_another_version_built_is_not_proven_and_both_are_named(
    options: tuple[str, ...], folder: Path
) -> None:
    change(folder / "archive.db", "update build_info set value = 'press-archive 0.0.1' where key = 'loader'")
    arguments = ["verify", str(folder / "archive.db"), str(folder), *options]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 4, result.output
    lines = [line for line in result.stdout.splitlines() if line.startswith("not proven")]
    assert any(
        "press-archive 0.0.1 built it" in line and about(corrections=True)["loader"] in line for line in lines
    )
    assert "FAIL" not in result.stdout
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("options", [(), ("--rebuild",)])
def test_what_another_version_of_a_judging_library_decoded_is_not_proven(
    options: tuple[str, ...], folder: Path
) -> None:
    key = "library.charset-normalizer"
    change(folder / "archive.db", f"update build_info set value = '1.0.0' where key = '{key}'")
    result = CliRunner().invoke(main, ["verify", str(folder / "archive.db"), str(folder), *options])
    assert result.exit_code == 4, result.output
    ours = f"charset-normalizer {version('charset-normalizer')}"
    assert f"charset-normalizer 1.0.0 built it, this is {ours}" in result.stdout
    assert "FAIL" not in result.stdout


@pytest.mark.parametrize("value", ["", "trust me", "1.0.0; drop table articles", None])
def test_a_library_without_a_version_is_a_fault(value: str | None, folder: Path) -> None:
    connection = sqlite3.connect(folder / "archive.db")
    with connection:
        change_value = "update build_info set value = ? where key = 'library.charset-normalizer'"
        if value is None:
            connection.execute("delete from build_info where key = 'library.charset-normalizer'")
        else:
            connection.execute(change_value, [value])
    connection.close()
    assert run(folder).exit_code == 1


def test_a_fault_counts_more_than_what_is_not_proven(folder: Path) -> None:
    change(
        folder / "archive.db",
        "update build_info set value = 'press-archive 0.0.1' where key = 'loader'; "
        "update paragraphs set word_count = 99 where id = 1",
    )
    assert run(folder).exit_code == 1


def test_a_loader_that_is_no_version_is_a_fault(folder: Path) -> None:
    change(folder / "archive.db", "update build_info set value = 'trust me' where key = 'loader'")
    assert run(folder).exit_code == 1


def test_without_the_metadata_file_its_facts_alone_are_not_proven(folder: Path) -> None:
    metadata = folder.parent / "about.yml"
    metadata.write_text("title: Two rivers\n", encoding="utf-8")
    build([folder], folder / "archive.db", metadata=metadata)
    result = run(folder)
    assert result.exit_code == 4
    assert [line for line in result.stdout.splitlines() if not line.startswith("ok ")] == [
        "not proven rows: facts about the data set are those of metadata.yml: no metadata.yml is there; "
        "name one with --metadata"
    ]
    assert run(folder, "--metadata", str(metadata)).exit_code == 0


def test_a_build_without_corrections_is_built_again_without_them(folder: Path) -> None:
    build([folder], folder / "archive.db", corrections=False)
    (folder / "corrections.csv").unlink()
    assert run(folder).exit_code == 0


def test_a_file_longer_than_the_usual_limit_is_read_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.verify.rebuild.MAX_ARCHIVE_BYTES", 100)
    assert run(folder).exit_code == 0


def test_sources_that_cannot_be_built_are_a_fault(folder: Path) -> None:
    (folder / "corrections.csv").write_text("archive,start\nx\n", encoding="utf-8")
    result = run(folder)
    assert result.exit_code == 1
    assert "the sources cannot be built again: " in result.stdout


def test_no_room_for_the_rebuild_is_one_line_and_no_fault(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_without_room(_: object, output: Path, **__: object) -> None:
        raise InputError(f"{output}: cannot be written (No space left on device); choose another with -o")

    monkeypatch.setattr("loader.verify.rebuild.build", build_without_room)
    result = run(folder)
    assert result.exit_code == 1
    assert "FAIL" not in result.stdout
    assert result.stderr.count("\n") == 1
    assert "make room, or name another folder with TMPDIR" in result.stderr


def test_tables_that_are_not_the_loaders_are_not_compared(folder: Path) -> None:
    change(
        folder / "archive.db",
        "drop table links; create table links (id integer primary key, "
        "url text generated always as (hex(zeroblob(1000)))); insert into links (id) values (1)",
    )
    checks = list(verify_and_rebuild(folder / "archive.db", Sources(seeds=folder)))
    assert [check.name for check in checks] == ["schema version", "schema is what the loader creates"]


@pytest.mark.parametrize(
    "value", ["x'00ff'", "cast(x'c3284180' as text)", "null", "9e999", "-9223372036854775808"]
)
@pytest.mark.parametrize(
    "cell", ["articles.archive_id", "quotes.start", "mentioned_places.place_id", "places.name"]
)
def test_any_value_is_a_fault_and_no_error(value: str, cell: str, folder: Path) -> None:
    table, _, column = cell.partition(".")
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        try:
            connection.execute(f"update {table} set {column} = {value} where id = 1")
        except sqlite3.IntegrityError:
            assert value == "null"
            return
        connection.commit()
    assert run(folder).exit_code == 1


@pytest.mark.parametrize("kind", ["year", "publication", "size"])
def test_shards_are_cut_again_as_they_were(kind: str, folder: Path, tmp_path: Path) -> None:
    (folder / "archive.db").unlink()
    build_shards([folder], tmp_path / "shards", By(kind, 400))
    for database in [tmp_path / "shards", *sorted((tmp_path / "shards").iterdir())]:
        if database.name == "catalogue.db":
            continue
        result = CliRunner().invoke(main, ["verify", str(database), str(folder), "--rebuild"])
        assert result.exit_code == 0, result.output


def test_shards_of_a_size_that_is_not_told_are_not_proven(folder: Path, tmp_path: Path) -> None:
    build_shards([folder], tmp_path / "shards", By("size", 10**6))
    shard = tmp_path / "shards" / "part-00001.db"
    change(shard, "delete from build_info where key = 'shard_size'; analyze build_info")
    result = CliRunner().invoke(main, ["verify", str(shard), str(folder), "--rebuild"])
    assert result.exit_code == 1  # the fact that is missing is a fault
    assert "not proven rebuild: rows are those of a rebuild: build_info does not say how" in result.stdout


def test_a_count_moved_from_one_shard_to_another_is_found(folder: Path, tmp_path: Path) -> None:
    build_shards([folder], tmp_path / "shards", By("year"))
    for name, sign in (("2018.db", "+"), ("2019.db", "-")):
        change(
            tmp_path / "shards" / name,
            f"update speakers set quote_count = quote_count {sign} 1 where name = 'Karl Huber'",
        )
    checks = list(verify_and_rebuild(tmp_path / "shards", Sources(seeds=folder)))
    names = {check.name for check in checks if check.found and check.level is Level.REBUILD}
    assert names == {"2018.db: speakers.quote_count", "2019.db: speakers.quote_count"}


def test_a_shard_that_takes_itself_for_another_is_found(folder: Path, tmp_path: Path) -> None:
    build_shards([folder], tmp_path / "shards", By("year"))
    change(tmp_path / "shards" / "2018.db", "update build_info set value = 'a' where key = 'shard'")
    result = CliRunner().invoke(main, ["verify", str(tmp_path / "shards"), str(folder), "--rebuild"])
    assert "2018.db: build_info.value" in result.stdout


def test_facts_of_the_catalogue_are_compared(folder: Path, tmp_path: Path) -> None:
    build_shards([folder], tmp_path / "shards", By("year"))
    change(tmp_path / "shards" / "catalogue.db", "update build_info set value = 'x' where key = 'gazetteer'")
    result = CliRunner().invoke(main, ["verify", str(tmp_path / "shards"), str(folder), "--rebuild"])
    assert result.exit_code == 1
    assert "FAIL rebuild: catalogue.db: build_info.value" in result.stdout


@pytest.mark.parametrize("send", ["SIGINT", "SIGTERM"])
def test_stopped_at_any_point_it_leaves_nothing(
    send: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    before = {file: file.read_bytes() for file in folder.iterdir()}
    arguments = ("verify", folder / "archive.db", folder, "--rebuild", "--jobs", "1")
    stopped = 0
    with closing(Command(ROOT)) as loader:
        for at in (2, 40, 120, 200, 300, 400, 600, 900):
            done = loader(*arguments, at=at, send=send)
            stopped += done.code in {130, 143}
            assert list(temporary.iterdir()) == [], at
            assert {file: file.read_bytes() for file in folder.iterdir()} == before
    assert stopped > 4


def test_a_table_with_no_key_of_its_own_is_compared_by_all_its_columns() -> None:
    keys = {table: natural_rows.key_columns(table) for table in natural_rows.DATASET.all_tables}
    assert keys["archives"] == ("path", "member")
    assert keys["articles"] == ("archive_id", "position")
    assert keys["quotes"] == ("article_id", "start", "end")
    assert keys["article_authors"] == ("article_id", "position")
    assert keys["speaker_names"] == ("speaker_id", "kind", "folded_name", "family")
    assert keys["speakers"] is keys["places"] is keys["authors"] is keys["publications"] is None
