"""An article's quotations, places and links, with offsets in the archive."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from loader.extract.places import find_places
from loader.extract.quotes import find_quotes
from loader.gazetteer import Gazetteer
from loader.links import FOOTNOTE, URL_TAIL, may_hold_url, urls_in
from loader.records import Archive, Article, Block, Content, Link, Mention, Note, Quote
from loader.text import ReadingForm, fold, one_line_of_same_length

_GAP = "\n\n"

_FLAWS = {
    "missing_opening_mark": "The opening mark of a quotation is missing; its beginning was placed by rule.",
    "missing_closing_mark": "The closing mark of a quotation is missing; its end was placed by rule.",
    "turned_mark": "A quotation mark is turned the wrong way.",
}


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
        links=tuple(_links(passage)),
        notes=tuple(_flaw_notes(quotes, article)),
    )


class _Passage:
    """An article's blocks as one text, in their reading form, parted by blank lines, and the way back."""

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self._archive_text = text
        self.parts = [fold(text[block.start : block.end]).replace("\n", " ") for block in blocks]
        self._readings = [ReadingForm(part) for part in self.parts]
        self._is_changed = any(reading.is_changed for reading in self._readings)
        self.text = _GAP.join(reading.text for reading in self._readings)
        self._starts: list[int] = []
        self._shifts: list[int] = []
        at = 0
        for block, reading in zip(blocks, self._readings, strict=True):
            self._starts.append(at)
            self._shifts.append(block.start - at)
            at += len(reading.text) + len(_GAP)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The archive's offsets of a span of the passage; it may begin in one block and end in another."""
        if self._is_changed:
            return self._in_block(start, start), self._in_block(end - 1, end)
        return start + self._shift(start), end + self._shift(end - 1)

    def _in_block(self, character: int, offset: int) -> int:
        """The archive's offset of the start or end of a character of the passage."""
        number = bisect_right(self._starts, character) - 1
        reading, at = self._readings[number], offset - self._starts[number]
        inside = reading.start(at) if offset == character else reading.end(at)
        return self.blocks[number].start + inside

    def printed(self, words: str, start: int, end: int) -> str:
        """The words of a span of the archive as the archive has them."""
        return one_line_of_same_length(self._archive_text[start:end]) if self._is_changed else words

    def maybe(self, start: int | None, end: int | None) -> tuple[int | None, int | None]:
        """The same for a span that may be missing."""
        return (None, None) if start is None or end is None else self.span(start, end)

    def _shift(self, offset: int) -> int:
        return self._shifts[bisect_right(self._starts, offset) - 1]


# Quotations and places are the most numerous records by far: each is made anew in one call, in the order
# of its attributes, which takes a third of the time of `dataclasses.replace`.
def _quote(quote: Quote, passage: _Passage) -> Quote:
    start, end = passage.span(quote.start, quote.end)
    speaker_start, speaker_end = passage.maybe(quote.speaker_start, quote.speaker_end)
    cue_start, cue_end = passage.maybe(quote.cue_start, quote.cue_end)
    return Quote(
        start=start,
        end=end,
        text=passage.printed(quote.text, start, end),
        kind=quote.kind,
        utterance=quote.utterance,
        speaker_text=_printed(passage, quote.speaker_text, speaker_start, speaker_end),
        speaker_start=speaker_start,
        speaker_end=speaker_end,
        speaker_name=quote.speaker_name,
        speaker_kind=quote.speaker_kind,
        speaker_description=quote.speaker_description,
        cue=_printed(passage, quote.cue, cue_start, cue_end),
        cue_start=cue_start,
        cue_end=cue_end,
        nested_in=quote.nested_in,
        rule=quote.rule,
        flaw=quote.flaw,
    )


def _printed(passage: _Passage, words: str | None, start: int | None, end: int | None) -> str | None:
    return words if words is None or start is None or end is None else passage.printed(words, start, end)


def _mention(mention: Mention, passage: _Passage) -> Mention:
    start, end = passage.span(mention.start, mention.end)
    return Mention(
        start=start,
        end=end,
        text=passage.printed(mention.text, start, end),
        sense=mention.sense,
        rule=mention.rule,
        place=mention.place,
        confidence=mention.confidence,
    )


def _links(passage: _Passage) -> Iterator[Link]:
    if not may_hold_url(passage.text):
        return
    for block, part in zip(passage.blocks, passage.parts, strict=True):
        footnote = FOOTNOTE.match(part) if block.role == "footnote" else None
        for match in urls_in(part):
            url = match[0].rstrip(URL_TAIL)
            start = block.start + match.start()
            yield Link(url, footnote["number"] if footnote else None, start, start + len(url))


def _flaw_notes(quotes: Sequence[Quote], article: Article) -> Iterator[Note]:
    for quote in quotes:
        if quote.flaw:
            yield Note(
                code=quote.flaw,
                message=_FLAWS[quote.flaw],
                start=quote.start,
                end=quote.end,
                article=article.position,
            )
