"""Cues that stand before a quotation, and the sources they attribute it to."""

from __future__ import annotations

from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.subjects import (
    Span,
    genitive_source,
    governor,
    is_reported,
    phrase_end,
    phrase_start,
    subject,
)
from loader.extract.discourse.tagged_paragraph import Clauses
from loader.extract.quotes.attribution.cues_after import according
from loader.extract.quotes.attribution.passives import agent, is_passive
from loader.extract.quotes.attribution.sentences import (
    PHRASE_START,
    REACH,
    SENTENCE_END,
    Attribution,
    Sentence,
)

_ARTICLES = word_set("article")
# Rules that name the source whatever stands before it.
_SURE = frozenset(("passive-by", "quoted-as", "document"))
_SUBJECT_START = PHRASE_START | {"P"}
_NEGATION = word_set("negation")
_QUOTING = word_set("quoting")
_ANAPHOR = word_set("anaphor")
_AUTHOR = word_set("author")
_NOUN_REACH = 4  # tokens from a noun of saying to the words that it is said to be
_CLAUSE_REACH = 8  # the same where "that" stands before the words: her remarks before the council that "..."
_VERBAL = frozenset("VvHBGg")
_CUE_TAGS = frozenset("AVGBvnh")  # of what can be a cue
_OPENING = 4  # tokens of a sentence that may take up the one before it: Twenty of these
_OWN_WORDS = word_set("own_words")  # documents that are sources themselves
_DEMONSTRATIVE = word_set("demonstrative")
_POLL = word_set("poll")
_MAKE = word_set("make")


def nearest_cue(sentence: Sentence) -> Attribution | None:
    """The nearest cue before the quotation in its sentence.

    A cue whose own clause is reported gives way to the one that reports: in "she said he had called it
    ..." the sentence's source is "she". So does a weak one, where there is another.
    """
    if sentence.nearest is None:
        sentence.nearest = (_find_nearest_cue(sentence),)
    return sentence.nearest[0]


def _find_nearest_cue(sentence: Sentence) -> Attribution | None:
    tags, words, start = sentence.tags, sentence.words, sentence.start
    nouns = sentence.lexicon.cue_nouns
    reported: Attribution | None = None
    high = sentence.quote
    for index in range(sentence.quote - 1, start - 1, -1):
        tag = tags[index]
        if tag == "Q":
            break
        if tag not in _CUE_TAGS or (tag in "nh" and words[index].lower() not in nouns):
            continue
        if index >= high:
            continue  # between a reported clause's subject and its verb, so it reports nothing
        found = cue_at(sentence, index)
        if found is None:
            continue
        if found.rule in _SURE:
            return found
        if is_reported(tags, words, found.speaker[0], start):
            high = min(high, found.speaker[0])
        elif not _is_weak(sentence, found):
            return found
        reported = reported or found
    return reported


def _is_weak(sentence: Sentence, found: Attribution) -> bool:
    """Whether a cue seldom attributes where its sentence has another: she said he wanted to open a "...".

    A verb of thinking or wanting, and an infinitive, unless it is a plain form that reports (they say).
    """
    if found.cue is None or found.rule not in ("verb-before", "infinitive-before"):
        return False
    verb = found.cue[0]
    frame = sentence.frame(verb)
    if frame == "think" or found.rule == "verb-before":
        return frame == "think"
    before = verb - 1
    while before > sentence.start and sentence.tags[before] == "a":
        before -= 1
    return sentence.tags[before] == "T" or frame not in ("say", "tell")


