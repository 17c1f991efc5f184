"""The engine's order of work over one article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from loader.quotes import patterns
from loader.quotes.attribution import Attribution, attribute, introduced_by, sentence_around, subject_only
from loader.quotes.clauses import Clauses
from loader.quotes.kinds import kind_of
from loader.quotes.lexicon import Lexicon, lexicon
from loader.quotes.marks import Segment, find_segments
from loader.quotes.people import People
from loader.records import Quote
from loader.text import fold


class _Found(NamedTuple):
    segment: Segment
    kind: str
    speaker: tuple[int, int] | None
    cue: tuple[int, int] | None
    rule: str
    utterance: int


def find_quotes(text: str, *, roles: Sequence[str] | None = None) -> list[Quote]:
    """Finds the quotations of one article.

    Args:
        text: the article, its blocks parted by a blank line.
        roles: the role of each block ("headline", "body", "caption", ...), or None to infer it.

    Returns:
        The quotations by start, a nested one after its container. Offsets are code points of `text`.

    Raises:
        ValueError: where `roles` does not have one role for each block.
    """
    folded = fold(text)
    if not patterns.MARK.search(folded):
        return []
    words = lexicon()
    blocks = split_blocks(folded, roles)
    segments = find_segments(
        folded, [(start, end) for start, end, _ in blocks], is_cue=words.is_cue, is_elision=words.is_elision
    )
    found = _Article(folded, blocks, segments, words).run()
    found.extend(
        _Found(segment, "partial", None, None, "nested", 0)
        for block in segments
        for segment in block
        if segment.depth
    )
    found.sort(key=lambda item: (item.segment.start, -item.segment.end))
    return _records(folded, found, words)


def split_blocks(text: str, roles: Sequence[str] | None) -> list[tuple[int, int, str]]:
    """Splits a text at blank lines (and, where lines are paragraphs, at line ends).

    Args:
        text: folded text.
        roles: a role for each block, or None.

    Returns:
        Start, end and role of each paragraph.

    Raises:
        ValueError: where `roles` does not fit.
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for match in patterns.BLOCK_BREAK.finditer(text):
        if text[position : match.start()].strip():
            spans.append((position, match.start()))
        position = match.end()
    if text[position:].strip():
        spans.append((position, len(text)))
    if roles is not None and len(roles) != len(spans):
        raise ValueError(f"{len(roles)} roles for {len(spans)} blocks; give one role for each block")
    blocks: list[tuple[int, int, str]] = []
    for number, (start, end) in enumerate(spans):
        role = roles[number] if roles is not None else _infer_role(text, start, end, number)
        blocks.extend((first, last, role) for first, last in _lines(text, start, end))
    return blocks


def _infer_role(text: str, start: int, end: int, number: int) -> str:
    closed = text[start:end].rstrip().endswith((".", "!", "?", "”", '"', ":", "…"))
    return "headline" if number == 0 and not closed else "body"


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A block's paragraphs: its lines, unless it is hard-wrapped."""
    if "\n" not in text[start:end] or max(map(len, text[start:end].split("\n"))) <= 120:
        return [(start, end)]
    lines = []
    for match in patterns.LINE_BREAK.finditer(text, start, end):
        lines.append((start, match.start()))
        start = match.end()
    lines.append((start, end))
    return lines


_LEAD_IN = 800  # characters of a paragraph that may lead to a quotation in the next one


