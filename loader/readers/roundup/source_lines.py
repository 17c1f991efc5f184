"""Source lines: "Outlet, by Author, Date:" in any of its forms, on one line or several.

A line is read from its end: colon, date, the words after "by", and what is left is the outlet. So an
outlet may hold commas or the word "by" itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from loader.readers.roundup.bylines import (
    Span,
    has_outlet_lead,
    has_outlet_word,
    is_outlet,
    is_person,
    outlet_of,
    split_authors,
    trimmed,
)
from loader.readers.roundup.dates import PrintedDate, find_date
from loader.readers.roundup.line_patterns import GLUED_FILE, GLUED_SLUG
from loader.readers.roundup.phrases import CREDIT_LEADS, DATE_LEADS, OUTLET_LEADS, OUTLET_WORDS
from loader.readers.roundup.units import Unit

# A source line is one line of a page; nothing longer is one.
_LONGEST = 260
_EDGE = " :()[]"  # what may stand around a line
# Nor is anything longer than this that has neither a date nor a colon.
_LONGEST_UNDATED = 120
# Most source lines in one piece; three are usual, a doubled one may double that.
_MOST_PIECES = 6

# ", by", "| By", "– by" or "by" at the start: the words after it sign. Searched for from the right.
_BY = re.compile(r"(?:^|(?P<before>[,.|;·•:–—-])\s*|\s)(?P<by>by)\s+(?=\S)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"\w+")
_OUTLET_WORDS = frozenset(word for words in OUTLET_WORDS for word in _WORDS.findall(words)[:1])
_MAY_SIGN = re.compile(r"[bB][yY]\s")
# Full stops that part nothing: "Inc.", "Jr.", an initial.
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|Inc|Ltd|Co|Corp|Jr|Sr|St|No)\.$")


# What stands between who signs and the outlet: "Ann Lee for The Globe".
_FOR = re.compile(r"\s+(?:for|of|in)\s+|\s+[|–—·•]\s+")
# What parts the pieces of a source line that has no "by": "Outlet | Ann Lee", "Outlet - Ann Lee".
_BAR = re.compile(r"\s+[|/·•–—-]\s+")
# The leads of a date, the longest first, each with how it looks behind other words.
_DATE_LEADS = [
    (lead, (f", {lead}", f" | {lead}", f". {lead}")) for lead in sorted(DATE_LEADS, key=len, reverse=True)
]
# A date at the edge of a line. Behind its last number at most "p.m. EST" or "th of May" stands; before its
# first one a lead, a weekday, "the" and a month.
_NUMBER_LATE = re.compile(r"\d\w*(?:\W+\w+){0,3}\W*$")
_MOST_WORDS_BEFORE = max(len(re.findall(r"\w+", lead)) for lead in DATE_LEADS) + 3
_NUMBER_EARLY = re.compile(rf"\W*(?:\w+\W+){{0,{_MOST_WORDS_BEFORE}}}\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """What a source line says. Offsets count in the archive.

    Attributes:
        spans: the units it stands in, each (start, end); more than one where it is parted by blank lines.
        images: spans of images' file names glued to the front of a line.
        outlet: the outlet's name, or None.
        authors: who signs.
        date: the date, or None.
        has_by: whether "by" is printed.
        has_colon: whether it ends in a colon.
        units: how many units it takes.
        doubled: whether the same words stand there twice.
    """

    spans: tuple[tuple[int, int], ...]
    images: tuple[tuple[int, int], ...]
    outlet: Span | None
    authors: tuple[Span, ...]
    date: PrintedDate | None
    has_by: bool
    has_colon: bool
    units: int = 1
    doubled: bool = False

    @property
    def is_strong(self) -> bool:
        """True where nothing but a source line looks like this, whatever stands around it."""
        return self.has_by and self.date is not None and bool(self.authors)

    @property
    def is_whole(self) -> bool:
        """True where it can stand as a source line on its own, under a headline."""
        if self.outlet is not None and (self.date is not None or self.has_by):
            return True
        return self.has_by and bool(self.authors)

    @property
    def is_dated_only(self) -> bool:
        """True where there is a date and nothing else: a source line only where the place leaves no doubt."""
        return self.date is not None and self.outlet is None and not self.has_by


def read_source_line(units: Sequence[Unit], at: int) -> SourceLine | None:
    """Reads the source line that begins at a unit, if one does.

    Args:
        units: the archive's units.
        at: index of the unit to begin at.

    Returns:
        The source line with the number of units it takes, or None.
    """
    whole = _read_piece(units[at]) or _outlet_line(units, at)
    if whole is None:
        return None
    for index in range(at + 1, min(at + _MOST_PIECES, len(units))):
        piece = _read_piece(units[index]) or _outlet_line(units, index)
        joined = _join(whole, piece) if piece else None
        if joined is None:
            break
        whole = joined
    return whole if whole.is_whole or whole.is_dated_only else None


def _join(whole: SourceLine, piece: SourceLine) -> SourceLine | None:
    """Joins the next piece to a source line; None where it does not belong to it."""
    spans = whole.spans + piece.spans
    same = (
        _text(whole.outlet) == _text(piece.outlet)
        and [author.text for author in whole.authors] == [author.text for author in piece.authors]
        and (whole.date and whole.date.iso) == (piece.date and piece.date.iso)
    )
    images = whole.images + piece.images
    if same:
        return replace(
            whole, spans=spans, images=images, units=whole.units + 1, doubled=True, has_colon=piece.has_colon
        )
    clash = (
        (whole.outlet and piece.outlet) or (whole.authors and piece.authors) or (whole.date and piece.date)
    )
    if clash or whole.has_colon:
        return None
    return replace(
        whole,
        spans=spans,
        images=images,
        outlet=whole.outlet or piece.outlet,
        authors=whole.authors or piece.authors,
        date=whole.date or piece.date,
        has_by=whole.has_by or piece.has_by,
        has_colon=piece.has_colon,
        units=whole.units + 1,
    )


def _text(span: Span | None) -> str | None:
    return span.text if span else None


def _read_piece(unit: Unit) -> SourceLine | None:
    """Reads one unit as a source line or as one of the lines of a longer one."""
    return _read_line(unit) if _may_be_piece(unit.text) else None


def _may_be_piece(line: str) -> bool:
    """False for most paragraphs and headlines: they lack what every source line or piece of one has."""
    if len(line) > _LONGEST:
        return False
    bare = line.strip(_EDGE).strip()
    if len(bare) > _LONGEST_UNDATED and not line.rstrip().endswith(":"):
        if not _DIGIT.search(bare):
            return _glued_file(line) is not None
        return bool(_NUMBER_LATE.search(bare) or _NUMBER_EARLY.match(bare) or _glued_file(line))
    if _DIGIT.search(bare) or _MAY_SIGN.search(line) or _glued_file(line):
        return True
    lowered = bare.casefold()
    return lowered.startswith(OUTLET_LEADS) or not _OUTLET_WORDS.isdisjoint(_WORDS.findall(lowered))


@lru_cache(maxsize=256)  # a unit is read again as the second, third ... line of those above it
def _read_line(unit: Unit) -> SourceLine | None:
    glued = _glued_file(unit.text)
    line = unit.text
    first = glued.end() if glued else 0
    body = trimmed(line, first, len(line), edge=_EDGE)
    if body.text.endswith(".") and body.text[-2:-1].isdigit():
        body = trimmed(line, body.start, body.end - 1)
    has_colon = line.rstrip().endswith(":")
    start, end = body.start, body.end
    date = find_date(line[start:end])
    if date:
        date = date._replace(start=date.start + start, end=date.end + start)
        rest = _around_date(line, start, end, date)
        if rest is None:
            return None
        start, end, parted = rest
    else:
        parted = True
    parts = _outlet_and_authors(line, start, end, dated=date is not None, colon=has_colon)
    if parts is None:
        return None
    outlet, authors, has_by = parts
    if not parted and not (has_by and all(is_person(author.text) for author in authors)):
        return None
    offset = unit.start
    return SourceLine(
        spans=((offset + first, unit.end),),
        images=((offset, offset + first),) if glued else (),
        outlet=_moved(outlet, offset) if outlet else None,
        authors=tuple(_moved(author, offset) for author in authors),
        date=date._replace(start=date.start + offset, end=date.end + offset) if date else None,
        has_by=has_by,
        has_colon=has_colon,
    )


def _around_date(line: str, start: int, end: int, date: PrintedDate) -> tuple[int, int, bool] | None:
    """What a line says beside its date: the span, and whether a separator parts the two.

    None where there are words on both sides of the date, which makes it a sentence.
    """
    before = trimmed(line, start, date.start, edge=" \t,;:|–—-·•/([")
    after = trimmed(line, date.end, end)
    first, last = _without_date_lead(line, before.start, before.end)
    if not after.text:
        stop = line[first:last].endswith(".") and not _ABBREVIATED.search(line[first:last])
        return first, last - stop, first == last or stop or _parted(line, last, date.start)
    if first < last:
        return None
    signed = after.text[:3].casefold() == "by "
    return after.start, after.end, signed or _parted(line, date.end, after.start)


def _outlet_line(units: Sequence[Unit], index: int) -> SourceLine | None:
    """Reads a line that is only a name as the outlet's, where the next line of its chunk is the rest."""
    unit = units[index]
    if index + 1 >= len(units) or units[index + 1].chunk != unit.chunk or len(unit.text) > 50:
        return None
    below = _read_piece(units[index + 1])
    if below is None or below.outlet is not None or not is_outlet(unit.text, most_words=5, foreign=True):
        return None
    outlet = _moved(outlet_of(unit.text, 0, len(unit.text)), unit.start)
    return SourceLine(
        spans=((unit.start, unit.end),),
        images=(),
        outlet=outlet,
        authors=(),
        date=None,
        has_by=False,
        has_colon=False,
    )