def parenthesis_before(sentence: Sentence) -> Attribution | None:
    """A parenthesis that reports its sentence: The ferries, Brandt said, were "out of sight"."""
    tags, words, start = sentence.tags, sentence.words, sentence.start
    if tags[sentence.quote - 1] in ":V":
        return None  # The ferries, Brandt said, have a crew that sang: "..."
    for verb in range(sentence.quote - 2, start + 1, -1):
        if tags[verb] == "Q":
            return None
        if tags[verb] != "V" or sentence.frame(verb) != "say":
            continue
        if tags[verb - 1] == "," and tags[verb + 1] in PHRASE_START:
            last = phrase_end(tags, words, verb + 1, sentence.quote)
            if tags[last] == ",":
                return Attribution((verb + 1, last), (verb, verb + 1), "parenthesis-before")
        elif tags[verb + 1] == "," and verb + 1 < sentence.quote - 1:
            found = subject(tags, words, verb, start, coordinate=False)
            if found is None or found[0] == start or tags[found[0] - 1] != ",":
                continue
            if not tags[found[1] : verb].strip("a"):
                nearest = nearest_cue(sentence)
                if nearest is not None and nearest.speaker == found:
                    return nearest  # Brandt said, calling the plan "...": the same source, a nearer cue
                return Attribution(found, (verb, verb + 1), "parenthesis-before")
    return None


def cue_at(sentence: Sentence, index: int) -> Attribution | None:
    """The attribution whose cue is the token `index`, before the quotation."""
    tags, words, start, quote = sentence.tags, sentence.words, sentence.start, sentence.quote
    tag = tags[index]
    if tag == "A":
        return according(sentence, index, quote, "according-before")
    if tag in "BG" and not _NEGATION.isdisjoint(words[max(start, index - 3) : index]):
        return None  # did not mention that "..." gives it to nobody
    if tag == "V":
        if index > start and tags[index - 1] in "DXx" and _is_attributive(sentence, index):
            return None
        return _finite_before(sentence, index)
    if tag == "G":
        if (
            index > start
            and tags[index - 1] == "D"
            and words[index - 1].lower() not in sentence.lexicon.possessives
        ):
            return None  # the listing: a noun
        return _participle_before(sentence, index)
    if tag == "B" and index > start and tags[index - 1] in "tTHaNhOPCW,":
        found = subject(tags, words, index, start)
        if found is None:
            return None
        return Attribution(_poll_of(sentence, found), (index, index + 1), "infinitive-before")
    if tag == "v" and words[index] in _MAKE:
        return _made_clear(sentence, index)
    return _noun_before(sentence, index) if tag in "nh" else None


def _made_clear(sentence: Sentence, verb: int) -> Attribution | None:
    """Brandt made clear that "..."; Brandt makes it clear that "...": the adjective is part of the cue."""
    words = sentence.words
    last = verb + 1 + (words[verb + 1] == "it")
    if words[last : last + 1] != ["clear"]:
        return None
    found = subject(sentence.tags, words, verb, sentence.start)
    return Attribution(found, (verb, last + 1), "verb-before") if found else None


def _is_attributive(sentence: Sentence, verb: int) -> bool:
    """A participle before its noun: those related to the "..." project; his acclaimed "..."."""
    words, before = sentence.words, verb - 1
    if words[verb] not in sentence.lexicon.past:
        return False
    word = words[before].lower()
    if word in _DEMONSTRATIVE or word in _ARTICLES or word in sentence.lexicon.possessives:
        return True
    return sentence.tags[before] in "Xx" and sentence.tags[verb + 1] in "nhQFK"


def _noun_before(sentence: Sentence, noun: int) -> Attribution | None:
    """Brandt's claim that "..."; the suggestion by Brandt that the port was "...".

    Far from its noun the quotation must stand in a clause with "that"; in dismissed Brandt's remarks as
    "..." the words are somebody else's.
    """
    tags, words, start, quote = sentence.tags, sentence.words, sentence.start, sentence.quote
    if words[noun].lower() not in sentence.lexicon.cue_nouns:
        return None
    found = None
    after = noun + 1
    ends_in_that = words[quote - 1] == "that" or words[quote - 2 : quote] == ["that", ","]
    reach = _CLAUSE_REACH if ends_in_that and _VERBAL.isdisjoint(tags[after:quote]) else _NOUN_REACH
    if quote - noun <= reach:
        if "as" not in words[after:quote]:
            found = genitive_source(tags, words, noun, start, sentence.lexicon.possessives)
    elif words[after] == "that":
        found = genitive_source(tags, words, noun, start, sentence.lexicon.possessives)
    elif words[after] in _AUTHOR:
        last = phrase_end(tags, words, after + 1, quote)
        if words[last] == "that" and last > after + 1:
            found = after + 1, last
    return Attribution(found, (noun, after), "noun-before") if found else None


