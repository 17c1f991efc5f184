"""Who a quotation is attributed to, and by which words: rules over a paragraph's tags, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable

from loader.quotes.clauses import Clauses
from loader.quotes.lexicon import Lexicon, word_set
from loader.quotes.sentences import REACH, SENTENCE_END, Attribution, Sentence
from loader.quotes.subjects import (
    genitive_source,
    governor,
    is_reported,
    phrase_end,
    phrase_start,
    subject,
)

_SAYING = ("say", "tell", "think")  # frames that take a whole clause
_BE = word_set("be")
# Rules that name the source whatever stands before it.
_SURE = frozenset(("passive-by", "quoted-as"))
_NEGATION = word_set("negation")
_WORDS_OF = ["in", "the", "words", "of"]
_QUOTING = word_set("quoting")
_SIGNATURE = 25  # tokens that a signature may have
# After the verb of a short attribution:   he said.   he said in Rome   he said, smiling
_AFTER_CUE = frozenset(".,RtaW-;(QFKCGT:g")
_PHRASE_START = frozenset("DNhXxPn")


def attribute(sentence: Sentence) -> Attribution | None:
    """Attributes one quotation by the words of its own sentence.

    Args:
        sentence: the quotation in its sentence.

    Returns:
        The attribution, or None where the sentence has none.
    """
    for rule in RULES:
        found = rule(sentence)
        if found is not None:
            return found
    return None


# --- rules ---------------------------------------------------------------------------------------------


def comma_and_closing(sentence: Sentence) -> Attribution | None:
    """Davis's "...," he said: a comma inside the marks says that the attribution follows."""
    return closing_after(sentence) if sentence.comma else None


def marked_before(sentence: Sentence) -> Attribution | None:
    """Davis said, "..." or Davis said: "..."."""
    tags, quote = sentence.tags, sentence.quote
    if quote - 2 < sentence.start or tags[quote - 1] not in ",:" or tags[quote - 2] not in "VG":
        return None
    return _cue_at(sentence, quote - 2)


def adjacent_before(sentence: Sentence) -> Attribution | None:
    """Davis said, "..."; Davis said that "..."; Davis's claim that "..."."""
    found = _before(sentence)
    if found is None or found.cue is None or sentence.quote - found.cue[1] != 1:
        return None
    return found


def according_before(sentence: Sentence) -> Attribution | None:
    """According to Davis, ... "..."."""
    if _in_the_words_of(sentence, sentence.start):
        return _phrase_and_verb(sentence, sentence.start, sentence.quote)
    if sentence.tags[sentence.start] != "A":
        return None
    return _according(sentence, sentence.start, sentence.quote, "according-before")


def closing_after(sentence: Sentence) -> Attribution | None:
    """The quotation, then he said; said Davis; Davis, a spokesman, told reporters; according to him."""
    if sentence.tags[sentence.quote] in "FK" and _before(sentence) is not None:
        return None
    found = _right_after(sentence)
    if found is None or found.rule == "according-after":
        return found
    tags = sentence.tags
    if found.rule == "subject-verb-after":
        after = found.cue[1] if found.cue else found.speaker[1]
        told = after < len(tags) and tags[after] in "NhDOnx" and sentence.frame(after - 1) == "tell"
        if after < len(tags) and tags[after] not in _AFTER_CUE and not told:
            return None
        if after + 1 < len(tags) and tags[after] in ":," and tags[after + 1] in "QFK" and _before(sentence):
            return None
    if tags[sentence.quote] == "F" and found.cue is not None and found.cue[1] - sentence.quote > 8:
        return None
    return found


def opening_after(sentence: Sentence) -> Attribution | None:
    """The quotation, then Davis said the army would leave: words that go on to report more."""
    return _right_after(sentence) if sentence.tags[sentence.quote] != "F" else None


def trailing_after(sentence: Sentence) -> Attribution | None:
    """The plan is "awful" for the region, said Davis; ... , according to a report."""
    tags, quote, end = sentence.tags, sentence.quote, sentence.end
    if tags[quote] == "F" or (quote + 1 < len(tags) and tags[quote] == "K"):
        return None
    for index in range(quote + 1, end - 2):
        if tags[index] == "A" or (tags[index] == "," and tags[index + 1] in "VDNhXPx"):
            first = index if tags[index] == "A" else index + 1
            found = _phrase_and_verb(sentence, first, end, closing=True)
            if found is not None:
                return found
    return None


