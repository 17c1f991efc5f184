"""Writes every table as Parquet, for engines that read columns: DuckDB, Spark, ClickHouse, pandas.

A folder for each table; rows that belong to an article lie by the year of the article, in the form that Hive
gave its name: paragraphs/year=2016/part-0.parquet. Rows are streamed: memory is the same at any size.
"""

# ruff: noqa: S608 - SQL is put together of our own names

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from itertools import chain, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from loader.dataset.atomic_output import check_parent, real_target
from loader.dataset.columns import INFORMATION, TABLES
from loader.dataset.declaration import Table
from loader.dataset.finalize import attached, create_file
from loader.dataset.output_folder import FINISHED_FOLDER, is_folder, shard_files, writing_folder
from loader.dataset.schema import column_list, create_tables
from loader.errors import InputError
from loader.sharding.split import IN_SEVERAL, add_shared
from loader.verify.untrusted_database import UNREADABLE, Opened, opened

if TYPE_CHECKING:
    import pyarrow

# Rows of an article with its year; those of no article, and of articles without a date, have none.
_OF_NO_ARTICLE = "select null, * from [{table}] where {article} is null order by rowid"
_BY_YEAR = """
select cast(substr(articles.published, 1, 4) as integer), t.*
from articles cross join [{table}] as t on t.{article} = articles.id
order by articles.published, articles.id, t.rowid
"""
# What Hive calls the folder of rows without a value to part them by.
_WITHOUT_YEAR = "__HIVE_DEFAULT_PARTITION__"
_OURS = re.compile(r"[a-z_]+(/year=(\d{1,4}|__HIVE_DEFAULT_PARTITION__))?/part-\d+\.parquet")
# Rows that are turned into columns at once, and how many rows or bytes make a row group of a file.
_AT_ONCE = 1_000
_GROUP_ROWS = 100_000
_GROUP_BYTES = 32_000_000

Row = tuple[Any, ...]


def export(database: Path | str, output: Path | str) -> dict[str, int]:
    """Writes the tables of a database, or of a folder of shards together, as Parquet.

    Left out is what follows from the rest: indexes, full-text search, views and the counts of the site.

    Args:
        database: what `press-archive build` wrote.
        output: the folder to write; an earlier export there stays whole until the new one is.

    Returns:
        The number of rows of each table.

    Raises:
        InputError: where the database cannot be read, the folder holds something else, or pyarrow is missing.
    """
    unfitting = _require_pyarrow()
    files = _files(Path(database))
    target = real_target(Path(output))
    check_parent(Path(output), target)
    refuse_other_than_export(Path(output), target)
    with ExitStack() as stack:
        folder = stack.enter_context(writing_folder(Path(output), refuse_other_than_export))
        sources = [stack.enter_context(opened(file)) for file in files]
        shared = _shared(sources, folder) if len(sources) > 1 else sources[0]
        if shared not in sources:
            stack.enter_context(closing(shared.connection))
        finished = folder / FINISHED_FOLDER
        counts = {}
        for name, table in {**TABLES, **INFORMATION}.items():
            tables = [shared] if name in IN_SEVERAL else sources[:1] if name in INFORMATION else sources
            try:
                counts[name] = _write(tables, name, table, finished / name)
            except UNREADABLE as error:
                raise InputError(f"{database}: {name} cannot be read ({error}); build it anew") from error
            except (unfitting, OverflowError) as error:
                raise InputError(
                    f"{database}: a cell of {name} is not of its column's type ({error}); "
                    "`press-archive verify` names it"
                ) from error
    return counts


def _require_pyarrow() -> type[Exception]:
    """What it raises where a value does not fit; raises InputError where it is not installed."""
    try:
        import pyarrow.parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError(
            "Parquet is written by pyarrow, which is not installed; "
            "run `pip install 'press-archive[parquet]'`"
        ) from error
    unfitting: type[Exception] = pyarrow.ArrowException
    return unfitting


def _files(database: Path) -> list[Path]:
    if not database.is_dir():
        return [database]
    names = shard_files(database)
    if not names:
        raise InputError(f"{database}: has no catalogue of shards; name a database, or a folder of them")
    return [database / name for name in sorted(names)]


def refuse_other_than_export(output: Path, target: Path) -> None:
    """Raises InputError where what is there is not what an export left."""
    if not is_folder(output, target):
        return
    for entry in target.rglob("*"):
        name = entry.relative_to(target).as_posix()
        if not entry.is_dir() and (entry.is_symlink() or not _OURS.fullmatch(name)):
            raise InputError(
                f"{output}: holds {name}, which no export wrote, and nothing else is replaced; "
                "take it away or name another folder"
            )


def _shared(sources: Iterable[Opened], folder: Path) -> Opened:
    """A database of the rows that several shards have, each once, with their counts added up."""
    connection = create_file(folder / "shared.db")
    create_tables(Database(connection))
    for source in sources:
        with attached(connection, source.file, "one"):
            for table in IN_SEVERAL:
                add_shared(connection, table)
    return Opened(folder / "shared.db", connection)


def _write(sources: Iterable[Opened], name: str, table: Table, folder: Path) -> int:
    """Writes a table; returns how many rows it has."""
    folder.mkdir()
    article = "id" if name == "articles" else "article_id"
    if article not in table.columns:
        query = f"select null, {column_list(table)} from [{name}] order by {', '.join(table.keys)}"
        rows = (row for source in sources for row in source.connection.execute(query))
        return _write_file(folder / "part-0.parquet", table, rows)
    count = 0
    queries = [query.format(table=name, article=article) for query in (_OF_NO_ARTICLE, _BY_YEAR)]
    for number, source in enumerate(sources):
        found = chain.from_iterable(map(source.connection.execute, queries))
        for year, rows_of_year in groupby(found, key=lambda row: row[0]):  # those without one come first
            count += _write_file(_part(folder, year, number), table, rows_of_year)
    if not count:
        _write_file(_part(folder, None, 0), table, iter(()))  # else nobody could tell its columns
    return count


def _part(folder: Path, year: int | None, number: int) -> Path:
    part = folder / f"year={_WITHOUT_YEAR if year is None else year}" / f"part-{number}.parquet"
    part.parent.mkdir(exist_ok=True)
    return part


def _schema(table: Table) -> pyarrow.Schema:
    import pyarrow  # noqa: PLC0415 - an extra

    types = {int: pyarrow.int64(), float: pyarrow.float64(), str: pyarrow.string()}
    return pyarrow.schema(
        pyarrow.field(name, types[kind], nullable=name not in table.keys + table.required)
        for name, kind in table.types.items()
    )


def _write_file(file: Path, table: Table, rows: Iterator[Row]) -> int:
    """Writes rows, whose first value is left out, in groups of bounded size; returns how many."""
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    schema = _schema(table)
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(schema, rows):
            writer.write_table(group)
            count += group.num_rows
    return count


def _groups(schema: pyarrow.Schema, rows: Iterator[Row]) -> Iterator[pyarrow.Table]:
    """Turns rows into columns, some thousand at once, and joins those to row groups; at least one."""
    import pyarrow  # noqa: PLC0415 - an extra

    waiting: list[pyarrow.RecordBatch] = []
    lines = size = 0
    while chunk := list(islice(rows, _AT_ONCE)):
        columns = list(zip(*chunk, strict=True))[1:]
        arrays = [pyarrow.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
        waiting.append(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))
        lines += len(chunk)
        size += waiting[-1].nbytes
        if lines >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pyarrow.Table.from_batches(waiting, schema)
            waiting, lines, size = [], 0, 0
    yield pyarrow.Table.from_batches(waiting, schema)
