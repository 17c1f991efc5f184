"""The complete metadata of a database file, without a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from textwrap import wrap
from typing import Any

import yaml

from loader.dataset.schema import VERSION
from loader.errors import InputError, printable
from loader.site.metadata.examples import find_examples
from loader.site.metadata.merge import bound_queries, complete_metadata


def metadata_of_file(file: Path, stated: Mapping[str, Any], *, is_plain: bool = False) -> dict[str, Any]:
    """Return the complete metadata of a site of one database file.

    Args:
        file: a database that this loader wrote.
        stated: the content of a metadata file; what it says wins.
        is_plain: whether it is for a Datasette without this package.

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
    return complete_metadata(file.stem, facts, examples, stated, is_plain=is_plain)


def metadata_text(file: Path, stated: Mapping[str, Any], *, is_plain: bool = False) -> str:
    """Return the complete metadata as YAML; a comment at the top names what needs this package."""
    complete = metadata_of_file(file, stated, is_plain=is_plain)
    text: str = yaml.safe_dump(complete, allow_unicode=True, sort_keys=False, width=110)
    bound = bound_queries(complete, file.stem)
    if not bound:
        return text
    names = printable(", ".join(bound))
    said = f"These queries call SQL functions of press-archive and fail without it: {names}."
    remedy = "For a Datasette without the package, `press-archive metadata --plain` leaves them out."
    return "".join(f"# {line}\n" for line in [*wrap(said, 108, break_on_hyphens=False), remedy]) + text
