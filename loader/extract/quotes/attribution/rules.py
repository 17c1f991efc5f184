"""Who a quotation is attributed to, and by which words: rules over a paragraph's tags, in a fixed order."""

from __future__ import annotations

from collections.abc import Callable

from loader.extract.discourse.lexicon import word_set
from loader.extract.discourse.subjects import genitive_source, phrase_start, subject
from loader.extract.quotes.attribution.cues_after import (
    according,
    as_put,
    in_the_words_of,
    phrase_and_verb,
    right_after,
    signature,
)
from loader.extract.quotes.attribution.cues_before import cue_at, nearest_cue, parenthesis_before
from loader.extract.quotes.attribution.sentences import Attribution, Sentence

# Between a headline's speaker and whom he speaks to or of.
_TOPIC = word_set("topic")
_RETORT = word_set("retort")
_AS = "as"
# After the verb of a short attribution:   he said.   he said in Rome   he said, smiling
_AFTER_CUE = frozenset(".,RtaW-;(QFKCGT:g")


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


def comma_and_closing(sentence: Sentence) -> Attribution | None:
    """Brandt's "...," he said: a comma inside the marks says that the attribution follows."""
    return closing_after(sentence) if sentence.comma else None


def marked_before(sentence: Sentence) -> Attribution | None:
    """Brandt said, "..." or Brandt said: "..."."""
    tags, quote = sentence.tags, sentence.quote
    if quote - 2 < sentence.start or tags[quote - 1] not in ",:":
        return None
    verb = quote - 2
    while verb > sentence.start and tags[verb] == "a":
        verb -= 1
    if sentence.words[verb] in _RETORT and sentence.words[verb + 1] == "back":  # Brandt fired back: "..."
        found = subject(tags, sentence.words, verb, sentence.start)
        return Attribution(found, (verb, verb + 2), "verb-before") if found else None
    if tags[quote - 2] not in "VG":
        return None
    return cue_at(sentence, quote - 2)


def adjacent_before(sentence: Sentence) -> Attribution | None:
    """Brandt said, "..."; Brandt said that "..."; Brandt's claim that "..."."""
    found = nearest_cue(sentence)
    if found is None or found.cue is None or sentence.quote - found.cue[1] != 1:
        return None
    return found


def according_before(sentence: Sentence) -> Attribution | None:
    """According to Brandt, ... "..."."""
    if in_the_words_of(sentence, sentence.start):
        return phrase_and_verb(sentence, sentence.start, sentence.quote)
    if sentence.tags[sentence.start] != "A":
        return None
    return according(sentence, sentence.start, sentence.quote, "according-before")


def closing_after(sentence: Sentence) -> Attribution | None:
    """The quotation, then he said; said Brandt; Brandt, a spokesman, told reporters; according to him."""
    if sentence.tags[sentence.quote] in "FK" and nearest_cue(sentence) is not None:
        return None
    found = right_after(sentence)
    if found is None or found.rule == "according-after":
        return found
    tags = sentence.tags
    if found.rule == "subject-verb-after":
        after = found.cue[1] if found.cue else found.speaker[1]
        told = after < len(tags) and tags[after] in "NhDOnx" and sentence.frame(after - 1) == "tell"
        if after < len(tags) and tags[after] not in _AFTER_CUE and not told:
            return None
        if (
            after + 1 < len(tags)
            and tags[after] in ":,"
            and tags[after + 1] in "QFK"
            and nearest_cue(sentence)
        ):
            return None
    if tags[sentence.quote] == "F" and found.cue is not None and found.cue[1] - sentence.quote > 8:
        return None
    return found


def opening_after(sentence: Sentence) -> Attribution | None:
    """The quotation, then Brandt said the army would leave: words that go on to report more."""
    return right_after(sentence) if sentence.tags[sentence.quote] != "F" else None


def trailing_after(sentence: Sentence) -> Attribution | None:
    """The plan is "awful" for the region, said Brandt; ... , according to a report."""
    tags, quote, end = sentence.tags, sentence.quote, sentence.end
    if tags[quote] == "F" or (quote + 1 < len(tags) and tags[quote] == "K"):
        return None
    for index in range(quote + 1, end - 2):
        if tags[index] == "A" or (tags[index] == "," and tags[index + 1] in "VDNhXPx"):
            first = index if tags[index] == "A" else index + 1
            found = phrase_and_verb(sentence, first, end, closing=True)
            if found is not None:
                return found
    return None