def signed_after(sentence: Sentence) -> Attribution | None:
    """A name under the quotation, as under a letter: "..." — Lena Brandt, 24, of Malmo."""
    after = sentence.quote + 1
    signed = sentence.tags[after : after + 1] == "-" or (sentence.quote == 0 and not sentence.comma)
    return signature(sentence.clauses, after) if signed else None


def anywhere_before(sentence: Sentence) -> Attribution | None:
    """Davis called the plan "awful"; Davis, who was there, said it was "awful"."""
    return _before(sentence)


def possessor(sentence: Sentence) -> Attribution | None:
    """Davis's "awful" remark."""
    tags, words, quote = sentence.tags, sentence.words, sentence.quote
    if quote == 0 or quote + 1 >= len(tags) or words[quote + 1].lower() not in sentence.lexicon.cue_nouns:
        return None
    found = genitive_source(tags, words, quote, sentence.start, sentence.lexicon.possessives)
    return Attribution(found, (quote + 1, quote + 2), "possessor") if found else None


def named_before_colon(sentence: Sentence) -> Attribution | None:
    """A headline's or an interview's Davis: "..."."""
    tags, quote = sentence.tags, sentence.quote
    if quote < 2 or tags[quote - 1] != ":" or tags[quote - 2] not in "Nh)":
        return None
    first = phrase_start(tags, sentence.words, quote - 2, sentence.start)
    if first >= quote - 1 or "N" not in tags[first : quote - 1]:
        return None
    return Attribution((first, quote - 1), (quote - 1, quote), "name-colon")


def subject_only(sentence: Sentence) -> Attribution | None:
    """No verb of saying: the subject of the nearest verb before, where one is found."""
    tags, words, quote, start = sentence.tags, sentence.words, sentence.quote, sentence.start
    fallback: Attribution | None = None
    for index in range(quote - 1, start - 1, -1):
        if tags[index] in "vHgQ":
            if tags[index] == "Q":
                break
            find = governor if tags[index] == "g" else subject
            found = find(tags, words, index, start)
            if found is None:
                continue
            attribution = Attribution(found, None, "subject-only")
            if not is_reported(tags, words, found[0], start):
                return attribution
            fallback = fallback or attribution
    return fallback


Rule = Callable[[Sentence], Attribution | None]

# In this order, because words right beside a quotation are surer than words further off.
RULES: tuple[Rule, ...] = (
    possessor,
    marked_before,
    comma_and_closing,
    adjacent_before,
    according_before,
    closing_after,
    trailing_after,
    anywhere_before,
    opening_after,
    signed_after,
    named_before_colon,
)


# --- parts of rules ------------------------------------------------------------------------------------


def _right_after(sentence: Sentence) -> Attribution | None:
    """An attribution that starts right after the quotation, before the next one."""
    tags, quote = sentence.tags, sentence.quote
    index = quote + 1
    high = min(len(tags), quote + REACH)
    for other in range(index, high):
        if tags[other] in ".QFK;":
            high = other
            break
    parted = sentence.comma or tags[quote] != "Q" or (index < high and tags[index] in ",-(")
    while index < high and tags[index] in ",-a(":
        index += 1
    if (
        index >= high
        or (tags[index] in "RSWC" and not _in_the_words_of(sentence, index))
        or not (parted or tags[index] in "NPVR")
    ):
        return None  # without a comma a noun after it belongs to it: the "New Day" host
    if parted and tags[quote] != "F":
        found = _short_after(sentence, index, high)
        if found is not None:
            return found
    return _phrase_and_verb(sentence, index, high)


def _short_after(sentence: Sentence, index: int, high: int) -> Attribution | None:
    """A name or pronoun and any verb, as short as can be: "...?" Davis pressed."""
    tags = sentence.tags
    if tags[index : index + 2] == "vN":  # "..." beamed Davis
        last = phrase_end(tags, sentence.words, index + 1, high)
        return Attribution((index + 1, last), (index, index + 1), "verb-subject-after")
    verb = index
    while verb < high and tags[verb] in "NP" and verb - index < 5:
        verb += 1
    if verb == index or verb >= high or tags[verb] not in "Vv":
        return None
    if verb + 1 < len(tags) and tags[verb + 1] not in ".,RtaQFK":
        return None
    return Attribution((index, verb), (verb, verb + 1), "subject-verb-after")


