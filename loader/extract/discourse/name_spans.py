"""Names as a text prints them: where a name begins and ends, and whether it is an organisation's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial

from loader.extract.discourse import name_patterns
from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.vocabulary import read_table

_ORGANISATION = word_set("organisation")
_MODIFIERS = word_set("title_modifier")
_ARTICLES = tuple(sorted(word_set("name_article")))
_GENITIVES = ("’s", "'s", "’", "'")
# Tags of the words that open a sentence or a headline and, with a capital, are no part of a name.
_OPENING_TAGS = frozenset("aPWODRCSHA")


# Never changed, and not frozen: a frozen record takes three times as long to make, and there are millions.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Run:
    """A name in the text.

    Attributes:
        start: offset of its first character, titles left out.
        end: offset after its last one, a genitive ending left out.
        words: its words.
        titled: whether a title stands before it.
        gender: of that title: "m", "f" or "".
        organisation: whether its words are an organisation's.
    """

    start: int
    end: int
    words: tuple[str, ...]
    titled: bool
    gender: str
    organisation: bool

    @property
    def name(self) -> str:
        """The name as one string."""
        return " ".join(self.words)

    def moved(self, offset: int) -> Run:
        """Return the same name, its offsets counted from so many characters before."""
        return Run(
            start=self.start + offset,
            end=self.end + offset,
            words=self.words,
            titled=self.titled,
            gender=self.gender,
            organisation=self.organisation,
        )


@cache
def speaker_words(name: str) -> frozenset[str]:
    """A set of words by its name in data/speakers_words.csv."""
    return frozenset(row["word"] for row in read_table("speakers_words") if row["set"] == name)


@cache
def peoples() -> frozenset[str]:
    """Nationalities, peoples and faiths, capitalised: never a person's whole name."""
    return speaker_words("people") | {row["demonym"] for row in read_table("words_demonyms")}


@cache
def organisation_heads() -> frozenset[str]:
    """Lower-case words that make a capitalised name an organisation's."""
    return _ORGANISATION | speaker_words("organisation")


@cache
def _post_nominals() -> frozenset[str]:
    """The letters of honours and offices that follow a name: KC, MP."""
    return frozenset(word.upper() for word in speaker_words("post_nominal"))


@cache
def _first_names() -> frozenset[str]:
    tables = ("words_first_names", "words_first_names_world", "given_names")
    return frozenset(row["name"] for table in tables for row in read_table(table))


def is_given_name(word: str) -> bool:
    """Whether a capitalised word is some person's given name."""
    return word in _first_names()


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["name"] for row in read_table("words_surnames"))


@cache
def _months() -> frozenset[str]:
    return frozenset(row["name"] for row in read_table("months"))


def is_surname(word: str) -> bool:
    """Whether a capitalised word is some person's last name."""
    return word in _surnames()


@lru_cache(maxsize=16384)
def surname(words: tuple[str, ...]) -> str:
    """A person's last name, for comparison: the last word but for a suffix (Jr., III)."""
    for word in reversed(words):
        if word.lower() not in speaker_words("suffix"):
            return key(word)
    return key(words[-1])


@lru_cache(maxsize=16384)
def key(word: str) -> str:
    """A name's word for comparison: lower case, without article, genitive and full stop."""
    low = word.lower().rstrip(".").replace("’", "'")
    if low.endswith("'s"):
        low = low[:-2]
    if low.startswith(_ARTICLES):
        for article in _ARTICLES:
            if low.startswith(article):
                return low.removeprefix(article)
    return low


def in_order(short: Sequence[str], long: Sequence[str]) -> bool:
    """Return whether the words of one name stand in another, in order."""
    words = iter(long)
    return all(word in words for word in short)


