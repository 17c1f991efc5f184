"""Word classes for the engine, read once from data/: one letter a class, looked up by printed form.

| tag | class | | tag | class |
|---|---|---|---|---|
| V | finite cue verb (said) | | P | subject pronoun (he) |
| G | cue verb in -ing (saying) | | O | object pronoun (him) |
| B | cue verb, plain form (say) | | W | who, which |
| v | another finite verb (won) | | D | determiner, possessive pronoun |
| g | another form in -ing | | R | preposition |
| H | auxiliary (has, is, would) | | T | to |
| A | according | | C | and, or, but |
| N | capitalised word | | S | that, if, when |
| X | capitalised genitive (Brandt's) | | a | adverb |
| h | noun that names a source (official) | | t | weekday, month, date word |
| x | lower-case genitive | | n | any other word |

Punctuation: "." sentence end, "," ":" ";" "-" (dash) "(" ")". A quotation is one token: "Q" where the
sentence goes on after it, "K" where it ends in ? or !, "F" where it ends in a full stop.
"""

from __future__ import annotations

from functools import cache

from loader.vocabulary import VocabularyError, read_table

_CLASS_TAGS = {
    "pronoun": "P",
    "relative": "W",
    "object": "O",
    "determiner": "D",
    "possessive": "D",
    "preposition": "R",
    "conjunction": "C",
    "subordinator": "S",
    "auxiliary": "H",
    "adverb": "a",
}
# Classes whose words are the same words with a capital; a capitalised verb or noun may be a name.
_EITHER_CASE = frozenset("PWODRCSTAt")

# How a word of several readings is tagged until its context tells, and how where nothing does.
_READINGS = {"verb": "v", "participle": "v", "noun or verb": "m", "verb or noun": "M"}
_ALONE = {"m": "n", "M": "v", "j": "n"}
BY_CONTEXT = str.maketrans(_ALONE)


@cache
def word_set(name: str) -> frozenset[str]:
    """A small closed set of words, by its name in data/quotes_word_sets.csv."""
    return frozenset(row["word"] for row in read_table("quotes_word_sets") if row["set"] == name)


