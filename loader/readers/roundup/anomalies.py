"""Data notes: what can be seen in any archive to be odd, without knowing what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from itertools import islice, pairwise

from loader.readers.roundup.bylines import is_like
from loader.readers.roundup.dates import dates_in, days_in, may_name_weekday
from loader.readers.roundup.phrases import WEEKDAYS
from loader.records import Article, Author, Block, Note
from loader.text import fold, one_line

# The likeness above which two authors' names are two spellings of one; below it they are two people.
_ONE_NAME = 0.9
# An author is compared with this many others of the same initials, so that time stays linear.
_COMPARED = 20
# A report may look back on the last days by their weekday, or forward with "next" and "on"; the day after
# its own date it can only name as what happened if the date is wrong.
_DAYS_TO_TOMORROW = 6

_DAYS = "|".join(day.title() for day in WEEKDAYS)
_WEEKDAY = re.compile(rf"({_DAYS})(?=[.,;]|\s|$)")
# What moves a weekday into the future: "next Thursday"; not "Thursday", "on Thursday".
_MOVED = ("next ", "this ", "coming ", "every ", "until ", "by ")
_INSIDE_WORD = re.compile(r"[\w’']")
# Words behind or before a weekday that look forward or name it in general.
_FORWARD = re.compile(
    r"\b(?:will|would|next|tomorrow|scheduled|expected|plans?|planned|due|set|to be|every)\b"
)

_WORD_OF_LETTERS = re.compile(r"[^\W\d_]{2}")

_DATE_MESSAGES = {
    "partial_date": "The printed date “{words}” does not say one day of one year.",
    "ambiguous_date": "The printed date “{words}” can be read day first or month first; no date is stored.",
    "impossible_date": "The printed date “{words}” is no day of the calendar; no date is stored.",
    "weekday_contradicts_date": "The printed date “{words}” fell on another weekday than the one beside it.",
}


def date_note(article: Article, flaw: str | None) -> Iterator[Note]:
    """What is doubtful about an article's printed date, or that there is none."""
    if article.published_as_printed is None or article.published_start is None:
        yield Note.at(
            _source_span(article), "missing_date", "The source line gives no date.", article.position
        )
    elif flaw and article.published_end is not None:
        message = _DATE_MESSAGES[flaw].format(words=article.published_as_printed)
        yield Note(
            code=flaw,
            message=message,
            start=article.published_start,
            end=article.published_end,
            article=article.position,
        )


def _source_span(article: Article) -> tuple[int, int]:
    for block in article.blocks:
        if block.role == "source_line":
            return block.start, block.end
    return article.start, article.blocks[0].end


def contradictions(article: Article, text: str) -> Iterator[Note]:
    """Where the article contradicts its own date: a weekday, or a later date in a caption.

    Args:
        article: the article.
        text: the archive's text.
    """
    if article.published is None or len(article.published) != len("2017-09-07"):
        return
    published = date.fromisoformat(article.published)
    yield from _later_captions(article, text, article.published)
    for block in article.blocks:
        if block.role in ("body", "caption", "standfirst"):
            # Only weekdays written out are contradicted; few paragraphs name one beside a date.
            if text.find("day", block.start, block.end) < 0:
                continue
            piece = fold(text[block.start : block.end])
            if may_name_weekday(piece):
                yield from _weekdays_beside_dates(article, published, piece, block.start)
    lead = next((block for block in article.blocks if block.role == "body"), None)
    if lead is not None and text.find("day", lead.start, lead.end) >= 0:
        yield from _weekday_of_tomorrow(article, published, fold(text[lead.start : lead.end]), lead.start)


def _later_captions(article: Article, text: str, published: str) -> Iterator[Note]:
    for block in article.blocks:
        if block.role != "caption":
            continue
        for printed in dates_in(fold(text[block.start : block.end])):
            start, end = block.start + printed.start, block.start + printed.end
            if printed.iso and printed.iso > published:
                message = (
                    f"The caption is dated {one_line(text[start:end])}, later than the article's printed "
                    f"date, {article.published_as_printed}: one of the two is wrong."
                )
                yield Note(
                    code="caption_later_than_date",
                    message=message,
                    start=start,
                    end=end,
                    article=article.position,
                )


