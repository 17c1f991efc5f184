"""Proofs over one archive's blocks and articles: nothing lost, nothing twice, every count and title right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from loader.dataset.rows import UNTITLED, slug_stem
from loader.readers.roundup.dates import find_date
from loader.records import FURNITURE_ROLES, PARAGRAPH_ROLES
from loader.text import INVISIBLE, fold, one_line, search_form, word_count
from loader.verify.report import Ledger, Level, Proof
from loader.verify.untrusted_database import Opened, Row

COVERED = Proof("every non-blank character is in exactly one block", Level.TEXT)
REBUILT = Proof("an archive's text rebuilt from its blocks is the file's", Level.TEXT)
ARTICLES = "articles begin and end with their blocks"
TITLES = "what articles say of themselves is printed there"
WORDS = "word counts are those of the text"
SEARCHED = "search_text is what search reads of a text"
ROLES = "blocks have a role of their kind"

_BLANK = re.compile(rf"[\s{INVISIBLE}]")
# An article's opening, in which its dateline stands.
_OPENING = 200
# Characters of a printed date at most: a hostile cell can hold a gigabyte.
_LONGEST_DATE = 200
# What tells the slugs of two articles with one date and headline apart: "...-2".
_NUMBER = re.compile(r"[2-9]|[1-9][0-9]{1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A row of paragraphs or of furniture."""

    start: int
    end: int
    where: str
    role: str
    text: str
    article_id: int | None


def read_blocks(opened: Opened, archive_id: int) -> list[Block]:
    """All blocks of an archive in the order of the file."""
    blocks = [
        Block(
            start=row.start,
            end=row.end,
            where=f"furniture {row.id}",
            role=row.role,
            text=row.text,
            article_id=row.article_id,
        )
        for row in opened.rows("furniture", "archive_id = ?", (archive_id,))
    ]
    mine = "article_id in (select id from articles where archive_id = ?)"
    blocks.extend(
        Block(
            start=row.start,
            end=row.end,
            where=f"paragraphs {row.id}",
            role=row.role,
            text=row.text,
            article_id=row.article_id,
        )
        for row in opened.rows("paragraphs", mine, (archive_id,))
    )
    return sorted(blocks, key=lambda block: (block.start, block.end, block.where))


def prove_coverage(archive_id: int, text: str, blocks: Sequence[Block], ledger: Ledger) -> None:
    """Every character that is not blank stands in one block and no more."""
    tally = ledger[COVERED]
    at = 0
    for block in blocks:
        if block.start < at:
            tally.fault(
                f"{block.where}: start is {block.start}, inside the block before it, whose end is {at}"
            )
        _find_lost(archive_id, text, at, block.start, ledger)
        at = max(at, block.end)
    _find_lost(archive_id, text, at, len(text), ledger)
    tally.checked += sum(map(len, text.split()))


def _find_lost(archive_id: int, text: str, first: int, last: int, ledger: Ledger) -> None:
    lost = re.search(r"\S", text[max(first, 0) : max(last, 0)])
    if lost:
        ledger[COVERED].fault(
            f"archives {archive_id}: the characters from {first + lost.start()} are in no block"
        )


def prove_rebuilt(archive_id: int, text: str, blocks: Sequence[Block], ledger: Ledger) -> None:
    """Blocks laid at their offsets on a blank page give the file, every blank of it a space."""
    tally = ledger[REBUILT]
    tally.checked += 1
    pieces: list[str] = []
    at = 0
    for block in blocks:
        start, end = block.start, block.end
        if not at <= start < end <= len(text) or len(block.text) != end - start:
            tally.fault(f"{block.where}: text has no room at start {start}, end {end}")
            return
        pieces.extend((" " * (start - at), block.text))
        at = end
    pieces.append(" " * (len(text) - at))
    if _blank_hash("".join(pieces)) != _blank_hash(text):
        tally.fault(
            f"archives {archive_id}: text of its blocks, rebuilt, has another SHA-256 than the file's"
        )


def _blank_hash(text: str) -> str:
    """SHA-256 of a text whose blanks, also those without a width, are spaces."""
    return hashlib.sha256(_BLANK.sub(" ", text).encode()).hexdigest()


def prove_roles(blocks: Sequence[Block], ledger: Ledger) -> None:
    """Paragraphs have paragraphs' roles; headline and source line belong to an article, the rest to none."""
    for block in blocks:
        where = block.where
        if where.startswith("paragraphs"):
            ledger[ROLES].expect(block.role in PARAGRAPH_ROLES, f"{where}: role {block.role} is unknown")
            continue
        ledger[ROLES].expect(block.role in FURNITURE_ROLES, f"{where}: role {block.role} is unknown")
        if (block.role in ("headline", "source_line")) != (block.article_id is not None):
            ledger[ROLES].fault(f"{where}: article_id is {block.article_id} at the role {block.role}")


def prove_search_text(table: str, row: Row, ledger: Ledger) -> None:
    """What is indexed beside a text is its reading form, and nothing if the text is its own."""
    form = search_form(row.text)
    ledger[SEARCHED].expect(
        row.search_text == form,
        f"{table} {row.id}: search_text is {row.search_text!r:.80}, its text gives {form!r:.80}",
    )


