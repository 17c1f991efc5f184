"""Tables, keys, indexes, full-text search and views: what people's SQL relies on.

A column may be added; the ones here stay. Raise VERSION with every change of shape.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlite_utils import Database
from sqlite_utils.db import DescIndex

VERSION = 2

# What build_info says of ids: whether they follow the order of the files, or keep what earlier builds gave.
READING_ORDER = "in reading order"
KEPT = "kept from earlier builds; new rows behind them"
OF_ALL_SHARDS = "in reading order of all shards together"

TOKENIZER = "porter unicode61 remove_diacritics 2"


class Table(NamedTuple):
    """A table: its columns with their types, its keys and what is indexed or searched."""

    columns: dict[str, type]
    primary_key: str | tuple[str, ...] = "id"
    references: tuple[tuple[str, str], ...] = ()  # (column, table whose id it holds)
    required: tuple[str, ...] = ()  # NOT NULL
    indexes: tuple[tuple[str, ...], ...] = ()  # a reference that begins none of them gets one of its own;
    # DescIndex names a column that is indexed from the highest value down
    unique: tuple[tuple[str, ...], ...] = ()
    searched: tuple[str, ...] = ()  # columns with full-text search


# In an order in which every reference points backwards, so that rows can be written table by table.
TABLES: dict[str, Table] = {
    "archives": Table(
        {
            "id": int,
            "path": str,
            "sha256": str,
            "bytes": int,
            "characters": int,
            "encoding": str,
            "format": str,
            "curation_sha256": str,
        },
        required=("path", "sha256", "bytes", "characters", "encoding", "format"),
        unique=(("path",),),
    ),
    "publications": Table({"id": int, "name": str}, required=("name",), unique=(("name",),)),
    "articles": Table(
        {
            "id": int,
            "slug": str,
            "archive_id": int,
            "position": int,
            "headline": str,
            "standfirst": str,
            "publication_id": int,
            "byline": str,
            "published": str,
            "published_as_printed": str,
            "dateline": str,
            "word_count": int,
            "start": int,
            "end": int,
        },
        references=(("archive_id", "archives"), ("publication_id", "publications")),
        required=("slug", "archive_id", "position", "headline", "word_count", "start", "end"),
        indexes=(("published",), ("publication_id", "published")),
        unique=(("slug",), ("archive_id", "position")),
        searched=("headline", "standfirst", "byline"),
    ),
    "authors": Table({"id": int, "name": str}, required=("name",), unique=(("name",),)),
    "article_authors": Table(
        {"article_id": int, "author_id": int, "position": int},
        primary_key=("article_id", "author_id"),
        references=(("article_id", "articles"), ("author_id", "authors")),
        required=("position",),
    ),
    "paragraphs": Table(
        {
            "id": int,
            "article_id": int,
            "position": int,
            "role": str,
            "text": str,
            "word_count": int,
            "start": int,
            "end": int,
        },
        references=(("article_id", "articles"),),
        required=("article_id", "position", "role", "text", "word_count", "start", "end"),
        indexes=(("role",),),
        unique=(("article_id", "position"),),
        searched=("text",),
    ),
    "furniture": Table(
        {"id": int, "archive_id": int, "article_id": int, "role": str, "text": str, "start": int, "end": int},
        references=(("archive_id", "archives"), ("article_id", "articles")),
        required=("archive_id", "role", "text", "start", "end"),
        indexes=(("role",),),
    ),
    "speakers": Table(
        {"id": int, "name": str, "kind": str, "description": str, "quote_count": int},
        required=("name", "kind", "quote_count"),
        # Downwards: the most quoted first, and of those quoted equally often the first, with nothing to sort.
        indexes=(("name",), (DescIndex("quote_count"),)),
        searched=("name", "description"),
    ),
    # What was taken for one speaker. An organisation may have several rows of one name: one for each family.
    "speaker_names": Table(
        {"id": int, "speaker_id": int, "kind": str, "folded_name": str, "family": str},
        references=(("speaker_id", "speakers"),),
        required=("speaker_id", "kind", "folded_name"),
        indexes=(("folded_name",), ("family",)),
    ),
    "quotes": Table(
        {
            "id": int,
            "article_id": int,
            "paragraph_id": int,
            "position": int,
            "utterance": int,
            "text": str,
            "kind": str,
            "speaker_id": int,
            "speaker_text": str,
            "speaker_start": int,
            "speaker_end": int,
            "speaker_name": str,
            "speaker_description": str,
            "cue": str,
            "cue_start": int,
            "cue_end": int,
            "nested_in": int,
            "rule": str,
            "start": int,
            "end": int,
        },
        references=(
            ("article_id", "articles"),
            ("paragraph_id", "paragraphs"),
            ("speaker_id", "speakers"),
            ("nested_in", "quotes"),
        ),
        required=("article_id", "position", "utterance", "text", "kind", "rule", "start", "end"),
        # Pairs: a speaker's articles, an article's and a paragraph's speakers are counted from indexes alone.
        indexes=(
            ("kind",),
            ("rule",),
            ("speaker_id", "article_id"),
            ("article_id", "speaker_id"),
            ("paragraph_id", "speaker_id"),
        ),
        searched=("text",),
    ),
    "places": Table(
        {
            "id": int,
            "name": str,
            "kind": str,
            "country_code": str,
            "country": str,
            "latitude": float,
            "longitude": float,
            "geonames_id": int,
            "wikidata_id": str,
            "mention_count": int,
        },
        required=("name", "kind", "mention_count"),
        indexes=(("name",), (DescIndex("mention_count"),), ("country_code",)),
        searched=("name", "country"),
    ),
    "mentioned_places": Table(
        {
            "id": int,
            "place_id": int,
            "article_id": int,
            "paragraph_id": int,
            "quote_id": int,
            "text": str,
            "sense": str,
            "confidence": float,
            "rule": str,
            "start": int,
            "end": int,
        },
        references=(
            ("place_id", "places"),
            ("article_id", "articles"),
            ("paragraph_id", "paragraphs"),
            ("quote_id", "quotes"),
        ),
        required=("place_id", "article_id", "text", "sense", "confidence", "rule", "start", "end"),
        # Pairs, as for quotations. None on rule, which would be the largest index of all: how often each rule
        # found something is counted beforehand, in rule_counts.
        indexes=(("place_id", "article_id"), ("article_id", "place_id"), ("paragraph_id", "place_id")),
    ),
    "links": Table(
        {
            "id": int,
            "article_id": int,
            "paragraph_id": int,
            "footnote": str,
            "url": str,
            "start": int,
            "end": int,
        },
        references=(("article_id", "articles"), ("paragraph_id", "paragraphs")),
        required=("article_id", "url", "start", "end"),
    ),
    "data_notes": Table(
        {
            "id": int,
            "archive_id": int,
            "article_id": int,
            "code": str,
            "message": str,
            "start": int,
            "end": int,
        },
        references=(("archive_id", "archives"), ("article_id", "articles")),
        required=("archive_id", "code", "message"),
        indexes=(("code",),),
    ),
    "corrections": Table(
        {
            "id": int,
            "archive_id": int,
            "article_id": int,
            "field": str,
            "found": str,
            "corrected": str,
            "reason": str,
            "start": int,
            "end": int,
        },
        references=(("archive_id", "archives"), ("article_id", "articles")),
        required=("archive_id", "field", "reason", "start", "end"),
    ),
}

VIEWS: dict[str, str] = {
    "article_overview": """
        select
          articles.id, articles.slug, articles.published, publications.name as publication,
          articles.headline,
          (select group_concat(name, '; ') from (
             select authors.name from article_authors join authors on authors.id = article_authors.author_id
             where article_authors.article_id = articles.id order by article_authors.position)) as authors,
          articles.standfirst, articles.dateline, articles.published_as_printed, articles.word_count,
          (select count(*) from paragraphs where paragraphs.article_id = articles.id) as paragraph_count,
          (select count(*) from quotes where quotes.article_id = articles.id) as quote_count,
          (select count(distinct speaker_id) from quotes where quotes.article_id = articles.id)
            as speaker_count,
          (select count(*) from mentioned_places where mentioned_places.article_id = articles.id)
            as mention_count,
          (select count(*) from data_notes where data_notes.article_id = articles.id) as note_count
        from articles left join publications on publications.id = articles.publication_id
    """,
    "quote_details": """
        select
          quotes.id, quotes.text, quotes.kind, speakers.name as speaker, speakers.kind as speaker_kind,
          speakers.description as speaker_description, quotes.speaker_text, quotes.cue,
          articles.headline, publications.name as publication, articles.published,
          paragraphs.role, paragraphs.text as paragraph, quotes.utterance, quotes.nested_in, quotes.rule,
          quotes.article_id, quotes.paragraph_id, quotes.speaker_id, articles.slug, quotes.start, quotes.end
        from quotes
          join articles on articles.id = quotes.article_id
          left join publications on publications.id = articles.publication_id
          left join paragraphs on paragraphs.id = quotes.paragraph_id
          left join speakers on speakers.id = quotes.speaker_id
    """,
    "place_mention_details": """
        select
          mentioned_places.id, places.name as place, mentioned_places.text as as_printed, places.kind,
          places.country, places.country_code, places.latitude, places.longitude, places.geonames_id,
          mentioned_places.sense, mentioned_places.confidence,
          articles.headline, publications.name as publication, articles.published,
          paragraphs.role, paragraphs.text as paragraph, quotes.text as quote, mentioned_places.rule,
          mentioned_places.place_id, mentioned_places.article_id, mentioned_places.paragraph_id,
          mentioned_places.quote_id, articles.slug, mentioned_places.start, mentioned_places.end
        from mentioned_places
          join places on places.id = mentioned_places.place_id
          join articles on articles.id = mentioned_places.article_id
          left join publications on publications.id = articles.publication_id
          left join paragraphs on paragraphs.id = mentioned_places.paragraph_id
          left join quotes on quotes.id = mentioned_places.quote_id
    """,
}
# The table of which each view has a row for every row.
VIEW_ROWS = {
    "article_overview": "articles",
    "quote_details": "quotes",
    "place_mention_details": "mentioned_places",
}


def create_tables(database: Database, tables: Mapping[str, Table] = TABLES) -> None:
    """Creates every table, empty, in a database that has none of them."""
    for name, table in tables.items():
        database.table(name).create(
            table.columns,
            pk=table.primary_key,
            foreign_keys=[(column, other, "id") for column, other in table.references],
            not_null=set(table.required),
            column_order=list(table.columns),
        )


def create_indexes(
    database: Database, names: Iterable[str] | None = None, tables: Mapping[str, Table] = TABLES
) -> None:
    """Creates every index of some tables, or of all. After the rows: building one at once is faster."""
    for name in tables if names is None else names:
        table = tables[name]
        covered = {columns[0] for columns in table.unique + table.indexes}
        if isinstance(table.primary_key, tuple):
            covered.add(table.primary_key[0])
        references = tuple((column,) for column, _ in table.references if column not in covered)
        for columns in references + table.indexes:
            database.table(name).create_index(columns)
        for columns in table.unique:
            database.table(name).create_index(columns, unique=True)


def create_search(database: Database, tables: Mapping[str, Table] = TABLES) -> None:
    """Creates the full-text search tables (FTS5) and fills them with the rows that are there."""
    for name, table in tables.items():
        if table.searched:
            database.table(name).enable_fts(list(table.searched), tokenize=TOKENIZER)


def index_words(
    connection: sqlite3.Connection, table: str, where: str = "true", *, gone: bool = False
) -> None:
    """Takes rows of a table into its full-text search, or out of it; nothing where it has none.

    Args:
        connection: the database.
        table: one of TABLES.
        where: which rows, in SQL.
        gone: whether they are about to go: the search must be told the words that it is to forget.
    """
    searched = TABLES[table].searched
    if not searched:
        return
    columns = ", ".join(searched)
    to, what = (f"{table}_fts, ", "'delete', ") if gone else ("", "")
    connection.execute(
        f"insert into {table}_fts ({to}rowid, {columns}) select {what}rowid, {columns} from {table} "  # noqa: S608
        f"where {where} order by rowid"
    )


def create_views(database: Database, views: Mapping[str, str] = VIEWS) -> None:
    """Creates the views."""
    for name, sql in views.items():
        database.create_view(name, "\n".join(line.strip() for line in sql.strip().splitlines()))


def create_build_info(database: Database, about: Mapping[str, str]) -> None:
    """Creates the small table in which the file says what made it, one key and value a row."""
    database.table("build_info").create({"key": str, "value": str}, pk="key", not_null={"value"})
    for key, value in sorted(about.items()):
        database.execute("insert into build_info values (?, ?)", (key, value))
