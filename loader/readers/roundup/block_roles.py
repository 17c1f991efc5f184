"""The role of each block among an article's paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loader.links import FOOTNOTE
from loader.readers.roundup.bylines import is_like
from loader.readers.roundup.line_patterns import (
    BRACKET_AFTER_SENTENCE,
    BRACKETED,
    BULLET,
    ENDS_IN_FIGURE,
    LEGEND_ENTRY,
    LIST_ITEM,
    NO_HEADING,
    SECTION_MARK,
)
from loader.readers.roundup.line_types import (
    ends_sentence,
    is_caption,
    is_credit,
    is_image_file,
    is_title_case,
)
from loader.readers.roundup.phrases import (
    BIO_LEADS,
    BIO_VERBS,
    COLOURS,
    EDITOR_NOTE_LEADS,
    LEGEND_HEADINGS,
    NAME_TITLES,
    PAGE_WORDS,
)
from loader.readers.roundup.units import Unit
from loader.records import Block
from loader.text import WORD

# A heading in sentence case is short; one in title case may be as long as a headline.
_LONGEST_SUBHEADING_WORDS = 12
_LONGEST_SECTION_MARK = 12
_LONGEST_LEGEND_HEADING = max(map(len, LEGEND_HEADINGS))
_LONGEST_BIO_LEAD = max(map(len, BIO_LEADS))
# Counting stops there: a long table is a table.
_MOST_ROWS = 4
# "1:52 P.M. EDT": when something was said, no heading.
_TIME_OF_DAY = re.compile(r"^\d{1,2}:\d\d\b")
# Notes about the author close an article: they are sought among its last units only.
_LAST_UNITS = 6
# How alike two spellings of one name are ("Enjeti", "Enjetti"); two different names are less.
_SAME_NAME = 0.85

# What stands before the first unit and after the last.
_NOTHING = Unit(start=0, end=0, text="", chunk=-1, delimiter=None, is_headline_like=False)


def picture_role(text: str) -> str:
    """The role of a unit of the header that is neither headline nor standfirst: credit or caption."""
    return "caption" if is_image_file(text) or not is_credit(text) else "credit"


def body_blocks(units: Sequence[Unit], authors: Sequence[str]) -> list[Block]:
    """Gives each unit below the source line its role.

    Args:
        units: the article's units below its source line, separators and the like left out.
        authors: the names of who signs.

    Returns:
        The blocks in order; a unit that holds an editor's note gives more than one.
    """
    bios = _bios(units, authors)
    blocks: list[Block] = []
    legend = False
    for index, unit in enumerate(units):
        before = units[index - 1] if index else _NOTHING
        after = units[index + 1] if index + 1 < len(units) else _NOTHING
        legend = _is_legend(unit.text, before.text, after.text, inside=legend)
        if legend:
            blocks.append(Block("legend", unit.start, unit.end))
            continue
        role = "author_bio" if index in bios else _role(unit, before, after, _rows(units, index))
        if role == "body" and "[" in unit.text:
            blocks.extend(_without_editor_notes(unit))
        else:
            blocks.append(Block(role, unit.start, unit.end))
    return blocks


def _rows(units: Sequence[Unit], index: int) -> int:
    """How many short lines stand together without a blank line, this one among them: a table, a signature."""
    chunk, last = units[index].chunk, len(units)
    count = 0
    for step in (-1, 1):
        at = index if step > 0 else index - 1
        while 0 <= at < last and units[at].chunk == chunk and units[at].is_headline_like:
            count += 1
            at += step
            if count > _MOST_ROWS:
                return count
    return count


def _role(unit: Unit, before: Unit, after: Unit, rows: int) -> str:
    text = unit.text
    if text[0] == "[":
        if FOOTNOTE.match(text):
            return "footnote"
        if _is_editor_note(text):
            return "editor_note"
    if is_image_file(text):
        return "caption"
    if is_credit(text):
        return "credit"
    if is_caption(text, in_header=False):
        return "caption"
    if _is_list_item(text, before.text, after.text) or (rows > 2 and not ends_sentence(text)):
        return "list_item"
    if rows < 2 and _is_subheading(unit, after):
        return "subheading"
    return "body"


def _is_list_item(text: str, before: str, after: str) -> bool:
    """True for a bullet, and for a dash or a number where a neighbour has one too."""
    if BULLET.match(text):
        return True
    return bool(LIST_ITEM.match(text)) and bool(LIST_ITEM.match(before) or LIST_ITEM.match(after))


def _is_subheading(unit: Unit, after: Unit) -> bool:
    """True for a title over a paragraph: never the last unit, no sentence, no quotation."""
    text = unit.text
    if after is _NOTHING:
        return False
    if len(text) <= _LONGEST_SECTION_MARK and SECTION_MARK.fullmatch(text):
        return True
    if not unit.is_headline_like or ends_sentence(text) or text[0] in "\"'“‘«„":
        return False
    if NO_HEADING.match(text) or (ENDS_IN_FIGURE.search(text) and not is_title_case(text)):
        return False
    if _TIME_OF_DAY.search(text) or text.strip(" .:…").casefold() in PAGE_WORDS:
        return False
    title = is_title_case(text)
    if after.is_headline_like and not ends_sentence(after.text) and not title:
        return False
    if text.rstrip("\"'”’)").endswith(("?", "!", "…", "–", "—")):
        return title and len(text.split()) <= _LONGEST_SUBHEADING_WORDS
    return title or len(text.split()) <= _LONGEST_SUBHEADING_WORDS


def _is_legend(text: str, before: str, after: str, *, inside: bool) -> bool:
    """True for a legend's heading and for its entries ("Red areas: territory held by ...")."""
    head = text.rstrip(" :")
    if len(head) <= _LONGEST_LEGEND_HEADING and head.casefold() in LEGEND_HEADINGS:
        return bool(LEGEND_ENTRY.match(after))
    if inside:
        return bool(LEGEND_ENTRY.match(text))
    return _is_colour_entry(text) and (_is_colour_entry(after) or _is_colour_entry(before))


