"""The small database over a folder of shards: which hold an article, a place, a speaker."""

# ruff: noqa: S608 - SQL is put together of our own names; values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database
from sqlite_utils.db import DescIndex

from loader.dataset import schema
from loader.dataset.finalize import attached, create_file, finish_file, temporary_files_in
from loader.dataset.output_folder import CATALOGUE
from loader.dataset.schema import Table

_PLACES, _SPEAKERS = schema.TABLES["places"], schema.TABLES["speakers"]

TABLES: dict[str, Table] = {
    "shards": Table(
        {
            "id": int,
            "name": str,  # its file is NAME.db, its address on a site /NAME
            "archives": int,
            "articles": int,
            "paragraphs": int,
            "quotes": int,
            "mentioned_places": int,
            "characters": int,
            "bytes": int,
            "first_published": str,
            "last_published": str,
        },
        required=(
            "name", "archives", "articles", "paragraphs", "quotes", "mentioned_places", "characters", "bytes",
        ),
        unique=(("name",),),
    ),
    "articles": Table(
        {"id": int, "slug": str, "headline": str, "published": str, "publication": str, "shard_id": int},
        references=(("shard_id", "shards"),),
        required=("slug", "headline", "shard_id"),
        indexes=(("published",), ("publication", "published")),
        unique=(("slug",),),
        searched=("headline",),
    ),
    "places": Table(
        {**_PLACES.columns, "shard_count": int},
        required=(*_PLACES.required, "shard_count"),
        indexes=(("name",), (DescIndex("mention_count"),)),
        searched=_PLACES.searched,
    ),
    "place_shards": Table(
        {"place_id": int, "shard_id": int, "mention_count": int},
        primary_key=("place_id", "shard_id"),
        references=(("place_id", "places"), ("shard_id", "shards")),
        required=("mention_count",),
    ),
    "speakers": Table(
        {**_SPEAKERS.columns, "shard_count": int},
        required=(*_SPEAKERS.required, "shard_count"),
        indexes=(("name",), (DescIndex("quote_count"),)),
        searched=_SPEAKERS.searched,
    ),
    "speaker_shards": Table(
        {"speaker_id": int, "shard_id": int, "quote_count": int},
        primary_key=("speaker_id", "shard_id"),
        references=(("speaker_id", "speakers"), ("shard_id", "shards")),
        required=("quote_count",),
    ),
}  # fmt: skip

VIEWS: dict[str, str] = {
    "article_shards": """
        select articles.id, articles.published, articles.publication, articles.headline, shards.name as shard,
          '/' || shards.name || '/articles/' || articles.id as address, articles.slug
        from articles join shards on shards.id = articles.shard_id
    """,
    "place_shard_details": """
        select places.name as place, places.kind, places.country, shards.name as shard,
          place_shards.mention_count, '/' || shards.name || '/places/' || places.id as address,
          place_shards.place_id, place_shards.shard_id
        from place_shards join places on places.id = place_id join shards on shards.id = shard_id
    """,
    "speaker_shard_details": """
        select speakers.name as speaker, speakers.kind, shards.name as shard, speaker_shards.quote_count,
          '/' || shards.name || '/speakers/' || speakers.id as address,
          speaker_shards.speaker_id, speaker_shards.shard_id
        from speaker_shards join speakers on speakers.id = speaker_id join shards on shards.id = shard_id
    """,
}


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
        finish_file(connection, TABLES, about, folder / CATALOGUE)
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
        _copy(connection, folder / f"{member.name}.db", (_SHARD, *_OF_SHARD), member)
    _copy(connection, rows, _OF_ALL, None)


_SHARD = """
insert into shards select :number, :name, (select count(*) from one.archives), count(*),
  (select count(*) from one.paragraphs), (select count(*) from one.quotes),
  (select count(*) from one.mentioned_places), coalesce(sum(articles.end - start), 0), :bytes,
  min(published), max(published)
from one.articles
"""
_OF_SHARD = (
    "insert into articles select articles.id, slug, headline, published, publications.name, :number "
    "from one.articles left join one.publications on publications.id = publication_id order by 1",
    "insert into place_shards select id, :number, mention_count from one.places",
    "insert into speaker_shards select id, :number, quote_count from one.speakers",
)
_OF_ALL = tuple(
    f"insert into {table} select {', '.join(column for column in shape.columns if column != count)}, "
    f"sum(found.{count}), count(*) from one.{table} join {links} as found on found.{key} = id group by id"
    for table, shape, count, links, key in (
        ("places", _PLACES, "mention_count", "place_shards", "place_id"),
        ("speakers", _SPEAKERS, "quote_count", "speaker_shards", "speaker_id"),
    )
)


def _copy(
    connection: sqlite3.Connection, file: Path, statements: Sequence[str], member: Member | None
) -> None:
    """Runs statements with a database at hand under the name `one`."""
    values = {**member._asdict(), "bytes": file.stat().st_size} if member else {}
    with attached(connection, file, "one"):
        for statement in statements:
            connection.execute(statement, values)
