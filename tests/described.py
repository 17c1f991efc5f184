"""What the site of the first data set says of itself: the package's defaults with metadata.yml."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from cases_files import ROOT

from loader.metadata_file import read_metadata
from loader.site.metadata.examples import find_examples
from loader.site.metadata.merge import complete_metadata


def described(examples: dict[str, str]) -> dict[str, Any]:
    """The complete metadata with these values in its examples."""
    return complete_metadata("archive", {}, examples, read_metadata(ROOT / "metadata.yml"))


def described_with_examples(database: Path) -> dict[str, Any]:
    """The complete metadata with the examples of a database."""
    with closing(sqlite3.connect(database)) as connection:
        return described(find_examples(connection))


COMPLETE = described({})
ARCHIVE: dict[str, Any] = COMPLETE["databases"]["archive"]
QUERIES: dict[str, dict[str, Any]] = {
    name: {"params": [], **query} for name, query in ARCHIVE["queries"].items()
}
