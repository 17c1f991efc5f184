"""An export holds every row of every table, with its types, and is replaced whole."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from click.testing import CliRunner
from pyarrow import dataset
from verify_archive import build_archive

from loader import InputError, build
from loader.cli import main
from loader.dataset.columns import INFORMATION, TABLES
from loader.publish import parquet
from loader.sharding.build_shards import By, build_shards

UNDATED = """Storm over Maribor

by Ivo Novak:

MARIBOR, Slovenia – It blew. “No roof,” said Karl Huber in Graz.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives of two years and without a date, `archive.db` of them and its export."""
    folder = build_archive(tmp_path_factory.mktemp("archive") / "in", items=True)
    (folder / "e.txt").write_text(UNDATED, encoding="utf-8")
    build([folder], folder / "archive.db")
    parquet.export(folder / "archive.db", folder.parent / "out")
    return folder


@pytest.fixture(scope="module")
def of_shards(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of the same archives' shards."""
    place = tmp_path_factory.mktemp("of_shards")
    build_shards([folder], place / "shards", By("year"), jobs=1)
    parquet.export(place / "shards", place / "out")
    return place / "out"


def rows(database: Path, table: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return sorted(connection.execute(f"select * from {table}").fetchall(), key=repr)


def exported(output: Path, table: str) -> list[tuple[Any, ...]]:
    found = dataset.dataset(output / table, partitioning="hive").to_table()
    found = found.drop_columns([name for name in ("year",) if name in found.column_names])
    return sorted((tuple(row.values()) for row in found.to_pylist()), key=repr)


@pytest.mark.parametrize("table", [*TABLES, "build_info"])
def test_every_row_of_a_table_is_there(table: str, folder: Path) -> None:
    assert exported(folder.parent / "out", table) == rows(folder / "archive.db", table) != []


@pytest.mark.parametrize("table", TABLES)
def test_an_export_of_shards_is_that_of_the_single_database(
    table: str, folder: Path, of_shards: Path
) -> None:
    assert exported(of_shards, table) == rows(folder / "archive.db", table)


def test_rows_lie_by_the_year_of_their_article(folder: Path) -> None:
    years = dataset.dataset(folder.parent / "out" / "paragraphs", partitioning="hive").to_table(
        columns=["id", "year"]
    )
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        of_2019 = connection.execute(
            "select paragraphs.id from paragraphs join articles on articles.id = article_id "
            "where published = '2019-06-08'"
        ).fetchall()
    assert [(row["id"],) for row in years.to_pylist() if row["year"] == 2019] == of_2019 != []
    assert sorted(path.name for path in (folder.parent / "out" / "articles").iterdir()) == [
        "year=2018", "year=2019", "year=__HIVE_DEFAULT_PARTITION__",
    ]  # fmt: skip
    assert {row["year"] for row in years.to_pylist()} == {2018, 2019, None}


def test_columns_have_the_types_of_the_schema(folder: Path) -> None:
    schema = dataset.dataset(folder.parent / "out" / "places" / "part-0.parquet").schema
    assert schema.field("id") == pyarrow.field("id", pyarrow.int64(), nullable=False)
    assert schema.field("latitude") == pyarrow.field("latitude", pyarrow.float64())
    assert schema.field("name") == pyarrow.field("name", pyarrow.string(), nullable=False)


def test_a_table_without_rows_keeps_its_columns(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db", corrections=False)
    parquet.export(tmp_path / "a.db", tmp_path / "out")
    found = dataset.dataset(tmp_path / "out" / "corrections").to_table()
    assert (found.num_rows, found.column_names) == (0, list(TABLES["corrections"].columns))


def test_rows_are_written_in_groups_of_bounded_size(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_AT_ONCE", 2)
    monkeypatch.setattr(parquet, "_GROUP_ROWS", 4)
    parquet.export(folder / "archive.db", tmp_path / "out")
    assert exported(tmp_path / "out", "places") == rows(folder / "archive.db", "places")
    [places] = dataset.dataset(tmp_path / "out" / "places").get_fragments()
    assert {group.num_rows for group in places.row_groups[:-1]} == {4}


def test_an_earlier_export_is_replaced_and_anything_else_refused(folder: Path, tmp_path: Path) -> None:
    output = Path(shutil.copytree(folder.parent / "out", tmp_path / "out"))
    (output / "quotes" / "year=2018" / "part-7.parquet").write_bytes(b"of the year before")
    parquet.export(folder / "archive.db", output)
    assert exported(output, "quotes") == rows(folder / "archive.db", "quotes")
    (output / "quotes" / "notes.txt").write_text("mine")
    before = {file: file.read_bytes() for file in output.rglob("*") if file.is_file()}
    with pytest.raises(InputError, match=r"out: holds quotes/notes\.txt, which no export wrote"):
        parquet.export(folder / "archive.db", output)
    assert {file: file.read_bytes() for file in output.rglob("*") if file.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "update places set latitude = 'north' where id = 1",
            "a cell of places is not of its column's type",
        ),
        (
            "update quotes set start = x'00' where id = 1",
            "a cell of quotes is not of its column's type",
        ),
        ("drop table links", "lacks links; build it anew"),
    ],
)
def test_a_database_that_is_none_of_ours_is_one_clear_line_and_leaves_nothing(
    sql: str, words: str, folder: Path, tmp_path: Path
) -> None:
    broken = Path(shutil.copy(folder / "archive.db", tmp_path / "broken.db"))
    with closing(sqlite3.connect(broken)) as connection:
        connection.executescript(sql)
    with pytest.raises(InputError, match=words):
        parquet.export(broken, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.db"]


def test_without_the_extra_a_line_says_how_to_install_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match=r"pip install 'press-archive\[parquet\]'"):
        parquet.export(folder / "archive.db", tmp_path / "out")


def test_the_command_tells_what_it_wrote(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["export", str(folder / "archive.db"), "--parquet", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    total = sum(len(rows(folder / "archive.db", table)) for table in [*TABLES, *INFORMATION])
    assert done.output == f"{tmp_path / 'out'}: {len(TABLES) + len(INFORMATION)} tables, {total} rows\n"
