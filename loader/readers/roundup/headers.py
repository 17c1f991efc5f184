"""Where each article begins: a source line, and above it the headline with what belongs to it.

Between articles stand separators, "Also see:", or nothing; so a header is found upwards from its source
line, and a line in the text that only looks like a source line has no headline above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loader.readers.roundup.line_types import (
    ends_sentence,
    is_caption,
    is_credit,
    is_image_file,
    is_title_case,
)
from loader.readers.roundup.source_lines import (
    SourceLine,
    begins_with_outlet_line,
    read_source_line,
)
from loader.readers.roundup.units import Unit
from loader.text import word_count

# Headline, standfirst, pictures: more units than this above a source line are no header.
_MOST_HEADER_UNITS = 10
# A standfirst is a sentence or two; a longer unit between delimiter and headline is a stray paragraph.
_LONGEST_STANDFIRST_WORDS = 70
# A headline that is one sentence, with its full stop.
_LONGEST_SENTENCE_HEADLINE = 16
# Directly under a delimiter and directly above its source line, nothing but a headline stands.
_LONGEST_DELIMITED_HEADLINE = 24
# A headline shares its words with the first paragraphs below it; shorter words say nothing.
_TELLING_WORD = re.compile(r"\w{4,}")
_FIRST_PARAGRAPHS = 4
# How far below "Also see:" and its headline an article without a source line must go on.
_SHORTEST_BODY_WORDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of an article, in indexes of units.

    Attributes:
        first: the first unit of the article.
        headline: the headline's unit, or None.
        standfirst: units of the summary.
        source_at: the source line's first unit, or where it would stand.
        source: the source line, or None.
        body: the first unit after the header.
    """

    first: int
    headline: int | None
    standfirst: tuple[int, ...]
    source_at: int
    source: SourceLine | None
    body: int


def find_headers(units: Sequence[Unit]) -> list[Header]:
    """Finds the head of every article.

    Args:
        units: the archive's units.

    Returns:
        The headers in order; empty where no article can be told.
    """
    headers: list[Header] = []
    floor = 0  # the first unit that the next header may take
    at = 0
    while at < len(units):
        header = _header_at(units, at, floor) or _unsourced(units, at)
        if header:
            headers.append(header)
            at = floor = header.body
        else:
            at += 1
    return headers


def _header_at(units: Sequence[Unit], at: int, floor: int) -> Header | None:
    source = read_source_line(units, at)
    if source is None:
        return None
    top, delimited = _reach(units, at, floor)
    if (source.is_dated_only and not delimited) or _is_headline_of_next(units, source, at):
        return None
    found = _delimited_header(units, top, at, at + source.units) if delimited else None
    found = found or _open_header(units, top, at)
    found = found or _sentence_headline(units, top, at, source, delimited=delimited)
    if found is None:
        if begins_with_outlet_line(source, units, at):
            return None  # its first line is the headline of the source line below it
        alone = delimited and top == at
        return (
            Header(
                first=at, headline=None, standfirst=(), source_at=at, source=source, body=at + source.units
            )
            if source.is_strong or alone
            else None
        )
    first, headline, standfirst = found
    return Header(
        first=first,
        headline=headline,
        standfirst=standfirst,
        source_at=at,
        source=source,
        body=at + source.units,
    )


def _is_headline_of_next(units: Sequence[Unit], source: SourceLine, at: int) -> bool:
    """True for a headline that ends in a date: the source line itself stands below it.

    Pictures may stand between the two, and one standfirst.
    """
    if source.has_by or source.has_colon:
        return False
    sentences = 0
    for index in range(at + source.units, min(at + source.units + 5, len(units))):
        below = read_source_line(units, index)
        if below is not None and (below.is_strong or below.has_colon):
            return True
        if not _is_picture(units[index].text):
            sentences += 1
        if sentences > 1:
            return False
    return False


def _reach(units: Sequence[Unit], at: int, floor: int) -> tuple[int, bool]:
    """How far up a header may reach: the index of its first unit, and whether a delimiter stands above."""
    lowest = max(floor, at - _MOST_HEADER_UNITS - 1)
    for index in range(at - 1, lowest - 1, -1):
        if units[index].delimiter:
            return index + 1, True
    return lowest, lowest == 0


def _delimited_header(
    units: Sequence[Unit], top: int, at: int, body: int
) -> tuple[int, int, tuple[int, ...]] | None:
    """Reads all units between a delimiter and a source line as a header; None where they are not one."""
    if not 0 < at - top <= _MOST_HEADER_UNITS:
        return None
    words = [index for index in range(top, at) if not _is_picture(units[index].text)]
    titles = [index for index in words if units[index].is_headline_like]
    if not titles or any(_is_long(units[index].text) for index in words):
        return None
    headline = titles[0]
    under_list = top > 0 and units[top - 1].delimiter == "see_also"
    # Under "Also see:" titles may be a list of other headlines; two in title case may be one anywhere.
    if under_list or (len(titles) == 2 and all(is_title_case(units[index].text) for index in titles)):
        headline = _headline_among(units, titles, body)
    first = headline
    # Pictures directly above the headline belong to it; words above it do not.
    while first > top and _is_picture(units[first - 1].text):
        first -= 1
    return first, headline, tuple(index for index in words if index > headline)


