"""Attributions that stand after a quotation, and those that begin with a phrase of their own."""

from __future__ import annotations

from loader.extract.discourse.lexicon import word_set
from loader.extract.discourse.subjects import phrase_end, subject
from loader.extract.discourse.tagged_paragraph import Clauses
from loader.extract.quotes.attribution.sentences import PHRASE_START, REACH, Attribution, Sentence

_BE = word_set("be")
_PRONOMINAL = word_set("pronominal")  # another, some: a source without a noun
_LAST = word_set("last")
_MANNER = word_set("manner")  # as, in: "...," as Brandt put it
_MANNER_REACH = 12  # tokens from "as" to its verb
_SAYING = ("say", "tell", "think")  # frames that take a whole clause
_WORDS_OF = ["in", "the", "words", "of"]
_QUOTING = word_set("quoting")
_QUOTED = 20  # tokens from a quotation to "as saying"
_SIGNATURE = 25  # tokens that a signature may have


def right_after(sentence: Sentence) -> Attribution | None:
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
    if parted and index < high and sentence.words[index].lower() in _MANNER:
        return as_put(sentence, index + 1, high)
    if (
        index >= high
        or (tags[index] in "RSWC" and not in_the_words_of(sentence, index))
        or not (parted or tags[index] in "NPVRD")
    ):
        return None  # without a comma a noun after it belongs to it: the "Harbour Hour" host
    quoted = _quoted_as(sentence, index, high)
    if quoted is not None:
        return quoted
    if parted and tags[quote] != "F":
        found = _short_after(sentence, index, high)
        if found is not None:
            return found
    return phrase_and_verb(sentence, index, high)


def _quoted_as(sentence: Sentence, index: int, high: int) -> Attribution | None:
    """The one who is quoted, in either voice: "..." the agency quoted Brandt as saying."""
    tags, words = sentence.tags, sentence.words
    for gerund in range(index + 3, min(high, index + _QUOTED)):
        if tags[gerund] != "G" or words[gerund - 1] != "as":
            continue
        cue = (gerund, gerund + 1)
        for verb in range(gerund - 2, index, -1):
            if words[verb] not in _QUOTING:
                continue
            if verb + 2 < gerund:
                return Attribution((verb + 1, gerund - 1), cue, "quoted-as")
            found = subject(tags, words, verb, index)
            return Attribution(found, cue, "quoted-as") if found else None
    return None


def _short_after(sentence: Sentence, index: int, high: int) -> Attribution | None:
    """A name or pronoun and any verb, as short as can be: "...?" Brandt pressed."""
    tags = sentence.tags
    if tags[index : index + 2] in ("vN", "vD"):  # "..." beamed Brandt, laughed the mayor
        last = phrase_end(tags, sentence.words, index + 1, high)
        if tags[last - 1] in "Nh":
            return Attribution((index + 1, last), (index, index + 1), "verb-subject-after")
    verb = index
    while verb < high and tags[verb] in "NP" and verb - index < 5:
        verb += 1
    if verb == index or verb >= high or tags[verb] not in "Vv":
        return None
    if verb + 1 < len(tags) and tags[verb + 1] not in ".,RtaQFK":
        return None
    return Attribution((index, verb), (verb, verb + 1), "subject-verb-after")


def as_put(sentence: Sentence, index: int, high: int) -> Attribution | None:
    """What follows "as": "...," as Brandt said; "...," as the mayor put it; As Brandt puts it, "..."."""
    tags = sentence.tags
    for verb in range(index + 1, min(high, index + _MANNER_REACH)):
        if tags[verb] not in "Vv":
            continue
        end = verb + 1 + (sentence.words[verb + 1 : verb + 2] == ["it"])
        found = subject(tags, sentence.words, verb, index)
        if found is None or found[0] != index or (tags[verb] == "v" and end == verb + 1):
            return None
        return Attribution(found, (verb, end), "subject-verb-after")
    return None


