"""Which rows belong to a source file or an article, and which are shared, as the references declare it.

Rows of a source file go when it goes. Rows of shared tables (outlets, authors, speakers, places) stay while
another row refers to them.
"""

from __future__ import annotations

from typing import NamedTuple

from loader.dataset.columns import TABLES

_OWNERS = ("files", "archives", "articles")


class Owned(NamedTuple):
    """A table whose rows belong to a file, a source text or an article.

    Attributes:
        table: its name.
        column: the column that names the owner.
        owner: "files", "archives" or "articles".
    """

    table: str
    column: str
    owner: str


class User(NamedTuple):
    """A table whose rows refer to rows of a shared table, and the column that does."""

    table: str
    column: str


def _owned(table: str) -> Owned | None:
    if table in ("files", "archives"):
        return Owned(table, "id", table)
    for owner in _OWNERS:
        for column, other in TABLES[table].references.items():
            if other == owner:
                return Owned(table, column, owner)
    return None


# Those that refer to others come first, so that rows can be deleted table by table.
OWNED: tuple[Owned, ...] = tuple(owned for table in reversed(TABLES) if (owned := _owned(table)) is not None)
OWNED_TABLES = frozenset(owned.table for owned in OWNED)
# Tables whose rows stand in an article, and tables whose rows stand in a source file and perhaps an article.
BY_ARTICLE: tuple[str, ...] = tuple(
    table for table in TABLES if Owned(table, "article_id", "articles") in OWNED
)
BY_ARCHIVE: tuple[str, ...] = tuple(
    table
    for table in TABLES
    if Owned(table, "archive_id", "archives") in OWNED and "article_id" in TABLES[table].columns
)
# Tables whose rows tell of files and source texts alone, those of files first.
OF_SOURCES: tuple[str, ...] = tuple(
    owned.table
    for owner in ("files", "archives")
    for owned in reversed(OWNED)
    if owned.owner == owner and owned.table != "articles" and owned.table not in BY_ARCHIVE
)
# Shared tables that rows of articles refer to, with those rows.
SHARED: dict[str, tuple[User, ...]] = {
    table: users
    for table in TABLES
    if table not in OWNED_TABLES
    and (
        users := tuple(
            User(owned.table, column)
            for owned in reversed(OWNED)
            for column, other in TABLES[owned.table].references.items()
            if other == table
        )
    )
}