def _finite_before(sentence: Sentence, verb: int) -> Attribution | None:
    tags, words, start, quote = sentence.tags, sentence.words, sentence.start, sentence.quote
    cue = (verb, verb + 1)
    before = verb - 1
    while before >= start and tags[before] in "a,":
        before -= 1
    first = verb + 1
    opens_sentence = verb == start
    after_quote = before >= start and tags[before] == "Q" and tags[verb - 1] in ",Q"
    joined = before >= start and tags[before] == "C"
    inverted = opens_sentence or after_quote or joined
    if inverted and first < quote and tags[first] in PHRASE_START and sentence.frame(verb) == "say":
        last = phrase_end(tags, words, first, quote)
        # After and only a name: and emphasized the threat that; after all others no bare article.
        named = not set("NPX" if joined else "NPXhn").isdisjoint(tags[first:last])
        if named and ((last == quote and after_quote) or (last < len(tags) and tags[last] in ",RW:aGtS(")):
            return Attribution((first, last), cue, "verb-subject-before")
    if is_passive(sentence, verb):
        return agent(sentence, verb)
    reporter = _reporter_behind(sentence, verb)
    if reporter is not None:
        return Attribution(reporter, cue, "verb-subject-before")
    found = subject(tags, words, verb, start)
    if found is not None and tags[found[0]] == "W" and sentence.frame(verb) == "tell":
        found = _antecedent(sentence, found)
    return Attribution(_poll_of(sentence, found), cue, "verb-before") if found else None


def _reporter_behind(sentence: Sentence, verb: int) -> Span | None:
    """The subject behind a verb that closes a report: It was over, said Brandt: "..."."""
    tags, start, quote = sentence.tags, sentence.start, sentence.quote
    first = verb + 1
    if verb - 1 <= start or tags[verb - 1] != "," or sentence.frame(verb) != "say":
        return None
    if first >= quote or tags[first] not in PHRASE_START or set("VvH").isdisjoint(tags[start : verb - 1]):
        return None
    last = phrase_end(tags, sentence.words, first, quote)
    # Up to a colon, or to the end of a sentence before a quotation that is one of its own.
    closes = last >= quote - 1 and tags[last : last + 1] in (":", ".")
    return (first, last) if closes and not set("NPh").isdisjoint(tags[first:last]) else None


def _poll_of(sentence: Sentence, subject: Span) -> Span:
    """The poll that counted those who say something: in a survey, 31 percent of the tenants said "..."."""
    tags, words, (first, last) = sentence.tags, sentence.words, subject
    if words[first][:1].isdigit() or "percent" in words[first:last]:
        for index in range(first - 1, sentence.start - 1, -1):
            if words[index].lower() in _POLL:
                return phrase_start(tags, words, index, sentence.start), index + 1
    return subject


def _antecedent(sentence: Sentence, relative: Span) -> Span:
    """The name right before ", who": Lena Brandt, who told the council that "...". Else the pronoun."""
    tags, last = sentence.tags, relative[0] - 2
    if last < sentence.start or tags[last : last + 2] != "N,":
        return relative
    return phrase_start(tags, sentence.words, last, sentence.start), last + 1


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
    document = _document_before(sentence, index)
    if document is not None:
        first, last = document
        if first > start and sentence.frame(first - 1) in ("call", "dub"):
            return None  # she called a report suggesting a delay "...": the words are hers
        authored = "X" in tags[first:last] or "x" in tags[first:last]
        if authored or words[last - 1].lower() in _OWN_WORDS:
            return Attribution(document, cue, "document")
    found = governor(tags, words, index, start) or _subject_after(sentence, index)
    return Attribution(found, cue, "participle-before") if found else None


