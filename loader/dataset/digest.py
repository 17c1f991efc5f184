"""One hash of all rows: equal for equal data, whatever version of SQLite wrote the file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

from loader.dataset.columns import TABLES
from loader.errors import InputError

# The second is a BLOB, which no column of ours holds; the third a broken schema, quoted in SQLite's message.
UNREADABLE = (sqlite3.Error, TypeError, UnicodeDecodeError)


def digest(database: Path | str) -> str:
    """Hashes the rows of a database.

    What is hashed is UTF-8 text, a line of JSON each: for every table in the order of schema.TABLES, then
    `build_info`, an array of its name and its columns' names, then one array of values for each row, in
    the order of the primary key. Numbers are written as Python writes them, characters beyond ASCII
    escaped, no blanks. Indexes, full-text search and views follow from the rows and are left out.

    Args:
        database: the SQLite file.

    Returns:
        The SHA-256 of that text, in hexadecimal.

    Raises:
        InputError: where the file is no database of this kind.
    """
    file = Path(database)
    if not file.is_file():
        raise InputError(f"{file}: no such file; build it with `press-archive build`")
    sha256 = hashlib.sha256()
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        keys = {name: table.primary_key for name, table in TABLES.items()} | {"build_info": "key"}
        for name, key in keys.items():
            order = ", ".join(f"[{column}]" for column in ([key] if isinstance(key, str) else key))
            cursor = connection.execute(f"select * from [{name}] order by {order}")  # noqa: S608
            sha256.update(_line([name, *(column[0] for column in cursor.description)]))
            for row in cursor:
                sha256.update(_line(row))
    except UNREADABLE as error:
        raise InputError(f"{file}: cannot be read ({error}); build it with `press-archive build`") from error
    finally:
        connection.close()
    return sha256.hexdigest()


def _line(values: object) -> bytes:
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
