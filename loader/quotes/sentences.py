"""A quotation in its sentence, and what a rule finds there."""

from __future__ import annotations

from typing import NamedTuple

from loader.quotes.clauses import Clauses
from loader.quotes.lexicon import Lexicon
from loader.quotes.subjects import Span

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


class Sentence(NamedTuple):
    """A quotation in its sentence.

    Attributes:
        clauses: the paragraph.
        quote: token index of the quotation.
        start: first token of the sentence.
        end: one past its last token, further quotations in it included.
        comma: whether the quotation ends with a comma inside its marks.
        lexicon: word classes.
    """

    clauses: Clauses
    quote: int
    start: int
    end: int
    comma: bool
    lexicon: Lexicon

    @property
    def tags(self) -> str:
        """The paragraph's tags."""
        return self.clauses.tags

    @property
    def words(self) -> list[str]:
        """The paragraph's words."""
        return self.clauses.words

    def frame(self, index: int) -> str | None:
        """The frame of the cue verb at a token."""
        return self.lexicon.frames.get(self.words[index].lower())


def sentence_around(clauses: Clauses, order: int, lexicon: Lexicon) -> Sentence:
    """The sentence of a paragraph's quotation number `order`, cut at 70 tokens to each side."""
    tags = clauses.tags
    quote = clauses.quotes[order]
    low = max(0, quote - REACH)
    start = quote
    while start > low and tags[start - 1] not in SENTENCE_END:
        start -= 1
    high = min(len(tags), quote + REACH)
    end = quote + 1
    while end < high and tags[end] not in SENTENCE_END:
        end += 1
    return Sentence(clauses, quote, start, end, clauses.commas[order], lexicon)