def _is_colour_entry(text: str) -> bool:
    entry = LEGEND_ENTRY.match(text) if ":" in text else None
    return entry is not None and entry["term"].split()[0].casefold() in COLOURS


def _is_editor_note(text: str) -> bool:
    """True for a bracketed cross-reference or remark: its first words are an editor's."""
    bracketed = BRACKETED.match(text)
    if not bracketed:
        return False
    return bracketed.end() == len(text) and (_has_editor_lead(bracketed["words"]) or ends_sentence(text))


def _has_editor_lead(words: str) -> bool:
    lowered = words.casefold().replace("’", "'")
    return any(
        lowered.startswith(lead) and not lowered[len(lead) : len(lead) + 1].isalpha()
        for lead in EDITOR_NOTE_LEADS
    )


def _without_editor_notes(unit: Unit) -> Iterator[Block]:
    """Cuts the editor's notes that follow a sentence out of a paragraph."""
    at = 0
    for gap in BRACKET_AFTER_SENTENCE.finditer(unit.text):
        note = BRACKETED.match(unit.text, gap.end())
        if gap.start() < at or not note or not _has_editor_lead(note["words"]):
            continue
        yield Block("body", unit.start + at, unit.start + gap.start())
        yield Block("editor_note", unit.start + note.start(), unit.start + note.end())
        at = note.end()
        while at < len(unit.text) and unit.text[at] == " ":
            at += 1
    if at < len(unit.text):
        yield Block("body", unit.start + at, unit.end)


def _bios(units: Sequence[Unit], authors: Sequence[str]) -> set[int]:
    """Indexes of the notes about the author: the last units, footnotes and credits aside."""
    found: set[int] = set()
    for index in range(len(units) - 1, max(-1, len(units) - 1 - _LAST_UNITS), -1):
        text = units[index].text
        if _is_bio(text, authors):
            found.add(index)
        elif not (FOOTNOTE.match(text) or is_credit(text) or _is_editor_note(text)):
            break
    return found


def _is_bio(text: str, authors: Sequence[str]) -> bool:
    bare = text.lstrip("*_([—– ")
    opening = bare[:_LONGEST_BIO_LEAD].casefold()
    if opening.startswith(BIO_LEADS):
        return True
    if opening.startswith("follow ") and len(text) < 200 and "@" in bare:
        return True
    if not authors:
        return False
    words = list(map(str.casefold, WORD.findall(bare[:240])))
    return not BIO_VERBS.isdisjoint(words) and any(_is_about(author, words) for author in authors)


def _is_about(author: str, words: Sequence[str]) -> bool:
    """True where a text begins with an author's name, whole or the last of it, and goes on with a verb."""
    name = [word.casefold().rstrip(".") for word in author.split()]
    while len(name) > 1 and name[0] in NAME_TITLES:
        name.pop(0)
    while len(words) > 1 and words[0].rstrip(".") in NAME_TITLES:
        words = words[1:]
    for opening in (name, name[-1:]):
        following = words[len(opening) : len(opening) + 12]
        # By the surname alone only a verb directly behind it tells a note from a report on the author.
        reach = following if opening is name else following[:1]
        if BIO_VERBS.isdisjoint(reach):
            continue
        if is_like(" ".join(words[: len(opening)]), " ".join(opening), _SAME_NAME):
            return True
    return False