def phrase_and_verb(
    sentence: Sentence, index: int, high: int, *, closing: bool = False
) -> Attribution | None:
    """An attribution that starts at token `index`: a verb and its subject in either order."""
    tags, words = sentence.tags, sentence.words
    if tags[index] == "A":
        return according(sentence, index, high, "according-after")
    if in_the_words_of(sentence, index):
        last = phrase_end(tags, words, index + 4, high)
        return Attribution((index + 4, last), (index, index + 4), "words-of") if last > index + 4 else None
    if tags[index] == "V":
        first = index + 1
        starts = first < high and (
            tags[first] in PHRASE_START or tags[first : first + 2] in ("vN", "vh", "vn")
        )
        if starts and sentence.frame(index) == "say":
            last = phrase_end(tags, words, first, high)
            mine = words[first].lower() in sentence.lexicon.possessives  # cited his appearance
            named = _is_source(tags, words, first, last)
            if named and not (closing and mine):
                return Attribution((first, last), (index, index + 1), "verb-subject-after")
        if closing:
            return None
    if closing and tags[index] not in PHRASE_START:
        return None
    limit = min(high, index + (10 if closing else REACH))
    return _subject_and_verb(sentence, index, limit, high, closing=closing)


def _is_source(tags: str, words: list[str], first: int, last: int) -> bool:
    """Whether a phrase after a verb can be its subject: not the object "a" or the time "last week"."""
    if last != first + 1:
        return last > first
    word = words[first].lower()
    if tags[last : last + 1] == "t" and word in _LAST:
        return False
    return tags[first] != "D" or word in _PRONOMINAL


def _subject_and_verb(
    sentence: Sentence, index: int, limit: int, high: int, *, closing: bool
) -> Attribution | None:
    """An attribution whose subject starts at token `index` and whose verb stands before token `limit`."""
    tags, words = sentence.tags, sentence.words
    for verb in range(index, limit):
        if closing and tags[verb] in ",.Q" and tags[index:verb].count(",") >= 2:
            return None
        finite = tags[verb] == "V" or (tags[verb] == "B" and tags[verb - 1] in "NhxPHa")
        if not finite or sentence.frame(verb) not in _SAYING:
            continue
        if tags[sentence.quote] == "F" and words[verb - 1].lower() in _BE:
            return None  # "..." The sanctions were announced: another sentence, and no one who speaks
        if tags[sentence.quote] in "FK" and words[verb + 1 : verb + 2] == ["that"]:
            return None  # "..." Brandt replied that: another sentence, with words of its own
        if closing and verb + 1 < high and tags[verb + 1] not in ".,tRa":
            return None
        found = subject(tags, words, verb, index)
        if found is None or (closing and found[0] != index):
            return None
        if found[0] > index + 1:
            if tags[found[0]] == "W" and "V" in tags[verb + 1 : limit]:
                continue  # Brandt, who proposed a truce, said
            if tags[found[0] - 2 : found[0]] == "WH":  # Brandt, who is a lawyer said
                found = (index, phrase_end(tags, words, index, found[0]))
            elif tags[found[0] - 1] in "nhNO":
                return None  # "..." - the crowd Brandt rails against
        return Attribution(found, (verb, verb + 1), "subject-verb-after")
    return None


def in_the_words_of(sentence: Sentence, index: int) -> bool:
    """Whether token `index` begins "in the words of"."""
    words = sentence.words
    if index >= len(words) or words[index].lower() != "in":
        return False
    return [word.lower() for word in words[index : index + 4]] == _WORDS_OF


def according(sentence: Sentence, index: int, high: int, rule: str) -> Attribution | None:
    """The attribution of an "according to" that stands at token `index`."""
    tags, words = sentence.tags, sentence.words
    first = index + 2
    if first >= high or tags[index + 1] != "T":
        return None
    last = phrase_end(tags, words, first, high)
    return Attribution((first, last), (index, index + 2), rule) if last > first else None


def signature(clauses: Clauses, index: int) -> Attribution | None:
    """A name and no verb from token `index` to the paragraph's end: — Lena Brandt, 24, of Malmo."""
    tags = clauses.tags
    while index < len(tags) and tags[index] in ",-(:":
        index += 1
    rest = tags[index : index + _SIGNATURE]
    dashed = tags[index - 1 : index] == "-"
    name = len(rest) - len(rest.lstrip("DNhnX" if dashed else "Nhn"))
    named = "N" in rest[:name] or (dashed and "h" in rest[:name])
    if not named or rest[name : name + 1] not in ("", ",", "(", ".", ":"):
        return None
    # With no dash before it only a line without a verb is a signature.
    if not dashed and (index + _SIGNATURE < len(tags) or any(tag in rest for tag in "VvHBGQFKP")):
        return None
    return Attribution((index, phrase_end(tags, clauses.words, index, len(tags))), None, "signed-after")
