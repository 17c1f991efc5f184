"""A page of a place's mentions or a speaker's quotations is the same whichever way it is read."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import site_client
from counting import counted_anew
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st

from loader.dataset import summaries
from loader.site.archive_database import Archive
from loader.site.components import chronology
from loader.site.components.chronology import Span, span
from loader.site.pages import people, places

MONTHS = [("", 3), ("2016", 2), ("2016-05", 4), ("2017-01", 1)]


@pytest.mark.parametrize(
    ("skipped", "limit", "expected"),
    [
        (0, 3, Span(None, "2016", 0)),
        (0, 4, Span(None, "2016-05", 0)),
        (2, 1, Span(None, "2016", 2)),
        (3, 2, Span("2016", "2016-05", 0)),
        (4, 2, Span("2016", "2017-01", 1)),
        (8, 1, Span("2016-05", "2017-01", 3)),
        (8, 5, Span("2016-05", None, 3)),
        (9, 5, Span("2017-01", None, 0)),
        (10, 5, Span("2017-01", None, 1)),  # behind the last
    ],
)
def test_a_page_lies_in_these_months(skipped: int, limit: int, expected: Span) -> None:
    assert span(MONTHS, skipped, limit) == expected


@given(
    counts=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    skipped=st.integers(0, 80),
    limit=st.integers(1, 20),
)
def test_the_part_holds_the_page(counts: list[int], skipped: int, limit: int) -> None:
    months = [("" if place == 0 else f"2016-{place:02d}", count) for place, count in enumerate(counts)]
    rows = [(month, number) for month, count in months for number in range(count)]
    part = span(months, skipped, limit)
    kept = [
        row
        for row in rows
        if (part.since is None or row[0] >= part.since) and (part.before is None or row[0] < part.before)
    ]
    assert kept[part.skipped : part.skipped + limit] == rows[skipped : skipped + limit]


def test_the_site_takes_for_frequent_what_the_loader_counts() -> None:
    assert chronology.FREQUENT == summaries.FREQUENT


@pytest.fixture
def archive(database: Path, tmp_path: Path) -> Iterator[tuple[Archive, Path]]:
    """The published data set with an article without a date, one of a month, and counts of all."""
    changes = (
        "update articles set published = null where id = 3",
        "update articles set published = '2017-09' where id = 5",
    )
    copy = counted_anew(database, tmp_path / "archive.db", changes, frequent=0)
    site = Datasette([str(copy)])
    yield Archive(site), copy


READ = {
    "mentions": (chronology.MENTIONS, places._MENTIONS_OF, "mentioned_places", "place_id"),
    "quotations": (chronology.QUOTATIONS, people._QUOTES_OF, "quotes", "speaker_id"),
}


@pytest.mark.parametrize("what", READ)
@pytest.mark.parametrize("bounds", [(0, 5), (3, 4), (17, 3), (0, 100), (1000, 5)])
@pytest.mark.parametrize("frequent", [False, True])
def test_both_ways_give_the_page(
    archive: tuple[Archive, Path],
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    bounds: tuple[int, int],
    frequent: bool,
) -> None:
    kind, sql, table, owner = READ[what]
    if frequent:
        monkeypatch.setattr(chronology, "FREQUENT", 0)
        monkeypatch.setattr(chronology, "_SORTED", 0)
    skipped, limit = bounds

    async def read() -> tuple[list[Any], list[Any], list[Any]]:
        months = await chronology.by_month(archive[0], kind, 1, 10)
        rows = await chronology.page(
            archive[0], sql, kind, months, {"id": 1, "limit": limit, "skipped": skipped}
        )
        return months, rows, await chronology.by_outlet(archive[0], kind, 1, 10, most=2)

    months, rows, outlets = site_client._THREAD.submit(asyncio.run, read()).result(timeout=60)
    joined = f"from {table} join articles on articles.id = article_id where {owner} = 1"
    with closing(sqlite3.connect(archive[1])) as connection:
        expected = connection.execute(
            f"select {table}.text, slug {joined} order by published, articles.id, {table}.id"
            f" limit {limit} offset {skipped}"
        ).fetchall()
        counted = connection.execute(
            "select coalesce(substr(published, 1, 7), '') as month, count(*), count(distinct article_id)"
            f" {joined} group by 1 order by 1"
        ).fetchall()
        by_outlet = connection.execute(
            f"select publication_id, count(*) {joined} group by 1 order by 2 desc, 1 limit 2"
        ).fetchall()
    assert [(row["text"], row["slug"]) for row in rows] == expected
    assert [tuple(row) for row in months] == counted
    assert [(row[0], row[2]) for row in outlets] == by_outlet
