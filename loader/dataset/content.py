"""A hash of all rows without ids: equal for every numbering of the same rows.

docs/content.sql, which `content_sql` gives, makes the same text with SQLite alone.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from loader.dataset.columns import DATASET
from loader.dataset.digest import UNREADABLE
from loader.dataset.natural_rows import NaturalTable, first_uses, natural_tables
from loader.errors import InputError

_HEAD = """-- Every row of archive.db as a line of JSON, ids replaced by what they stand for.
-- sqlite3 archive.db < docs/content.sql | sha256sum
-- gives what `press-archive digest --content archive.db` prints.
-- Written by `python -m scripts.data_dictionary`.
"""


def content_digest(database: Path) -> str:
    """Hash the rows of a database without their ids.

    What is hashed is UTF-8 text, a line of JSON each: for every table in the order of their declaration an
    array of its name and its columns' names, then one array for each row, its table's name first; the lines
    of a table's rows are sorted by their bytes. An id is replaced by the key of the row that it stands for:
    what names the row in the sources, or null. Numbers are written as the shortest decimal that gives them
    back. Of a slug the number at its end is left out, and of build_info what tells how ids are numbered.

    Args:
        database: the SQLite file.

    Returns:
        The SHA-256 of that text, in hexadecimal: the same for an update and a full build of the same sources.

    Raises:
        InputError: the file is not a database of this kind.
    """
    if not database.is_file():
        raise InputError(f"{database}: no such file; build it with `press-archive build`")
    try:
        address = f"{database.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            return hash_rows(connection)
    except UNREADABLE as error:
        raise InputError(
            f"{database}: cannot be read ({error}); build it with `press-archive build`"
        ) from error


def hash_rows(connection: sqlite3.Connection) -> str:
    """Hash the rows of an open database as `content_digest` does.

    Raises:
        UNREADABLE: it is not a database of this kind.
    """
    connection.execute("pragma trusted_schema=off")
    sha256 = hashlib.sha256()
    for statement in first_uses():
        connection.execute(statement)
    for table in natural_tables():
        sha256.update(f"{_heading(table)}\n".encode())
        values = ", ".join(sql for column in table.columns for sql in column.expressions)
        connection.create_function("line_of", -1, _line_of(table), deterministic=True)
        for (line,) in connection.execute(f"select line_of({values})\n{table.source}\norder by 1"):
            if line is None:
                raise TypeError(f"{table.name} holds binary data")
            sha256.update(line.encode() + b"\n")
    return sha256.hexdigest()


def content_sql() -> str:
    """Return the statements that print the text which is hashed, for the sqlite3 shell."""
    return _HEAD + "\n".join(f"{statement};" for statement in _statements())


def _statements() -> Iterator[str]:
    yield from first_uses()
    for table in natural_tables():
        yield f"select '{_heading(table)}'"
        values = ",\n".join([f"'{table.name}'", *(column.sql for column in table.columns)])
        yield f"select json_array({values})\n{table.source}\norder by 1"


def _heading(table: NaturalTable) -> str:
    return _json([table.name, *DATASET.all_tables[table.name].columns])


def _line_of(table: NaturalTable) -> Callable[..., str | None]:
    """Return the function that makes a line of the values of a row's expressions; None for binary ones."""

    def line(*values: object) -> str | None:
        if bytes in map(type, values):
            return None
        flat = iter(values)
        row: list[object] = [table.name]
        for column in table.columns:
            of_column = [next(flat) for _ in column.expressions]
            if column.is_key:
                row.append(of_column[1:] if of_column and of_column[0] else None)
            else:
                row.extend(of_column)
        return _json(row)

    return line


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))
