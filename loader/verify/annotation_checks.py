"""Proofs over what was found in one article: quotations, places, links, notes and corrections."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from loader.curation import WrittenRow, anchored
from loader.links import FOOTNOTE
from loader.records import QUOTE_KINDS, SENSES
from loader.text import fold, one_line_of_same_length
from loader.verify.block_checks import prove_search_text, prove_slice
from loader.verify.report import Ledger
from loader.verify.untrusted_database import Opened, Row

ORDER = "rows are numbered in reading order"
WITHIN = "spans lie in the article and paragraph that they name"
NESTED = "quotations name the quotation around them"
CONFIRMED = "corrections are those of corrections.csv"
RANGE = "kinds, senses and confidences are in their range"


class Article:
    """An article with its paragraphs and quotations, to look up what holds a span."""

    def __init__(self, opened: Opened, row: Row) -> None:
        self.row = row
        self.paragraphs = sorted(
            (paragraph.start, paragraph.end, paragraph.id, paragraph.role, paragraph.text)
            for paragraph in opened.rows("paragraphs", "article_id = ?", (row.id,))
        )
        self.quotes = list(opened.rows("quotes", "article_id = ?", (row.id,)))
        self._starts = [paragraph[0] for paragraph in self.paragraphs]
        self._by_start = sorted(self.quotes, key=lambda quote: quote.start)
        self._quote_starts = [quote.start for quote in self._by_start]
        # How far the quotations up to each one reach: behind that, none of them holds anything.
        self._reach = list(accumulate((quote.end for quote in self._by_start), max))

    def paragraph(self, offset: int) -> tuple[int, int, int, str, str] | None:
        """The paragraph that holds an offset: start, end, id, role, text."""
        index = bisect_right(self._starts, offset) - 1
        found = self.paragraphs[index] if index >= 0 else None
        return found if found and offset < found[1] else None

    def innermost(self, start: int, end: int, *, longer: bool = False) -> list[int]:
        """The ids of the shortest quotations that hold a span: none, one, or several of one length.

        Args:
            start: offset of the span.
            end: offset after it.
            longer: whether a quotation of the span's own length does not count.
        """
        shortest = 0
        ids: list[int] = []
        for index in range(bisect_right(self._quote_starts, start) - 1, -1, -1):
            quote = self._by_start[index]
            if self._reach[index] < end or (ids and end - quote.start > shortest):
                break
            length = quote.end - quote.start
            if quote.end < end or (longer and length == end - start):
                continue
            if not ids or length < shortest:
                shortest, ids = length, [quote.id]
            elif length == shortest:
                ids.append(quote.id)
        return sorted(ids)


def prove_within(table: str, row: Row, article: Article, ledger: Ledger) -> None:
    """A row's span lies in its article and in the paragraph that it names, or in none."""
    where = f"{table} {row.id}"
    tally = ledger[WITHIN]
    tally.expect(
        article.row.start <= row.start and row.end <= article.row.end,
        f"{where}: article_id is {row.article_id}, which [{row.start}:{row.end}] of start and end is outside",
    )
    paragraph = article.paragraph(row.start)
    there = paragraph[2] if paragraph else None
    tally.expect(
        row.paragraph_id == there,
        f"{where}: paragraph_id is {row.paragraph_id}, but it begins at {row.start}, in {there or 'none'}",
    )


def prove_quotes(article: Article, text: str | None, ledger: Ledger) -> None:
    """Quotations, their speakers' words and their cues are slices, in order, nested as they name it."""
    last = 0
    for number, row in enumerate(article.quotes, start=1):
        where = f"quotes {row.id}"
        if text is not None:
            prove_slice(where, "text", row.text, (row.start, row.end), text, ledger)
            said_by = (row.speaker_start, row.speaker_end)
            prove_slice(where, "speaker_text", row.speaker_text, said_by, text, ledger)
            prove_slice(where, "cue", row.cue, (row.cue_start, row.cue_end), text, ledger)
        prove_within("quotes", row, article, ledger)
        prove_search_text("quotes", row, ledger)
        for column, start, end in (
            ("speaker_text", row.speaker_start, row.speaker_end),
            ("cue", row.cue_start, row.cue_end),
        ):
            if start is not None and end is not None:
                ledger[WITHIN].expect(
                    article.row.start <= start and end <= article.row.end,
                    f"{where}: {column} at [{start}:{end}] is outside its article",
                )
        ledger[ORDER].expect(
            row.position == number and row.start >= last,
            f"{where}: position is {row.position} at start {row.start}, in place {number} of its article",
        )
        last = row.start
        ledger[RANGE].expect(row.kind in QUOTE_KINDS, f"{where}: kind {row.kind} is unknown")
        ledger[RANGE].expect(
            1 <= row.utterance <= len(article.quotes), f"{where}: utterance {row.utterance} is out of range"
        )
        _prove_nested(row, article, ledger)