def prove_paragraphs(opened: Opened, article: Row, ledger: Ledger) -> None:
    """Paragraphs are numbered by their place in the article, and their words are counted."""
    words = last = 0
    for number, row in enumerate(opened.rows("paragraphs", "article_id = ?", (article.id,)), start=1):
        where = f"paragraphs {row.id}"
        counted = word_count(row.text)
        ledger[WORDS].expect(
            row.word_count == counted, f"{where}: word_count is {row.word_count}, counted {counted}"
        )
        words += row.word_count
        prove_search_text("paragraphs", row, ledger)
        ledger["rows are numbered in reading order"].expect(
            row.position == number and row.start >= last,
            f"{where}: position is {row.position} at start {row.start}, in place {number} of its article",
        )
        last = row.start
    ledger[WORDS].expect(
        article.word_count == words,
        f"articles {article.id}: word_count is {article.word_count}, counted {words}",
    )


def prove_article(
    opened: Opened,
    article: Row,
    own: Sequence[Block],
    text: str | None,
    corrected: Mapping[str, Row],
    ledger: Ledger,
) -> None:
    """An article is where its blocks are, and its title, date and slug are those printed in them.

    Args:
        opened: the database.
        article: its row.
        own: its blocks in order.
        text: the archive's text, None where it is not there.
        corrected: its corrections, by field.
        ledger: takes the faults down.
    """
    where = f"articles {article.id}"
    first, last = (own[0].start, max(block.end for block in own)) if own else (None, None)
    ledger[ARTICLES].expect(
        (article.start, article.end) == (first, last),
        f"{where}: [{article.start}:{article.end}] of start and end is not where its blocks lie, "
        f"[{first}:{last}]",
    )
    for column, stored, fits in _titles(article, own, text, corrected):
        ledger[TITLES].expect(fits, f"{where}: {column} is not what its blocks say ({stored!r})")
    ledger[TITLES].expect(
        _is_slug(opened, article), f"{where}: slug {article.slug} is not its date and headline"
    )


def _titles(
    article: Row, own: Sequence[Block], text: str | None, corrected: Mapping[str, Row]
) -> Iterator[tuple[str, object, bool]]:
    """For each column its value, and whether it is what the blocks say."""
    printed = {role: [block.text for block in own if block.role == role] for role in ROLES_OF_TITLES}
    headline = one_line(printed["headline"][0]) if printed["headline"] else ""
    if "headline" in corrected:
        headline = one_line(corrected["headline"].corrected or "")
    yield "headline", article.headline, article.headline == (headline or UNTITLED)
    # No source gives an address yet: only a correction can.
    yield "url", article.url, article.url == (corrected["url"].corrected if "url" in corrected else None)
    summary = one_line(" ".join(printed["standfirst"])) or None
    yield "standfirst", article.standfirst, article.standfirst == summary or "role" in corrected
    source = one_line(" ".join(printed["source_line"]))
    yield "byline", article.byline, _is_byline(article.byline, source)
    words, day = article.published_as_printed, article.published
    set_by_hand = corrected.get("published")
    if set_by_hand:  # anchored to the printed words
        there = one_line(text[set_by_hand.start : set_by_hand.end]) if text is not None else words
        yield "published_as_printed", words, words == there
        yield "published", day, day == set_by_hand.corrected
    else:
        yield "published_as_printed", words, words is None or prints(source, words)
        yield "published", day, day == _date(words)
    opening = one_line(printed["body"][0][:_OPENING]) if printed["body"] else ""
    yield "dateline", article.dateline, article.dateline is None or prints(opening, article.dateline)


def _is_slug(opened: Opened, article: Row) -> bool:
    """True for date and headline, and a number where an article before has the same."""
    stem = slug_stem(article.published, None if article.headline == UNTITLED else article.headline)
    if article.slug == stem:
        return True
    number = article.slug.removeprefix(f"{stem}-")
    if not _NUMBER.fullmatch(number):
        return False
    if opened.keeps_ids:  # the article before may be gone
        return True
    before = stem if number == "2" else f"{stem}-{int(number) - 1}"
    return bool(opened.value("select 1 from articles where slug = ? and id < ?", (before, article.id)))


ROLES_OF_TITLES = ("headline", "standfirst", "source_line", "body")


def _is_byline(byline: str | None, source: str) -> bool:
    """True for the source line, or the first of two where it is printed twice."""
    return byline == (source or None) or bool(byline and source.startswith(f"{byline} {byline[:8]}"))


def prints(text: str, words: str) -> bool:
    """True where the words stand in the text as whole words."""
    return 0 < len(words) <= len(text) and bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _date(words: str | None) -> str | None:
    found = find_date(words) if words and len(words) <= _LONGEST_DATE else None
    return found.iso if found else None


def prove_slice(where: str, column: str, stored: str | None, span: tuple[int | None, int | None],
                text: str, ledger: Ledger) -> None:  # fmt: skip
    """A cell holds the archive's characters of its span.

    Args:
        where: table and row.
        column: the table's column with the text.
        stored: the text.
        span: start and end, in code points of the archive.
        text: the archive.
        ledger: takes a fault down.
    """
    first, last = span
    tally = ledger[f"{where.partition(' ')[0]}.{column} is the archive's slice"]
    if stored is None and first is None and last is None:
        return
    tally.checked += 1
    if first is None or last is None or not 0 <= first < last <= len(text):
        tally.fault(f"{where}: start {first} and end {last} of {column} are no span of the archive")
    elif fold(text[first:last]) != stored:
        tally.fault(f"{where}: {column} is not the archive's [{first}:{last}]")
