"""The engine's order of work over one article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loader.extract.discourse.blocks import split_blocks
from loader.extract.discourse.lexicon import Lexicon, lexicon, word_set
from loader.extract.discourse.speaker_resolution import People, Speaker
from loader.extract.discourse.time_prefixes import without_time
from loader.extract.quotes.attribute import Found, Reading
from loader.extract.quotes.marks import mark_patterns
from loader.extract.quotes.marks.pairing import find_segments
from loader.extract.quotes.marks.pull_quotes import part_signatures
from loader.records import Quote
from loader.text import ReadingForm, fold

_FIRST_PERSON = word_set("first_person")


def find_quotes(
    text: str, *, roles: Sequence[str] | None = None, doubled_apostrophes: bool = False
) -> list[Quote]:
    """Finds the quotations of one article.

    Args:
        text: the article, its blocks parted by a blank line.
        roles: the role of each block ("headline", "body", "caption", ...), or None to infer it.
        doubled_apostrophes: whether two apostrophes in a row are a double mark (''like this'').

    Returns:
        The quotations by start, a nested one after its container. Offsets are code points of `text`.

    Raises:
        ValueError: where `roles` does not have one role for each block.
    """
    reading = ReadingForm(text)
    quotes = _find(reading.text, roles, doubled_apostrophes=doubled_apostrophes)
    return [_in_text(quote, reading, text) for quote in quotes] if reading.is_changed else quotes


def _in_text(quote: Quote, reading: ReadingForm, text: str) -> Quote:
    """A quotation of the reading form with the offsets and words of the text."""

    def moved(start: int | None, end: int | None) -> tuple[int, int] | tuple[None, None]:
        return (None, None) if start is None or end is None else reading.span(start, end)

    def printed(span: tuple[int, int] | tuple[None, None]) -> str | None:
        start, end = span
        return None if start is None else fold(text[start:end])

    start, end = reading.span(quote.start, quote.end)
    speaker, cue = moved(quote.speaker_start, quote.speaker_end), moved(quote.cue_start, quote.cue_end)
    return replace(
        quote,
        start=start,
        end=end,
        text=fold(text[start:end]),
        speaker_start=speaker[0],
        speaker_end=speaker[1],
        speaker_text=printed(speaker),
        cue_start=cue[0],
        cue_end=cue[1],
        cue=printed(cue),
    )


def _find(text: str, roles: Sequence[str] | None, *, doubled_apostrophes: bool) -> list[Quote]:
    """The quotations of a text in its reading form."""
    printed = fold(text)
    folded = _undoubled(printed, doubled_apostrophes=doubled_apostrophes)
    if not mark_patterns.MARK.search(folded):
        return []
    words = lexicon()
    blocks = split_blocks(folded, roles)
    segments = find_segments(folded, [(start, end) for start, end, _ in blocks], words)
    segments = part_signatures(folded, blocks, segments, words)
    found = Reading(folded, blocks, segments, words).run()
    found.sort(key=lambda item: (item.segment.start, -item.segment.end))
    return _records(printed, found, words)


def _undoubled(text: str, *, doubled_apostrophes: bool) -> str:
    """Replaces marks that are typed as two characters (``like'' ,,this'') by one and a blank."""
    opened = mark_patterns.DOUBLED_COMMAS.sub(' "', text) if ",," in text else text
    opened = opened.replace("``", ' "')
    if "''" not in text or (opened == text and not doubled_apostrophes):
        return opened
    return mark_patterns.DOUBLED_CLOSING.sub('" ', mark_patterns.DOUBLED_OPENING.sub(' "', opened))


def _records(folded: str, found: list[Found], words: Lexicon) -> list[Quote]:
    marked = [(item.segment.outer_start, item.segment.outer_end) for item in found]
    people = People(folded, marked, words)
    quotes: list[Quote] = []
    containers: list[int] = []  # indices of the quotations that are still open
    for item in found:
        segment = item.segment
        while containers and quotes[containers[-1]].end <= segment.start:
            containers.pop()
        mention = item.source.speaker if item.source else None
        if mention and mention[0] >= mention[1]:
            mention = None  # nothing is left of the subject: its only word is one that cannot speak ("them")
        if mention:
            mention = without_time(folded, *mention, words)
        cue = item.source.cue if item.source else None
        speaker = people.resolve(*mention) if mention else None
        if mention and containers and folded[mention[0] : mention[1]].lower() in _FIRST_PERSON:
            around = quotes[containers[-1]]  # "I told him, 'No,'" she said
            speaker = Speaker(
                around.speaker_name, around.speaker_kind or "person", around.speaker_description
            )
        quotes.append(
            Quote(
                start=segment.start,
                end=segment.end,
                text=folded[segment.start : segment.end],
                kind=item.kind,
                utterance=item.utterance or quotes[containers[-1]].utterance,
                speaker_text=folded[mention[0] : mention[1]] if mention else None,
                speaker_start=mention[0] if mention else None,
                speaker_end=mention[1] if mention else None,
                speaker_name=speaker.name if speaker else None,
                speaker_kind=speaker.kind if speaker else None,
                speaker_description=speaker.description if speaker else None,
                cue=folded[cue[0] : cue[1]] if cue else None,
                cue_start=cue[0] if cue else None,
                cue_end=cue[1] if cue else None,
                nested_in=containers[-1] if containers else None,
                rule=f"{segment.style}+{item.rule}+{item.kind}",
                flaw=segment.flaw,
            )
        )
        containers.append(len(quotes) - 1)
    return quotes
