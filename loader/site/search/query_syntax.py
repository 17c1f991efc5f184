"""What a visitor typed into a search box, turned into a query that SQLite's FTS5 accepts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from loader.site.html_patterns import SEARCH_TERM
from loader.text import ReadingForm

# Quotation marks that people paste from articles, folded to the two plain ones.
_PLAIN_MARKS = str.maketrans(
    {**dict.fromkeys("“”„‟«»〝〞＂", '"'), **dict.fromkeys("‘’‚‛′＇", "'"), "\0": " "}
)
NOTHING = '""'  # a query that matches no row and is no error
_LONGEST_NAME = 10_000  # sorting accents takes the square of their number; SQL can put a million together
LONGEST_SEARCH = 1_000  # characters that are read; FTS5 compares a phrase's words at each place in a text
_MOST_TERMS = 32  # more would be a way to make the server work for nothing
_SHORTEST_STEM = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for.

    Attributes:
        text: a word, or words in this order.
        prefix: whether words that begin so count too.
        excluded: whether results must not hold it.
        phrase: whether it was typed between marks.
    """

    text: str
    prefix: bool = False
    excluded: bool = False
    phrase: bool = False

    def alternatives(self) -> list[tuple[str, bool]]:
        """The texts that are looked for, each with whether words that begin so count too."""
        if not self.prefix:
            return [(self.text, False)]
        # The index holds stems ("evacu" of "evacuated"), so a prefix longer than the stem would find nothing:
        # it also looks for words whose stem is the prefix less a few letters.
        shorter = [self.text[:-cut] for cut in (1, 2, 3) if len(self.text) - cut >= _SHORTEST_STEM]
        return [(self.text, True), *((stem, False) for stem in shorter)]

    def fts(self) -> str:
        """The term in FTS5's syntax."""
        escaped = ((text.replace('"', '""'), is_prefix) for text, is_prefix in self.alternatives())
        query = " OR ".join(f'"{text}" *' if is_prefix else f'"{text}"' for text, is_prefix in escaped)
        return f"({query})" if self.prefix else query

    def typed(self) -> str:
        """The term as a visitor would type it."""
        text = f'"{self.text}"' if self.phrase else self.text
        return ("-" if self.excluded else "") + text + ("*" if self.prefix else "")

    def words(self) -> str:
        """The term in words, for a reader."""
        shown = f"the phrase “{self.text}”" if self.phrase else f"“{self.text}”"
        shown = f"words that begin with “{self.text}”" if self.prefix else shown
        return f"not {shown}" if self.excluded else shown


def fold_marks(text: str) -> str:
    """Folds curly quotation marks to straight ones.

    Args:
        text: any text.

    Returns:
        A text of the same length.
    """
    return text.translate(_PLAIN_MARKS)


def fold_name(text: str) -> str:
    """Folds a name for comparing: no case, no accents, no soft hyphens, plain marks, single spaces.

    Args:
        text: any text.

    Returns:
        The folded text; its length may differ.
    """
    form = ReadingForm(text[:_LONGEST_NAME]).text
    decomposed = unicodedata.normalize("NFKD", fold_marks(form))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(plain.casefold().split())


def parse(text: str) -> tuple[Term, ...]:
    """Reads a search: words, "phrases", prefix*, -excluded.

    Args:
        text: what was typed; anything.

    Returns:
        The terms in their order; none where nothing can be looked for.
    """
    terms: list[Term] = []
    for match in SEARCH_TERM.finditer(fold_marks(ReadingForm(text[:LONGEST_SEARCH]).text)):
        phrase = match["phrase"]
        raw = phrase if phrase is not None else match["word"]
        if not any(character.isalnum() for character in raw):
            continue
        prefix = bool(match["phrase_star"]) if phrase is not None else raw.endswith("*")
        typed = " ".join(raw.rstrip("*").split())
        is_phrase = phrase is not None and " " in typed
        terms.append(Term(typed, prefix, excluded=bool(match["minus"]), phrase=is_phrase))
        if len(terms) == _MOST_TERMS:
            break
    return tuple(terms)


def fts(terms: tuple[Term, ...]) -> str:
    """Joins terms to an FTS5 query that never is an error: all of the wanted ones, none of the excluded."""
    wanted = [term.fts() for term in terms if not term.excluded]
    if not wanted:
        return NOTHING
    query = " AND ".join(wanted)
    excluded = [term.fts() for term in terms if term.excluded]
    return f"({query})" + "".join(f" NOT {term}" for term in excluded) if excluded else query


def explain(terms: tuple[Term, ...]) -> str:
    """Says what was made of a search, in words."""
    wanted = [term.words() for term in terms if not term.excluded]
    excluded = [term.words() for term in terms if term.excluded]
    if not wanted:
        return "nothing to look for: only words to leave out" if excluded else "nothing to look for"
    return " and ".join(wanted) + "".join(f", {term}" for term in excluded)