def begins_with_outlet_line(source: SourceLine, units: Sequence[Unit], at: int) -> bool:
    """True where the source line's first line is a name and nothing else, so that it may be a headline."""
    return source.units > 1 and source.outlet is not None and source.outlet.text == units[at].text


def _glued_file(line: str) -> re.Match[str] | None:
    if line.partition(" ")[0].isalpha():
        return None  # a word of letters only: no mark or digit tells a file's name in it
    match = GLUED_FILE.match(line)
    if match and (match["ended"] or GLUED_SLUG.fullmatch(match["slug"])):
        return match
    return None


def _moved(span: Span, offset: int) -> Span:
    return Span(span.text, span.start + offset, span.end + offset)


def _parted(line: str, start: int, end: int) -> bool:
    """True where a separator or a date's lead word stands between outlet and date."""
    between = line[start:end]
    return any(mark in between for mark in ",|–—-·•;:/()") or between.strip(" ,:").casefold() in DATE_LEADS


def _without_date_lead(line: str, start: int, end: int) -> tuple[int, int]:
    """Cuts "Published on" off the end of what stands before a date."""
    words = line[start:end].casefold()
    for lead, parted in _DATE_LEADS:
        if words == lead:
            return start, start
        if words.endswith(parted):
            cut = trimmed(line, start, end - len(lead))
            return cut.start, cut.end - line[cut.start : cut.end].endswith(".")
    return start, end


