"""Which words have one tag wherever they stand, and which have one that the tokens before them decide.

A word's code is its tag (see `lexicon`), or a sign for what must be looked at where it stands.
"""

from __future__ import annotations

from functools import cache

from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.name_spans import is_given_name

FULL_STOP = "!"  # ends a sentence or an abbreviation
APOSTROPHE = "'"  # ends a genitive (the soldiers' pay), and is no token
DROPPED = "#"  # a sign that is no token
CLITIC = "%"  # two tokens: he's
GENITIVE = "$"
NUMBER = "0"  # about 50: the word before may be no preposition
OPENING = "^"  # a capital that a sentence's start explains: Said, Walking
NOUN_OR_VERB = "*"  # a cue verb that may be a noun: claims
CAPITAL = "+"  # of a short word or a month that may be a name: said Will, June Smith

PUNCTUATION = {
    ".": ".", "?": ".", "!": ".", ",": ",", ":": ":", ";": ";", "(": "(", ")": ")", "[": "(", "]": ")",
    "—": "-", "―": "-", "–": "-", "‒": "-", "−": "-", "-": "-", "--": "-", "---": "-", "…": ",", "...": ",",
}  # fmt: skip
# A capitalised word of these classes at a sentence's start is that word; a plain form may be a name.
_SENTENCE_OPENERS = ("V", "G", "v", "g", "h", "H", "a")
_CLOSED_NAMELIKE = frozenset("HRS")
_KEPT = 50_000  # words whose codes are kept, those of the tables among them
_LONGEST = 40  # characters of a word that is kept


class Codes(dict[str, str]):
    """Each word's code, read when the word is first asked for; as many are kept as there is room for."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, word: str) -> str:
        code = _code(word, self._lexicon)
        if len(self) < _KEPT and len(word) <= _LONGEST:
            self[word] = code
        return code


@cache
def codes(lexicon: Lexicon) -> Codes:
    """The codes by a lexicon."""
    return Codes(lexicon)


def _code(word: str, lexicon: Lexicon) -> str:
    tag = lexicon.in_context.get(word)
    if tag is None:
        return _code_of_unlisted(word, lexicon)
    if tag in "VB" and word in lexicon.noun_verbs:
        return NOUN_OR_VERB
    if not word[0].isupper():
        return tag
    is_namelike = tag in _CLOSED_NAMELIKE or (tag == "t" and is_given_name(word))
    return CAPITAL if is_namelike else tag


def _code_of_unlisted(word: str, lexicon: Lexicon) -> str:
    first = word[0]
    if word in PUNCTUATION:
        return FULL_STOP if word == "." else PUNCTUATION[word]
    if word in lexicon.clitics:
        return CLITIC
    if not (first.isalnum() or first == "@"):
        return APOSTROPHE if first in "'’" else DROPPED
    if len(word) > 2 and word[-1] == "s" and word[-2] in "'’":
        return GENITIVE
    if first.isdigit():
        return NUMBER
    return OPENING if first.isupper() and opening_tag(word, lexicon) else lexicon.tag(word)


def opening_tag(word: str, lexicon: Lexicon) -> str:
    """The tag of a capitalised word that opens a sentence, where it is no name; else empty."""
    low = word.lower()
    tag = lexicon.tags.get(low, "")
    # A singular person has a determiner, or is a title, or a name: Baker said.
    name = lexicon.in_context.get(low) == "M" or lexicon.nouns.get(low) == "person"
    return tag if tag in _SENTENCE_OPENERS and not name else ""