def _subject_after(sentence: Sentence, participle: int) -> Span | None:
    """The subject of the main clause behind a participle that opens it: Calling it "vain," Brandt left."""
    tags, start = sentence.tags, sentence.start
    first = sentence.quote + 1
    if tags[start:participle].strip("RaC") or not (sentence.comma or tags[first : first + 1] == ","):
        return None
    while first < sentence.end and tags[first] in ",aS":
        first += 1
    if first >= sentence.end or tags[first] not in _SUBJECT_START:
        return None
    last = phrase_end(tags, sentence.words, first, sentence.end)
    return (first, last) if last > first and tags[last : last + 1] in set("VvHa,(") else None


def _document_before(sentence: Sentence, participle: int) -> Span | None:
    """The document right before a participle: she wore a cap saying "..."; a report warning that "...".

    Only what bears words, what reports findings, and what has its author beside it (the port's letter
    saying "...") is the source: where somebody issues a statement saying "...", it is whoever issues it.
    """
    tags, words, start = sentence.tags, sentence.words, sentence.start
    last = participle - 1
    noun = words[last].lower()
    if last < start or tags[last] not in "nh" or sentence.lexicon.nouns.get(noun) != "document":
        return None
    first = phrase_start(tags, words, last, start)
    held = tags.rfind("g", first, last)  # men carrying signs
    if held >= 0 and (held == start or tags[held - 1] not in "DXx"):
        first = held + 1
    return first, last + 1


def subject_only(sentence: Sentence) -> Attribution | None:
    """No verb of saying: the subject of the nearest verb before, where one is found."""
    tags, words, quote, start = sentence.tags, sentence.words, sentence.quote, sentence.start
    fallback: Attribution | None = None
    for index in range(quote - 1, start - 1, -1):
        if tags[index] == "V" and is_passive(sentence, index):
            return None  # what is said of somebody is not said by him: was told to "smile"
        if tags[index] in "vHgQ":
            if tags[index] == "Q":
                break
            if tags[index] in "vH" and index > start and tags[index - 1] == "T":
                continue  # an infinitive: what she did to become the "..."
            find = governor if tags[index] == "g" else subject
            found = find(tags, words, index, start)
            if found is None:
                continue
            attribution = Attribution(found, None, "subject-only")
            if not is_reported(tags, words, found[0], start):
                return attribution
            fallback = fallback or attribution
    return fallback


def taken_up(sentence: Sentence) -> int | None:
    """The token by which a sentence takes up the one before it: These "..."; Twenty of them "..."."""
    tags, words, start = sentence.tags, sentence.words, sentence.start
    for index in range(start, min(sentence.quote, start + _OPENING)):
        if words[index].lower() in _ANAPHOR:
            return index
        if tags[index] not in "naDRO" and not (index == start and tags[index] == "N"):
            return None
    return None


def introduced_by(clauses: Clauses, end: int, lexicon: Lexicon) -> Attribution | None:
    """The source that the sentence before token `end` speaks of: Brandt disagreed. "...".

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
    sentence = Sentence(clauses, last + 1, start, last + 1, lexicon, comma=False)
    found = nearest_cue(sentence) or subject_only(sentence)
    if found is None or tags[found.speaker[0]] == "W":
        return None  # what a relative clause reports stays in its sentence
    return found if found.cue is not None or _may_speak(sentence, found.speaker) else None


def _may_speak(sentence: Sentence, speaker: Span) -> bool:
    """Whether the subject of a sentence may be who speaks next: not "it", not "who", not a mere thing."""
    first, last = speaker
    tags = sentence.tags[first:last]
    if tags in ("P", "D"):
        return sentence.words[first].lower() != "it"
    return any(tag in "NhXx" for tag in tags)
