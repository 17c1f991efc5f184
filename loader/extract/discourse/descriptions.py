"""How a text introduces a source: the kind of its noun, the words around a name, a name given in words."""

from __future__ import annotations

from itertools import pairwise

from loader.extract.discourse import name_patterns
from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.name_spans import Run, peoples, read_run, speaker_words

_HEAD_STOP = word_set("head_stop")
_AROUND = 300  # characters around a mention that are looked at for how it is introduced
_NAMING_WORDS = 16  # words after a description within which a name is looked for
_OPENING_WORDS = 4  # a subject's head stands among the first words of a sentence
_FILLING = 8  # words that may stand between "called" and the name


def kind_of_noun(mention: str, lexicon: Lexicon) -> str:
    """The kind of source that the head of a noun phrase names: "group" where it is none that data/ lists."""
    head = "group"
    for word in mention.lower().replace(",", " , ").split():
        if word == "," or word in _HEAD_STOP:
            break
        bare = word if word in lexicon.nouns else word.strip("’'.\"”“").removesuffix("’s").removesuffix("'s")
        kind = lexicon.nouns.get(bare) or lexicon.kind_of_compound(bare) or head
        head = "group" if bare in speaker_words("plural") else kind
    return head


def document_before(text: str, start: int, end: int, lexicon: Lexicon, *, opening: bool) -> bool:
    """Whether a span names a document by a noun after a determiner: (He wore) a shirt.

    Args:
        text: the article, folded.
        start: offset where the sentence before the pronoun begins.
        end: offset of the pronoun.
        lexicon: the engine's look-ups.
        opening: whether it must come among the first words, where a subject stands.

    Returns:
        True where there is such a document.
    """
    begin = max(start, end - _AROUND)
    words = [match.group().lower() for match in name_patterns.WORD.finditer(text, begin, end)]
    for index, word in enumerate(words[: _OPENING_WORDS if opening else None]):
        if lexicon.nouns.get(word) == "document" and any(
            lexicon.tags.get(before) == "D" for before in words[max(0, index - 3) : index]
        ):
            return True
    return False


def describe(text: str, run: Run, lexicon: Lexicon) -> str | None:
    """How the text introduces a person at one mention.

    Args:
        text: the article, folded.
        run: the person's name there.
        lexicon: the engine's look-ups.

    Returns:
        An apposition or the titles before the name, as printed; None where there are none.
    """
    age = name_patterns.AGE.match(text, run.end)
    after = age.end() if age else run.end
    match = name_patterns.APPOSITION_AFTER.match(text, after, after + _AROUND)
    if match and _is_person_noun(match[1], lexicon):
        return match[1].strip()
    low = max(0, run.start - 120)
    line = max(text.rfind("\n", low, run.start) + 1, low)
    begin = _titles_start(text, line, run.start, lexicon)
    comma = begin - line > 1 and text[begin - 2] == ","  # with which the expression ends
    apposition = name_patterns.APPOSITION_BEFORE.search(text, line, begin) if comma else None
    if apposition and _is_person_noun(apposition[2], lexicon):
        return f"{apposition[1]} {apposition[2]}"
    return text[begin : run.start].strip() or None


def _is_person_noun(phrase: str, lexicon: Lexicon) -> bool:
    """Whether a noun phrase describes a person: by its head, by "who" after it, or by the head's ending."""
    kind = kind_of_noun(phrase, lexicon)
    if kind != "group":
        return kind == "person"
    words = phrase.split()
    if not words[0].islower():
        return False
    for before, word in pairwise(words):
        if word in ("who", "whose"):
            return True
        if word in _HEAD_STOP:
            return before.endswith(tuple(sorted(speaker_words("person_ending"))))
    return words[-1].endswith(tuple(sorted(speaker_words("person_ending"))))


def _titles_start(text: str, line: int, start: int, lexicon: Lexicon) -> int:
    """Where the titles and offices right before a name begin (Navy Capt., presidential candidate)."""
    position = begin = start
    for word in reversed(text[line:start].split(" ")[:-1]):
        low = word.lower().rstrip(".")
        if begin == start > position and low in ("of", "the"):  # President of the Council
            position -= len(word) + 1
            continue
        title = low in lexicon.titles or lexicon.nouns.get(low) == "person"
        if not low.replace("-", "").replace(".", "").isalpha():
            break
        is_word = not title or (low in lexicon.nouns and low not in lexicon.abbreviations)
        if word.endswith(".") and is_word:
            break  # the sentence before ends here: told the mayor. Brandt left
        if not title and lexicon.tags.get(word, lexicon.tag(word)) not in "Nnh":
            break
        position -= len(word) + 1
        if title or begin != start:
            begin = position
    return begin


def name_given(text: str, start: int, lexicon: Lexicon) -> Run | None:
    """The name that the words after a description give: (a baker) who goes by the pseudonym Adam.

    Args:
        text: the article, folded.
        start: offset of the description.
        lexicon: the engine's look-ups.

    Returns:
        The name, or None where the sentence gives none.
    """
    naming, filler = speaker_words("naming"), speaker_words("naming_filler")
    left = 0  # words of filler that may still follow
    last = start
    words = name_patterns.WORD.finditer(text, start, start + _AROUND)
    for _, match in zip(range(_NAMING_WORDS), words, strict=False):
        word, between = match.group(), text[last : match.start()]
        last = match.end()
        if word in naming:
            left = _FILLING
        elif any(mark in between for mark in ".;:!?\n") or lexicon.tags.get(word) == "V":
            return None  # the description is over
        elif left and word[:1].isupper():
            return run_at(text, match.start(), lexicon)
        elif left and word in filler:
            left -= 1
        else:
            left = 0
    return None


def run_at(text: str, start: int, lexicon: Lexicon) -> Run | None:
    """The name that begins at an offset, or None."""
    match = name_patterns.NAME_RUN.match(text, start)
    run = read_run(match.group(), lexicon) if match else None
    if run is None or (len(run.words) == 1 and run.words[0] in peoples()):
        return None
    return run.moved(start)
