"""Writes the SQLite file: beside its place first, whole, then swapped in."""

from __future__ import annotations

import glob
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from loader import schema
from loader.errors import InputError

# Larger pages make fewer of them for long paragraphs; measured no slower for short rows.
_PAGE_SIZE = 4096


def write_database(
    rows: Mapping[str, Sequence[tuple[object, ...]]], output: Path, about: Mapping[str, str]
) -> None:
    """Writes all tables to a new file and puts it in the place of the old one.

    The file depends on the rows and SQLite's version alone: same rows, same bytes. Until it is whole the
    old file stays as it is.

    Args:
        rows: for each table its rows, values in the order of schema.TABLES' columns.
        output: where the finished file goes.
        about: what the file says of itself, written to the table `build_info`.

    Raises:
        InputError: where the folder cannot be written to or the disk is full.
    """
    try:
        with _swapped_in(output) as unfinished:
            _write(rows, unfinished, about)
    except sqlite3.Error as error:
        raise InputError(f"{output}: cannot be written ({error}); the old file is as it was") from error
    except OSError as error:
        raise InputError(
            f"{output}: cannot be written ({error.strerror}); choose another place with -o"
        ) from error


@contextmanager
def _swapped_in(output: Path) -> Iterator[Path]:
    """A path to write to that becomes `output` at the end, or nothing if an error comes."""
    unfinished = output.with_name(f".{output.name}.{os.getpid()}.unfinished")
    _clear_leftovers(output)
    try:
        yield unfinished
        descriptor = os.open(unfinished, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        unfinished.replace(output)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _clear_leftovers(output: Path) -> None:
    """Removes what builds that were killed left beside the output; those of running builds stay."""
    for leftover in output.parent.glob(f".{glob.escape(output.name)}.*.unfinished"):
        process = leftover.name.split(".")[-2]
        if process.isdigit() and not _is_running(int(process)):
            with suppress(OSError):
                leftover.unlink()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _write(rows: Mapping[str, Sequence[tuple[object, ...]]], file: Path, about: Mapping[str, str]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        # Nobody else sees the unfinished file, so a crash needs no journal: it is thrown away.
        for pragma in (f"page_size={_PAGE_SIZE}", "journal_mode=off", "synchronous=off", "foreign_keys=off"):
            connection.execute(f"pragma {pragma}")
        database = Database(connection)
        connection.execute("begin")
        schema.create_tables(database)
        for name, table in schema.TABLES.items():
            marks = ",".join("?" * len(table.columns))
            connection.executemany(f"insert into [{name}] values ({marks})", rows[name])  # noqa: S608
        connection.execute("commit")
        schema.create_indexes(database)
        schema.create_search(database)
        schema.create_views(database)
        schema.create_build_info(database, about)
        connection.execute(f"pragma user_version={schema.VERSION}")
        connection.execute("analyze")
        connection.execute("vacuum")
        broken = connection.execute("pragma foreign_key_check").fetchone()
        if broken:
            raise AssertionError(f"a row of {broken[0]} refers to a missing row of {broken[2]}")
    finally:
        connection.close()
