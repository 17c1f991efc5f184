"""Dates as printed to ISO 8601, with what is doubtful about them; never a guess, never today."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from loader.readers.roundup.phrases import DATE_LEADS, MONTHS, WEEKDAYS

_MONTH = "(?:" + "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True)) + r")\b\.?"
_WEEKDAY = "(?:" + "|".join(WEEKDAYS) + "|" + "|".join(sorted({day[:3] for day in WEEKDAYS})) + r")\b\.?"
_ZONE = r"(?:\s?Z\b|\s?[A-Z]{2,4}\b|\s?[+-]\d\d:?\d\d)"
_TIME = rf"(?:T?\d{{1,2}}[:.]\d\d(?:[:.]\d\d)?(?:\.\d+)?\s?(?:[ap]\.?m\b\.?)?{_ZONE}?)"

# Each shape of a date, an example beside it. The longer and stricter before the one it holds:
# a full date before a month with a year, a year in front before numbers that could be anything.
DATE_SHAPES: tuple[tuple[str, str], ...] = (
    # 2017-09-07, 2017/09/07, 2017.9.7
    ("year_first", r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"),
    # Sept. 7, 2017; September 7th, 2017; Sept 8 2016; Sept. 7 , 2017
    ("month_first", rf"(?P<name>{_MONTH})\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s?,?\s?(?P<year>\d{{4}})"),
    # 7 September 2017; 7th of September, 2017; 7-Sep-2017
    (
        "day_first",
        rf"(?:the\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\sof)?[\s-]*(?P<name>{_MONTH})\s?[,-]?\s?(?P<year>\d{{4}})",
    ),
    # 09/07/2017, 7.9.2017: day and month are told apart only where one of them is above 12
    ("numeric", r"(?P<first>\d{1,2})(?P<sep>[-/.])(?P<second>\d{1,2})(?P=sep)(?P<year>\d{4})"),
    # September 2017
    ("month_year", rf"(?P<name>{_MONTH}),?\s?(?P<year>\d{{4}})"),
    # Sept. 7 (no year)
    ("no_year_month_first", rf"(?P<name>{_MONTH})\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"),
    # 7 September (no year)
    ("no_year_day_first", rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\sof)?[\s-](?P<name>{_MONTH})"),
)
_SHAPES = tuple(
    (
        name,
        re.compile(
            rf"(?<![\w/.-])(?:(?P<weekday>{_WEEKDAY}),?\s)?{shape}(?:(?=T\d)|(?![\w/]|[-.]\d))(?:,?\s?(?:at\s)?{_TIME})?",
            re.IGNORECASE,
        ),
    )
    for name, shape in DATE_SHAPES
)
# A shape with a full date, to be found within running text: the two most common ones.
_IN_TEXT = tuple((name, pattern) for name, pattern in _SHAPES if name in ("month_first", "day_first"))


def _any_case(letters: str) -> str:
    """A class of letters in either case, odd ones among them as IGNORECASE takes them.

    A search for classes skips to the next letter in one; with IGNORECASE it tries every character.
    """
    odd = {"i": "İı", "k": "\u212a", "s": "ſ"}
    return "[" + "".join(letter + letter.upper() + odd.get(letter, "") for letter in letters) + "]"


def _openings(names: Iterable[str]) -> str:
    """A pattern for the first three letters of any of the names.

    Three classes rule out nearly all other words before the openings themselves are tried.
    """
    openings = sorted({name[:3] for name in names})
    classes = "".join(_any_case("".join(sorted(set(letters)))) for letters in zip(*openings, strict=True))
    alternatives = "|".join("".join(map(_any_case, opening)) for opening in openings)
    return f"{classes}(?<={alternatives})"


# What must stand in a text that holds one of the shapes, cheap to look for: most texts hold none.
# Three numbers with marks between them, a month's name behind a number or before one.
_DIGIT = re.compile(r"\d")
_MAY_BE_NUMERIC = re.compile(r"\d[-/.]\d{1,2}[-/.]\d")
_MAY_BE_DAY_FIRST = re.compile(rf"\d(?:\w\w)?(?:\W\w\w)?\W*{_openings(MONTHS)}")
_MAY_BE_MONTH_FIRST = re.compile(rf"\W{_openings(MONTHS)}\w{{0,6}}\W*\d")
_NUMERIC = ("year_first", "numeric")
_DAY_FIRST = ("day_first", "no_year_day_first")
_MONTH_FIRST = ("month_first", "month_year", "no_year_month_first")
# What stands before the first digit of a date at the most: "Wednesday., September.,".
_LONGEST_BEFORE_DIGIT = max(map(len, WEEKDAYS)) + max(map(len, MONTHS)) + len("., .,")
# A weekday with a day or a month behind it.
_BESIDE_WEEKDAY = rf"\W{{1,3}}(?:[tT][hH][eE]\W)?(?:\d|{_openings(MONTHS)})"
_WEEKDAY_BEFORE_DATE = re.compile(_openings(["day"]) + _BESIDE_WEEKDAY)
_SHORT_WEEKDAY_BEFORE_DATE = re.compile(rf"\W{_openings(WEEKDAYS)}{_BESIDE_WEEKDAY}")
_YEAR = re.compile(r"\d{4}")
# "Friday, April 28" with no year behind it.
_WEEKDAY_AND_DAY = re.compile(
    rf"\b(?P<weekday>{_WEEKDAY}),?\s(?P<name>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,?\s?\d)",
    re.IGNORECASE,
)


class PrintedDate(NamedTuple):
    """A date found in a text.

    Attributes:
        start: offset of its first character, the weekday's where one stands before it.
        end: offset after the last one.
        iso: YYYY-MM-DD, or YYYY-MM, or None where the words do not say one day.
        flaw: a data-note code ("partial_date", "ambiguous_date", "impossible_date",
            "weekday_contradicts_date") or None.
    """

    start: int
    end: int
    iso: str | None
    flaw: str | None


def find_date(text: str) -> PrintedDate | None:
    """Finds the last date of a short text, in any of DATE_SHAPES.

    Args:
        text: one line.

    Returns:
        The date with offsets in `text`, or None.
    """
    first = _first(text)
    possible = _possible(text, first) if first is not None else ()
    if first is None or not possible:
        return None
    taken: re.Match[str] | None = None
    shape = ""
    for name, pattern in _SHAPES:
        if name not in possible:
            continue
        if taken and not _DIGIT.search(text, taken.end()):
            break  # no date behind the one that was found
        for match in pattern.finditer(text, first):
            # A shape further down the list may only find what the ones above do not overlap.
            if taken is None or match.start() >= taken.end():
                taken, shape = match, name
    if taken is None:
        return None
    printed = _printed(taken, shape)
    weekday = taken["weekday"]
    if weekday and _belongs_to_name(text[: taken.start()]):
        start = taken.end() - len(taken[0][len(weekday) :].lstrip(" ,"))
        flaw = None if printed.flaw == "weekday_contradicts_date" else printed.flaw
        return printed._replace(start=start, flaw=flaw)
    return printed


def _first(text: str) -> int | None:
    """Where the first date of a text begins at the earliest; None where there is no digit."""
    digit = _DIGIT.search(text)
    return max(0, len(text[: digit.start()].rstrip()) - _LONGEST_BEFORE_DIGIT) if digit else None


def _possible(text: str, first: int) -> tuple[str, ...]:
    """The names of the shapes that may be found from an offset on."""
    possible: tuple[str, ...] = ()
    if _MAY_BE_NUMERIC.search(text, first):
        possible += _NUMERIC
    if _MAY_BE_DAY_FIRST.search(text, first):
        possible += _DAY_FIRST
    if _MAY_BE_MONTH_FIRST.search(f" {text}", first):
        possible += _MONTH_FIRST
    return possible


def _belongs_to_name(before: str) -> bool:
    """True where a weekday follows a capitalised word with nothing between: "Motor Sunday, August 6"."""
    word = before.rsplit(None, 1)[-1] if before.strip() else ""
    return word[:1].isupper() and word[-1].isalnum() and word.casefold() not in DATE_LEADS


def may_name_weekday(text: str) -> bool:
    """False where no weekday stands beside a date: neither `days_in` nor `dates_in` finds one there."""
    first = _first(text)
    if first is None:
        return False
    return bool(
        _WEEKDAY_BEFORE_DATE.search(text, first) or _SHORT_WEEKDAY_BEFORE_DATE.search(f" {text}", first)
    )


def days_in(text: str) -> list[tuple[int, int, int, int, int]]:
    """Finds weekdays beside a day and month without a year ("Friday, April 28").

    Returns:
        For each: offset, offset after it, weekday (1 is Monday), month, day.
    """
    found = []
    for match in _WEEKDAY_AND_DAY.finditer(text):
        name = match["weekday"].rstrip(".").casefold()[:3]
        weekday = next(number for day, number in WEEKDAYS.items() if day.startswith(name))
        month = MONTHS[match["name"].rstrip(".").casefold()]
        found.append((match.start(), match.end(), weekday, month, int(match["day"])))
    return found


def dates_in(text: str) -> list[PrintedDate]:
    """Finds every full date with a month's name in running text, in order."""
    if not _YEAR.search(text):
        return []
    first = _first(text) or 0
    possible = _possible(text, first)
    patterns = [pattern for name, pattern in _IN_TEXT if name in possible]
    found = [
        _printed(match, "month_first") for pattern in patterns for match in pattern.finditer(text, first)
    ]
    return sorted(found, key=lambda printed: printed.start)