class _Article:
    """The paragraphs of one article, attributed in order."""

    def __init__(
        self,
        text: str,
        blocks: list[tuple[int, int, str]],
        segments: list[list[Segment]],
        words: Lexicon,
    ) -> None:
        self._text = text
        self._blocks = blocks
        self._segments = segments
        self._lexicon = words
        self._found: list[_Found] = []
        self._utterance = 0
        self._last: _Found | None = None  # the last attributed quotation
        self._colon: tuple[tuple[int, int], tuple[int, int] | None] | None = None

    def run(self) -> list[_Found]:
        carried: Segment | None = None
        for number, (start, end, _) in enumerate(self._blocks):
            top = [segment for segment in self._segments[number] if segment.depth == 0]
            if carried is not None and carried.outer_end > start:
                self._paragraph(number, [carried, *top], carried=True)
            elif top:
                self._paragraph(number, top, carried=False)
            if top and top[-1].outer_end > end:
                carried = top[-1]
        return self._found

    def _paragraph(self, number: int, top: list[Segment], *, carried: bool) -> None:
        start, end, _ = self._blocks[number]
        clauses = Clauses(self._text, start, end, top, self._lexicon)
        previous: Attribution | None = None
        for order, (quote, segment) in enumerate(zip(clauses.quotes, top, strict=True)):
            sentence = sentence_around(clauses, order, self._lexicon)
            attribution = attribute(sentence)
            if attribution is None and order and clauses.quotes[order - 1] >= sentence.start:
                attribution = previous._replace(rule="shared") if previous and previous.cue else None
            if attribution is None:
                attribution = subject_only(sentence)
            if attribution is None and self._standalone(clauses, quote):
                attribution = self._introduced(clauses, order)
                if attribution is None and quote == 0 and number and not (carried and order == 0):
                    self._lead_in(number - 1)
            previous = attribution
            inner = self._text[segment.start : segment.end]
            if carried and order == 0:
                self._complete(clauses, attribution)
                continue
            alone = self._standalone(clauses, quote)
            kind = kind_of(
                inner,
                clauses,
                quote,
                attribution,
                self._lexicon,
                standalone=alone,
                after_title=bool(order) and self._found[-1].kind == "title",
            )
            self._add(clauses, segment, kind, attribution, standalone=alone, order=order)

    def _introduced(self, clauses: Clauses, order: int) -> Attribution | None:
        """The source of a quotation that is a sentence of its own, by the sentence before it."""
        quote = clauses.quotes[order]
        between = clauses.tags[clauses.quotes[order - 1] + 1 if order else 0 : quote]
        sentences = between.count(".") + between.count(":")
        if sentences > (1 if order else 0) or (sentences and between[-1:] == ":"):
            found = introduced_by(clauses, quote, self._lexicon)
            return found._replace(rule="sentence-before") if found else None
        return None

    def _lead_in(self, number: int) -> None:
        """A paragraph that leads to a quotation in the next one: its source is the last one so far."""
        start, end, _ = self._blocks[number]
        tail = self._text[max(start, end - _LEAD_IN) : end].rstrip()
        if not tail.endswith(":") and self._segments[number]:
            return
        top = [segment for segment in self._segments[number] if segment.depth == 0 and segment.outer_end <= end]
        clauses = Clauses(self._text, start, end, top, self._lexicon)
        found = introduced_by(clauses, len(clauses.tags), self._lexicon)
        if found is None or (found.cue is None and not tail.endswith(":")):
            return
        speaker, cue = self._spans(clauses, found)
        base = self._last or _Found(Segment(0, 0, 0, 0, "", 0, None), "", None, None, "", 0)
        self._last = base._replace(speaker=speaker, cue=cue)

    def _standalone(self, clauses: Clauses, quote: int) -> bool:
        """Whether nothing but an adverb (Then, "...") stands before it in its sentence."""
        tags = clauses.tags
        index = quote - 1
        while index >= 0 and tags[index] in "aC,":
            index -= 1
        return index < 0 or tags[index] in ".FK:"

    def _complete(self, clauses: Clauses, attribution: Attribution | None) -> None:
        """A quotation over several paragraphs may be attributed in its last one."""
        if attribution is None or not self._found:
            return
        last = self._found[-1]
        if last.cue is None:
            speaker, cue = self._spans(clauses, attribution)
            rule = attribution.rule
            self._found[-1] = self._last = last._replace(speaker=speaker, cue=cue, rule=rule)

    def _spans(
        self, clauses: Clauses, attribution: Attribution
    ) -> tuple[tuple[int, int], tuple[int, int] | None]:
        first, last = attribution.speaker
        cue = attribution.cue
        end = clauses.ends[last - 1]
        abbreviation = patterns.BRACKETED_ABBREVIATION.match(self._text, end)
        return (
            (clauses.starts[first], abbreviation.end() if abbreviation else end),
            (clauses.starts[cue[0]], clauses.ends[cue[1] - 1]) if cue else None,
        )

    def _add(
        self,
        clauses: Clauses,
        segment: Segment,
        kind: str,
        attribution: Attribution | None,
        *,
        standalone: bool,
        order: int,
    ) -> None:
        speaker = cue = None
        rule = "none"
        same = False
        if attribution is not None:
            speaker, cue = self._spans(clauses, attribution)
            rule = attribution.rule
            same = self._last is not None and self._last.cue == cue and cue is not None
        elif standalone and kind in ("direct", "partial") and self._last is not None:
            speaker, cue = self._last.speaker, None
            rule = "continued" if order else "run"
            same = bool(order)
        if kind in ("scare", "title"):
            speaker = cue = None
            same = False
        if not same:
            self._utterance += 1
        found = _Found(segment, kind, speaker, cue, rule, self._utterance)
        self._found.append(found)
        if speaker is not None:
            self._last = found


def _records(folded: str, found: list[_Found], words: Lexicon) -> list[Quote]:
    people = People(folded, words)
    quotes: list[Quote] = []
    containers: list[int] = []  # indices of the quotations that are still open
    for item in found:
        segment = item.segment
        while containers and quotes[containers[-1]].end <= segment.start:
            containers.pop()
        speaker = people.resolve(*item.speaker) if item.speaker else None
        quotes.append(
            Quote(
                start=segment.start,
                end=segment.end,
                text=folded[segment.start : segment.end],
                kind=item.kind,
                utterance=item.utterance or quotes[containers[-1]].utterance,
                speaker_text=folded[item.speaker[0] : item.speaker[1]] if item.speaker else None,
                speaker_start=item.speaker[0] if item.speaker else None,
                speaker_end=item.speaker[1] if item.speaker else None,
                speaker_name=speaker.name if speaker else None,
                speaker_kind=speaker.kind if speaker else None,
                speaker_description=speaker.description if speaker else None,
                cue=folded[item.cue[0] : item.cue[1]] if item.cue else None,
                cue_start=item.cue[0] if item.cue else None,
                cue_end=item.cue[1] if item.cue else None,
                nested_in=containers[-1] if containers else None,
                rule=f"{segment.style}+{item.rule}+{item.kind}",
                flaw=segment.flaw,
            )
        )
        containers.append(len(quotes) - 1)
    return quotes
