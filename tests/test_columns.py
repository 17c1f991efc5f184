"""Each column is declared once: records and rows go by name, and every column is proved or listed."""

from __future__ import annotations

import ast
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cases_files import ROOT
from verify_archive import build_archive

from loader.dataset import summaries
from loader.dataset.atomic_output import settle_header
from loader.dataset.columns import DATASET, TABLES
from loader.dataset.declaration import BY_REBUILD, FROM_ROWS
from loader.verify import verify
from scripts.data_dictionary import page

COLUMNS = [(table, column) for table, shape in DATASET.all_tables.items() for column in shape.columns]
# Judgement only: what no rule of arithmetic gives from the sources and the other rows.
JUDGED = {
    "publications.name", "authors.name", "articles.dateline", "articles.publication_id",
    "paragraphs.role", "furniture.role", "speakers.kind", "quotes.speaker_name",
    "quotes.speaker_description", "quotes.utterance", "quotes.kind", "quotes.rule",
    "mentioned_places.sense", "mentioned_places.confidence", "mentioned_places.rule",
    "data_notes.article_id", "data_notes.code", "data_notes.message", "data_notes.start",
    "data_notes.end", "corrections.found", "files.format", "files.reader", "files.reader_version",
    "files.reason", "omitted_ranges.reason",
}  # fmt: skip


def test_the_columns_that_only_a_rebuild_proves_are_these() -> None:
    rebuilt = {(one.table_name, one.column_name) for one in DATASET.dictionary() if one.proof == BY_REBUILD}
    of_tables = {f"{table}.{column}" for table, column in rebuilt if table in DATASET.all_tables}
    assert of_tables == JUDGED


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a row in every table, the tables of counts among them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summaries, "FREQUENT", 0)
        return build_archive(tmp_path_factory.mktemp("good"), items=True)


def _other(value: object, kind: type) -> object:
    """A value of the column's type that is another one."""
    if kind is str:
        return "nonsense"
    return 1 if value is None else kind(value) + 1  # type: ignore[call-overload]


def _mutate(database: Path, table: str, column: str) -> None:
    """Gives the last row that the schema allows it for another value in a column."""
    kind = DATASET.all_tables[table].columns[column].type
    keys = " and ".join(f"[{key}] is ?" for key in DATASET.all_tables[table].keys)
    with closing(sqlite3.connect(database)) as connection:
        names = ", ".join(f"[{key}]" for key in DATASET.all_tables[table].keys)
        rows = connection.execute(f"select [{column}], {names} from [{table}]").fetchall()
        assert rows, f"{table} has no row"
        for value, *key in reversed(rows):
            try:
                connection.execute(
                    f"update [{table}] set [{column}] = ? where {keys}", (_other(value, kind), *key)
                )
            except sqlite3.IntegrityError:
                continue
            break
        else:
            pytest.fail(f"no row of {table} can have another {column}")
        connection.commit()
    settle_header(database)  # the count of changes in it would tell of every one


@pytest.mark.parametrize(
    ("table", "column"), [pair for pair in COLUMNS if ".".join(pair) not in JUDGED], ids=".".join
)
def test_another_value_in_a_column_is_a_fault(
    table: str, column: str, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "FREQUENT", 0)
    folder = Path(shutil.copytree(good, tmp_path / "copy"))
    _mutate(folder / "archive.db", table, column)
    assert [fault for check in verify(folder / "archive.db", folder) for fault in check.faults]


