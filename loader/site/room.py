"""The reading room of one Datasette: which database it shows, and what visitors read of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from loader.dataset.schema import VERSION
from loader.errors import printable
from loader.metadata_shape import CONFIGURATION, MetadataError, checked
from loader.site.metadata.examples import example_searches, find_examples
from loader.site.metadata.merge import complete_metadata, unmatched_entries
from loader.site.table_counts import TableCounts, count_tables

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

PLUGIN = "press-archive"
_LOADER = "press-archive"

_ROOMS: WeakKeyDictionary[Datasette, Room | None] = WeakKeyDictionary()


class Room:
    """An archive that is attached to a Datasette.

    Attributes:
        database: Datasette's own object for it.
        name: its name in addresses.
        facts: its build_info, by key.
        fault: what is wrong with the owner's metadata, in one line; "" if nothing is. The site cannot start
            with a fault, and then nothing of the metadata is used.
        not_shown: the other archives, if nobody chose among them.
    """

    def __init__(
        self,
        datasette: Datasette,
        database: Database,
        facts: Mapping[str, str],
        stated: Mapping[str, Any],
        *,
        fault: str = "",
        not_shown: Sequence[str] = (),
    ) -> None:
        self.database = database
        self.name = str(database.name)
        self.facts = dict(facts)
        self.fault = fault
        self.not_shown = list(not_shown)
        self._stated = stated
        self._attached = list(datasette.databases)
        self._configuration = _configuration(stated)

    @property
    def is_current(self) -> bool:
        """Whether the file has the schema that this package reads."""
        return self.facts.get("schema_version") == str(VERSION)

    @cached_property
    def examples(self) -> dict[str, str]:
        """Values for example links and searches that return rows."""
        with closing(_open(Path(self.database.path))) as connection:
            return find_examples(connection)

    @cached_property
    def searches(self) -> list[str]:
        """Searches that the search page proposes."""
        return self._configuration.get("example_searches") or example_searches(self.examples)

    @cached_property
    def counts(self) -> TableCounts:
        """How many rows each table and view has."""
        with closing(_open(Path(self.database.path))) as connection:
            return count_tables(connection)

    def indexed(self, table: str, query: str) -> set[str]:
        """The columns of a table that an index begins with, by a query of one parameter."""
        with closing(_open(Path(self.database.path))) as connection:
            return {row[0] for row in connection.execute(query, (table,))}

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """The complete metadata: defaults of the package, facts of the file, and what the owner says."""
        return complete_metadata(self.name, self.facts, self.examples, self._stated, self._attached)

    @property
    def queries(self) -> dict[str, Any]:
        """The canned queries by name."""
        found: dict[str, Any] = self.metadata["databases"][self.name]["queries"]
        return found

    def unmatched(self) -> list[str]:
        """Names under `databases:` in the owner's metadata that apply to no database."""
        return unmatched_entries(self._stated, self.name, self._attached)


def room_of(datasette: Datasette) -> Room | None:
    """Return the reading room of a Datasette, None if no database that is attached is an archive of ours.

    Of several archives it is the first, unless the plugin's configuration names another as `database`.
    """
    if datasette not in _ROOMS:
        _ROOMS[datasette] = _find(datasette)
    return _ROOMS[datasette]


def _find(datasette: Datasette) -> Room | None:
    archives = {
        str(name): (database, facts)
        for name, database in datasette.databases.items()
        if database.path and (facts := _facts(Path(database.path))) is not None
    }
    if not archives:
        return None
    stated, fault = {}, ""
    try:
        stated = checked(_stated(datasette))
    except MetadataError as error:
        fault = printable(str(error))
    wanted = _configuration(stated).get("database")
    name = next(iter(archives)) if wanted is None else wanted
    if name not in archives:
        why = "is no archive of press-archive" if name in datasette.databases else "is not attached"
        fault = (
            f"plugins.{PLUGIN}.database: {name} {why}; write the name of one that is: {', '.join(archives)}"
        )
        name, fault = next(iter(archives)), printable(fault)
    database, facts = archives[name]
    not_shown = [other for other in archives if other != name] if wanted is None else []
    return Room(datasette, database, facts, stated, fault=fault, not_shown=not_shown)


def _facts(file: Path) -> dict[str, str] | None:
    """The build_info of a file that the loader wrote, None for every other file."""
    try:
        with closing(_open(file)) as connection:
            rows = connection.execute("select key, value from build_info limit 1000").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):  # not a database, or without the table: not ours
        return None
    facts = {str(key): str(value) for key, value in rows}
    return facts if facts.get("loader", "").startswith(_LOADER) and "schema_version" in facts else None


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _stated(datasette: Datasette) -> object:
    """What the owner says in metadata.yml, and under Datasette 1.0 in datasette.yaml too."""
    configured = getattr(datasette, "config", None) or {}
    config = {key: configured[key] for key in ("databases", "plugins") if configured.get(key)}
    return _joined(config, datasette._metadata_local or {})


def _joined(below: object, above: object) -> object:
    """Both of two mappings, by key; null stays, for it is to remove a default later."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{key: _joined(below.get(key), value) for key, value in above.items()}}


def _configuration(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The plugin's configuration."""
    plugins = stated.get("plugins") or {}
    return next((dict(plugins[key]) for key in CONFIGURATION if plugins.get(key)), {})