def _prove_nested(row: Row, article: Article, ledger: Ledger) -> None:
    """A quotation names one that holds it and is longer, so no chain of names can be a circle."""
    ids = article.innermost(row.start, row.end, longer=True)
    ledger[NESTED].expect(
        row.nested_in in ids or (row.nested_in is None and not ids),
        f"quotes {row.id}: nested_in is {row.nested_in}, the one around it is {ids[0] if ids else None}",
    )


def prove_mentions(opened: Opened, article: Article, text: str | None, ledger: Ledger) -> None:
    """Mentions are slices and name the innermost quotation that holds them."""
    last = 0
    for row in opened.rows("mentioned_places", "article_id = ?", (article.row.id,)):
        where = f"mentioned_places {row.id}"
        if text is not None:
            prove_slice(where, "text", row.text, (row.start, row.end), text, ledger)
        prove_within("mentioned_places", row, article, ledger)
        innermost = next(iter(article.innermost(row.start, row.end)), None)
        ledger[WITHIN].expect(
            row.quote_id == innermost,
            f"{where}: quote_id is {row.quote_id}, the quotation around it is {innermost}",
        )
        ledger[ORDER].expect(row.start >= last, f"{where}: start is {row.start}, before the row before it")
        last = row.start
        ledger[RANGE].expect(row.sense in SENSES, f"{where}: sense {row.sense} is unknown")
        ledger[RANGE].expect(
            0 <= row.confidence <= 1, f"{where}: confidence {row.confidence} is not within 0 and 1"
        )


def prove_links(opened: Opened, article: Article, text: str | None, ledger: Ledger) -> None:
    """Links are slices, with the number of the footnote that they stand in."""
    last = 0
    for row in opened.rows("links", "article_id = ?", (article.row.id,)):
        where = f"links {row.id}"
        if text is not None:
            prove_slice(where, "url", row.url, (row.start, row.end), text, ledger)
        prove_within("links", row, article, ledger)
        _, _, _, role, words = article.paragraph(row.start) or (0, 0, 0, "", "")
        found = FOOTNOTE.match(words) if role == "footnote" else None
        number = found["number"] if found else None
        ledger[WITHIN].expect(
            row.footnote == number, f"{where}: footnote is {row.footnote}, its paragraph's is {number}"
        )
        ledger[ORDER].expect(row.start >= last, f"{where}: start is {row.start}, before the row before it")
        last = row.start


def prove_notes(opened: Opened, archive: Row, articles: dict[int, Row], ledger: Ledger) -> None:
    """Notes are about something in their archive, and in their article where they name one."""
    last = 0
    for row in opened.rows("data_notes", "archive_id = ?", (archive.id,)):
        where = f"data_notes {row.id}"
        start, end = row.start, row.end
        ledger[WITHIN].expect(
            start is not None and end is not None and 0 <= start <= end <= archive.characters,
            f"{where}: start {start} and end {end} are no span of the archive",
        )
        if row.article_id is not None and start is not None and end is not None:
            ledger[WITHIN].expect(
                _holds(articles.get(row.article_id), start, end),
                f"{where}: article_id is {row.article_id}, which [{start}:{end}] of start and end is outside",
            )
        ledger[ORDER].expect((start or 0) >= last, f"{where}: start is {start}, before the row before it")
        last = start or 0


def _holds(article: Row | None, start: int, end: int) -> bool:
    return article is not None and article.start <= start and end <= article.end


def prove_corrections(
    opened: Opened,
    archive: Row,
    articles: dict[int, Row],
    wanted: Sequence[WrittenRow],
    text: str | None,
    ledger: Ledger,
) -> None:
    """Each correction is a row of corrections.csv, anchored to the words that the row names.

    Args:
        opened: the database.
        archive: the archive's row.
        articles: its articles by id.
        wanted: the rows of corrections.csv for this archive.
        text: the archive's text, None where it is not there.
        ledger: takes the faults down.
    """
    source = one_line_of_same_length(text or "")
    known = {(row.start, row.end, row.field, row.corrected, row.reason) for row in anchored(wanted, source)}
    last = 0
    for row in opened.rows("corrections", "archive_id = ?", (archive.id,)):
        where = f"corrections {row.id}"
        ledger[CONFIRMED].expect(
            (row.start, row.end, row.field, row.corrected or "", row.reason) in known,
            f"{where}: start, end, field, corrected and reason are in no row of corrections.csv",
        )
        ledger[WITHIN].expect(
            # The anchor begins in the article: the words of a role may go on behind it.
            _holds(articles.get(row.article_id), row.start, row.start + 1),
            f"{where}: article_id is {row.article_id}, which start {row.start} is outside",
        )
        ledger[ORDER].expect(row.start >= last, f"{where}: start is {row.start}, before the row before it")
        last = row.start
        if row.field == "note" and text is not None:
            found = None if row.found is None else fold(row.found)
            prove_slice(where, "found", found, (row.start, row.end), text, ledger)
