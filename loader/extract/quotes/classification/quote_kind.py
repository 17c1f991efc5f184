"""What a marked segment is: a sentence quoted, a fragment quoted, a scare quote or the title of a work.

The evidence is read in this order; the first that holds decides. The last two columns say how often that
was right and wrong (quoted or not) in 744 articles of PolNeAR's training part, double marks only.

| evidence | kind | example | right | wrong |
|---|---|---|---|---|
| capitals where works are named | title | the show "Harbour Hour" | 112 | 30 |
| a byline after it | title | "Ferries Late," by Lena Brandt | 12 | 0 |
| between two names; a code name; before its followers | scare | Peter "Blackfin" Ohlsson | 6 | 1 |
| a sentence or clause | direct | "Nobody was hurt," she said | 4064 | 65 |
| a fragment that a cue attributes | partial | she said it was "late" | 1581 | 64 |
| after a word of saying; thirteen words and more | partial | chants of "no" | 30 | 3 |
| opens a sentence; before a bracket; after so-called | scare | the so-called "experts" | 19 | 2 |
| goes with the noun after it | scare | the "leave now" banner | 40 | 10 |
| four words and more, in capitals | scare | the "Party of the Port" | 3 | 6 |
| four words and more, in small letters | partial | it "was closed for the winter" | 26 | 10 |
| after to, is, would | partial | they came to "rethink" it | 16 | 5 |
| has a subject and a full stop | partial | It was a "trap." | 5 | 1 |
| any other fragment | scare | a "moderate" gain | 79 | 61 |
"""

from __future__ import annotations

from typing import NamedTuple

from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.tagged_paragraph import Clauses
from loader.extract.quotes.classification.work_titles import capitalised, has_byline, is_title

_NO_SUBJECT = frozenset("HVvBTRGg")
_CLAUSE = 14  # words in which a clause shows its verb
# The subject of a clause that says what there is.
_EXISTENTIAL = word_set("existential")
# Plain forms with which a command begins: Leave or die.
_IMPERATIVE = word_set("imperative")
# Those whom a fragment before the word names: the "leave now" crowd.
_FOLLOWING = word_set("following")
_LONE = 5  # tokens of a paragraph that is one quotation, with dashes around it
_HEADING = 8  # words of a heading inside an article
_HEADLINE_RULE = "name-colon"
SUBJECT_RULE = "subject-only"  # no cue, only the subject of the sentence
_LONG = 4  # words of a fragment that is no term any more
_SENTENCE = 13  # words of what is surely said
# What has a code name: an operation, an exercise.
_CODE_NAMED = word_set("code_named")
_KNOWN = word_set("known")
_NICKNAME = 2  # words of a nickname
# What makes a report none: did not mention the "old bridge".
_NEGATION = word_set("negation")
# Words that mark a use as somebody else's: a so-called "..."
_SO_CALLED = word_set("so_called")


class Setting(NamedTuple):
    """What stands around a segment and was read before its kind is decided.

    Attributes:
        rule: the rule that attributed it, or None.
        secondary: whether it has single marks where the article quotes with double ones.
        standalone: whether it begins a sentence.
        after_title: whether the quotation before it in the paragraph is a title.
    """

    rule: str | None
    secondary: bool
    standalone: bool
    after_title: bool


def kind_of(inner: str, clauses: Clauses, quote: int, setting: Setting, lexicon: Lexicon) -> str:
    """Names the kind of a segment.

    Args:
        inner: the characters between the marks.
        clauses: its paragraph.
        quote: token index of the segment.
        setting: what was read around it.
        lexicon: word classes.

    Returns:
        One of `loader.records.QUOTE_KINDS`.
    """
    words = inner.split()
    rule = setting.rule
    if is_title(words, clauses, quote, lexicon, after_title=setting.after_title):
        return "title"
    if rule is None and has_byline(words, clauses, quote):
        return "title"
    if _is_nickname(words, clauses, quote) or _is_code_name(words, clauses, quote):
        return "scare"
    if _names_a_group(clauses, quote, rule):
        return "scare"
    is_clause = _is_clause(inner, words, lexicon)
    if not is_clause and _is_heading(words, clauses, setting):
        return "scare"
    if is_clause or _stands_alone(inner, words, clauses, quote, setting):
        return "direct"
    if rule in (None, SUBJECT_RULE) and _is_term(words, clauses, quote, setting, lexicon):
        return "scare"
    return "partial"


def _is_heading(words: list[str], clauses: Clauses, setting: Setting) -> bool:
    """A paragraph that is nothing but some words in the article's lesser marks."""
    alone = len(clauses.tags) <= _LONE and not clauses.tags.strip("QF.-")
    return alone and setting.secondary and setting.rule is None and len(words) <= _HEADING