def runs_in(text: str, start: int, end: int, lexicon: Lexicon) -> list[Run]:
    """The names in a part of a text, in order, cut where a sentence ends inside a run of capitals."""
    read, months = _reader(lexicon), _months()
    runs: list[Run] = []
    past = start
    for match in name_patterns.NAME_RUN_FROM_CAPITAL.finditer(text, start, end):
        printed, offset = match[0], match.start()
        if match.lastindex is not None:
            article = name_patterns.JOINED_ARTICLE.search(text, max(past, offset - 4), offset)
            if article is None:  # it ended the run before, where that is cut for its length
                return runs + _runs_by_article(text, past, end, lexicon)
            printed, offset = article[0] + printed, article.start()
        past = match.end()
        for run in read(printed):
            moved = run.moved(offset)
            if run.words[0] not in months or not _is_date(text, moved):
                runs.append(moved)
    return runs


def _is_date(text: str, run: Run) -> bool:
    """Whether a month alone stands beside the number of its day: on 4 May; May 4."""
    before, after = text[max(0, run.start - 2) : run.start].strip(), text[run.end : run.end + 2].strip()
    return len(run.words) == 1 and (before[-1:].isdigit() or after[:1].isdigit())


def _runs_by_article(text: str, start: int, end: int, lexicon: Lexicon) -> list[Run]:
    """The same names, searched for from the articles joined to them on."""
    return [
        run.moved(match.start())
        for match in name_patterns.NAME_RUN.finditer(text, start, end)
        for run in _reader(lexicon)(match[0])
    ]


@cache
def _reader(lexicon: Lexicon) -> Callable[[str], tuple[Run, ...]]:
    """Reads runs and keeps the latest, as the same names come again in an article and across an archive."""
    return lru_cache(maxsize=8192)(partial(_read_runs, lexicon=lexicon))


def _read_runs(printed: str, lexicon: Lexicon) -> tuple[Run, ...]:
    """The names in a run of capitalised words, in order, their offsets counted in `printed`."""
    if ". " not in printed:
        run = read_run(printed, lexicon)
        return () if run is None else (run,)
    runs = []
    offset = 0
    for part in _sentences(printed, lexicon):
        is_last = offset + len(part) == len(printed)
        run = read_run(part if is_last else part.removesuffix("."), lexicon)  # a sentence's full stop
        if run is not None:
            runs.append(run.moved(offset))
        offset += len(part) + 1
    return tuple(runs)


def _sentences(printed: str, lexicon: Lexicon) -> list[str]:
    """A run cut after each word whose full stop is no initial's and no abbreviation's: (Holm. She)."""
    parts = [""]
    for word in printed.split(" "):
        parts[-1] += f" {word}" if parts[-1] else word
        bare = word[:-1].lower()
        is_short_title = bare in lexicon.titles and bare not in lexicon.nouns  # Gen. Lee; not the Mayor. Lee
        known = is_short_title or bare in lexicon.abbreviations or bare in speaker_words("suffix")
        if word.endswith(".") and len(bare) > 1 and "." not in bare and not known:
            parts.append("")
    return parts if parts[-1] else parts[:-1]


def read_run(printed: str, lexicon: Lexicon) -> Run | None:
    """Reads a run of capitalised words.

    Args:
        printed: the run, as `name_patterns.NAME_RUN` matched it.
        lexicon: the engine's look-ups.

    Returns:
        The name without titles, articles and a genitive ending, offsets counted in `printed`; None where
        nothing is left or the words are no name.
    """
    words = printed.split(" ")
    end = len(printed)
    for ending in _GENITIVES:
        if words[-1].endswith(ending):
            words[-1] = words[-1][: -len(ending)]
            end -= len(ending)
            break
    if not words[-1]:
        return None
    last = len(words)
    plain = name_patterns.PLAIN_NAME.fullmatch("".join(map(_parts(lexicon), words)))
    if plain:  # the rules below would say the same
        first = plain.end(1)
        start = sum(map(len, words[:first])) + first
        return Run(
            start=start,
            end=end,
            words=tuple(words[first:]),
            titled=False,
            gender="",
            organisation=plain[0][-1] == "o",
        )
    first, titled, gender = _name_start(words, lexicon) if last > 1 else (0, False, "")
    while last - first > 1 and _is_no_name(words[last - 1], lexicon):
        last -= 1  # (told) Harbour Radio Monday; Lena Brandt KC
        end -= len(words[last]) + 1
    name = words[first:last]
    if _is_number(name[0]):
        return None  # Thirty-two (states said)
    if len(name) == 1 and not titled and not _may_stand_alone(name[0], lexicon):
        return None
    if len(name) > 1 and name[-1] in peoples() and not is_given_name(name[0]):
        return None  # (a) North Dakota Democrat
    if not titled and _is_office(name, lexicon):
        return None
    organisation = not titled and _is_organisation(name, lexicon)
    start = sum(len(word) + 1 for word in words[:first])
    return Run(
        start=start, end=end, words=tuple(name), titled=titled, gender=gender, organisation=organisation
    )