def _phrase_and_verb(
    sentence: Sentence, index: int, high: int, *, closing: bool = False
) -> Attribution | None:
    """An attribution that starts at token `index`: a verb and its subject in either order."""
    tags, words = sentence.tags, sentence.words
    if tags[index] == "A":
        return _according(sentence, index, high, "according-after")
    if _in_the_words_of(sentence, index):
        last = phrase_end(tags, words, index + 4, high)
        return Attribution((index + 4, last), (index, index + 4), "words-of") if last > index + 4 else None
    if tags[index] == "V":
        first = index + 1
        starts = first < high and (
            tags[first] in _PHRASE_START or tags[first : first + 2] in ("vN", "vh", "vn")
        )
        if starts and sentence.frame(index) == "say":
            last = phrase_end(tags, words, first, high)
            mine = words[first].lower() in sentence.lexicon.possessives  # cited his appearance
            if last > first and not (closing and mine):
                return Attribution((first, last), (index, index + 1), "verb-subject-after")
        if closing:
            return None
    if closing and tags[index] not in _PHRASE_START:
        return None
    limit = min(high, index + (10 if closing else REACH))
    for verb in range(index, limit):
        if closing and tags[verb] in ",.Q" and tags[index:verb].count(",") >= 2:
            return None
        finite = tags[verb] == "V" or (tags[verb] == "B" and tags[verb - 1] in "NhxPHa")
        if not finite or sentence.frame(verb) not in _SAYING:
            continue
        if closing and verb + 1 < high and tags[verb + 1] not in ".,tRa":
            return None
        found = subject(tags, words, verb, index)
        if found is None or (closing and found[0] != index):
            return None
        return Attribution(found, (verb, verb + 1), "subject-verb-after")
    return None


def _in_the_words_of(sentence: Sentence, index: int) -> bool:
    return [word.lower() for word in sentence.words[index : index + 4]] == _WORDS_OF


def _according(sentence: Sentence, index: int, high: int, rule: str) -> Attribution | None:
    tags, words = sentence.tags, sentence.words
    first = index + 2
    if first >= high or tags[index + 1] != "T":
        return None
    last = phrase_end(tags, words, first, high)
    return Attribution((first, last), (index, index + 2), rule) if last > first else None


def _before(sentence: Sentence) -> Attribution | None:
    """The nearest cue before the quotation in its sentence.

    A cue whose own clause is reported gives way to the one that reports: in "she said he had called it
    ..." the sentence's source is "she".
    """
    tags, start = sentence.tags, sentence.start
    reported: Attribution | None = None
    for index in range(sentence.quote - 1, start - 1, -1):
        if tags[index] == "Q":
            break
        found = _cue_at(sentence, index)
        if found is None:
            continue
        if found.rule in _SURE or not is_reported(tags, sentence.words, found.speaker[0], start):
            return found
        reported = reported or found
    return reported


def _cue_at(sentence: Sentence, index: int) -> Attribution | None:
    """The attribution whose cue is the token `index`, before the quotation."""
    tags, words, start, quote = sentence.tags, sentence.words, sentence.start, sentence.quote
    tag = tags[index]
    if tag == "A":
        return _according(sentence, index, quote, "according-before")
    if tag in "BG" and not _NEGATION.isdisjoint(words[max(start, index - 3) : index]):
        return None  # did not mention that "..." gives it to nobody
    if tag == "V":
        return _finite_before(sentence, index)
    if tag == "G":
        return _participle_before(sentence, index)
    if tag == "B" and index > start and tags[index - 1] in "THaNhOPCW,":
        found = subject(tags, words, index, start)
        return Attribution(found, (index, index + 1), "infinitive-before") if found else None
    if tag in "nh" and quote - index <= 4 and words[index].lower() in sentence.lexicon.cue_nouns:
        found = genitive_source(tags, words, index, start, sentence.lexicon.possessives)
        return Attribution(found, (index, index + 1), "noun-before") if found else None
    return None


