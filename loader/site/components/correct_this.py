"""Rows of corrections.csv for what an article's page shows, ready to copy and to change."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from loader.dataset.rows import UNTITLED
from loader.records import CORRECTION_COLUMNS, MEMBER_COLUMN
from loader.site.archive_database import Row
from loader.text import one_line, one_line_of_same_length

# Rows on one page: of a longer article the rest is for `press-archive show --offsets`.
MOST_ROWS = 2000
# The reason that a row begins with, so that it can be used as it is.
_REASON = "Corrected by hand."
# Characters of a paragraph that its row repeats: enough to see that the offset is right.
_ANCHOR = 60
# Characters of a text in a heading.
_TITLE = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What can be corrected: a quotation, a place mention, a paragraph, a headline.

    Attributes:
        identifier: its anchor on the page, without "correct-".
        title: what it is, and its words.
        rows: a line of CSV for each field.
    """

    identifier: str
    title: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The items of one paragraph, or of headline and source line.

    Attributes:
        identifier: its anchor on the page, without "correct-".
        title: the paragraph's number and first words.
        items: what can be corrected, in reading order.
    """

    identifier: str
    title: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything of one article that can be corrected.

    Attributes:
        header: the first line of corrections.csv.
        groups: headline and source line first, then the paragraphs.
        is_whole: whether every mark of the article has its rows here.
    """

    header: str
    groups: list[Group]
    is_whole: bool


def sheet(article: Row, tables: Mapping[str, Sequence[Row]]) -> Sheet:
    """Return the rows for an article.

    Args:
        article: its row, with `path` of its source file.
        tables: its authors, headline, source_line, paragraphs, quotes, mentions and corrections.
    """
    writer = _Writer(article["path"], article["member"])
    head = Group(identifier="head", title="Headline and source line")
    head.items.extend(_of_article(writer, article, tables))
    groups = [head, *(_of_paragraph(writer, row) for row in tables["paragraphs"])]
    starts = [(row["start"], row["end"]) for row in tables["paragraphs"]]
    marks = [
        *((row["start"], _of_quote(writer, row)) for row in tables["quotes"]),
        *((row["start"], _of_mention(writer, row, article["start"])) for row in tables["mentions"]),
    ]
    marks.sort(key=lambda mark: mark[0])
    left = MOST_ROWS - sum(len(item.rows) for group in groups for item in group.items)
    at, is_whole = 0, True
    for start, item in marks:
        left -= len(item.rows)
        if left < 0:
            is_whole = False
            break
        while at < len(starts) and starts[at][1] <= start:
            at += 1
        is_inside = at < len(starts) and starts[at][0] <= start
        groups[at + 1 if is_inside else 0].items.append(item)
    return Sheet(header=_line(writer.columns), groups=groups, is_whole=is_whole)


class _Writer:
    """Writes rows of one source file."""

    def __init__(self, path: str, member: str) -> None:
        self._source = (path, member) if member else (path,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row; the member is named for items of containers alone."""
        first, *others = CORRECTION_COLUMNS
        return (first, MEMBER_COLUMN, *others) if len(self._source) > 1 else CORRECTION_COLUMNS

    def rows(self, start: int, text: str, values: Mapping[str, str | None]) -> tuple[str, ...]:
        """Return a line for each field, with its value as it is now."""
        anchor = one_line_of_same_length(text)
        return tuple(
            _line((*self._source, str(start), anchor, name, one_line(value or ""), _REASON))
            for name, value in values.items()
        )


def _line(values: Sequence[str]) -> str:
    """Return values as a line of CSV, without its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _of_article(writer: _Writer, article: Row, tables: Mapping[str, Sequence[Row]]) -> Iterator[Item]:
    anchors = (*tables["headline"][:1], *tables["source_line"][:1], *tables["paragraphs"][:1])
    if not anchors:  # an article without a block has nothing to anchor a row to
        return
    start, text = anchors[0]["start"], _beginning(anchors[0]["text"])
    headline = "" if article["headline"] == UNTITLED else article["headline"]
    yield Item(
        identifier="headline",
        title=f"Headline: {_shortened(headline or 'none')}",
        rows=writer.rows(start, text, {"headline": headline}),
    )
    yield Item(
        identifier="address",
        title="Original address",
        rows=writer.rows(start, text, {"url": article["url"]}),
    )
    yield Item(
        identifier="outlet",
        title=f"Outlet: {article['publication'] or 'none'}",
        rows=writer.rows(start, text, {"publication": article["publication"]}),
    )
    for row in tables["source_line"][:1]:
        yield from _of_source_line(writer, article, row, tables)


def _of_source_line(
    writer: _Writer, article: Row, line: Row, tables: Mapping[str, Sequence[Row]]
) -> Iterator[Item]:
    date = _printed(line, article["published_as_printed"])
    if date is not None:
        yield Item(
            identifier="date",
            title=f"Date: {article['published'] or 'none'}",
            rows=writer.rows(date, article["published_as_printed"], {"published": article["published"]}),
        )
    replaced = {row["corrected"]: row for row in tables["corrections"] if row["field"] == "author"}
    for number, author in enumerate(tables["authors"], start=1):
        name = author["name"]
        earlier = replaced.get(name)
        printed = name if earlier is None else earlier["found"]
        start = _printed(line, printed) if earlier is None else earlier["start"]
        if start is not None and printed:
            yield Item(
                identifier=f"author-{number}",
                title=f"Author: {name}",
                rows=writer.rows(start, printed, {"author": name}),
            )
    yield Item(
        identifier="another-author",
        title="Another author: put the name before the reason",
        rows=writer.rows(line["start"], _beginning(line["text"]), {"add_author": ""}),
    )


def _printed(block: Row, words: str | None) -> int | None:
    """Return the offset of words in a block; None if they are not there or more than once."""
    text = one_line_of_same_length(block["text"])
    if not words or text.count(words) != 1:
        return None
    return int(block["start"]) + text.index(words)


def _of_paragraph(writer: _Writer, row: Row) -> Group:
    title = f"Paragraph {row['position']}: {_shortened(row['text'])}"
    group = Group(identifier=f"p{row['position']}", title=title)
    group.items.append(
        Item(
            identifier=f"role-{row['position']}",
            title="What the paragraph is",
            rows=writer.rows(row["start"], _beginning(row["text"]), {"role": row["role"]}),
        )
    )
    return group


def _of_quote(writer: _Writer, row: Row) -> Item:
    values = {
        "quote": row["kind"],
        "speaker": row["speaker_name"],
        "speaker_text": row["speaker_text"],
        "cue": row["cue"],
    }
    return Item(
        identifier=f"q{row['position']}",
        title=f"Quotation {row['position']}: “{_shortened(row['text'])}”",
        rows=writer.rows(row["start"], row["text"], values),
    )


def _of_mention(writer: _Writer, row: Row, article_start: int) -> Item:
    place = "; ".join(part for part in (row["name"], row["kind"], row["country_code"]) if part)
    return Item(
        identifier=f"m{row['start'] - article_start}",
        title=f"Place: {_shortened(row['text'])}",
        rows=writer.rows(row["start"], row["text"], {"place": place, "sense": row["sense"]}),
    )


def _beginning(text: str) -> str:
    """Return the first words of a text, a prefix of it."""
    if len(text) <= _ANCHOR:
        return text
    return text[: _ANCHOR + 1].rpartition(" ")[0].rstrip() or text[:_ANCHOR]


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _TITLE else line[: _TITLE - 1].rstrip() + "…"