class Lexicon:
    """The look-ups of the engine.

    Attributes:
        tags: printed word to tag; both cases of a word where a sentence can start with it.
        in_context: the same, but "m" for a noun that may be a verb (plans), "M" for a verb that may be a
            noun (cuts), "j" for an adjective: what they are is read from the words around them.
        participles: irregular participles that are no past forms (given, stolen).
        frames: form of a cue verb to its frame: "say", "tell", "call", "stance", "think".
        lemmas: form of a cue verb to its plain form.
        past: past forms and participles of cue verbs.
        nouns: noun to the kind of source it names.
        titles: title, lower case without a full stop, to "m", "f" or "".
        genders: given name to "m" or "f".
        contractions: pronoun or noun with a shortened verb (it's, we've) to the tag of the whole.
        clitics: the same as printed, with either apostrophe and a capital or none, to the word before the
            shortened verb, where that is a pronoun.
        abbreviations: lower-case words after which a full stop ends no sentence.
        elisions: words that an apostrophe shortens at their start.
        doubtful_elisions: those of them that are as common without one (all, round).
        possessives: possessive pronouns.
        works: nouns that introduce the title of a work.
        noun_verbs: forms of cue verbs that are nouns as well (reports, claim).
        outlets: names of broadcasters and papers.
        cue_nouns: nouns that attribute ("claim", "message").
    """

    def __init__(self) -> None:
        self.tags: dict[str, str] = {}
        self.frames: dict[str, str] = {}
        self.lemmas: dict[str, str] = {}
        self.past: set[str] = set()
        self.nouns = {row["noun"]: row["kind"] for row in read_table("nouns")}
        self.titles = {row["title"]: row["gender"] for row in read_table("titles")}
        self.genders = {row["name"]: row["gender"] for row in read_table("given_names")}
        self.contractions = {row["form"]: row["tag"] for row in read_table("quotes_contractions")}
        self.abbreviations = frozenset(row["abbreviation"] for row in read_table("quotes_abbreviations"))
        self.elisions = frozenset(row["word"] for row in read_table("quotes_elisions"))
        self.doubtful_elisions = frozenset(
            row["word"] for row in read_table("quotes_elisions") if row["doubtful"]
        )
        self.works = frozenset(row["noun"] for row in read_table("quotes_works"))
        self.outlets = frozenset(row["name"] for row in read_table("speakers_outlets"))
        self.cue_nouns = frozenset(row["noun"] for row in read_table("cues_nouns"))
        for noun in self.nouns:
            self.tags[noun] = "h"
        self.participles: set[str] = set()
        in_context = self._add_open_classes()
        self._add_cues()
        self.possessives = frozenset(
            row["word"] for row in read_table("quotes_function_words") if row["class"] == "possessive"
        )
        for row in read_table("quotes_function_words"):
            self.tags[row["word"]] = self.tags[row["word"].replace("’", "'")] = _CLASS_TAGS[row["class"]]
        for row in read_table("quotes_times"):
            self.tags[row["word"]] = "t"
        self.tags["to"] = "T"
        self.tags["according"] = "A"
        for word, tag in list(self.tags.items()):
            if tag in _EITHER_CASE:
                self.tags.setdefault(word[:1].upper() + word[1:], tag)
        # A closed class comes first: what is a preposition too (past) is no adjective.
        open_class = {word: to for word, to in in_context.items() if self.tags[word] == _ALONE[to]}
        self.in_context = self.tags | open_class
        self.clitics = self._clitics()
        self.noun_verbs = frozenset(
            form for row in read_table("cues") if row["noun"] for form in (row["verb"], row["third"])
        )

    def _add_open_classes(self) -> dict[str, str]:
        """Adds verbs that are no cues, and adjectives; returns those that are read by their context."""
        in_context = {row["adjective"]: "j" for row in read_table("quotes_adjectives")}
        for row in read_table("quotes_verbs"):
            form, letter = row["form"], _READINGS[row["reading"]]
            if letter == "v":
                self.tags[form] = "v"
            else:
                in_context[form] = letter
            if row["reading"] == "participle":
                self.participles.add(form)
        for word, letter in in_context.items():
            self.tags.setdefault(word, _ALONE[letter])
        return in_context

    def _clitics(self) -> dict[str, str]:
        """Takes apart what begins with a pronoun; any other contraction (that's, isn't) is one auxiliary."""
        clitics: dict[str, str] = {}
        for form, tag in self.contractions.items():
            bare = form.partition("'")[0]
            for printed in (form, form[0].upper() + form[1:]):
                for spelling in (printed, printed.replace("'", "’")):
                    if tag == "P" and self.tags.get(bare) == "P":
                        clitics[spelling] = printed[: len(bare)]
                    else:
                        self.in_context[spelling] = "H"
        return clitics

    def _add_cues(self) -> None:
        for row in read_table("cues"):
            forms = (
                (row["verb"], "B"),
                (row["third"], "V"),
                (row["participle"], "V"),
                (row["past"], "V"),
                (row["gerund"], "G"),
            )
            for form, tag in forms:
                if tag != "B" or form not in self.nouns:
                    self.tags[form] = tag
                other = self.lemmas.get(form, row["verb"])
                if self.frames.setdefault(form, row["frame"]) != row["frame"]:
                    raise VocabularyError(
                        f"cues.csv: “{form}” is a form of {other} and of {row['verb']}, which have different "
                        "frames; keep one of them"
                    )
                self.lemmas[form] = row["verb"]
            self.past.update((row["past"], row["participle"]))
            if row["participle"] not in (row["past"], row["verb"]):
                self.participles.add(row["participle"])

    def is_cue(self, word: str) -> bool:
        """Whether a lower-case word is a finite form of a verb that introduces a quotation."""
        return self.tags.get(word) == "V" and self.frames[word] in ("say", "tell")

    def is_elision(self, word: str) -> bool:
        """Whether a lower-case word is one that an apostrophe shortened at its start."""
        return word in self.elisions

    def kind_of_compound(self, word: str) -> str | None:
        """The kind of source that a word with a hyphen names by its last part: vice-chancellor."""
        return self.nouns.get(word.rpartition("-")[2]) if "-" in word else None

    def tag(self, word: str) -> str:
        """The tag of a word that is in no table."""
        if word[0].isupper():
            return "N"
        if self.kind_of_compound(word) == "person":
            return "h"
        if word.endswith("ed") and len(word) > 4:
            return "v"
        if word.endswith("ing") and len(word) > 5:
            return "g"
        if word.endswith("ly") and len(word) > 4:
            return "a"
        return "n"


@cache
def lexicon() -> Lexicon:
    """The look-ups, built at first use."""
    return Lexicon()