def _weekdays_beside_dates(article: Article, published: date, piece: str, offset: int) -> Iterator[Note]:
    """Weekdays that do not fit the date beside them, the article's year taken where none is printed."""
    wrong = [
        (printed.start, printed.end)
        for printed in dates_in(piece)
        if printed.flaw == "weekday_contradicts_date"
    ]
    for start, end, weekday, month, day in days_in(piece):
        nearest = _nearest_year(published, month, day)
        if nearest and nearest.isoweekday() != weekday:
            wrong.append((start, end))
    for start, end in sorted(wrong):
        message = (
            f"“{one_line(piece[start:end])}” fell on another weekday in the year that the article's printed "
            f"date, {article.published_as_printed}, gives."
        )
        yield Note(
            code="weekday_contradicts_date",
            message=message,
            start=offset + start,
            end=offset + end,
            article=article.position,
        )


def _nearest_year(published: date, month: int, day: int) -> date | None:
    """The day and month in the year that brings them nearest to the article's date."""
    found = []
    for year in (published.year - 1, published.year, published.year + 1):
        with suppress(ValueError):
            found.append(date(year, month, day))
    return min(found, key=lambda one: abs(one - published), default=None)


def _weekday_of_tomorrow(article: Article, published: date, lead: str, offset: int) -> Iterator[Note]:
    for match in _WEEKDAY.finditer(lead):
        before = lead[max(0, match.start() - 10) : match.start()]
        if before.endswith(_MOVED) or _INSIDE_WORD.match(before[-1:]):
            continue
        back = (published.isoweekday() - WEEKDAYS[match[1].casefold()]) % 7
        around = lead[max(0, match.start() - 60) : match.end() + 30]
        if back == _DAYS_TO_TOMORROW and not _FORWARD.search(around):
            weekday = _DAYS.split("|")[published.weekday()]
            message = (
                f"The article reports what happened on {match[1]}, but its printed date, "
                f"{article.published_as_printed}, was a {weekday}: the day before."
            )
            start = offset + match.start(1)
            yield Note(
                code="weekday_contradicts_date",
                message=message,
                start=start,
                end=start + len(match[1]),
                article=article.position,
            )
            return


def doubled_credits(article: Article, text: str) -> Iterator[Note]:
    """The same credit printed twice in a row."""
    for before, block in pairwise(article.blocks):
        if not block.role == before.role == "credit":
            continue
        credit = one_line(text[block.start : block.end])
        if credit == one_line(text[before.start : before.end]):
            message = f"The credit “{credit}” is printed twice."
            yield Note(
                code="doubled_credit",
                message=message,
                start=block.start,
                end=block.end,
                article=article.position,
            )


def doubled_separators(blocks: Sequence[Block], text: str) -> Iterator[Note]:
    """Separators that follow each other with nothing between them."""
    for before, block in pairwise(blocks):
        if block.role == before.role == "separator":
            message = f"The separator “{one_line(text[block.start : block.end])}” is printed twice."
            yield Note(code="doubled_separator", message=message, start=block.start, end=block.end)


def author_spellings(articles: Sequence[Article]) -> Iterator[Note]:
    """Two spellings of what seems one author's name.

    Names are compared within groups that share first letter of first and last name, so that the
    comparisons stay few in a large archive.
    """
    seen: dict[tuple[str, str], dict[str, Author]] = {}  # the first bearer of each name, in order
    for article in articles:
        for author in article.authors:
            words = author.name.casefold().split()
            if len(words) < 2:
                continue
            name = author.name.casefold()
            known = seen.setdefault((words[0][0], words[-1][0]), {})
            if name in known:
                continue
            for folded, other in islice(known.items(), _COMPARED):
                if is_like(name, folded, _ONE_NAME):
                    message = (
                        f"The author is printed “{author.name}” here and “{other.name}” in another article."
                    )
                    yield Note(
                        code="author_spelling",
                        message=message,
                        start=author.start,
                        end=author.end,
                        article=article.position,
                    )
                    break
            known[name] = author


def wordless(article: Article, text: str) -> Iterator[Note]:
    """Body paragraphs without a word: nothing says what they are."""
    for block in article.blocks:
        if block.role == "body" and not _WORD_OF_LETTERS.search(text, block.start, block.end):
            message = f"“{one_line(text[block.start : block.end])}” holds no word; it is kept as a paragraph."
            yield Note(
                code="unrecognised",
                message=message,
                start=block.start,
                end=block.end,
                article=article.position,
            )
