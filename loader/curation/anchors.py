"""Where the text that a correction is anchored to stands in a source text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from loader.curation.row import Row, WrittenRow
from loader.text import one_line, one_line_of_same_length

# Offsets that an error names.
_SHOWN = 5
# Occurrences that are counted: of one letter a file can have millions.
_MOST_COUNTED = 1000
# Characters of a text that an error repeats.
_REPEATED = 80


def anchor(row: WrittenRow, name: str, source: str) -> Row:
    """Find the text of a row; a line feed in the source text may be a space in the row.

    Args:
        row: the row; with an offset, the text must be there, without one it must occur once.
        name: the name of the source file.
        source: its text, as `one_line_of_same_length` gives it.

    Raises:
        CorrectionError: the text is not at its offset, is not in the file, or occurs more than once.
    """
    if row.start is not None:
        found = row.at(row.start)
        there = one_line_of_same_length(source[found.start : found.end])
        if there != one_line_of_same_length(row.text):
            raise row.error(
                f"{name} has “{_shortened(there)}” at {row.start}, not “{_shortened(row.text)}”, which "
                f"{_occurring(source, row.text)}; correct the row or take it out"
            )
        return found
    starts = occurrences(source, row.text)
    if len(starts) == 1:
        return row.at(starts[0])
    remedy = "give the offset of one of them in start" if starts else "correct text or take the row out"
    raise row.error(f"“{_shortened(row.text)}” {_occurring(source, row.text)} in {name}; {remedy}")


def anchored(rows: Iterable[WrittenRow], source: str) -> Iterator[Row]:
    """Yield the rows whose text says where they are anchored; the others are left out."""
    for row in rows:
        starts = [row.start] if row.start is not None else occurrences(source, row.text)
        if len(starts) == 1:
            yield row.at(starts[0])


def occurrences(source: str, text: str) -> list[int]:
    """Return the offsets of a text in a source text, at most _MOST_COUNTED of them."""
    words = one_line_of_same_length(text)
    starts: list[int] = []
    at = source.find(words)
    while at >= 0 and len(starts) < _MOST_COUNTED:
        starts.append(at)
        at = source.find(words, at + 1)
    return starts


def _occurring(source: str, text: str) -> str:
    """Return how often and where a text occurs, in words: "occurs 3 times, at 10, 52 and 90"."""
    starts = occurrences(source, text)
    if not starts:
        return "does not occur"
    if len(starts) == 1:
        return f"occurs once, at {starts[0]}"
    number = f"{len(starts):,} times or more" if len(starts) == _MOST_COUNTED else f"{len(starts)} times"
    shown = [str(start) for start in starts[:_SHOWN]]
    last = "others" if len(starts) > _SHOWN else shown.pop()
    return f"occurs {number}, at {', '.join(shown)} and {last}"


def _shortened(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _REPEATED else line[: _REPEATED - 1] + "…"
