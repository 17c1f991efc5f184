"""A paragraph around its quotations as a string of tags, one letter a token (see `lexicon`)."""

from __future__ import annotations

from collections.abc import Sequence

from loader.quotes import patterns
from loader.quotes.lexicon import BY_CONTEXT, Lexicon, word_set
from loader.quotes.marks import Segment

_PUNCTUATION = {
    ".": ".", "?": ".", "!": ".", ",": ",", ":": ":", ";": ";", "(": "(", ")": ")", "[": "(", "]": ")",
    "—": "-", "―": "-", "–": "-", "‒": "-", "−": "-", "-": "-", "--": "-", "---": "-", "…": ",", "...": ",",
}  # fmt: skip
_QUOTE_TAGS = {"?": "K", "!": "K", ".": "F", "…": "F"}
# A capitalised word of these classes at a sentence's start is that word; a plain form may be a name.
_SENTENCE_OPENERS = ("V", "G", "v", "g", "h", "H", "a")
# Classes of words that are names as well: Will, May, Young.
_NAMELIKE = frozenset("HRStav")
_CLOSED_NAMELIKE = frozenset("HRS")
# After these a word that could be a noun or a verb (report, claims) is a noun.
_NOUN_FOLLOWS = frozenset("DXxRnGVvgBmMj")
_APPROXIMATE = word_set("approximate")  # about, around: no prepositions before a number
_COMPOUND = 8  # words of a compound noun that are looked at


class Clauses:
    """The tokens of one paragraph; a quotation that stands in no other one is one token.

    Attributes:
        tags: one letter a token.
        starts: offset of each token.
        ends: offset after each token.
        words: each token as printed, without a genitive's ending; "" for a quotation.
        quotes: token index of each quotation.
        commas: whether each quotation ends with a comma inside its marks.
    """

    __slots__ = ("commas", "ends", "quotes", "starts", "tags", "words")

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        segments: Sequence[Segment],
        lexicon: Lexicon,
        *,
        headline: bool = False,
    ) -> None:
        tags: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.words: list[str] = []
        self.quotes: list[int] = []
        self.commas: list[bool] = []
        position = start
        for segment in segments:
            self._read(text, position, max(position, segment.outer_start), tags, lexicon)
            self.quotes.append(len(tags))
            last = _last_character(text, max(start, segment.start), min(end, segment.end))
            tags.append(_QUOTE_TAGS.get(last, "Q"))
            self.commas.append(last == ",")
            self.starts.append(max(start, segment.outer_start))
            self.ends.append(min(end, segment.outer_end))
            self.words.append("")
            position = min(end, segment.outer_end)
        self._read(text, position, end, tags, lexicon)
        self._names_after_commas(tags)
        if headline:
            self._lower(tags, lexicon)
        read = patterns.NOUN_NOT_VERB.sub("n", "".join(tags))
        self.tags = patterns.VERB_NOT_NOUN.sub("v", read).translate(BY_CONTEXT)

    def _names_after_commas(self, tags: list[str]) -> None:
        """Reads a capital inside a sentence as a name, whatever word it is: "...," Will Brandt said."""
        for quote, comma in zip(self.quotes, self.commas, strict=True):
            after = quote + 1
            if comma and after < len(tags) and tags[after] in _NAMELIKE and self.words[after][0].isupper():
                tags[after] = "N"

    def _lower(self, tags: list[str], lexicon: Lexicon) -> None:
        """Reads verbs in capitals as verbs, since a headline may have all words in capitals (Brandt Says)."""
        for index, tag in enumerate(tags):
            if tag == "N" and index:
                low = lexicon.tags.get(self.words[index].lower(), "N")
                if low == "H" or (low in "VG" and self.words[index].lower() not in lexicon.past):
                    tags[index] = low

    def _read(self, text: str, start: int, end: int, tags: list[str], lexicon: Lexicon) -> None:
        known = lexicon.in_context.get
        starts, ends, words = self.starts, self.ends, self.words
        for match in patterns.TOKEN.finditer(text, start, end):
            word, first = match.group(), match.start()
            tag = known(word)
            if tag is None:
                tag = _PUNCTUATION.get(word)
                if tag is None and word in lexicon.clitics:
                    bare = lexicon.clitics[word]
                    tags.append("P")
                    starts.append(first)
                    first += len(bare)
                    ends.append(first)
                    words.append(bare)
                    tag, word = "H", word[len(bare) :]
                elif tag is None:
                    tag, word = self._unknown(word, words[-1] if words else "", tags, lexicon)
                    if not tag:
                        continue
                elif tag == "." and word == "." and _no_end(text, match.end(), words, lexicon):
                    continue
            elif tag in "VB" and tags and word in lexicon.noun_verbs and self._follows_noun(tags, lexicon):
                tag = "h" if word in lexicon.nouns else "n"
            elif tag in _CLOSED_NAMELIKE and word[0].isupper() and tags and tags[-1] == "V":
                tag = "N"  # said Per Lindholm
            tags.append(tag)
            starts.append(first)
            ends.append(first + len(word))
            words.append(word)

    def _follows_noun(self, tags: list[str], lexicon: Lexicon) -> bool:
        """Whether a word that is a noun or a verb (attacks, claims) is a noun by the words before it.

        A singular noun without a determiner is part of a compound: terrorist attacks, government claims.
        """
        if tags[-1] == "t":
            return tags[-2:-1] in (["D"], ["X"], ["x"])  # her March comment
        if tags[-1] != "h":
            return tags[-1] in _NOUN_FOLLOWS
        noun = self.words[-1].lower()
        if noun.endswith("s") or lexicon.nouns.get(noun) == "group":
            return False
        index = len(tags) - 2
        low = max(-1, index - _COMPOUND)
        while index > low and tags[index] in "nhjmNg":
            index -= 1
        return index < 0 or tags[index] not in "DXx"

    @staticmethod
    def _unknown(word: str, before: str, tags: list[str], lexicon: Lexicon) -> tuple[str, str]:
        if not (word[0].isalnum() or word[0] == "@"):
            if word in "'’" and tags and tags[-1] in "Nhnmj":  # the soldiers' pay
                tags[-1] = "X" if tags[-1] == "N" else "x"
            return "", word
        if len(word) > 2 and word[-1] == "s" and word[-2] in "'’":
            return ("X" if word[0].isupper() else "x"), word[:-2]
        if word[0].isdigit():
            if before.lower() in _APPROXIMATE and tags[-1] == "R":
                tags[-1] = "a"  # about 50 sailors
            return "n", word
        if word[0].isupper() and (not tags or tags[-1] in ".FKQ"):
            lower = lexicon.tags.get(word.lower())
            # A singular person has a determiner, or is a title, or a name: Baker said.
            name = lexicon.in_context.get(word.lower()) == "M" or lexicon.nouns.get(word.lower()) == "person"
            if lower in _SENTENCE_OPENERS and not name:
                return lower, word
        return lexicon.tag(word), word


def _last_character(text: str, start: int, end: int) -> str:
    """A quotation's last character before what closes something inside it: the comma of ... 'so,'"."""
    while end > start and (text[end - 1].isspace() or text[end - 1] in "'’)]\"”"):
        end -= 1
    return text[end - 1] if end > start else ""


def _no_end(text: str, after: int, words: list[str], lexicon: Lexicon) -> bool:
    """Whether a full stop ends an abbreviation or stands before a bracket, not at a sentence's end."""
    if text[after : after + 1] in (")", ","):
        return True
    word = words[-1] if words else ""
    return (len(word) == 1 and word.isupper()) or word.lower() in lexicon.abbreviations