@cache
def _parts(lexicon: Lexicon) -> Callable[[str], str]:
    """Tells words' parts and keeps the latest, as the words of names come again more often than the names."""
    return lru_cache(maxsize=16384)(partial(_part, lexicon=lexicon))


def _part(word: str, lexicon: Lexicon) -> str:
    """The part that a word has wherever it stands in a name, "?" where the rules below decide.

    Most words of names are plain ("p"); of these some are no name alone ("n"). "a" is no part of the name
    that it opens (The Brandt Foundation), and "o" makes what it ends an organisation's.
    """
    low = word.lower()
    if _is_number(word):
        return "?"
    if low.isalpha() and not word.isupper() and low not in _listed(lexicon) and len(word) > 1:
        return "p"
    if low in lexicon.titles or low in _MODIFIERS or lexicon.nouns.get(low) == "person":
        return "?"
    publishes = low in speaker_words("publication") or word in lexicon.outlets
    if publishes or not low.isalpha() or word in peoples() or _is_no_name(word, lexicon):
        return "?"
    organisation = _is_organisation([word], lexicon)
    if _is_attribute(word, lexicon):
        return "?" if organisation else "a"
    if organisation:
        return "?" if word.isupper() else "o"
    return "p" if _may_stand_alone(word, lexicon) else "n"


@cache
def _listed(lexicon: Lexicon) -> frozenset[str]:
    """The words that any rule asks for, in lower case."""
    lists = (_post_nominals(), peoples(), organisation_heads(), speaker_words("publication"), _MODIFIERS)
    tables = (lexicon.tags, lexicon.nouns, lexicon.titles, lexicon.outlets)
    return frozenset(word.lower() for words in (*lists, *tables) for word in words)


def _name_start(words: list[str], lexicon: Lexicon) -> tuple[int, bool, str]:
    """Index of the name's first word, whether a title stands before it, and the title's gender."""
    first, titled, gender = 0, False, ""
    if words[-1].lower() not in organisation_heads() or _has_title_dot(words, lexicon):
        first, titled, gender = _after_title(words, lexicon)
    while first < len(words) - 1 and _is_attribute(words[first], lexicon):
        first += 1
    if titled and len(words) - first == 1 and words[first - 1].lower() in speaker_words("one_name"):
        return first - 1, True, gender  # King Abdullah
    if not titled:
        first = _after_organisation(words, first, lexicon)
    # a people before a person's name of two words or more: Syrian Omar Haddad
    if len(words) - first > 2:
        for index in range(len(words) - 3, first - 1, -1):
            if words[index] in peoples() and is_given_name(words[index + 1]):
                return index + 1, titled, gender
    return first, titled, gender


@lru_cache(maxsize=16384)
def _is_number(word: str) -> bool:
    """Whether a capitalised word is a number: Thirty-two."""
    return speaker_words("number").issuperset(word.lower().split("-"))


def _is_office(name: list[str], lexicon: Lexicon) -> bool:
    """Whether the words are an office alone: the Prime Minister."""
    for word in name:
        low = word.lower()
        if low not in lexicon.titles and low not in _MODIFIERS:
            return False
    return True


def _has_title_dot(words: list[str], lexicon: Lexicon) -> bool:
    """Whether a shortened title stands in front: Sen. Jane Church."""
    return any(word.endswith(".") and word[:-1].lower() in lexicon.titles for word in words[:-1])


