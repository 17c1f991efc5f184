"""The complete metadata of a database file, without a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from loader.dataset.schema import VERSION
from loader.errors import InputError
from loader.site.metadata.examples import find_examples
from loader.site.metadata.merge import complete_metadata


def metadata_of_file(file: Path, stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return the complete metadata of a site of one database file.

    Args:
        file: a database that this loader wrote.
        stated: the content of a metadata file; what it says wins.

    Raises:
        InputError: it is not such a database.
    """
    if not file.is_file():
        raise InputError(f"{file}: no such file; build it with `press-archive build`")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            facts = dict(connection.execute("select key, value from build_info").fetchall())
            if facts.get("schema_version") != str(VERSION):
                raise InputError(
                    f"{file}: has schema {facts.get('schema_version')}, this version writes {VERSION}; "
                    "build it again"
                )
            examples = find_examples(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: is not a database of this loader ({error}); build it with `press-archive build`"
        ) from error
    return complete_metadata(file.stem, facts, examples, stated)
