"""Proofs over the file as a whole: its schema, its pages, its types, its keys, its indexes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import zip_longest

from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.build_info import LIBRARY_PREFIX, about, versions
from loader.dataset.columns import DATASET, TABLES
from loader.dataset.declaration import Declaration, Table
from loader.dataset.finalize import PAGE_SIZE
from loader.dataset.schema import KEPT, OF_ALL_SHARDS, VERSION
from loader.metadata_file import PREFIX
from loader.readers.decoding import DecodingChoice
from loader.sharding import catalogue
from loader.sharding.split import KINDS
from loader.verify.report import Check, Tally
from loader.verify.untrusted_database import UNREADABLE, Opened, accepts

# Type and name of each table, index and view: the table it is of, and the SQL that makes it.
Schema = dict[tuple[str, str], tuple[str, str | None]]
BUILT_BY = "this version of the loader built it"
# Lines that SQLite's own check may say, and rows that a faulty index may name.
_MOST_LINES = 100
_SHOWN = 10
# What a loader says of itself in build_info, and of a library.
_VERSION = re.compile(r"press-archive(?: [0-9][0-9A-Za-z.+!-]{0,40}|, not installed)", re.ASCII)
_LIBRARY_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!-]{0,40}", re.ASCII)
# A number of bytes, as build_info tells it.
SIZE = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


def schema_version(opened: Opened) -> Iterator[Check]:
    """The version that the file's header and build_info say is the loader's."""
    tally = Tally("schema version")
    stored = opened.value("pragma user_version")
    tally.expect(stored == VERSION, f"user_version is {stored}, this loader's is {VERSION}")
    told = opened.value("select value from build_info where key = 'schema_version'")
    tally.expect(
        told == str(VERSION),
        f"build_info schema_version: value is {told!r}, this loader's is '{VERSION}'",
    )
    yield tally.check()


def same_schema(opened: Opened) -> Iterator[Check]:
    """Tables, columns, indexes and views are those that the loader creates, and there are no others."""
    yield _compare_schema(opened, _expected_schema())


def _compare_schema(opened: Opened, expected: Schema) -> Check:
    tally = Tally("schema is what the loader creates")
    # SQLite's own tables of statistics come with `analyze`.
    query = (
        "select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite\\_stat%' escape '\\'"
    )
    found: Schema = {}
    for kind, name, table, sql in opened.connection.execute(query):
        found[str(kind), str(name)] = (table, sql)
    for key, (table, sql) in expected.items():
        what = f"{key[0]} {key[1]}"
        if key not in found:
            tally.expect(False, f"{what}: is missing")
        else:
            tally.expect(found[key] == (table, sql), f"{what}: is not defined as the loader defines it")
    for kind, name in sorted(found.keys() - expected.keys()):
        tally.fault(f"{kind} {name}: is none of the loader's")
    return tally.check()


def has_own_tables(opened: Opened) -> bool:
    """True where every table is defined as the loader defines it, so that its rows can be read.

    A table of the same name may be something that never ends when it is read, or runs code.
    """
    query = "select sql from sqlite_master where type = 'table' and name = ?"
    return all(
        opened.value(query, (name,)) == sql
        for (kind, name), (_, sql) in _expected_schema().items()
        if kind == "table"
    )


def _expected_schema(declaration: Declaration = DATASET) -> Schema:
    with closing(sqlite3.connect(":memory:")) as connection:
        database = Database(connection)
        schema.create_tables(database, declaration.tables)
        schema.create_indexes(database, tables=declaration.tables)
        schema.create_tables(database, declaration.summaries)
        schema.create_search(database, declaration.tables)
        schema.create_views(database, declaration.views)
        schema.create_tables(database, declaration.information)
        rows = connection.execute("select type, name, tbl_name, sql from sqlite_master").fetchall()
    return {(kind, name): (table, sql) for kind, name, table, sql in rows}


def data_dictionary(opened: Opened, declaration: Declaration = DATASET) -> Iterator[Check]:
    """The data dictionary describes the columns as they are declared."""
    tally = Tally("data_dictionary is what is declared")
    names = schema.column_list(declaration.information["data_dictionary"])
    rows = opened.connection.execute(f"select {names} from data_dictionary limit 10000").fetchall()  # noqa: S608
    stored = {tuple(row[:2]): tuple(row[2:]) for row in rows}
    for column in declaration.dictionary():
        key = (column.table_name, column.column_name)
        tally.expect(
            stored.pop(key, None) == (column.type, column.description, column.proof),
            f"data_dictionary {column.table_name}.{column.column_name}: is not described as it is declared",
        )
    for table, name in stored:
        tally.fault(f"data_dictionary {table}.{name}: describes no column of this file")
    yield tally.check()


def other_version(told: Mapping[str, object]) -> str | None:
    """Return why a file of this loader is not proven if other versions built it, or None.

    Args:
        told: what build_info says, by key.
    """
    others = _other_versions(told)
    if not others:
        return None
    names = {key: key.removeprefix(LIBRARY_PREFIX) for key in others}
    theirs, ours = (
        ", ".join(str(of[key]) if key == "loader" else f"{name} {of[key]}" for key, name in names.items())
        for of in (told, versions())
    )
    return f"{theirs} built it, this is {ours}, which may judge differently; verify it with the other"


def _other_versions(told: Mapping[str, object]) -> dict[str, str]:
    """What build_info says of versions that are not ours; what is not a version at all is a fault."""
    others = {}
    for key, ours in versions().items():
        value = told.get(key)
        form = _VERSION if key == "loader" else _LIBRARY_VERSION
        if isinstance(value, str) and value != ours and form.fullmatch(value):
            others[key] = value
    return others


def built_by(opened: Opened) -> Iterator[Check]:
    """The version that built the file is this one, with the same judging libraries."""
    tally = Tally(BUILT_BY)
    tally.checked = 1
    told = opened.connection.execute("select key, value from build_info limit 1000").fetchall()
    yield replace(tally.check(), unproven=other_version(dict(told)))


def build_info(opened: Opened) -> Iterator[Check]:
    """The file says of itself what this loader writes into a file."""
    tally = Tally("build_info is what the loader writes")
    rows = opened.connection.execute("select key, value from build_info order by rowid limit 1000").fetchall()
    told = dict(rows)
    applied = told.get("corrections") == "applied"
    expected: dict[str, object] = {
        **about(corrections=applied, decoding=DecodingChoice.recorded(told).facts),
        **_other_versions(told),
        # the check of the schema version is a line of its own
        "schema_version": told.get("schema_version"),
        **_told_otherwise(opened, told),
    }
    for key, value in expected.items():
        tally.expect(told.get(key) == value, f"build_info {key}: value is {told.get(key)!r}, not {value!r}")
    for key in sorted(key for key in told.keys() - expected.keys() if not str(key).startswith(PREFIX)):
        tally.fault(f"build_info {key}: key is none of the loader's")
    if not applied:
        corrections = opened.value("select count(*) from corrections")
        tally.expect(
            corrections == 0,
            f"build_info corrections: value is {told.get('corrections')!r}, but {corrections} are recorded",
        )
    yield tally.check()


def dataset_facts(opened: Opened, facts: Mapping[str, str] | None) -> Check:
    """Compare what the file says of the data set with its metadata file.

    Args:
        opened: the database.
        facts: what the metadata file says, by keys of build_info; None if there is no such file.
    """
    tally = Tally("facts about the data set are those of metadata.yml")
    rows = opened.connection.execute(
        "select key, value from build_info where substr(key, 1, ?) = ? limit 1000", (len(PREFIX), PREFIX)
    ).fetchall()
    if rows and facts is None:
        return Check(
            name=tally.name,
            checked=0,
            faults=(),
            found=0,
            unproven="no metadata.yml is there; name one with --metadata",
        )
    stored, told = dict(rows), facts or {}
    tally.checked += 1
    for key in sorted(stored.keys() | told.keys(), key=str):
        tally.expect(
            stored.get(key) == told.get(key),
            f"build_info {key}: value is {stored.get(key)!r}, metadata.yml says {told.get(key)!r}",
        )
    return tally.check()


def _told_otherwise(opened: Opened, told: Mapping[str, object]) -> dict[str, object]:
    """What an updated file and a shard say of themselves beyond other files, or instead."""
    if opened.is_shard:
        kind = told.get("shard_by")
        by = kind if kind in KINDS else f"one of {', '.join(KINDS)}"
        size = str(told.get("shard_size"))
        of_size = (
            {"shard_size": size if SIZE.fullmatch(size) else "a number of bytes"} if by == "size" else {}
        )
        return {"numbering": OF_ALL_SHARDS, "shard_by": by, "shard": told.get("shard") or "a name", **of_size}
    return {"numbering": KEPT} if opened.keeps_ids else {}


def header(opened: Opened) -> Iterator[Check]:
    """The first hundred bytes are those of a file that was written and vacuumed at once.

    An update may leave unused pages, and one in place counts its changes.

    A program that changes the file counts that up in it, so a change that no other check can see is named
    here, unless somebody forges the header too. See https://www.sqlite.org/fileformat2.html#the_database_header.
    """
    tally = Tally("the file's header is what the loader writes")
    with opened.file.open("rb") as data:
        found = data.read(100)
    pages = opened.file.stat().st_size // PAGE_SIZE
    written_at_once = (
        (24, 4, "count of changes", {1}),
        (32, 8, "list of unused pages", {0}),
        (40, 4, "count of changes of the schema", {1}),
        (92, 4, "count of changes at the last writing", {1}),
        (96, 4, "version of SQLite that wrote", {0}),
    )
    for at, size, what, fitting in (
        (16, 2, "page size", {PAGE_SIZE}),
        (18, 1, "write version", {1, 2}),  # 2: somebody used a write-ahead log
        (19, 1, "read version", {1, 2}),
        (20, 1, "reserved space", {0}),
        (21, 3, "payload fractions", {0x402020}),
        (28, 4, "number of pages", {pages}),
        (44, 4, "schema format", {4}),
        (48, 8, "cache size and vacuum mode", {0}),
        (56, 4, "text encoding", {1}),  # UTF-8
        (64, 28, "application and reserved bytes", {0}),
        *(() if opened.keeps_ids else written_at_once),
    ):
        value = int.from_bytes(found[at : at + size], "big")
        tally.expect(value in fitting, f"{opened.file.name}: {what} at byte {at} is {value}")
    yield tally.check()


def integrity(opened: Opened) -> Iterator[Check]:
    """SQLite's own check of pages, indexes and constraints."""
    tally = Tally("SQLite's integrity check")
    for (line,) in opened.connection.execute(f"pragma integrity_check({_MOST_LINES})"):
        tally.expect(line == "ok", str(line))
    yield tally.check()


