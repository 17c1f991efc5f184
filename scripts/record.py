"""Records what `loader build seeds` gives, so that a change of the published data set is always meant.

`make record` renews the record; tests/test_reproducible.py checks it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

import click

from loader import build
from loader.dataset.digest import digest

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "docs" / "archive.toml"

# Versions of SQLite, first and last, that write the same bytes: tried were 3.39.4, 3.40.0 and 3.40.1, and
# 3.42.0, 3.43.1, 3.45.0, 3.46.0, 3.46.1 and 3.51.1. Between the two groups it changed what it leaves in the
# unused part of a page that holds the schema: some nine bytes.
ALIKE = (((3, 39, 4), (3, 40, 1)), ((3, 42, 0), (3, 51, 1)))

_TEXT = """\
# What `loader build seeds` gives. Renewed by `make record`, checked by tests/test_reproducible.py.

# `loader digest archive.db`: all rows, whatever version of SQLite wrote the file.
[rows]
sha256 = "{rows}"

# `sha256sum archive.db`: every byte. Holds for these versions of SQLite, the first and the last; with
# another one some unused bytes of the file, which no reader looks at, may differ.
[file]
sha256 = "{file}"
sqlite = ["{first}", "{last}"]
"""


class Record(NamedTuple):
    """The two hashes, and for which versions of SQLite the second holds."""

    rows: str
    file: str
    first: tuple[int, ...]
    last: tuple[int, ...]


def read() -> Record:
    """Reads the record."""
    found = tomllib.loads(RECORD.read_text(encoding="utf-8"))
    first, last = (_version(text) for text in found["file"]["sqlite"])
    return Record(found["rows"]["sha256"], found["file"]["sha256"], first, last)


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def writes_alike(version: tuple[int, ...]) -> bool:
    """Tells whether a version of SQLite writes the recorded bytes."""
    recorded = read()
    return recorded.first <= version <= recorded.last


def sha256(file: Path) -> str:
    """Hashes a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@click.command()
def main() -> None:
    """Builds the published data set and records it in docs/archive.toml."""
    version = sqlite3.sqlite_version_info
    alike = [(first, last) for first, last in ALIKE if first <= version <= last]
    if not alike:
        raise click.ClickException(
            f"SQLite {sqlite3.sqlite_version} was not compared with others; add it to ALIKE in {__file__}"
        )
    first, last = (".".join(map(str, one)) for one in alike[0])
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "archive.db"
        build([ROOT / "seeds"], database, metadata=ROOT / "metadata.yml")
        text = _TEXT.format(rows=digest(database), file=sha256(database), first=first, last=last)
    RECORD.write_text(text, encoding="utf-8")
    click.echo(f"{RECORD.relative_to(ROOT)}: recorded")


if __name__ == "__main__":
    main()