def _outlet_and_authors(
    line: str, start: int, end: int, *, dated: bool, colon: bool
) -> tuple[Span | None, list[Span], bool] | None:
    """Splits what is left of a source line without its date; None where it is none."""
    if start >= end:
        return (None, [], False) if dated else None
    if not dated and not colon and end - start > _LONGEST_UNDATED:
        return None  # a sentence with "by" in it
    # From one character before, so that a blank stands in front of a "by" at the very start.
    reach = max(0, start - 1)
    signs = _BY.finditer(line, reach, end) if _MAY_SIGN.search(line, reach, end) else ()
    for match in reversed(list(signs)):
        signed = _signed(line, match, start, end, dated=dated)
        if signed:
            return signed
    piped = _piped(line, start, end) if dated else None
    if piped:
        return piped
    outlet = outlet_of(line, start, end)
    most = 10 if dated and colon else 7
    named = dated or has_outlet_lead(line[start:end].strip())
    # A line that is only a name may be an outlet's line of a byline in several; its neighbours decide.
    short = len(outlet.text) <= 60 and has_outlet_word(outlet.text) and not colon
    foreign = dated and colon and len(outlet.text.split()) <= 3
    if (named or short) and is_outlet(outlet.text, most_words=most, foreign=foreign):
        return outlet, [], False
    return None