def _stands_alone(inner: str, words: list[str], clauses: Clauses, quote: int, setting: Setting) -> bool:
    """Whether words that are no clause stand as a sentence: "A disaster," he said; she said: "Soon."."""
    if setting.standalone and inner.rstrip()[-1:] in ".!?,…—-":
        return True
    if setting.rule is None:
        return False
    if setting.rule == _HEADLINE_RULE and len(words) > 1 and words[0].lower() in _IMPERATIVE:
        return True  # a headline's quotation has no full stop
    introduced = quote > 0 and clauses.tags[quote - 1] in ",:"
    return introduced and inner[:1].isupper() and inner[-1:] in ".,!?…"


def _is_term(words: list[str], clauses: Clauses, quote: int, setting: Setting, lexicon: Lexicon) -> bool:
    """Whether a fragment that no cue attributes is the writer's term (see the module's table)."""
    if setting.secondary:
        return True
    if len(words) >= _SENTENCE or _reported(clauses, quote, lexicon):
        return False
    after = clauses.tags[quote + 1 : quote + 2]
    if setting.standalone or after == "(" or clauses.words[quote - 1].lower() in _SO_CALLED:
        return True
    if after in ("n", "h", "x") and words[-1][-1] not in ",.":
        return True
    if len(words) >= _LONG:
        return capitalised(words)
    if clauses.tags[quote - 1] in "TH":
        return False
    if setting.rule is None:
        return True
    return words[-1][-1] != "."


def _is_nickname(words: list[str], clauses: Clauses, quote: int) -> bool:
    """A word between two names: Peter "Blackfin" Ohlsson."""
    around = clauses.tags[max(0, quote - 1) : quote + 2]
    return around == "NQN" and len(words) <= _NICKNAME and capitalised(words) and words[-1][-1] != ","


def _is_code_name(words: list[str], clauses: Clauses, quote: int) -> bool:
    """A name in capitals after what is given one: Operation "Iron Branch"; a woman known as "Auntie Fay"."""
    if not quote or not capitalised(words):
        return False
    last, before = clauses.words[quote - 1].lower(), clauses.words[max(0, quote - 2)].lower()
    return last in _CODE_NAMED or (last == "as" and before in _KNOWN)


def _names_a_group(clauses: Clauses, quote: int, rule: str | None) -> bool:
    """Whether a fragment names those who stand for it: the support of the "leave now" crowd."""
    tags, words = clauses.tags, clauses.words
    if tags[quote] != "Q" or not any(word.lower() in _FOLLOWING for word in words[quote + 1 : quote + 2]):
        return False
    before = quote - 1
    while before >= 0 and tags[before] in "Da":
        before -= 1
    # The object of a verb of saying may be one's words: she denounced the "leave now" crowd.
    return rule in (None, SUBJECT_RULE) or (before >= 0 and tags[before] in "RT")


def _reported(clauses: Clauses, quote: int, lexicon: Lexicon) -> bool:
    """Whether words before it report it though they name nobody: chants of "no", was described as "fair"."""
    for index in range(quote - 1, max(0, quote - 3) - 1, -1):
        if clauses.tags[index] in ".FK":
            break
        word = clauses.words[index]
        if word.lower() in lexicon.cue_nouns or lexicon.frames.get(word.lower()) in ("call", "say", "tell"):
            return _NEGATION.isdisjoint(clauses.words[max(0, index - 3) : index])
    return False


def _is_clause(inner: str, words: list[str], lexicon: Lexicon) -> bool:
    """Whether the words have a subject and a finite verb of their own, or stand as a sentence."""
    if len(words) < 2:
        return False
    sentence = words[0].lstrip("'’‘[(…")[:1].isupper() and words[-1].rstrip("'’”")[-1:] in ".,!?…"
    if sentence and (words[-1][-1] in "!?" or (len(words) > 3 and not capitalised(words))):
        return True
    stripped = (word.strip(".,;:!?'’‘[]()") for word in words[:_CLAUSE])
    bare = [word for word in stripped if word]
    tags = [_tag_inside(word, lexicon) for word in bare]
    if bare and bare[0].lower() in _EXISTENTIAL and tags[1:2] and tags[1] in "HvV":
        return True  # there is an attempt
    if tags and tags[0] in _NO_SUBJECT and inner[:1].islower() and ". " not in inner:
        return False  # it begins with its verb or a preposition: "makes you leave", "in the way he said"
    for index in range(1, len(tags)):
        tag = tags[index]
        if tag in "SW":  # what follows is a clause inside a fragment: damage that was done
            return False
        if tags[index - 1] == "P" and tag not in "RCDO":
            return True
        finite = tag == "H" or (
            tag in "Vv"
            and bare[index + 1 : index + 2] not in ([], ["by"])
            and bare[index].lower() not in lexicon.participles
            and not (bare[index].endswith("ed") and tags[index + 1] in "RT")
        )
        before = index - 1
        while before > 0 and tags[before] in "aH":
            before -= 1
        if finite and tags[before] in "nhNO":
            return True
    return False


def _tag_inside(word: str, lexicon: Lexicon) -> str:
    tag = lexicon.tags.get(word) or lexicon.tags.get(word.lower()) or ""
    if tag:
        return "n" if tag in "VB" and word in lexicon.noun_verbs else tag
    return lexicon.contractions.get(word.lower().replace("’", "'"), "") or lexicon.tag(word)
