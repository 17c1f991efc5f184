"""A quotation in its sentence, and what a rule finds there."""

from __future__ import annotations

from typing import NamedTuple

from loader.extract.discourse import text_patterns
from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.subjects import Span
from loader.extract.discourse.tagged_paragraph import Clauses

SENTENCE_END = frozenset(".FK")
PHRASE_START = frozenset("DNhXxPn")  # what a noun phrase can begin with
REACH = 70  # tokens that a rule looks at to each side of a quotation


class Attribution(NamedTuple):
    """What a rule found, in token indices of the paragraph.

    Attributes:
        speaker: first token and one past the last.
        cue: the same for the cue, or None.
        rule: the rule's name.
    """

    speaker: Span
    cue: Span | None
    rule: str


class Sentence:
    """A quotation in its sentence.

    Attributes:
        clauses: the paragraph.
        tags: the paragraph's tags.
        words: its words.
        quote: token index of the quotation.
        start: first token of the sentence.
        end: one past its last token, further quotations in it included.
        comma: whether the quotation ends with a comma inside its marks.
        lexicon: word classes.
        nearest: a tuple of the nearest cue before the quotation, which several rules ask for; None until
            the first asks.
    """

    __slots__ = ("clauses", "comma", "end", "lexicon", "nearest", "quote", "start", "tags", "words")

    def __init__(
        self, clauses: Clauses, quote: int, start: int, end: int, lexicon: Lexicon, *, comma: bool
    ) -> None:
        self.clauses = clauses
        self.tags = clauses.tags
        self.words = clauses.words
        self.quote = quote
        self.start = start
        self.end = end
        self.comma = comma
        self.lexicon = lexicon
        self.nearest: tuple[Attribution | None] | None = None

    def frame(self, index: int) -> str | None:
        """The frame of the cue verb at a token."""
        return self.lexicon.frames.get(self.words[index].lower())


def sentence_start(tags: str, index: int) -> int:
    """The first token of the sentence that token `index` stands in, at most 70 tokens before it."""
    low = max(0, index - REACH)
    last = max(tags.rfind(".", low, index), tags.rfind("F", low, index), tags.rfind("K", low, index))
    return last + 1 if last >= 0 else low


def sentence_around(clauses: Clauses, order: int, lexicon: Lexicon) -> Sentence:
    """The sentence of a paragraph's quotation number `order`, cut at 70 tokens to each side."""
    tags, quote = clauses.tags, clauses.quotes[order]
    high = min(len(tags), quote + REACH)
    after = text_patterns.SENTENCE_END_TAG.search(tags, quote + 1, high)
    end = after.start() if after else max(high, quote + 1)
    return Sentence(clauses, quote, sentence_start(tags, quote), end, lexicon, comma=clauses.commas[order])