def _printed(match: re.Match[str], shape: str) -> PrintedDate:
    groups = match.groupdict()
    iso, flaw = _iso(groups, shape)
    if flaw is None and groups.get("weekday") and iso:
        printed_weekday = groups["weekday"].rstrip(".").casefold()[:3]
        real = date.fromisoformat(iso).isoweekday()
        if not any(name.startswith(printed_weekday) and number == real for name, number in WEEKDAYS.items()):
            flaw = "weekday_contradicts_date"
    return PrintedDate(match.start(), match.end(), iso, flaw)


def _iso(groups: dict[str, str | None], shape: str) -> tuple[str | None, str | None]:
    if shape.startswith("no_year"):
        return None, "partial_date"
    year = int(groups["year"] or 0)
    if shape == "month_year":
        return f"{year:04}-{_month(groups):02}", "partial_date"
    if shape == "numeric":
        first, second = int(groups["first"] or 0), int(groups["second"] or 0)
        if first <= 12 and second <= 12 and first != second:
            return None, "ambiguous_date"
        day, month = (first, second) if first > 12 else (second, first)
    else:
        day, month = int(groups["day"] or 0), _month(groups)
    try:
        return date(year, month, day).isoformat(), None
    except ValueError:
        return None, "impossible_date"


def _month(groups: dict[str, str | None]) -> int:
    name = groups.get("name")
    return MONTHS[name.rstrip(".").casefold()] if name else int(groups["month"] or 0)
