"""Turn an archive of press articles into one SQLite file.

The verbs: `read_archive` reads a source file, `find_quotes` and `find_places` read an article's text, `build`
makes the database. Each is imported when it is first used, because Datasette imports this package at every
start to find its plugin.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from loader.errors import InputError
    from loader.extract.places import find_places
    from loader.extract.quotes import find_quotes
    from loader.pipeline.build import build
    from loader.readers.roundup import read_archive

__all__ = ["InputError", "build", "find_places", "find_quotes", "read_archive"]

_HOME = {
    "InputError": "loader.errors",
    "build": "loader.pipeline.build",
    "find_places": "loader.extract.places",
    "find_quotes": "loader.extract.quotes",
    "read_archive": "loader.readers.roundup",
}


def __getattr__(name: str) -> Any:
    """Import one of the public names when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))
