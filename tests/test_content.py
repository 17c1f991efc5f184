"""The hash of the content is that of all rows whatever their ids, and SQLite alone gives it too."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cases_files import ROOT
from click.testing import CliRunner
from verify_archive import FIRST, SECOND, build_archive

from loader import InputError, build
from loader.cli import main
from loader.dataset import summaries
from loader.dataset.columns import DATASET, SUMMARIES, TABLES
from loader.dataset.content import content_digest, content_sql
from loader.dataset.natural_rows import first_uses, key_columns, natural_tables
from loader.sharding.build_shards import KINDS, By, build_shards
from loader.sharding.together import folder_digest


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a row in every table, the tables of counts among them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summaries, "FREQUENT", 0)
        return build_archive(tmp_path_factory.mktemp("good"), items=True)


@pytest.fixture(scope="module")
def hashed(good: Path) -> str:
    return content_digest(good / "archive.db")


@pytest.fixture
def database(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(good / "archive.db", tmp_path / "archive.db"))


def run(database: Path, sql: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(sql)


def test_an_update_has_the_content_of_a_full_build(good: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    # Read in another order than that of the names, with a slug that both have and a file that goes again.
    for name, text in (("b.txt", SECOND), ("c.txt", SECOND), ("a.txt", FIRST), ("0.txt", SECOND)):
        (folder / name).write_text(text, encoding="utf-8")
        build([folder], tmp_path / "updated.db", update=True)
    (folder / "c.txt").unlink()
    build([folder], tmp_path / "updated.db", update=True)
    build([folder], tmp_path / "full.db")
    updated, full = tmp_path / "updated.db", tmp_path / "full.db"
    slugs = "select path, slug from articles join archives on archives.id = archive_id order by 1, 2"
    with closing(sqlite3.connect(updated)) as one, closing(sqlite3.connect(full)) as other:
        assert one.execute(slugs).fetchall() != other.execute(slugs).fetchall()
    assert content_digest(updated) == content_digest(full)


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_of_shards_has_the_content_of_one_file(kind: str, good: Path, tmp_path: Path) -> None:
    shutil.copytree(good, tmp_path / "in", ignore=shutil.ignore_patterns("*.db"))
    build([tmp_path / "in"], tmp_path / "full.db")
    build_shards([tmp_path / "in"], tmp_path / "shards", By(kind, 600))
    assert len(list((tmp_path / "shards").iterdir())) > 2
    printed = [
        CliRunner().invoke(main, ["digest", "--content", str(tmp_path / name)]).output
        for name in ("full.db", "shards")
    ]
    assert printed[0].split()[0] == printed[1].split()[0] == content_digest(tmp_path / "full.db")


def test_shards_that_contradict_each_other_have_no_content(good: Path, tmp_path: Path) -> None:
    build_shards([good], tmp_path / "shards", By("year"))
    run(tmp_path / "shards" / "2018.db", "update speakers set name = 'Carl Huber' where name = 'Karl Huber'")
    with pytest.raises(InputError, match="another shard has too or has otherwise"):
        folder_digest(tmp_path / "shards")


def test_other_ids_change_nothing(database: Path, hashed: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for table, shape in DATASET.all_tables.items():
            for column in shape.columns:
                other = shape.references.get(column)
                if column == "id" or other or (table in SUMMARIES and column.endswith("_id")):
                    # Backwards and far apart: neither the ids nor their order stay.
                    connection.execute(f"update {table} set {column} = 1000003 - 7 * {column}")
        connection.commit()
    assert content_digest(database) == hashed


# The primary keys, and which of rows that are counted is the first: ids, which say nothing of the content.
IDS = {(table, "id") for table in TABLES} | {("rule_counts", "first_id")}
CELLS = [
    (table, column)
    for table, shape in DATASET.all_tables.items()
    for column in shape.columns
    if (table, column) not in IDS
]


@pytest.mark.parametrize(("table", "column"), CELLS, ids=".".join)
def test_another_value_in_a_column_changes_it(table: str, column: str, database: Path, hashed: str) -> None:
    shape = DATASET.all_tables[table]
    other = shape.references.get(column)
    with closing(sqlite3.connect(database)) as connection:
        for (rowid,) in connection.execute(f"select {', '.join(shape.keys[:1])} from {table}").fetchall():
            value = {
                int: f"ifnull([{column}], 0) + 1",
                float: f"[{column}] + 1e-13",  # the smallest change that the number has room for
                str: f"ifnull([{column}], '') || 'x'",
            }[shape.columns[column].type]
            if other:
                value = f"(select id from {other} where id is not [{table}].[{column}] order by id limit 1)"
            try:
                connection.execute(
                    f"update [{table}] set [{column}] = {value} where [{shape.keys[0]}] is ?", (rowid,)
                )
            except sqlite3.IntegrityError:
                continue
            break
        assert connection.total_changes
        connection.commit()
    assert content_digest(database) != hashed


@pytest.mark.parametrize("table", list(DATASET.all_tables))
def test_a_row_that_is_missing_changes_it(table: str, database: Path, hashed: str) -> None:
    key = DATASET.all_tables[table].keys[0]
    run(database, f"delete from {table} where {key} is (select max({key}) from {table})")
    assert content_digest(database) != hashed


def test_two_speakers_of_one_name_are_not_taken_for_each_other(database: Path) -> None:
    run(database, "update speakers set name = 'N. N.', kind = 'person', description = null, quote_count = 2")
    before = content_digest(database)
    run(database, "update quotes set speaker_id = 3 - speaker_id where speaker_id < 3 and position = 1")
    assert content_digest(database) != before


def test_every_join_looks_rows_up(database: Path) -> None:
    run(database, "delete from sqlite_stat1")  # by which a table of two rows is read whole
    with closing(sqlite3.connect(database)) as connection:
        for statement in first_uses():
            connection.execute(statement)
        for with_ids in (False, True):
            for table in natural_tables(with_ids=with_ids):
                plan = [row[3] for row in connection.execute(f"explain query plan {table.query}")]
                assert [step for step in plan if step.startswith("SCAN this_")] == [], table.name


HOSTILE = "tab\t line\n \x01 \x1f \x7f \u2028 \U0001f41d \\ \" ' <b> \x00 \b\f\r é"


def test_sqlite_alone_gives_the_same_hash(database: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.fail("sqlite3 is not installed; apt-get install sqlite3")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("update paragraphs set text = ? where id = 2", (HOSTILE.replace("\0", ""),))
        connection.execute("update archives set path = ? where id = 1", ("a'\n\"[].txt",))
        connection.commit()
    done = subprocess.run(
        ["sqlite3", str(database)], input=content_sql().encode(), capture_output=True, check=True
    )
    assert hashlib.sha256(done.stdout).hexdigest() == content_digest(database)


def test_the_statements_of_the_documentation_are_those_of_the_declaration() -> None:
    assert (ROOT / "docs" / "content.sql").read_text(encoding="utf-8") == content_sql()


@pytest.mark.parametrize("sql", ["drop table quotes", "update paragraphs set text = x'ff00'"])
def test_what_is_not_a_data_set_has_no_content(sql: str, database: Path) -> None:
    run(database, sql)
    with pytest.raises(InputError, match="cannot be read"):
        content_digest(database)


def test_no_key_holds_judgement() -> None:
    for table, shape in DATASET.all_tables.items():
        of_owner = set(shape.references)
        keys = set(key_columns(table) or ()) - of_owner - {"start", "end"}
        if "id" not in shape.keys or table == "speaker_names":
            continue
        assert [column for column in keys if shape.columns[column].judgement] == [], table
