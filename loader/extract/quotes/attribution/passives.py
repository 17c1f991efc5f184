"""Passives: a plan described by Brandt as "...", what's called "...", the captain known as "..."."""

from __future__ import annotations

from loader.extract.discourse.lexicon import word_set
from loader.extract.discourse.subjects import phrase_end, phrase_start
from loader.extract.quotes.attribution.sentences import PHRASE_START, Attribution, Sentence

_BE = word_set("be")
_HAVE = word_set("have")
_IS_OR_HAS = word_set("is_or_has")
_AGENT = 3  # tokens from a passive's agent to what he said


def agent(sentence: Sentence, verb: int) -> Attribution | None:
    """Who did what a passive says: labeled a "..." by Brandt; seen by the crew as "..."."""
    tags, words, quote = sentence.tags, sentence.words, sentence.quote
    cue = (verb, verb + 1)
    first = verb + 2
    if first < quote and words[verb + 1] == "by":
        last = phrase_end(tags, words, first, quote)
        return (
            Attribution((first, last), cue, "passive-by")
            if quote - last <= _AGENT and tags[last] != ","
            else None
        )
    first = verb + 1 + (words[verb + 1] == "as")
    if "R" in tags[first:quote]:
        return None  # a loss reported in a "..." by Brandt: the loss is reported, the words are no one's
    after = quote + 2
    if after < len(tags) and words[after - 1] == "by" and tags[after] in PHRASE_START:
        return Attribution((after, phrase_end(tags, words, after, len(tags))), cue, "passive-by")
    return None


def is_passive(sentence: Sentence, verb: int) -> bool:
    """Was described as; an event billed as "..."; the hacker known as "..."."""
    tags, words = sentence.tags, sentence.words
    if words[verb].endswith("s"):
        return False
    before = verb - 1
    while before >= sentence.start and tags[before] in "at":
        before -= 1
    auxiliary = words[before].lower() if before >= sentence.start else ""
    if tags[before] in "Hg" and auxiliary in _BE:
        return True
    beside = sentence.quote - verb == 1 or (sentence.quote - verb == 2 and words[verb + 1] == "as")
    if auxiliary in _IS_OR_HAS:
        return beside and sentence.frame(verb) in ("dub", "call")  # it's called "..."
    if auxiliary not in _HAVE and _is_named(sentence, verb):
        return True
    if words[verb] in sentence.lexicon.participles and words[verb + 1] == "by":
        return auxiliary not in _HAVE  # a plan seen by the crew as "..."
    if not beside or sentence.frame(verb) != "dub" or before < sentence.start or tags[before] not in "Nnh":
        return False
    first = phrase_start(tags, words, before, sentence.start)
    return not (first > sentence.start and tags[first - 1] == "S")


def _is_named(sentence: Sentence, verb: int) -> bool:
    """A participle that tells what something goes by: known here as "..."; labeled a "..." by the crew."""
    words, quote = sentence.words, sentence.quote
    if words[verb] == "known":
        return "as" in (words[verb + 1], *words[max(verb, quote - 2) : quote])
    named = sentence.frame(verb) in ("dub", "call") and words[quote + 1 : quote + 2] == ["by"]
    return named and sentence.tags[verb + 1 : quote] in ("", "D", "R", "RD")
