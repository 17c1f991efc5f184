"""What a marked segment is: a sentence quoted, a fragment quoted, a scare quote or the title of a work."""

from __future__ import annotations

from loader.quotes.clauses import Clauses
from loader.quotes.lexicon import Lexicon, word_set

# Prepositions after which a programme or a paper is named.
_PLACED = word_set("placed")
# Those who make works or appear in them (star, host, author).
_MAKERS = word_set("maker")
_NO_SUBJECT = frozenset("HVvBTRGg")
_CLAUSE = 14  # words in which a clause shows its verb
# The subject of a clause that says what there is.
_EXISTENTIAL = word_set("existential")
# Plain forms with which a command begins: Leave or die.
_IMPERATIVE = word_set("imperative")
# Those whom a fragment before the word names: the "leave now" crowd.
_FOLLOWING = word_set("following")
_HEADING = 8  # words of a heading inside an article
_HEADLINE_RULE = "name-colon"
# Words that stay small in a title.
_SMALL = word_set("small")


def kind_of(
    inner: str,
    clauses: Clauses,
    quote: int,
    rule: str | None,
    lexicon: Lexicon,
    *,
    secondary: bool,
    standalone: bool,
    after_title: bool,
) -> str:
    """Names the kind of a segment.

    Args:
        inner: the characters between the marks.
        clauses: its paragraph.
        quote: token index of the segment.
        rule: the rule that attributed it, or None.
        lexicon: word classes.
        secondary: whether it has single marks where the article quotes with double ones.
        standalone: whether it begins a sentence.
        after_title: whether the quotation before it in the paragraph is a title.

    Returns:
        One of `loader.records.QUOTE_KINDS`.
    """
    words = inner.split()
    if _is_title(words, clauses, quote, lexicon, after_title=after_title):
        return "title"
    heading = secondary and rule is None and not clauses.tags.strip("QF.-") and len(words) <= _HEADING
    if heading and not _is_clause(inner, lexicon):
        return "scare"
    if standalone and clauses.tags[quote] in "FKQ" and inner.rstrip()[-1:] in ".!?,…—-":
        return "direct"
    introduced = quote > 0 and rule is not None and clauses.tags[quote - 1] in ",:"
    clause = _is_clause(inner, lexicon) or (introduced and inner[:1].isupper() and inner[-1:] in ".,!?…")
    if rule == _HEADLINE_RULE and len(words) > 1:  # a headline's quotation has no full stop
        clause = clause or words[0].lower() in _IMPERATIVE
    if _names_a_group(clauses, quote, rule):
        return "scare"
    if rule in (None, "subject-only") and not clause and secondary:
        return "scare"  # a headline's or a writer's term
    # A fragment is somebody's words only where the text says whose; a word or two only by a verb of saying.
    if rule is None and not clause and not _reported(clauses, quote, lexicon):
        return "scare"
    modifies = clauses.tags[quote : quote + 2] in ("Qn", "Qh", "Kn", "Kh")  # a "Vote for Me" shirt
    if rule == "subject-only" and (len(words) <= 2 or (modifies and not inner.endswith(","))):
        return "scare"
    return "direct" if clause else "partial"


def _names_a_group(clauses: Clauses, quote: int, rule: str | None) -> bool:
    """Whether a fragment names those who stand for it: the support of the "leave now" crowd."""
    tags, words = clauses.tags, clauses.words
    if tags[quote] != "Q" or not any(word.lower() in _FOLLOWING for word in words[quote + 1 : quote + 2]):
        return False
    before = quote - 1
    while before >= 0 and tags[before] in "Da":
        before -= 1
    # The object of a verb of saying may be one's words: she denounced the "leave now" crowd.
    return rule in (None, "subject-only") or (before >= 0 and tags[before] in "RT")


def _reported(clauses: Clauses, quote: int, lexicon: Lexicon) -> bool:
    """Whether words before it report it though they name nobody: chants of "no", was described as "fair"."""
    for index in range(quote - 1, max(0, quote - 3) - 1, -1):
        if clauses.tags[index] in ".FK":
            break
        word = clauses.words[index]
        if word.lower() in lexicon.cue_nouns or lexicon.frames.get(word.lower()) in ("call", "say", "tell"):
            return True
    return False


def _is_title(words: list[str], clauses: Clauses, quote: int, lexicon: Lexicon, *, after_title: bool) -> bool:
    """A name in capitals where works are named: the show "New Day", on "Meet the Press"."""
    if len(words) > 12 or not _capitalised(words):
        return False
    tags = clauses.tags
    before = quote - 1
    if before >= 0 and tags[before] == ",":
        before -= 1
    near = [
        word.lower()
        for word in clauses.words[max(0, before - 1) : before + 1] + clauses.words[quote + 1 : quote + 2]
    ]
    if any(word in lexicon.works for word in near):
        return True
    if clauses.words[quote + 1 : quote + 2] and near[-1] in _MAKERS:  # "New Day" host
        return True
    if quote > 1 and clauses.words[quote - 1] == "of" and clauses.words[quote - 2].lower() in _MAKERS:
        return True
    if after_title and clauses.tags[max(0, quote - 4) : quote].rstrip(",CRa").endswith(("Q", "F", "K")):
        return True  # in a list of titles
    if quote == 0 or tags[quote - 1] not in "XRVT":
        return False
    word = clauses.words[quote - 1].lower()
    if tags[quote - 1] == "X":
        return clauses.words[quote - 1] in lexicon.outlets or (
            quote > 1 and clauses.words[quote - 2] in _PLACED
        )
    return word in _PLACED or lexicon.frames.get(word) == "tell"


def _capitalised(words: list[str]) -> bool:
    """Whether every word of weight has a capital, as in a title."""
    first = words[0].lstrip("'‘’[(")
    if not first[:1].isupper() and not first[:1].isdigit():
        return False
    return all(word[:1].isupper() or not word[:1].isalpha() or word in _SMALL for word in words)


def _is_clause(inner: str, lexicon: Lexicon) -> bool:
    """Whether the words have a subject and a finite verb of their own, or stand as a sentence."""
    words = inner.split()
    if len(words) < 2:
        return False
    sentence = words[0].lstrip("'’‘[(…")[:1].isupper() and words[-1].rstrip("'’”")[-1:] in ".,!?…"
    if sentence and (words[-1][-1] in "!?" or (len(words) > 3 and not _capitalised(words))):
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
