"""Pages find their rows by indexes: none reads a whole table of the kind that grows with the archive."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from reading_room import articles, functions, home, people, places, search

LARGE = ("articles", "paragraphs", "quotes", "mentioned_places", "places", "speakers")
FIRST = {
    "id": 1,
    "slug": "x",
    "limit": 101,
    "skipped": 0,
    "most": 500,
    "outlet": 1,
    "from": "2017",
    "until": "2018",
}
SEARCH = {**FIRST, "query": '"syria"', "role": "", "speaker": None, "place": None}
QUERIES = {
    **{
        f"article {name}": (sql, FIRST)
        for name, sql in vars(articles).items()
        if re.fullmatch("_[A-Z]+", name) and isinstance(sql, str) and "select" in sql
    },
    "quotations of a speaker": (people._QUOTES_OF, FIRST),
    "months of a speaker": (people._MONTHS_OF, FIRST),
    "articles of an outlet": (people._BY_OUTLET, FIRST),
    "articles of an author": (people._BY_AUTHOR, FIRST),
    "mentions of a place": (places._MENTIONS_OF, FIRST),
    "quotations at a place": (places._QUOTES_AT, FIRST),
    "places of an outlet": (places._ON_MAP.format(conditions=places._CONDITIONS["outlet"]), FIRST),
    "places of a time": (places._ON_MAP.format(conditions=places._CONDITIONS["from"]), FIRST),
    "all places": (places._ALL_ON_MAP, FIRST),
    "years": (home._YEARS, FIRST),
    "newest": (home._NEWEST, FIRST),
    "most quoted": (home._SPEAKERS, FIRST),
    **{f"search {name}": (kind.results(), SEARCH) for name, kind in search._RESULTS.items()},
}


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    built = sqlite3.connect(database)
    opened = sqlite3.connect(":memory:")
    built.backup(opened)
    built.close()
    functions.register(opened)
    # As on a large archive: here SQLite would rightly prefer to read seven articles as they are.
    opened.execute("delete from sqlite_stat1")
    opened.execute("analyze sqlite_schema")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", QUERIES)
def test_no_large_table_is_read_whole(connection: sqlite3.Connection, name: str) -> None:
    sql, parameters = QUERIES[name]
    plan = [row[3] for row in connection.execute("explain query plan " + sql, parameters)]
    # A scan by an index in the wanted order stops at the limit.
    whole = [step for step in plan if re.match(rf"SCAN ({'|'.join(LARGE)})\b(?!.*USING)", step)]
    assert whole == [], plan


def test_search_ranks_a_bounded_number_of_matches() -> None:
    for kind in search._RESULTS.values():
        assert f"limit {search.MOST_RANKED}" in kind.best()