def types(opened: Opened) -> Iterator[Check]:
    """Every cell holds what its column is for; text is UTF-8."""
    tally = Tally("every cell is of its column's type")
    for table in TABLES:
        for rowid, row in opened.raw(table):
            for column, value in zip(row._fields, row, strict=True):
                tally.checked += 1
                if not accepts(table, column, value):
                    tally.fault(f"{table} {rowid}: {column} is {_described(value)}")
    yield tally.check()


def _described(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return "binary, or text that is no UTF-8"
    return {int: "a whole number", float: "a number", str: "text"}[type(value)]


def foreign_keys(opened: Opened) -> Iterator[Check]:
    """Every reference has its row."""
    tally = Tally("foreign keys")
    for table, shape in TABLES.items():
        tally.checked += len(shape.references)
        columns = {
            row[0]: row[3]
            for row in opened.connection.execute(f"pragma foreign_key_list([{table}])")  # the key's number
        }
        for _, rowid, other, key in opened.connection.execute(f"pragma foreign_key_check([{table}])"):
            tally.fault(f"{table} {rowid}: refers to a missing row of {other} in {columns.get(key)}")
    yield tally.check()


def statistics(opened: Opened) -> Iterator[Check]:
    """The row counts that the query planner was told are those of the tables."""
    tally = Tally("rows are as many as were written")
    if not opened.value("select count(*) from sqlite_master where type = 'table' and name = 'sqlite_stat1'"):
        tally.fault("sqlite_stat1: is missing")
        yield tally.check()
        return
    for table in (*TABLES, *DATASET.information):
        there = opened.value(f"select count(*) from [{table}]")  # noqa: S608
        counts = {
            str(stat).partition(" ")[0]
            for (stat,) in opened.connection.execute(
                "select stat from sqlite_stat1 where tbl = ? limit 100", (table,)
            )
        }
        tally.expect(
            counts == ({str(there)} if there else set()),
            f"{table}: has {there} rows, but {' or '.join(sorted(counts)) or 'none'} were written",
        )
    unknown = opened.connection.execute(
        "select tbl, idx from sqlite_stat1 where not exists (select 1 from sqlite_master "
        "where tbl_name = tbl and (idx is null or name = idx)) limit 100"
    )
    for table, index in unknown:
        tally.fault(f"sqlite_stat1: counts {index} of {table}, which is not there")
    yield tally.check()


def counts(opened: Opened) -> Iterator[Check]:
    """The tables of counts hold what counting gives."""
    tally = Tally("counts made beforehand")
    for name, summary in DATASET.summaries.items():
        query = f"select {schema.column_list(summary)} from [{name}] order by {', '.join(summary.keys)}"  # noqa: S608
        stored = opened.connection.execute(query)
        made = summaries.ROWS[name](opened.connection, summaries.FREQUENT)
        try:
            for told, counted in zip_longest(stored, made):
                tally.expect(told == counted, f"{name}: says {told}, counted was {counted}")
        except (
            LookupError,
            TypeError,
            OverflowError,
        ) as error:  # an id that is none, which other checks name
            tally.fault(f"{name}: cannot be counted anew ({error})")
    yield tally.check()


def search(opened: Opened, tables: Mapping[str, Table] = TABLES) -> Iterator[Check]:
    """The full-text indexes hold what their tables hold.

    FTS5's own check is a write, so it runs on a temporary copy, which SQLite keeps on disk and removes.
    """
    with closing(sqlite3.connect("")) as copy:
        copy.execute("pragma trusted_schema=off")
        opened.connection.backup(copy)
        for table, shape in ((name, shape) for name, shape in tables.items() if shape.searched):
            tally = Tally(f"full-text search of {table}")
            try:
                _search(copy, table, shape.searched, tally)
            except UNREADABLE as error:
                tally.fault(f"{table}_fts: cannot be read ({error})")
            yield tally.check()


def _search(copy: sqlite3.Connection, table: str, searched: Sequence[str], tally: Tally) -> None:
    rows = copy.execute(f"select count(*) from [{table}]").fetchone()[0]  # noqa: S608
    indexed = copy.execute(f"select count(*) from [{table}_fts_docsize]").fetchone()[0]  # noqa: S608
    tally.checked = rows
    if rows != indexed:
        tally.fault(f"{table}_fts: {indexed} rows indexed, {rows} in {table}")
    settings = copy.execute(f"select k, v from [{table}_fts_config] order by k limit 100").fetchall()  # noqa: S608
    if settings != _search_settings():
        tally.fault(f"{table}_fts: settings are {settings}, the loader's {_search_settings()}")
    try:
        copy.execute(f"insert into [{table}_fts]([{table}_fts], rank) values ('integrity-check', 1)")  # noqa: S608
    except UNREADABLE as error:
        tally.fault(f"{table}_fts: does not hold what {table} holds ({error})")
        for rowid, column, term in _differences(copy, table, searched):
            tally.fault(f"{table} {rowid}: {column} and the index differ in “{term}”")


def _search_settings() -> list[tuple[str, object]]:
    """Return the settings that FTS5 stores of a new index; others would change how it ranks and merges."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.execute(f"create virtual table fresh using fts5(text, tokenize='{schema.TOKENIZER}')")
        return fresh.execute("select k, v from fresh_config order by k").fetchall()


def _differences(copy: sqlite3.Connection, table: str, searched: Sequence[str]) -> list[tuple[int, str, str]]:
    """The first words that stand in the table and not in its index, or the other way round."""
    columns = ", ".join(f"[{column}]" for column in searched)
    copy.execute(
        f"create virtual table temp.fresh_{table} using fts5({columns}, "
        f"content='', tokenize='{schema.TOKENIZER}')"
    )
    copy.execute(
        f"insert into temp.fresh_{table}(rowid, {columns}) select rowid, {columns} from [{table}]"  # noqa: S608
    )
    for name, database, index in (("stored", "main", f"{table}_fts"), ("fresh", "temp", f"fresh_{table}")):
        copy.execute(
            f"create virtual table temp.{name}_terms_{table} using fts5vocab({database}, {index}, instance)"
        )
    one, other = (
        f"select doc, col, term, offset from temp.{name}_terms_{table}"  # noqa: S608
        for name in ("stored", "fresh")
    )
    return copy.execute(
        f"select distinct doc, col, term from (select * from ({one} except {other}) union all "  # noqa: S608
        f"select * from ({other} except {one})) order by doc limit {_SHOWN}"
    ).fetchall()


# In the order in which they are told.
_CHECKS: tuple[Callable[[Opened], Iterator[Check]], ...] = (
    built_by,
    build_info,
    data_dictionary,
    header,
    integrity,
    types,
    foreign_keys,
    statistics,
    counts,
    search,
)


def schema_checks(opened: Opened) -> Iterator[Check]:
    """Those of the schema, which hold for any file."""
    yield from _guarded(schema_version, opened)
    yield from _guarded(same_schema, opened)


def checks(opened: Opened) -> Iterator[Check]:
    """The others, for a file whose tables are the loader's."""
    for check in _CHECKS:
        yield from _guarded(check, opened)


def catalogue_checks(opened: Opened) -> Iterator[Check]:
    """Those that hold for the catalogue of a folder of shards too, whose tables are others."""
    yield _compare_schema(opened, _expected_schema(catalogue.CATALOGUE_SCHEMA))
    yield from data_dictionary(opened, catalogue.CATALOGUE_SCHEMA)
    for check in (header, integrity):
        yield from _guarded(check, opened)
    yield from search(opened, catalogue.TABLES)


def _guarded(check: Callable[[Opened], Iterator[Check]], opened: Opened) -> Iterator[Check]:
    try:
        yield from check(opened)
    except UNREADABLE as error:
        name = check.__name__.replace("_", " ")
        yield Check(name=name, checked=0, faults=(f"{opened.file}: cannot be read ({error})",), found=1)
