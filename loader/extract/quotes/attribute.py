"""The quotations of one article attributed in order, each with what was read before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from loader.extract.discourse import name_patterns
from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.marked_text import Segment
from loader.extract.discourse.tagged_paragraph import Clauses
from loader.extract.quotes.attribution.cues_after import signature
from loader.extract.quotes.attribution.cues_before import introduced_by, subject_only, taken_up
from loader.extract.quotes.attribution.rules import attribute
from loader.extract.quotes.attribution.sentences import SENTENCE_END, Attribution, sentence_around
from loader.extract.quotes.classification.quote_kind import SUBJECT_RULE, Setting, kind_of

_SEVERAL = 3  # quotations that tell which marks an article uses
_NO_OPENING = "missing_opening_mark"
_TAKEN_UP = "taken-up"
_BESIDE = 4  # tokens before a fragment that may say whose it is
_LEAD_IN = 800  # characters of a paragraph that may lead to a quotation in the next one

Span = tuple[int, int]


class Source(NamedTuple):
    """Who a quotation is attributed to, in offsets of the text.

    Attributes:
        speaker: start and end of the mention.
        cue: the same for the cue, or None.
        rule: the rule that found them.
    """

    speaker: Span
    cue: Span | None
    rule: str


# Never changed, and not frozen: a frozen record takes three times as long to make, and there are millions.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Found:
    """A quotation with its kind and source.

    Attributes:
        segment: the marked text.
        kind: one of `loader.records.QUOTE_KINDS`.
        source: who said it, or None.
        rule: the attribution's rule, "none" where there is none.
        utterance: number shared by the pieces around one attribution; 0 for a nested quotation.
    """

    segment: Segment
    kind: str
    source: Source | None
    rule: str
    utterance: int


class Reading:
    """Reads an article's paragraphs from first to last."""

    def __init__(
        self, text: str, blocks: list[tuple[int, int, str]], segments: list[list[Segment]], lexicon: Lexicon
    ) -> None:
        self._text = text
        self._blocks = blocks
        self._segments = segments
        self._lexicon = lexicon
        self._single = _single_marks(segments)
        self._found: list[Found] = []
        self._utterance = 0
        self._last: Source | None = None  # of the last attributed quotation, or what leads to the next one

    def run(self) -> list[Found]:
        """Attributes every quotation, those inside others last."""
        carried: Segment | None = None
        for number, (start, end, _) in enumerate(self._blocks):
            goes_on = carried is not None and carried.outer_end > start
            if not goes_on and not self._segments[number]:
                continue
            top = [segment for segment in self._segments[number] if segment.depth == 0]
            if carried is not None and goes_on:
                self._paragraph(number, [carried, *top], carried=True)
            elif top:
                self._paragraph(number, top, carried=False)
            if top and top[-1].outer_end > end:
                carried = top[-1]
        for block in self._segments:
            if len(block) > 1 and any(segment.depth for segment in block):
                self._nested(block)
        return self._found

    def _nested(self, block: list[Segment]) -> None:
        """Quotations inside others: each by the words around it inside the one that holds it."""
        inside: dict[Segment, list[Segment]] = {}
        open_ones: list[Segment] = []
        for segment in block:
            del open_ones[segment.depth :]
            if segment.depth and len(open_ones) == segment.depth:
                inside.setdefault(open_ones[-1], []).append(segment)
            open_ones.append(segment)
        for around, segments in inside.items():
            clauses = Clauses(self._text, around.start, around.end, segments, self._lexicon)
            sources = self._sources(clauses)
            for order, segment in enumerate(segments):
                source = sources[order]
                kind = self._kind(segment, clauses, order, source, alone=_begins_sentence(clauses, order))
                kept = None if kind in ("scare", "title") else source
                self._found.append(
                    Found(
                        segment=segment,
                        kind=kind,
                        source=kept,
                        rule=kept.rule if kept else "none",
                        utterance=0,
                    )
                )

    def _kind(
        self, segment: Segment, clauses: Clauses, order: int, source: Source | None, *, alone: bool
    ) -> str:
        setting = Setting(
            rule=source.rule if source else None,
            secondary=segment.style == "single" and not self._single,
            standalone=alone,
            after_title=bool(order) and bool(self._found) and self._found[-1].kind == "title",
        )
        inner = self._text[segment.start : segment.end]
        return kind_of(inner, clauses, clauses.quotes[order], setting, self._lexicon)

    def _paragraph(self, number: int, top: list[Segment], *, carried: bool) -> None:
        start, end, role = self._blocks[number]
        clauses = Clauses(self._text, start, end, top, self._lexicon, headline=role == "headline")
        sources = self._sources(clauses)
        for order, segment in enumerate(top):
            if carried and order == 0:
                self._complete(sources[0])
                continue
            alone = _begins_sentence(clauses, order)
            if sources[order] is None and alone:
                sources[order] = self._signature_below(clauses, number) or self._introduction(
                    clauses, order, number
                )
            kind = self._kind(segment, clauses, order, sources[order], alone=alone)
            if sources[order] is None and not alone and kind in ("direct", "partial"):
                sources[order] = self._gone_on(clauses, order)
            self._add(segment, kind, sources[order], alone=alone, order=order)

    def _sources(self, clauses: Clauses) -> list[Source | None]:
        """The source of each quotation of a paragraph, by its own sentence."""
        sources: list[Source | None] = []
        previous: Source | None = None
        for order in range(len(clauses.quotes)):
            previous = self._source(clauses, order, previous)
            sources.append(previous)
        for order in range(len(sources) - 2, -1, -1):
            source, following = sources[order], sources[order + 1]
            if (source is None or source.rule == SUBJECT_RULE) and _closes(clauses, order, following):
                sources[order] = following and following._replace(rule="shared")
        return sources

    def _source(self, clauses: Clauses, order: int, previous: Source | None) -> Source | None:
        """The source by the words of the quotation's own sentence."""
        sentence = sentence_around(clauses, order, self._lexicon)
        found = attribute(sentence)
        if found is not None:
            return self._in_text(clauses, found)
        if (
            order
            and clauses.quotes[order - 1] >= sentence.start
            and previous is not None
            and (previous.cue or previous.rule == "name-colon")
        ):
            return previous._replace(rule="shared")
        found = subject_only(sentence)
        if previous is not None and (previous.cue or previous.rule == _TAKEN_UP):
            first = taken_up(sentence)
            if first is not None and (found is None or found.speaker[0] <= first):
                return previous._replace(cue=None, rule=_TAKEN_UP)
        return self._in_text(clauses, found) if found is not None else None

    def _signature_below(self, clauses: Clauses, number: int) -> Source | None:
        """The name on the line below a quotation that is a line of its own, or after a dash on the next one.

        The closing mark may stand after the name, as where a quotation is set apart from its article. It is
        then no quotation's.
        """
        if len(clauses.tags) > 1 or number + 1 >= len(self._blocks):
            return None
        start, end, _ = self._blocks[number + 1]
        apart = "\n\n" in self._text[self._blocks[number][1] : start]
        marked = self._segments[number + 1]
        closed_below = len(marked) == 1 and marked[0].flaw == _NO_OPENING and marked[0].start == start
        if end - start > _LEAD_IN or (marked and (apart or not closed_below)):
            return None
        below = Clauses(self._text, start, end, (), self._lexicon)
        found = signature(below, 0) if not apart or below.tags[:1] == "-" else None
        if found is None:
            return None
        self._segments[number + 1] = []
        return self._in_text(below, found)

    def _gone_on(self, clauses: Clauses, order: int) -> Source | None:
        """The source of a fragment in a sentence that goes on with what the sentences before it report.

        Where words of saying stand before the fragment it is somebody else's: there were calls of "no".
        """
        sentence = sentence_around(clauses, order, self._lexicon)
        beside = range(max(sentence.start, sentence.quote - _BESIDE), sentence.quote)
        nouns = self._lexicon.cue_nouns
        if any(clauses.tags[index] in "VBG" or clauses.words[index].lower() in nouns for index in beside):
            return None
        if order:
            last = self._last
            inside = last is not None and last.speaker[0] >= clauses.starts[0]
            return last._replace(rule="run", cue=None) if last and inside else None
        found = introduced_by(clauses, sentence.start, self._lexicon) if sentence.start else None
        return self._in_text(clauses, found._replace(rule="sentence-before")) if found and found.cue else None

    def _introduction(self, clauses: Clauses, order: int, number: int) -> Source | None:
        """The source of a quotation that is a sentence of its own, by the sentence or paragraph before it."""
        quote = clauses.quotes[order]
        between = clauses.tags[clauses.quotes[order - 1] + 1 if order else 0 : quote]
        sentences = between.count(".") + between.count(":")
        if sentences > (1 if order else 0) or (sentences and between[-1:] == ":"):
            found = introduced_by(clauses, quote, self._lexicon)
            if found is None or (order and _is_pronoun(clauses, found) and between[-1:] != ":"):
                return None  # "..." he said. They were late. "...": who spoke goes on
            return self._in_text(clauses, found._replace(rule="sentence-before"))
        if quote == 0 and number:
            return self._lead_in(number - 1)
        return None

    def _lead_in(self, number: int) -> Source | None:
        """The source that a paragraph names for the next one: its last words end with a colon, or report."""
        start, end, _ = self._blocks[number]
        colon = self._text[max(start, end - 8) : end].rstrip().endswith(":")
        if not colon and self._segments[number]:
            return None
        top = [
            segment for segment in self._segments[number] if segment.depth == 0 and segment.outer_end <= end
        ]
        if not top:
            start = max(start, end - _LEAD_IN)
        clauses = Clauses(self._text, start, end, top, self._lexicon)
        found = introduced_by(clauses, len(clauses.tags), self._lexicon)
        if found is None or (found.cue is None and not colon):
            return None
        source = self._in_text(clauses, found._replace(rule="lead-in"))
        return source if colon else source._replace(cue=None)

    def _in_text(self, clauses: Clauses, found: Attribution) -> Source:
        first, last = found.speaker
        end = clauses.ends[last - 1]
        abbreviation = name_patterns.BRACKETED_ABBREVIATION.match(self._text, end)
        cue: Span | None = None
        if found.cue is not None:
            first_word, past = found.cue
            past += clauses.words[past : past + 1] == ["that"]  # claimed that
            cue = clauses.starts[first_word], clauses.ends[past - 1]
        return Source((clauses.starts[first], abbreviation.end() if abbreviation else end), cue, found.rule)

    def _complete(self, source: Source | None) -> None:
        """A quotation over several paragraphs may be attributed in its last one."""
        if source is None or not self._found:
            return
        last = self._found[-1]
        if last.source is None or last.source.cue is None:
            self._found[-1] = replace(last, source=source, rule=source.rule)
            self._last = source

    def _add(self, segment: Segment, kind: str, source: Source | None, *, alone: bool, order: int) -> None:
        last = self._last
        if kind in ("scare", "title"):
            self._utterance += 1
            self._found.append(
                Found(
                    segment=segment,
                    kind=kind,
                    source=None,
                    rule=source.rule if source else "none",
                    utterance=self._utterance,
                )
            )
            return
        same = False
        if source is not None:
            # two quotations around one cue; or "..." he said, adding that "..."
            added = source.rule == "participle-before" and last is not None and last.speaker == source.speaker
            shared = source.rule == "shared" and last is not None and last.speaker == source.speaker
            same = added or shared or (last is not None and source.cue is not None and last.cue == source.cue)
        elif alone and last is not None:
            # "...," he said. "..." is one utterance around one cue; a new paragraph begins a new one.
            same = bool(order)
            source = last._replace(rule="continued") if same else last._replace(rule="run", cue=None)
        if not same:
            self._utterance += 1
        self._found.append(
            Found(
                segment=segment,
                kind=kind,
                source=source,
                rule=source.rule if source else "none",
                utterance=self._utterance,
            )
        )
        self._last = source or last


def _is_pronoun(clauses: Clauses, found: Attribution) -> bool:
    """Whether a source was found by no cue and is only a pronoun."""
    return found.cue is None and clauses.tags[slice(*found.speaker)] == "P"


def _closes(clauses: Clauses, order: int, following: Source | None) -> bool:
    """Whether the next quotation's cue ends this one's sentence: It was "slow" and "late," Brandt said."""
    first, second = clauses.quotes[order : order + 2]
    if following is None or following.cue is None or following.cue[0] < clauses.ends[second]:
        return False
    return SENTENCE_END.isdisjoint(clauses.tags[first:second])


def _single_marks(segments: list[list[Segment]]) -> bool:
    """Whether an article marks its quotations with single marks: several, and no double one."""
    top = [segment.style for block in segments for segment in block if segment.depth == 0]
    return len(top) >= _SEVERAL and all(style == "single" for style in top)


def _begins_sentence(clauses: Clauses, order: int) -> bool:
    """Whether nothing but an adverb (Then, "...") stands before a quotation in its sentence."""
    tags = clauses.tags
    index = clauses.quotes[order] - 1
    while index >= 0 and tags[index] in "aC,G":
        index -= 1
    return index < 0 or tags[index] in ".FK:"
