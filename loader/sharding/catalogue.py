"""The small database over a folder of shards: which hold an article, a place, a speaker."""

# ruff: noqa: S608 - SQL is put together of our own names; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database
from sqlite_utils.db import DescIndex

from loader.dataset import schema
from loader.dataset.columns import DATASET
from loader.dataset.declaration import Declaration, Table, View, columns, integer, shown, text, view_columns
from loader.dataset.finalize import attached, create_file, finish_file, temporary_files_in
from loader.dataset.output_folder import CATALOGUE

_SHARD_COUNT = integer("shard_count", "Number of shards in which it occurs.", required=True)
_SHARD = "The shard: its file is NAME.db, its address on a site /NAME."
_ADDRESS = "Its address on a site of all shards."


def _with_shard_count(table: Table) -> Table:
    """A shared table of the shards with the number of shards; what counts rows counts those of all shards."""
    return replace(
        table,
        columns={**table.columns, "shard_count": _SHARD_COUNT},
        indexes=(("name",), *((DescIndex(name),) for name in table.counts)),
        unique=(),
    )


def _occurrences(what: str, table: str, count: str) -> Table:
    return Table(
        title=f"Shards of {what}s",
        description=f"How often each shard has a {what}.",
        columns=columns(
            integer(f"{what}_id", f"The {what}.", references=table),
            integer("shard_id", "The shard.", references="shards"),
            integer(count, "How often.", required=True),
        ),
        primary_key=(f"{what}_id", "shard_id"),
    )


TABLES: dict[str, Table] = {
    "shards": Table(
        title="Shards",
        description="The databases of the folder, each complete for its own articles.",
        columns=columns(
            integer("id", "Number of the shard."),
            text("name", "Its name: its file is NAME.db, its address on a site /NAME.", required=True),
            integer("archives", "Number of source files that have an article in it.", required=True),
            integer("articles", "Number of its articles.", required=True),
            integer("paragraphs", "Number of its paragraphs.", required=True),
            integer("quotes", "Number of its quotations.", required=True),
            integer("mentioned_places", "Number of its mentions of places.", required=True),
            integer("characters", "Code points of its articles.", required=True),
            integer("bytes", "Size of its file.", required=True),
            text("first_published", "The earliest date of its articles."),
            text("last_published", "The latest date of its articles."),
        ),
        unique=(("name",),),
    ),
    "articles": Table(
        title="Articles",
        description="Which shard holds an article.",
        columns=columns(
            integer("id", "Number of the article, the same in its shard."),
            text("slug", "Its readable name.", required=True),
            text("headline", "The headline.", required=True),
            text("published", "Date of publication (ISO 8601)."),
            text("publication", "The outlet."),
            integer("shard_id", "The shard.", references="shards", required=True),
        ),
        indexes=(("published",), ("publication", "published")),
        unique=(("slug",),),
        searched=("headline",),
    ),
    "places": _with_shard_count(DATASET.tables["places"]),
    "place_shards": _occurrences("place", "places", "mention_count"),
    "speakers": _with_shard_count(DATASET.tables["speakers"]),
    "speaker_shards": _occurrences("speaker", "speakers", "quote_count"),
}

VIEWS: dict[str, View] = {
    "article_shards": View(
        title="Articles with their shards",
        description="Which shard holds an article, with its address.",
        rows_of="articles",
        columns=view_columns(
            shown("id", "articles.id"),
            shown("published", "articles.published"),
            shown("publication", "articles.publication"),
            shown("headline", "articles.headline"),
            shown("shard", "shards.name", _SHARD),
            shown("address", "'/' || shards.name || '/articles/' || articles.id", _ADDRESS, type=str),
            shown("slug", "articles.slug"),
        ),
        source="from articles join shards on shards.id = articles.shard_id",
    ),
    "place_shard_details": View(
        title="Places with their shards",
        description="Which shards mention a place, how often, with its address there.",
        rows_of="place_shards",
        columns=view_columns(
            shown("place", "places.name"),
            shown("kind", "places.kind"),
            shown("country", "places.country"),
            shown("shard", "shards.name", _SHARD),
            shown("mention_count", "place_shards.mention_count", "Number of mentions in the shard."),
            shown("address", "'/' || shards.name || '/places/' || places.id", _ADDRESS, type=str),
            shown("place_id", "place_shards.place_id"),
            shown("shard_id", "place_shards.shard_id"),
        ),
        source="from place_shards join places on places.id = place_id join shards on shards.id = shard_id",
    ),
    "speaker_shard_details": View(
        title="Speakers with their shards",
        description="Which shards quote a speaker, how often, with the speaker's address there.",
        rows_of="speaker_shards",
        columns=view_columns(
            shown("speaker", "speakers.name"),
            shown("kind", "speakers.kind"),
            shown("shard", "shards.name", _SHARD),
            shown("quote_count", "speaker_shards.quote_count", "Number of quotations in the shard."),
            shown("address", "'/' || shards.name || '/speakers/' || speakers.id", _ADDRESS, type=str),
            shown("speaker_id", "speaker_shards.speaker_id"),
            shown("shard_id", "speaker_shards.shard_id"),
        ),
        source="from speaker_shards join speakers on speakers.id = speaker_id "
        "join shards on shards.id = shard_id",
    ),
}