def _piped(line: str, start: int, end: int) -> tuple[Span | None, list[Span], bool] | None:
    """Reads "Outlet | Ann Lee": parts between bars, one of which is a person's name."""
    parts = []
    at = start
    for match in [*_BAR.finditer(line, start, end), None]:
        parts.append(trimmed(line, at, match.start() if match else end))
        at = match.end() if match else end
    if len(parts) != 2:
        return None
    # "Standard Kenya | Ann Lee": where both could be persons, the outlet comes first.
    for outlet, signers in (parts, reversed(parts)):
        names = split_authors(line, signers.start, signers.end)
        if names and all(is_person(name.text) for name in names) and is_outlet(outlet.text):
            return outlet, names, True
    return None


def _signed(
    line: str, match: re.Match[str], start: int, end: int, *, dated: bool
) -> tuple[Span | None, list[Span], bool] | None:
    """Reads "Outlet, by A and B" split at one "by"; None where that "by" is part of the outlet."""
    left = outlet_of(line, start, match.start("by"))
    if left.text.endswith(".") and match["before"] is not None and not _ABBREVIATED.search(left.text):
        left = Span(left.text[:-1], left.start, left.end - 1)
    names = split_authors(line, match.end(), end)
    if not names or left.text.casefold() in CREDIT_LEADS:
        return None
    persons = [name for name in names if is_person(name.text)]
    outlet = left if left.text else None
    parted = match["before"] is not None or match.start("by") == start
    if not (parted or dated or line.rstrip().endswith(":")):
        return None  # "Clerks Paid by Mobile Phone": a headline
    if outlet is None:
        split = _author_for_outlet(line, match.end(), end) or _outlet_behind_authors(line, names)
        if split:
            return split
    signed = bool(persons) and (dated or line.rstrip().endswith(":"))
    if outlet is not None and not is_outlet(outlet.text, foreign=signed and match["before"] is not None):
        return None
    if len(persons) == len(names):
        # Without a mark before it, "by" must be followed by a person and nothing else.
        return outlet, names, True
    signs = dated and parted and all(_is_short_name(name.text) for name in names)
    return (outlet, names, True) if signs else None


def _author_for_outlet(line: str, start: int, end: int) -> tuple[Span | None, list[Span], bool] | None:
    """Reads "by Ann Lee for The Globe" and "by Ann Lee | The Globe"."""
    for match in _FOR.finditer(line, start, end):
        names = split_authors(line, start, match.start())
        outlet = outlet_of(line, match.end(), end)
        if names and all(is_person(name.text) for name in names) and is_outlet(outlet.text, foreign=True):
            return outlet, names, True
    return None


def _outlet_behind_authors(line: str, names: list[Span]) -> tuple[Span | None, list[Span], bool] | None:
    """Reads "by Ann Lee and Bob Ray, The Globe": a last name behind a plain comma is no further author."""
    if len(names) < 2:
        return None
    last = names[-1]
    parted = line[names[-2].end : last.start].strip()
    outlet = outlet_of(line, last.start, last.end)
    if parted != "," or not is_outlet(outlet.text, foreign=True):
        return None
    if not all(is_person(name.text) for name in names[:-1]):
        return None
    return outlet, names[:-1], True


def _is_short_name(name: str) -> bool:
    """True for who signs without a person's name, or with more than one: "AFP", "our correspondent"."""
    return len(name.split()) <= 7 and not any(mark in name for mark in '!?:"“”') and not find_date(name)
