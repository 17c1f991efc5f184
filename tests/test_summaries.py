"""Counts made beforehand are those that counting gives."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from counting import counted_anew

from loader.dataset import summaries
from loader.dataset.columns import DATASET

_BY_MONTH = """
    select {owner}_id, coalesce(substr(published, 1, 7), ''), count(*), count(distinct articles.id)
    from {table} join articles on articles.id = article_id
    where {owner}_id in (select id from {owner}s where {count} > 3) group by 1, 2
"""
_BY_OUTLET = """
    select {owner}_id, publication_id, count(*), count(distinct articles.id)
    from {table} join articles on articles.id = article_id
    where publication_id > 0 and {owner}_id in (select id from {owner}s where {count} > 3) group by 1, 2
"""
_PLACE = {"owner": "place", "table": "mentioned_places", "count": "mention_count"}
_SPEAKER = {"owner": "speaker", "table": "quotes", "count": "quote_count"}
# The same counts as the tables of counts hold, each by one query over the rows.
COUNTED = {
    "article_months": "select coalesce(substr(published, 1, 7), ''), count(*) from articles group by 1",
    "publication_counts": "select publication_id, count(*) from articles where publication_id > 0 group by 1",
    "rule_counts": "select 'quotation', rule, count(*), min(id) from quotes group by rule"
    " union all select 'mention', rule, count(*), min(id) from mentioned_places group by rule",
    "place_months": _BY_MONTH.format(**_PLACE),
    "place_publications": _BY_OUTLET.format(**_PLACE),
    "speaker_months": _BY_MONTH.format(**_SPEAKER),
    "speaker_publications": _BY_OUTLET.format(**_SPEAKER),
}


@pytest.fixture
def summed(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The published data set, with counts for all that occurs more than three times, read in small chunks."""
    monkeypatch.setattr(summaries, "_CHUNK", 2)
    changes = (
        "update articles set published = null where id = 1",
        "update articles set publication_id = null where id = 2",
    )
    return counted_anew(database, tmp_path / "archive.db", changes, frequent=3)


@pytest.mark.parametrize("name", DATASET.summaries)
def test_counts_are_those_of_one_query_over_the_rows(name: str, summed: Path) -> None:
    with closing(sqlite3.connect(summed)) as connection:
        stored = connection.execute(f"select * from {name}").fetchall()
        assert stored
        assert stored == sorted(connection.execute(COUNTED[name]).fetchall())


def test_what_occurs_seldom_is_not_summed_up(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("select count(*) from place_months").fetchone() == (0,)
        assert connection.execute("select sum(articles) from article_months").fetchone() == (7,)