def _after_title(words: list[str], lexicon: Lexicon) -> tuple[int, bool, str]:
    """What stands before the last title is no part of the name; a suffix (Jr.) is no name after one."""
    for index in range(len(words) - 2, -1, -1):
        low = words[index].lower().rstrip(".")
        if low in speaker_words("particle") and not words[index].isupper():
            continue  # Leonardo di Marco, but DI Marco
        rest = words[index + 1 :]
        noun = lexicon.nouns.get(low) == "person" and not is_given_name(words[index])
        if noun and index:  # Anna Baker Holm
            noun = not is_given_name(words[index - 1]) and (len(rest) > 1 or words[index] not in _surnames())
        if words[index].isupper() and lexicon.tags.get(rest[0].lower()) == "R":
            continue  # MAYOR OF LYON
        if (noun or low in lexicon.titles) and rest[0].lower() not in speaker_words("suffix"):
            return index + 1, True, lexicon.titles.get(low, "")
    return 0, False, ""


def _after_organisation(words: list[str], first: int, lexicon: Lexicon) -> int:
    """Past an organisation in front of a person: (The) Post's Dana Milne, Opposition Council Anas Hariri."""
    for index in range(len(words) - 2, first, -1):
        before = words[index - 1]
        if len(words) - index < 2 or _is_organisation(words[-2:], lexicon):
            break
        if before.endswith(_GENITIVES) or (
            before.lower() in organisation_heads() and is_given_name(words[index])
        ):
            return index
    return first


def is_bare_head(run: Run, lexicon: Lexicon) -> bool:
    """Whether a name is only a common noun with a capital: Ministry, Government."""
    return len(run.words) == 1 and lexicon.nouns.get(run.words[0].lower()) is not None and run.organisation


def _is_no_name(word: str, lexicon: Lexicon) -> bool:
    """Whether a word behind a name is none: post-nominal letters, a day or a month (Monday, not April)."""
    if word in _post_nominals():
        return True
    return lexicon.tags.get(word) == "t" and not is_given_name(word) and word not in _surnames()


def _is_attribute(word: str, lexicon: Lexicon) -> bool:
    """Whether a capitalised word before a name is none of it: an article, or a compound (Saudi-led)."""
    if "-" in word and word.rpartition("-")[2].islower():
        return True
    tag = lexicon.tags.get(word, "N")
    if tag not in "Nh":
        return not (tag in "Rt" and len(word) > 2 and is_given_name(word))  # Per Lindholm, April Jones
    opening = not word.isupper() and lexicon.tags.get(word.lower(), "N") in _OPENING_TAGS
    return opening and not is_given_name(word) and word not in _surnames()


def _may_stand_alone(word: str, lexicon: Lexicon) -> bool:
    """Whether one capitalised word can be a name: "Officials" at a sentence's start is none."""
    if len(word.rstrip(".")) == 1:
        return False
    low = word.lower()
    if low in organisation_heads():
        return True  # "Ministry", which a longer name may begin with
    return low not in lexicon.nouns and lexicon.tags.get(word, "N") not in "PWODRCSHat"


def _is_organisation(words: list[str], lexicon: Lexicon) -> bool:
    last = words[-1]
    if last in lexicon.outlets or last.endswith((".com", ".org", ".net")):
        return len(words) != 2 or not (is_given_name(words[0]) and last in _surnames())
    heads, nouns = organisation_heads(), lexicon.nouns
    for word in words:
        low = word.lower()
        if low in heads or nouns.get(low) == "organisation":
            return True
    if len(words) == 1:
        return len(last) > 1 and last.isupper()
    capitals = [word for word in words if len(word) > 2 and word.isalpha() and word.isupper()]
    if any(word.lower() not in speaker_words("suffix") for word in capitals):
        # Priorities USA; but not a headline in capitals, nor the writer of an outlet
        return not all(map(str.isupper, words)) and not is_given_name(words[-2])
    return last.lower() in speaker_words("publication") or words[0].lower() in speaker_words("publication")
