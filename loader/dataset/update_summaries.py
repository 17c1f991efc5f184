# ruff: noqa: S608 - names of tables and columns are ours
"""Update the summary tables for articles that are added or removed, counting only those."""

from __future__ import annotations

import sqlite3

from loader.dataset import summaries
from loader.dataset.summaries import MONTH, OUTLET

# For the months and outlets: where the counts are, of whom, which rows are counted, and by what.
_GROUPED = (
    ("place_months", "place_id", "mentioned_places", "month", MONTH),
    ("place_publications", "place_id", "mentioned_places", "publication_id", OUTLET),
    ("speaker_months", "speaker_id", "quotes", "month", MONTH),
    ("speaker_publications", "speaker_id", "quotes", "publication_id", OUTLET),
)
_COUNTS = {"place_id": "mentions", "speaker_id": "quotations"}
# For each kind of finding the table in which its rules stand.
_FOUND = {"mention": "mentioned_places", "quotation": "quotes"}


class Recounting:
    """Counts that change with some articles; everything happens in the transaction that is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def shift(self, articles: str, sign: int) -> None:
        """Takes articles out of the counts while their rows are still there, or in when they are.

        Counts of speakers are left alone: those that may have changed are made anew by `renew_speakers`.

        Args:
            articles: a query for their ids.
            sign: -1 for articles that go, 1 for those that came.
        """
        execute = self._connection.execute
        of = f"from articles where id in ({articles})"
        for table, key in (("article_months", MONTH), ("publication_counts", "publication_id")):
            column = "month" if table == "article_months" else key
            execute(
                f"insert into {table} ({column}, articles) "
                f"select {key} as shown, {sign} * count(*) {of} and shown is not null "
                f"group by 1 on conflict ({column}) do update set articles = articles + excluded.articles"
            )
        for found, table in _FOUND.items():
            execute(
                "insert into rule_counts (found, rule, rows, first_id) "
                f"select '{found}', rule, {sign} * count(*), min(id) from {table} "
                f"where article_id in ({articles}) group by rule "
                "on conflict (found, rule) do update set rows = rows + excluded.rows"
            )
        for table, owner, rows, column, expression in _GROUPED[:2]:
            count = _COUNTS[owner]
            execute(
                f"insert into {table} ({owner}, {column}, {count}, articles) "
                f"select {owner}, {expression} as shown, "
                f"{sign} * count(*), {sign} * count(distinct article_id) "
                f"from {rows} join articles on articles.id = article_id where article_id in ({articles}) "
                f"and shown <> 0 and {owner} in (select {owner} from place_months) group by 1, 2 "
                f"on conflict ({owner}, {column}) do update set "
                f"{count} = {count} + excluded.{count}, articles = articles + excluded.articles"
            )

    def settle(self, places: str) -> None:
        """Takes out what counts nothing any more, and counts places that became frequent.

        Args:
            places: a query for the ids of the places whose mentions came or went.
        """
        execute = self._connection.execute
        for table in ("article_months", "publication_counts"):
            execute(f"delete from {table} where articles = 0")
        execute("delete from rule_counts where rows = 0")
        for found, table in _FOUND.items():
            execute(
                f"update rule_counts set first_id = (select id from {table} "
                f"where {table}.rule = rule_counts.rule order by id limit 1) where found = '{found}' "
                f"and not exists (select 1 from {table} where id = first_id)"  # it is gone
            )
        frequent = f"select id from places where id in ({places}) and mention_count > {summaries.FREQUENT}"
        fresh = execute(f"{frequent} and id not in (select place_id from place_months)").fetchall()
        for table in ("place_months", "place_publications"):
            execute(f"delete from {table} where mentions = 0")
            execute(f"delete from {table} where place_id in ({places}) and place_id not in ({frequent})")
        self._count(_GROUPED[:2], fresh)

    def renew_speakers(self, gone: str, there: str) -> None:
        """Counts speakers anew.

        Args:
            gone: a query for the ids of those that may have changed, or are not there any more.
            there: a query for the ids that they have now.
        """
        for table in ("speaker_months", "speaker_publications"):
            self._connection.execute(f"delete from {table} where speaker_id in ({gone})")
        frequent = f"select id from speakers where id in ({there}) and quote_count > {summaries.FREQUENT}"
        self._count(_GROUPED[2:], self._connection.execute(frequent).fetchall())

    def _count(self, grouped: tuple[tuple[str, str, str, str, str], ...], owners: list[tuple[int]]) -> None:
        for table, owner, rows, column, expression in grouped:
            self._connection.executemany(
                f"insert into {table} ({owner}, {column}, {_COUNTS[owner]}, articles) "
                f"select {owner}, {expression} as shown, count(*), count(distinct article_id) "
                f"from {rows} join articles on articles.id = article_id "
                f"where {owner} = ? and shown <> 0 group by 2",
                owners,
            )