def _headline_among(units: Sequence[Unit], titles: Sequence[int], body: int) -> int:
    """The title that shares most of its words with the article below; of equals, the lowest.

    What stands above it is a list of other headlines, what stands below it the standfirst.
    """
    below = " ".join(unit.text for unit in units[body : body + _FIRST_PARAGRAPHS]).casefold()
    known = set(_TELLING_WORD.findall(below[:4000]))

    def share(index: int) -> float:
        words = _TELLING_WORD.findall(units[index].text.casefold())
        return sum(word in known for word in words) / len(words) if words else 0.0

    return max(titles, key=lambda index: (share(index), index))


def _open_header(units: Sequence[Unit], top: int, at: int) -> tuple[int, int, tuple[int, ...]] | None:
    """Finds headline and standfirst upwards from a source line with nothing to mark where they begin."""
    index = at - 1
    standfirst: list[int] = []
    lowest = max(top, at - _MOST_HEADER_UNITS)
    while index >= lowest:
        text = units[index].text
        if _is_picture(text):
            index -= 1
            continue
        if units[index].is_headline_like:
            break
        if standfirst or _is_long(text) or not _title_above(units, index, lowest):
            return None
        standfirst.append(index)
        index -= 1
    else:
        return None
    # Two titles in a row: the upper one is the headline, the lower one its standfirst. Three are a list.
    above = index - 1
    titles = [_is_title(units, number, lowest) for number in (above, above - 1)]
    if not standfirst and titles == [True, False]:
        standfirst.append(index)
        index = above
    first = index
    return first, index, tuple(reversed(standfirst))


def _is_title(units: Sequence[Unit], index: int, lowest: int) -> bool:
    return index >= lowest and units[index].is_headline_like and not _is_picture(units[index].text)


def _sentence_headline(
    units: Sequence[Unit], top: int, at: int, source: SourceLine, *, delimited: bool
) -> tuple[int, int, tuple[int, ...]] | None:
    """A headline that is a sentence with its full stop, directly above a source line beyond doubt."""
    index = at - 1
    while index >= top and _is_picture(units[index].text):
        index -= 1
    if index < top or not (source.is_strong or source.has_colon):
        return None
    text = units[index].text
    words = len(text.split())
    if delimited:
        return (index, index, ()) if words <= _LONGEST_DELIMITED_HEADLINE else None
    one_sentence = not re.search(r"[.!?]\s", text) or words <= _LONGEST_SENTENCE_HEADLINE // 2
    fits = words <= _LONGEST_SENTENCE_HEADLINE and text[:1].isupper() and ends_sentence(text)
    return (index, index, ()) if fits and one_sentence else None


def _title_above(units: Sequence[Unit], index: int, lowest: int) -> bool:
    above = index - 1
    while above >= lowest and _is_picture(units[above].text):
        above -= 1
    return above >= lowest and units[above].is_headline_like


def _is_long(text: str) -> bool:
    """True for more words than a standfirst has; a word takes two characters at the least, one a blank."""
    return len(text) > 2 * _LONGEST_STANDFIRST_WORDS and word_count(text) > _LONGEST_STANDFIRST_WORDS


def _is_picture(text: str) -> bool:
    return is_credit(text) or is_image_file(text) or is_caption(text, in_header=True)


def _unsourced(units: Sequence[Unit], at: int) -> Header | None:
    """An article under "Also see:" or a separator, with a headline and paragraphs but no source line."""
    if at == 0 or not units[at - 1].delimiter:
        return None
    index = at
    while index < len(units) and _is_picture(units[index].text):
        index += 1
    if index >= len(units) or not units[index].is_headline_like:
        return None
    headline = index
    below = range(headline + 1, min(headline + 1 + _MOST_HEADER_UNITS, len(units)))
    if any(read_source_line(units, index) for index in below[:4]):
        return None
    words = 0
    for unit in units[below.start : below.stop]:
        if unit.delimiter or unit.is_headline_like:
            break
        if not _is_picture(unit.text):
            words += word_count(unit.text)
            if words >= _SHORTEST_BODY_WORDS:
                return Header(
                    first=at,
                    headline=headline,
                    standfirst=(),
                    source_at=headline + 1,
                    source=None,
                    body=headline + 1,
                )
    return None
