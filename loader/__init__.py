"""Turns an archive of press articles kept as plain text into one SQLite file.

The verbs: `read_archive` reads a file, `find_quotes` and `find_places` read an article's text, `build`
makes the database.
"""

from __future__ import annotations

from loader.errors import InputError
from loader.extract.places import find_places
from loader.extract.quotes import find_quotes
from loader.pipeline.build import build
from loader.readers.roundup import read_archive

__all__ = ["InputError", "build", "find_places", "find_quotes", "read_archive"]
