"""A paragraph around its quotations as a string of tags, one letter a token (see `lexicon`)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

from loader.extract.discourse import text_patterns, word_tags
from loader.extract.discourse.lexicon import BY_CONTEXT, Lexicon, word_set
from loader.extract.discourse.marked_text import Segment
from loader.extract.discourse.non_person_names import is_common

_QUOTE_TAGS = {"?": "K", "!": "K", ".": "F", "…": "F"}
# Classes of words that are names as well: Will, May, Young.
_NAMELIKE = frozenset("HRStav")
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
            first, past = max(start, segment.outer_start), min(end, segment.outer_end)
            self._read(text, position, segment.outer_start, tags, lexicon)
            self.quotes.append(len(tags))
            last = _last_character(text, max(start, segment.start), min(end, segment.end))
            tags.append(_QUOTE_TAGS.get(last, "Q"))
            self.commas.append(last == ",")
            self.starts.append(first)
            self.ends.append(past)
            self.words.append("")
            position = past
        self._read(text, position, end, tags, lexicon)
        if True in self.commas:
            self._names_after_commas(tags)
        if headline:
            self._lower(tags, lexicon)
        read = "".join(tags)
        if "M" in read or "B" in read:
            read = text_patterns.NOUN_NOT_VERB.sub("n", read)
        if "m" in read:
            read = text_patterns.VERB_NOT_NOUN.sub("v", read)
        self.tags = read.translate(BY_CONTEXT)

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
        """Adds the tokens of a part of the text: all at once, then decides on the undecided one by one."""
        if start >= end:
            return  # nothing stands before or after most quotations
        parts = text_patterns.TOKEN.split(text[start:end])  # blank, token, blank, token, ... blank
        codes = "".join(map(word_tags.codes(lexicon).__getitem__, parts[1::2]))
        if word_tags.CLITIC in codes:
            parts, codes = _without_clitics(parts, codes, lexicon)
        edges = list(accumulate(map(len, parts), initial=start))
        first = len(tags)
        tags += codes
        self.starts += edges[1:-1:2]
        self.ends += edges[2::2]
        self.words += parts[1::2]
        columns: tuple[list[Any], ...] = (tags, self.starts, self.ends, self.words)
        past = dropped = 0  # where the tokens end that are in their place, and how many of them were none
        for match in text_patterns.UNDECIDED.finditer(codes):
            index = first + match.start()
            if dropped:  # the tokens since then close up; one by one, each would move all that follow
                for column in columns:
                    column[past - dropped : index + 1 - dropped] = column[past : index + 1]
            past = index + 1
            dropped += not self._decide(index - dropped, text, tags, lexicon)
        if dropped:
            for column in columns:
                del column[past - dropped : past]

    def _decide(self, index: int, text: str, tags: list[str], lexicon: Lexicon) -> bool:
        """Tags the token at an index by those before it; returns whether it is one."""
        word, code = self.words[index], tags[index]
        before = tags[index - 1] if index else ""
        if code == word_tags.FULL_STOP:
            tags[index] = "."
            return not self._no_end(text, index, lexicon)
        if code == word_tags.OPENING:
            opens = not before or before in ".FKQ"
            tags[index] = word_tags.opening_tag(word, lexicon) if opens else lexicon.tag(word)
        elif code == word_tags.CAPITAL:
            tag = lexicon.in_context[word]
            named = before == "V" if tag != "t" else self._is_given_name(index, before, text)
            tags[index] = "N" if named else tag  # said Per Lindholm
        elif code == word_tags.NUMBER:
            if before == "R" and self.words[index - 1].lower() in _APPROXIMATE:
                tags[index - 1] = "a"  # about 50 sailors
            tags[index] = "n"
        elif code == word_tags.NOUN_OR_VERB:
            tags[index] = lexicon.in_context[word]
            if before and self._follows_noun(index, tags, lexicon):
                tags[index] = "h" if word in lexicon.nouns else "n"
        elif code == word_tags.GENITIVE:
            tags[index] = "X" if word[0].isupper() else "x"
            self.words[index] = word[:-2]
            self.ends[index] -= 2
        else:
            if code == word_tags.APOSTROPHE and before and before in "Nhnmj":  # the soldiers' pay
                tags[index - 1] = "X" if before == "N" else "x"
            return False
        return True

    def _is_given_name(self, index: int, before: str, text: str) -> bool:
        """Whether a month is a given name: April Jones said, but not in April Jones said."""
        after = self.ends[index]
        return before != "R" and text[after : after + 1] == " " and text[after + 1 : after + 2].isupper()

    def _no_end(self, text: str, index: int, lexicon: Lexicon) -> bool:
        """Whether a full stop ends an abbreviation or stands before a bracket, not at a sentence's end."""
        if text.startswith((")", ","), self.ends[index]):
            return True
        word = self.words[index - 1] if index else ""
        if (len(word) == 1 and word.isupper()) or word.lower() in lexicon.abbreviations:
            return True
        low, after = word.lower(), self.ends[index]
        is_short_title = low in lexicon.titles and low not in lexicon.nouns and not is_common(word)
        return is_short_title and text[after + 1 : after + 2].isupper()  # Atty. Ann Lee

    def _follows_noun(self, index: int, tags: list[str], lexicon: Lexicon) -> bool:
        """Whether a word that is a noun or a verb (attacks, claims) is a noun by the words before it.

        A singular noun without a determiner is part of a compound: terrorist attacks, government claims.
        """
        last = index - 1
        if tags[last] == "t":
            return last > 0 and tags[last - 1] in "DXx"  # her March comment
        if tags[last] != "h":
            return tags[last] in _NOUN_FOLLOWS
        noun = self.words[last].lower()
        if noun.endswith("s") or lexicon.nouns.get(noun) == "group":
            return False
        low = max(-1, last - 1 - _COMPOUND)
        last -= 1
        while last > low and tags[last] in "nhjmNg":
            last -= 1
        return last < 0 or tags[last] not in "DXx"


def _without_clitics(parts: list[str], codes: str, lexicon: Lexicon) -> tuple[list[str], str]:
    """Makes a pronoun and a shortened verb (he's) two tokens, in a list of blanks and tokens in turn."""
    parted: list[str] = []
    for blank, word, code in zip(parts[::2], parts[1::2], codes, strict=False):
        if code == word_tags.CLITIC:
            bare = lexicon.clitics[word]
            parted += (blank, bare, "", word[len(bare) :])
        else:
            parted += (blank, word)
    return [*parted, parts[-1]], codes.replace(word_tags.CLITIC, "PH")


def _last_character(text: str, start: int, end: int) -> str:
    """A quotation's last character before what closes something inside it: the comma of ... 'so,'"."""
    while end > start and (text[end - 1].isspace() or text[end - 1] in "'’)]\"”"):
        end -= 1
    return text[end - 1] if end > start else ""
