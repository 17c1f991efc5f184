"""Notes for each page whether one of its queries ran out of time.

Datasette and the site's own pages answer with status 200 then: with facets, a count or a search left out. A
page of a moment of load must not be shown for longer than that moment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from datasette.database import Database, QueryInterrupted


@dataclass(slots=True)
class Rendering:
    """One page on its way.

    Attributes:
        was_interrupted: whether a query of it ran out of time.
    """

    was_interrupted: bool = False


CURRENT: ContextVar[Rendering | None] = ContextVar("CURRENT", default=None)


def note_interruptions(database: Database) -> None:
    """Make a database note its interrupted queries in the page that is rendered."""
    # The one method through which every query goes, under Datasette 1.0 and under 0.65.
    name = "_execute_fn" if hasattr(database, "_execute_fn") else "execute_fn"
    execute = getattr(database, name)

    async def noted(function: Callable[[sqlite3.Connection], Any]) -> Any:
        try:
            return await execute(function)
        except (QueryInterrupted, sqlite3.OperationalError) as error:
            rendering = CURRENT.get()
            if rendering is not None and _ran_out(error):
                rendering.was_interrupted = True
            raise

    setattr(database, name, noted)


def _ran_out(error: Exception) -> bool:
    return isinstance(error, QueryInterrupted) or error.args == ("interrupted",)