CATALOGUE_SCHEMA = Declaration(tables=TABLES, views=VIEWS, summaries={}, information=DATASET.information)


class Member(NamedTuple):
    """A finished shard.

    Attributes:
        number: its id in the catalogue, from 1.
        name: what it is called.
    """

    number: int
    name: str


def write_catalogue(folder: Path, members: Sequence[Member], rows: Path, about: Mapping[str, str]) -> None:
    """Writes the catalogue beside its shards.

    Args:
        folder: where NAME.db of each shard lies, and the catalogue is to lie.
        members: the shards.
        rows: the database of all rows, where places and speakers have the ids that they have in all shards.
        about: what the catalogue says of itself.
    """
    unfinished = folder.with_name(CATALOGUE)
    with closing(create_file(unfinished)) as connection, temporary_files_in(unfinished.parent):
        fill(connection, folder, members, rows)
        database = Database(connection)
        schema.create_indexes(database, tables=TABLES)
        schema.create_search(database, TABLES)
        schema.create_views(database, VIEWS)
        finish_file(connection, CATALOGUE_SCHEMA, about, folder / CATALOGUE)
    unfinished.unlink()


def fill(connection: sqlite3.Connection, folder: Path, members: Sequence[Member], rows: Path) -> None:
    """Creates the catalogue's tables and fills them from the shards, one after the other.

    Args:
        connection: an empty database.
        folder: where NAME.db of each shard lies.
        members: the shards.
        rows: a database with every place and speaker.
    """
    schema.create_tables(Database(connection), TABLES)
    for member in members:
        _copy(connection, folder / f"{member.name}.db", _OF_SHARD, member)
    _copy(connection, rows, _OF_ALL, None)


_OF_SHARD = (
    """
    insert into shards (id, name, archives, articles, paragraphs, quotes, mentioned_places, characters, bytes,
      first_published, last_published)
    select :number, :name, (select count(*) from one.archives), count(*),
      (select count(*) from one.paragraphs), (select count(*) from one.quotes),
      (select count(*) from one.mentioned_places), coalesce(sum(articles.end - start), 0), :bytes,
      min(published), max(published)
    from one.articles
    """,
    "insert into articles (id, slug, headline, published, publication, shard_id) "
    "select articles.id, slug, headline, published, publications.name, :number "
    "from one.articles left join one.publications on publications.id = publication_id order by 1",
    "insert into place_shards (place_id, shard_id, mention_count) "
    "select id, :number, mention_count from one.places",
    "insert into speaker_shards (speaker_id, shard_id, quote_count) "
    "select id, :number, quote_count from one.speakers",
)


def _of_all(table: str, occurrences: str, key: str) -> str:
    """The statement that takes over a shared table with the sums of what the shards count."""
    shape = TABLES[table]
    values = {name: f"sum(found.{name})" for name in shape.counts} | {"shard_count": "count(*)"}
    return (
        f"insert into {table} ({schema.column_list(shape)}) "
        f"select {schema.expression_list(shape, values, 'shared.{}')} from one.{table} as shared "
        f"join {occurrences} as found on found.{key} = shared.id group by shared.id"
    )


_OF_ALL = (
    _of_all("places", "place_shards", "place_id"),
    _of_all("speakers", "speaker_shards", "speaker_id"),
)


def _copy(
    connection: sqlite3.Connection, file: Path, statements: Sequence[str], member: Member | None
) -> None:
    """Runs statements with a database at hand under the name `one`."""
    values = {**member._asdict(), "bytes": file.stat().st_size} if member else {}
    with attached(connection, file, "one"):
        for statement in statements:
            connection.execute(statement, values)
