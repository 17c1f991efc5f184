"""What belongs to one place or speaker, by its articles' dates: a page of it, and how much a month.

What is frequent was counted by month when the file was written, in tables such as place_months: with those
counts a page is found by its months, without passing over all that stands before it.
"""
# ruff: noqa: S608 - queries are put together from constants; what a visitor types is a parameter

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from loader.site.archive_database import Archive, Row

FREQUENT = 2_000  # rows; loader/dataset/summaries.py counts beforehand what has more
_SORTED = 10_000  # rows that are sorted by date sooner than articles are walked through for them
# A cross join keeps the order in which its tables are named.
_WALK = "articles cross join {table} on {table}.article_id = articles.id"
_SORT = "{table} join articles on articles.id = {table}.article_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Rows that belong to something: where they stand, and where they are counted.

    Attributes:
        table: the rows' table.
        owner: its column for the place or speaker, and that of the counts.
        months: the table of counts by month.
        outlets: the table of counts by outlet.
        counted: the counts' column for the rows.
    """

    table: str
    owner: str
    months: str
    outlets: str
    counted: str


MENTIONS = Kind(
    table="mentioned_places",
    owner="place_id",
    months="place_months",
    outlets="place_publications",
    counted="mentions",
)
QUOTATIONS = Kind(
    table="quotes",
    owner="speaker_id",
    months="speaker_months",
    outlets="speaker_publications",
    counted="quotations",
)


class Span(NamedTuple):
    """The part of a chronology that holds a page.

    Attributes:
        since: the month in which it begins; None for the first, with articles without a date.
        before: the month before which it ends; None where it may go to the end.
        skipped: how many of its rows stand before the page.
    """

    since: str | None
    before: str | None
    skipped: int


def span(months: Sequence[tuple[str, int]], skipped: int, limit: int) -> Span:
    """Finds the months that hold a page.

    Args:
        months: each with how many rows it has, ascending; those without a date first, under ""; at least one.
        skipped: how many rows stand before the page.
        limit: how many it has.

    Returns:
        The part of the whole that is to be read.
    """
    ends = list(accumulate(count for _, count in months))
    first = min(bisect_right(ends, skipped), len(months) - 1)
    after = bisect_left(ends, skipped + limit) + 1
    return Span(
        since=months[first][0] or None,
        before=months[after][0] if after < len(months) else None,
        skipped=skipped - (ends[first - 1] if first else 0),
    )


async def by_month(archive: Archive, kind: Kind, identifier: int, count: int) -> list[Row]:
    """Counts by month: `month` ("" for no date), `number` of rows, `articles`."""
    if count > FREQUENT:
        sql = f"select month, {kind.counted} as number, articles from {kind.months} where {kind.owner} = :id"
    else:
        sql = (
            "select coalesce(substr(articles.published, 1, 7), '') as month, count(*) as number,"
            f" count(distinct articles.id) as articles from {_SORT.format(table=kind.table)}"
            f" where {kind.table}.{kind.owner} = :id group by month"
        )
    return await archive.rows(sql + " order by month", {"id": identifier})


async def by_outlet(archive: Archive, kind: Kind, identifier: int, count: int, most: int) -> list[Row]:
    """Counts by outlet: `id`, `name`, and the rows, named as in the counts; the most first."""
    if count > FREQUENT:
        sql = f"select publication_id, {kind.counted} as number from {kind.outlets} where {kind.owner} = :id"
    else:
        sql = (
            f"select articles.publication_id, count(*) as number from {_SORT.format(table=kind.table)}"
            f" where {kind.table}.{kind.owner} = :id group by articles.publication_id"
        )
    return await archive.rows(
        f"select publications.id, publications.name, number as {kind.counted} from ({sql}) join publications"
        " on publications.id = publication_id order by number desc, publications.id limit :most",
        {"id": identifier, "most": most},
    )


async def page(
    archive: Archive, sql: str, kind: Kind, months: Sequence[Row], bounds: dict[str, Any]
) -> list[Row]:
    """Reads a page of what belongs to one place or speaker, ordered by its articles' dates.

    Args:
        archive: where it stands.
        sql: the query, with {tables} where its rows are chosen and {when} among its conditions.
        kind: what it reads.
        months: what `by_month` counted.
        bounds: the query's values: id, limit, skipped.

    Returns:
        The rows.
    """
    total = sum(one["number"] for one in months)
    if total <= _SORTED:
        return await archive.rows(sql.format(tables=_SORT.format(table=kind.table), when="true"), bounds)
    part = span([(one["month"], one["number"]) for one in months], bounds["skipped"], bounds["limit"])
    conditions = []
    if part.since is not None:
        conditions.append("articles.published >= :since")
    if part.before is not None:
        conditions.append(
            f"({'' if part.since else 'articles.published is null or '}articles.published < :before)"
        )
    when = " and ".join(conditions) or "true"
    walk = sql.format(tables=_WALK.format(table=kind.table), when=when)
    return await archive.rows(walk, {**bounds, **part._asdict()})