def test_the_data_dictionary_describes_every_column_of_the_file(good: Path) -> None:
    with closing(sqlite3.connect(good / "archive.db")) as connection:
        described = connection.execute(
            "select table_name, column_name, type, description, proof from data_dictionary"
        ).fetchall()
        names = [
            name
            for (name,) in connection.execute(
                "select name from sqlite_master where type in ('table', 'view') "
                "and name not like '%\\_fts%' escape '\\' and name not like 'sqlite\\_%' escape '\\'"
            )
        ]
        found = {
            (name, row[1], row[2])
            for name in names
            for row in connection.execute(f"pragma table_info([{name}])")
        }
    views = set(DATASET.views)
    assert {(table, column) for table, column, _ in found} == {(row[0], row[1]) for row in described}
    # SQLite gives an expression of a view no type.
    assert {one for one in found if one[0] not in views} <= {(row[0], row[1], row[2]) for row in described}
    assert all(row[3].endswith(".") and row[4] in (FROM_ROWS, BY_REBUILD) for row in described)


def test_a_row_lacks_no_column_and_has_no_other() -> None:
    links = TABLES["links"]
    row = dict.fromkeys(links.columns, 1)
    assert links.values(row) == (1,) * len(links.columns)
    with pytest.raises(ValueError, match="no such column: colour"):
        links.values({**row, "colour": "red"})
    del row["url"]
    with pytest.raises(KeyError, match="url"):
        links.values(row)


def _records(file: Path) -> list[tuple[str, int, bool]]:
    """The records of a module: name, number of fields, whether they are given by keyword alone."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            fields = sum(isinstance(one, ast.AnnAssign) for one in node.body)
            named = any(ast.unparse(base) == "NamedTuple" for base in node.bases)
            decorators = [ast.unparse(one) for one in node.decorator_list]
            by_keyword = any("dataclass" in one and "kw_only=True" in one for one in decorators)
            if named or any("dataclass" in one for one in decorators):
                found.append((f"{file.name}: {node.name}", fields, by_keyword))
    return found


def test_records_of_more_than_four_fields_are_made_by_keyword() -> None:
    records = [record for file in (ROOT / "loader").rglob("*.py") for record in _records(file)]
    assert len(records) > 60
    assert [name for name, fields, by_keyword in records if fields > 4 and not by_keyword] == []


# A column as a contributor would add one: its declaration, and the code that computes it.
_DECLARED = '            text("cue", \'The words that attribute the quotation, such as "said".\'),\n'
_COMPUTED = '        "cue": _slice(archive, quote.cue_start, quote.cue_end),\n'


def test_a_column_is_added_in_its_declaration_and_in_the_code_that_computes_it(tmp_path: Path) -> None:
    package = tmp_path / "loader"
    shutil.copytree(ROOT / "loader", package, ignore=shutil.ignore_patterns("data", "__pycache__"))
    (package / "data").symlink_to(ROOT / "loader" / "data")
    for file, after, added in (
        (
            "columns.py",
            _DECLARED,
            '            integer("length", "Number of its code points.", required=True),\n',
        ),
        ("rows.py", _COMPUTED, '        "length": quote.end - quote.start,\n'),
    ):
        module = package / "dataset" / file
        old = module.read_text(encoding="utf-8")
        assert old.count(after) == 1
        module.write_text(old.replace(after, after + added), encoding="utf-8")
    for command in (
        ["build", str(ROOT / "seeds"), "-o", "archive.db", "--quiet"],
        ["build", str(ROOT / "seeds"), "-o", "shards", "--shard", "year", "--quiet"],
        ["verify", "archive.db", str(ROOT / "seeds"), "--rebuild"],
        ["verify", "shards", str(ROOT / "seeds"), "--rebuild"],
        ["digest", "--content", "archive.db"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "loader", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        assert connection.execute("select count(*) from quotes where length != end - start").fetchone() == (
            0,
        )
        assert connection.execute("select cue from quotes where cue = 'said' limit 1").fetchone() == ("said",)
        described = "select type, description from data_dictionary where column_name = 'length'"
        assert connection.execute(described).fetchall() == [("INTEGER", "Number of its code points.")]


def test_the_page_of_the_data_dictionary_is_the_one_that_the_declaration_gives() -> None:
    assert (ROOT / "docs" / "data.md").read_text(encoding="utf-8") == page()
