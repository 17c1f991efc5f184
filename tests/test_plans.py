"""Pages find their rows by indexes: none reads a whole table of the kind that grows with the archive."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import test_queries
from datasette.app import Datasette
from site_client import ask

from loader.site import archive_database, sql_functions
from loader.site.metadata.defaults import query_defaults
from loader.site.metadata.examples import find_examples
from loader.site.search import search_page

LARGE = ("articles", "paragraphs", "quotes", "mentioned_places", "named", "places", "speakers", "furniture")
PAGES = {
    "home": "/",
    "article": "/read/{slug}",
    "citation": "/read/{slug}/cite?of=p1",
    "articles": "/articles?page=2",
    "speakers": "/speakers",
    "speaker": "/speaker/1",
    "places": "/places",
    "place": "/place/1",
    "map": "/map",
    "map of an outlet": "/map?outlet=1",
    "map of a time": "/map?from=2017-01-01&until=2017-12-31",
    "outlets": "/outlets",
    "outlet": "/outlet/1",
    "author": "/author/1",
    "search": "/search?q=syria",
    "filtered search": "/search?q=syria&outlet=1&speaker=1&place=1&role=body&from=2016-01-01",
    "search of quotations": "/search?q=syria&in=quotes&page=2",
    "search without result": "/search?q=zebra+syria",
    "export of a search": "/export/search/paragraphs.csv?q=syria&outlet=1&speaker=1&place=1&from=2016-01-01",
    "export of a map": "/export/places.geojson?outlet=1&from=2016-01-01",
    "export of outlets": "/export/outlets.json",
    "feed": "/feed.atom",
    "sitemap": "/sitemap.xml",
    "part of the sitemap": "/sitemap/1.xml",
}
# Distances and parts of addresses are in no index: these look at each place and each link, which are few.
# What every fourth quotation has is read in the order of numbers, until there are enough.
BY_ROW = {"places_within", "links_cited", "unattributed_quotations"}
Query = tuple[str, Any]


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    built = sqlite3.connect(database)
    opened = sqlite3.connect(":memory:")
    built.backup(opened)
    built.close()
    sql_functions.register(opened)
    # As on a large archive: here SQLite would rightly prefer to read seven articles as they are.
    opened.execute("delete from sqlite_stat1")
    opened.execute("analyze sqlite_schema")
    yield opened
    opened.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Query]:
    """Every query that pages send while the test runs."""
    queries: list[Query] = []
    send = archive_database.Archive.read

    async def note(
        archive: archive_database.Archive, batch: Sequence[Query]
    ) -> list[list[archive_database.Row]]:
        queries.extend(batch)
        return await send(archive, batch)

    monkeypatch.setattr(archive_database.Archive, "read", note)
    return queries


def scans(connection: sqlite3.Connection, sql: str, parameters: Any) -> list[str]:
    """The steps of a query's plan that read a large table from end to end."""
    plan = connection.execute("explain query plan " + sql, parameters).fetchall()
    whole = [row for row in plan if re.match(rf"SCAN ({'|'.join(LARGE)})\b", row[3])]
    # A scan by an index in the wanted order stops at the limit, unless something must be sorted first.
    sorted_in = {row[1] for row in plan if re.search("TEMP B-TREE FOR (GROUP|ORDER|count)", row[3])}
    if "limit" in sql:
        whole = [row for row in whole if "USING" not in row[3] or row[1] in sorted_in]
    return [f"{row[3]} in {' '.join(sql.split())}" for row in whole]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_reads_a_large_table_whole(
    connection: sqlite3.Connection, bundle: Path, asked: list[Query], slugs: list[str], name: str
) -> None:
    response = ask(Datasette(config_dir=bundle), PAGES[name].format(slug=slugs[0]))
    assert response.status_code == 200
    assert asked
    assert [step for sql, parameters in asked for step in scans(connection, sql, parameters)] == []


@pytest.fixture(scope="module")
def of_any_archive(database: Path) -> dict[str, Any]:
    """The canned queries for any archive, with examples of the first data set."""
    with closing(sqlite3.connect(database)) as opened:
        return query_defaults("archive", find_examples(opened))


@pytest.mark.parametrize("name", sorted(query_defaults("archive", {}).keys() - BY_ROW))
def test_no_canned_query_reads_a_large_table_whole(
    connection: sqlite3.Connection, name: str, of_any_archive: dict[str, Any]
) -> None:
    parameters = test_queries.example(of_any_archive[name]["description_html"])[1]
    assert scans(connection, of_any_archive[name]["sql"], parameters) == []


def test_a_whole_scan_would_be_seen(connection: sqlite3.Connection) -> None:
    for sql in (
        "select text from paragraphs where text like '%x%'",
        "select substr(published, 1, 7) as month, count(*) from articles group by month",
        "select * from quotes order by cue limit 10",
    ):
        assert scans(connection, sql, ())


def test_search_ranks_a_bounded_number_of_matches() -> None:
    for kind in search_page.RESULTS.values():
        assert f"limit {search_page.MOST_RANKED}" in kind.best()
        assert f"limit {search_page.MOST_RANKED}" in kind.best("word")
    assert f"limit {search_page.MOST_FACETED}" in search_page.facet_query()