def _finite_before(sentence: Sentence, verb: int) -> Attribution | None:
    tags, words, start, quote = sentence.tags, sentence.words, sentence.start, sentence.quote
    cue = (verb, verb + 1)
    before = verb - 1
    while before >= start and tags[before] in "a,":
        before -= 1
    first = verb + 1
    opens_sentence = verb == start
    after_quote = before >= start and tags[before] == "Q" and tags[verb - 1] in ",Q"
    inverted = opens_sentence or after_quote or (before >= start and tags[before] == "C")
    if inverted and first < quote and tags[first] in _PHRASE_START and sentence.frame(verb) == "say":
        last = phrase_end(tags, words, first, quote)
        if (last == quote and after_quote) or tags[last] in ",RW:aGtS(":
            return Attribution((first, last), cue, "verb-subject-before")
    if _is_passive(sentence, verb):
        if first + 1 < quote and words[first] == "by":
            return Attribution((first + 1, phrase_end(tags, words, first + 1, quote)), cue, "passive-by")
        after = quote + 1
        if after + 1 < len(tags) and words[after] == "by" and tags[after + 1] in _PHRASE_START:
            return Attribution((after + 1, phrase_end(tags, words, after + 1, len(tags))), cue, "passive-by")
        return None
    found = subject(tags, words, verb, start)
    return Attribution(found, cue, "verb-before") if found else None


def _is_passive(sentence: Sentence, verb: int) -> bool:
    """Was described as; an event billed as "..."; the hacker known as "..."."""
    tags, words = sentence.tags, sentence.words
    if words[verb].endswith("s"):
        return False
    before = verb - 1
    while before >= sentence.start and tags[before] in "at":
        before -= 1
    if before >= sentence.start and tags[before] in "Hg" and words[before].lower() in _BE:
        return True
    beside = sentence.quote - verb == 1 or (sentence.quote - verb == 2 and words[verb + 1] == "as")
    if not beside or sentence.frame(verb) != "dub" or before < sentence.start or tags[before] not in "Nnh":
        return False
    first = phrase_start(tags, words, before, sentence.start)
    return not (first > sentence.start and tags[first - 1] == "S")


def _participle_before(sentence: Sentence, index: int) -> Attribution | None:
    tags, words, start = sentence.tags, sentence.words, sentence.start
    cue = (index, index + 1)
    if index > start and (
        tags[index - 1] == "D" and words[index - 1].lower() in sentence.lexicon.possessives
    ):
        return Attribution((index - 1, index), cue, "noun-before")
    if words[index - 1] == "as":  # quoted a source as saying
        for verb in range(index - 2, max(start, index - 14) - 1, -1):
            if words[verb].lower() in _QUOTING:
                last = phrase_end(tags, words, verb + 1, index - 1)
                if last > verb + 1:
                    return Attribution((verb + 1, last), cue, "quoted-as")
                break
    found = governor(tags, words, index, start)
    return Attribution(found, cue, "participle-before") if found else None


def introduced_by(clauses: Clauses, end: int, lexicon: Lexicon) -> Attribution | None:
    """The source that the sentence before token `end` speaks of: Davis disagreed. "...".

    Args:
        clauses: the paragraph.
        end: the token at which the quotation stands, or the number of tokens for the next paragraph's.
        lexicon: word classes.
    """
    last = end - 1
    tags = clauses.tags
    if last >= 0 and tags[last] in ".:":
        last -= 1
    start = last + 1
    low = max(0, last - REACH)
    while start > low and tags[start - 1] not in SENTENCE_END:
        start -= 1
    if start > last:
        return None
    sentence = Sentence(clauses, last + 1, start, last + 1, False, lexicon)
    return _before(sentence) or subject_only(sentence)


def signature(clauses: Clauses, index: int) -> Attribution | None:
    """A name and no verb from token `index` to the paragraph's end: — Lena Brandt, 24, of Malmo."""
    tags = clauses.tags
    while index < len(tags) and tags[index] in ",-(:":
        index += 1
    rest = tags[index : index + _SIGNATURE]
    dashed = tags[index - 1 : index] == "-"
    name = len(rest) - len(rest.lstrip("DNhnX" if dashed else "N"))
    if not ("N" in rest[:name] or "h" in rest[:name]) or rest[name : name + 1] not in (
        "",
        ",",
        "(",
        ".",
        ":",
    ):
        return None
    # With no dash before it only a line without a verb is a signature.
    if not dashed and (index + _SIGNATURE < len(tags) or any(tag in rest for tag in "VvHBGQFKP")):
        return None
    return Attribution((index, phrase_end(tags, clauses.words, index, len(tags))), None, "signed-after")
