"""Who a quotation is attributed to, and by which words: rules over a paragraph's tags, in a fixed order."""

from __future__ import annotations

from typing import NamedTuple

from loader.quotes.clauses import Clauses
from loader.quotes.lexicon import Lexicon
from loader.quotes.subjects import Span, genitive_source, phrase_end, phrase_start, subject

_SENTENCE_END = frozenset(".FK")
_REACH = 70  # tokens to each side
# What opens a clause that reports: said that, what he called.
_CONTENT = frozenset(("that", "whether", "what", "how", "why"))


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


class _Side(NamedTuple):
    attribution: Attribution
    tight: bool


def sentence_start(tags: str, index: int) -> int:
    """The first token of the sentence in which token `index` stands."""
    low = max(0, index - _REACH)
    other = index - 1
    while other >= low and tags[other] not in _SENTENCE_END:
        other -= 1
    return other + 1


def attribute(clauses: Clauses, quote: int, lexicon: Lexicon) -> Attribution | None:
    """Attributes one quotation by the words of its own sentence.

    Args:
        clauses: the paragraph.
        quote: token index of the quotation.
        lexicon: word classes.

    Returns:
        The attribution, or None where the sentence has none.
    """
    start = sentence_start(clauses.tags, quote)
    left = _left(clauses, quote, start, lexicon)
    if left is not None and left.tight:
        return left.attribution
    right = _right(clauses, quote, lexicon)
    if right is not None and (right.tight or left is None):
        return right.attribution
    if left is not None:
        return left.attribution
    return _weak(clauses, quote, start)


def _right(clauses: Clauses, quote: int, lexicon: Lexicon) -> _Side | None:
    """Words after the quotation: he said; said Davis; Davis, a spokesman, said."""
    tags, words = clauses.tags, clauses.words
    index = quote + 1
    high = min(len(tags), quote + _REACH)
    for other in range(index, high):
        if tags[other] in ".QFK":
            high = other
            break
    if index < high and tags[index] in ",-":
        index += 1
    while index < high and tags[index] == "a":
        index += 1
    if index >= high:
        return None
    if tags[index] == "A":
        return _according(clauses, index, high, "according-after")
    if tags[index] == "V" and index + 1 < high:
        first = index + 1
        if lexicon.frames.get(words[index].lower()) != "tell" and tags[first] in "DNhXxnP":
            return _Side(
                Attribution(
                    (first, phrase_end(tags, words, first, high)), (index, index + 1), "verb-subject-after"
                ),
                True,
            )
    verb = next(
        (
            other
            for other in range(index, high)
            if tags[other] == "V" and _introduces(clauses, other, lexicon)
        ),
        None,
    )
    if verb is None or tags[index] in "CSRWA":
        return None
    found = subject(tags, words, verb, index)
    if found is None:
        return None
    tight = verb - index <= 6 or tags[found[0]] == "P"
    if tags[quote] == "F" and not (tight and (verb + 1 >= high or tags[verb + 1] in ",RtaW-")):
        return None
    return _Side(Attribution(found, (verb, verb + 1), "subject-verb-after"), tight)


def _introduces(clauses: Clauses, verb: int, lexicon: Lexicon) -> bool:
    return lexicon.frames.get(clauses.words[verb].lower()) in ("say", "tell", "think")


def _according(clauses: Clauses, index: int, high: int, rule: str) -> _Side | None:
    tags, words = clauses.tags, clauses.words
    first = index + 2
    if index + 2 >= high or tags[index + 1] != "T":
        return None
    last = phrase_end(tags, words, first, high)
    if last <= first:
        return None
    return _Side(Attribution((first, last), (index, index + 2), rule), True)


def _left(clauses: Clauses, quote: int, start: int, lexicon: Lexicon) -> _Side | None:
    """Words before the quotation in its sentence: Davis said that; according to Davis; called it.

    The nearest cue wins unless its clause is itself reported: in "she said he had called it ..." the
    sentence's source is "she".
    """
    tags, words = clauses.tags, clauses.words
    reported: _Side | None = None
    for index in range(quote - 1, start - 1, -1):
        tag = tags[index]
        if tag == "Q":
            break
        side: _Side | None = None
        if tag == "A":
            side = _according(clauses, index, quote, "according-before")
        elif tag == "V" or tag == "G" or (tag == "B" and index > start and tags[index - 1] in "THaNhOPC"):
            side = _by_verb(clauses, index, quote, start)
        elif tag in "nh" and words[index].lower() in lexicon.cue_nouns and quote - index <= 4:
            found = genitive_source(tags, words, index, start)
            if found is not None:
                side = _Side(Attribution(found, (index, index + 1), "noun-before"), True)
        if side is None:
            continue
        if not is_reported(tags, words, side.attribution.speaker[0], start):
            return side
        reported = reported or side
    return reported


def is_reported(tags: str, words: list[str], first: int, start: int) -> bool:
    """Whether the clause whose subject starts at token `first` depends on an earlier verb or preposition."""
    index = first - 1
    while index >= start and tags[index] in "at":
        index -= 1
    if index < start:
        return False
    if tags[index] in "VGBR":
        return True
    return tags[index] == "S" and words[index] in _CONTENT


def _by_verb(clauses: Clauses, verb: int, quote: int, start: int) -> _Side | None:
    tags, words = clauses.tags, clauses.words
    near = quote - verb <= 2
    cue = (verb, verb + 1)
    if tags[verb] == "V":
        before = verb - 1
        while before >= start and tags[before] in "a,":
            before -= 1
        first = verb + 1
        if before >= 0 and tags[before] in "QFK" and first < quote and tags[first] in "DNhXxP":
            last = phrase_end(tags, words, first, quote)
            return _Side(Attribution((first, last), cue, "verb-subject-before"), True)
    if tags[verb] == "G":
        found = governor(tags, words, verb, start)
    else:
        found = subject(tags, words, verb, start)
    if found is None:
        return None
    name = {"V": "verb-before", "G": "participle-before", "B": "infinitive-before"}[tags[verb]]
    return _Side(Attribution(found, cue, name), near)


def governor(tags: str, words: list[str], participle: int, start: int) -> Span | None:
    """The subject of the clause that a participle hangs on: Davis left early, saying."""
    first: Span | None = None
    for index in range(participle - 1, start - 1, -1):
        if tags[index] in "VvH" and (index == participle - 1 or tags[index + 1] not in "VvHB"):
            found = subject(tags, words, index, start)
            if found is None:
                continue
            if not is_reported(tags, words, found[0], start):
                return found
            first = first or found
    return first if first is not None else subject(tags, words, participle, start)


def _weak(clauses: Clauses, quote: int, start: int) -> Attribution | None:
    """No verb of saying: the subject of the nearest verb before, if it can say anything."""
    tags, words = clauses.tags, clauses.words
    for index in range(quote - 1, start - 1, -1):
        if tags[index] in "vHg":
            found = subject(tags, words, index, start)
            if found is not None:
                return Attribution(found, None, "subject-only")
    for index in range(quote - 1, start - 1, -1):
        if tags[index] == "P":
            return Attribution((index, index + 1), None, "subject-only")
    return None


def headline_source(clauses: Clauses, quote: int) -> Attribution | None:
    """Davis: 'We won', and an interview's lead-in."""
    tags = clauses.tags
    if quote >= 2 and tags[quote - 1] == ":" and tags[quote - 2] in "Nh)":
        first = phrase_start(tags, clauses.words, quote - 2, 0)
        if first > 0 and tags[first - 1] not in ".FK":
            return None
        return Attribution((first, quote - 1), (quote - 1, quote), "colon-before")
    return None