def signed_after(sentence: Sentence) -> Attribution | None:
    """A name under the quotation, as under a letter: "..." — Lena Brandt, 24, of Malmo."""
    after = sentence.quote + 1
    signed = sentence.tags[after : after + 1] == "-" or (sentence.quote == 0 and not sentence.comma)
    return signature(sentence.clauses, after) if signed else None


def anywhere_before(sentence: Sentence) -> Attribution | None:
    """Brandt called the plan "awful"; Brandt, who was there, said it was "awful"."""
    return nearest_cue(sentence)


def manner_before(sentence: Sentence) -> Attribution | None:
    """As Brandt puts it, the plan is "awful"; because, as he put it, "..."."""
    tags, words, start, quote = sentence.tags, sentence.words, sentence.start, sentence.quote
    for index in range(start, quote - 2):
        if words[index].lower() != _AS or (index > start and tags[index - 1] != ","):
            continue
        found = as_put(sentence, index + 1, quote)
        if found is not None and found.cue is not None and tags[found.cue[1]] == ",":
            return found._replace(rule="manner-before")
    return None


def possessor(sentence: Sentence) -> Attribution | None:
    """Brandt's "awful" remark."""
    tags, words, quote = sentence.tags, sentence.words, sentence.quote
    if quote == 0 or quote + 1 >= len(tags) or words[quote + 1].lower() not in sentence.lexicon.cue_nouns:
        return None
    found = genitive_source(tags, words, quote, sentence.start, sentence.lexicon.possessives)
    return Attribution(found, (quote + 1, quote + 2), "possessor") if found else None


def named_after_dash(sentence: Sentence) -> Attribution | None:
    """A digest's The ferries are late - Lena Brandt: "..."."""
    tags, quote = sentence.tags, sentence.quote
    if quote < 2 or tags[quote - 2 : quote] != "N:":
        return None
    first = phrase_start(tags, sentence.words, quote - 2, sentence.start)
    if first == sentence.start or tags[first - 1] != "-":
        return None
    return Attribution((first, quote - 1), None, "name-colon")


def named_before_colon(sentence: Sentence) -> Attribution | None:
    """A headline's or an interview's Brandt: "..."; a digest's From the report: "..."."""
    tags, quote = sentence.tags, sentence.quote
    if quote < 2 or tags[quote - 1] != ":" or tags[quote - 2] not in "Nh)":
        return None
    first, last = phrase_start(tags, sentence.words, quote - 2, sentence.start), quote - 1
    opening = max(sentence.start, *(tags.rfind(mark, sentence.start, last) + 1 for mark in ",;:-("))
    for index in range(opening + 1, last):
        if tags[index] in "VvH":
            break
        if sentence.words[index].lower() in _TOPIC:  # Brandt to Ohlsson: "..."; Brandt on Ferries: "..."
            first, last = opening, index
            break
    tied = not {"R", "T"}.isdisjoint(tags[first:last])
    if tied and not {"V", "v", "H"}.isdisjoint(tags[sentence.start : first]):
        return None  # Brandt has taken the view of many in the port: "..."
    named = "N" in tags[first:last] or sentence.words[first][:1].isupper() or _is_excerpt(sentence, first)
    if first >= last or not named:
        return None
    return Attribution((first, last), None, "name-colon")


def _is_excerpt(sentence: Sentence, first: int) -> bool:
    """Whether a phrase before a colon names the document that is quoted: From the report: "..."."""
    noun = sentence.words[sentence.quote - 2].lower()
    opened = sentence.words[sentence.start : first] == ["From"]
    return opened and sentence.lexicon.nouns.get(noun) == "document"


Rule = Callable[[Sentence], Attribution | None]

# In this order, because words right beside a quotation are surer than words further off.
RULES: tuple[Rule, ...] = (
    possessor,
    named_after_dash,
    marked_before,
    comma_and_closing,
    adjacent_before,
    according_before,
    closing_after,
    parenthesis_before,
    trailing_after,
    anywhere_before,
    manner_before,
    opening_after,
    signed_after,
    named_before_colon,
)
