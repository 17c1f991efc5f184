"""An article's quotations, places and links, with offsets in the archive."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loader.archive.patterns import FOOTNOTE, URL, URL_TAIL
from loader.gazetteer import Gazetteer
from loader.places import find_places
from loader.quotes import find_quotes
from loader.records import Archive, Article, Block, Link, Mention, Note, Quote
from loader.text import fold

_GAP = "\n\n"

_FLAWS = {
    "missing_opening_mark": "The opening mark of a quotation is missing; its beginning was placed by rule.",
    "missing_closing_mark": "The closing mark of a quotation is missing; its end was placed by rule.",
    "turned_mark": "A quotation mark is turned the wrong way.",
}


@dataclass(frozen=True, slots=True)
class Content:
    """What an article says. All offsets count in the archive.

    Attributes:
        article: the article.
        quotes: its quotations by start; `nested_in` is an index in this tuple.
        mentions: its places by start.
        links: its web addresses by start.
        notes: what the quotations showed to be wrong in the source.
    """

    article: Article
    quotes: tuple[Quote, ...]
    mentions: tuple[Mention, ...]
    links: tuple[Link, ...]
    notes: tuple[Note, ...]


def read_content(archive: Archive, gazetteer: Gazetteer | None = None) -> tuple[Content, ...]:
    """Finds quotations, places and links in every article of an archive.

    Args:
        archive: the archive.
        gazetteer: where places are looked up; None for the package's own.

    Returns:
        The content of each article, in the archive's order.
    """
    return tuple(_content(archive, article, gazetteer) for article in archive.articles)


def _content(archive: Archive, article: Article, gazetteer: Gazetteer | None) -> Content:
    blocks = [block for block in article.blocks if block.role != "source_line"]
    passage = _Passage(archive.text, blocks)
    roles = [block.role for block in blocks]
    quotes = tuple(
        _quote(quote, passage) for quote in find_quotes(passage.text, roles=roles, doubled_apostrophes=True)
    )
    found = find_places(passage.text, roles=roles, gazetteer=gazetteer)
    mentions = tuple(_mention(mention, passage) for mention in found)
    return Content(
        article=article,
        quotes=quotes,
        mentions=mentions,
        links=tuple(link for block in blocks for link in _links(archive.text, block)),
        notes=tuple(_flaw_notes(quotes, article)),
    )


class _Passage:
    """An article's blocks as one text, parted by blank lines, and the way back to the archive's offsets."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        parts = [fold(text[block.start : block.end]).replace("\n", " ") for block in blocks]
        self.text = _GAP.join(parts)
        self._starts: list[int] = []
        self._offsets: list[int] = []
        at = 0
        for block, part in zip(blocks, parts, strict=True):
            self._starts.append(at)
            self._offsets.append(block.start)
            at += len(part) + len(_GAP)

    def start(self, offset: int) -> int:
        """The archive's offset of a character of the passage."""
        index = bisect_right(self._starts, offset) - 1
        return self._offsets[index] + offset - self._starts[index]

    def end(self, offset: int) -> int:
        """The archive's offset after a span that ends before this character of the passage."""
        return self.start(offset - 1) + 1

    def maybe(self, start: int | None, end: int | None) -> tuple[int | None, int | None]:
        """Both offsets of a span that may be missing."""
        if start is None or end is None:
            return None, None
        return self.start(start), self.end(end)


def _quote(quote: Quote, passage: _Passage) -> Quote:
    speaker_start, speaker_end = passage.maybe(quote.speaker_start, quote.speaker_end)
    cue_start, cue_end = passage.maybe(quote.cue_start, quote.cue_end)
    return replace(
        quote,
        start=passage.start(quote.start),
        end=passage.end(quote.end),
        speaker_start=speaker_start,
        speaker_end=speaker_end,
        cue_start=cue_start,
        cue_end=cue_end,
    )


def _mention(mention: Mention, passage: _Passage) -> Mention:
    return replace(mention, start=passage.start(mention.start), end=passage.end(mention.end))


def _links(text: str, block: Block) -> Iterator[Link]:
    piece = fold(text[block.start : block.end])
    footnote = FOOTNOTE.match(piece) if block.role == "footnote" else None
    for match in URL.finditer(piece):
        url = match[0].rstrip(URL_TAIL)
        start = block.start + match.start()
        yield Link(url, footnote["number"] if footnote else None, start, start + len(url))


def _flaw_notes(quotes: Sequence[Quote], article: Article) -> Iterator[Note]:
    for quote in quotes:
        if quote.flaw:
            yield Note(quote.flaw, _FLAWS[quote.flaw], quote.start, quote.end, article.position)
