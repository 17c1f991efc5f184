"""Mutation that keeps an archive's structure: lines are moved, doubled, cut, joined and swapped for others.

Bytes flipped at random soon make noise that every rule passes by; lines of archives put together anew reach
the rules.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence

_LINE_ENDS = ("\n", "\n\n", "\r\n", "\r", "\u2028", "\x0c", "\x85")
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1")
_MOST_TIMES = 40
_MOST_CHANGES = 8


def mutated(text: str, words: Sequence[str], chance: random.Random) -> str:
    """Changes a text a few times, line by line.

    Args:
        text: the text.
        words: what may be put in: lines of archives, marks, characters.
        chance: where chance comes from.
    """
    lines = text.splitlines(keepends=True) or [""]
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        lines = chance.choice(_CHANGES)(lines, words, chance) or [""]
    return "".join(lines)


def mutated_table(text: str, words: Sequence[str], chance: random.Random) -> str:
    """Changes a few values of a CSV table, or, now and then, its lines as those of any text.

    Args:
        text: the table.
        words: what values may become, beside each other and offsets.
        chance: where chance comes from.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error:
        rows = []
    if len(rows) < 2 or chance.random() < 0.3:
        return mutated(text, words, chance)
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        row = chance.choice(rows[1:])
        at = chance.randrange(len(row))
        other = chance.choice(rows[1:])
        kinds = (chance.choice(words), other[at % len(other)], str(chance.randint(0, 500)), "", row[at][:-1])
        row[at] = chance.choice(kinds)
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def encoded(text: str, chance: random.Random) -> bytes:
    """The text's bytes: mostly UTF-8, now and then another encoding, or with bytes that are none."""
    if chance.random() < 0.8:
        return text.encode("utf-8", "surrogateescape")
    data = text.encode(chance.choice(_ENCODINGS), "replace")
    if chance.random() < 0.3:
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.randbytes(chance.randint(1, 3)) + data[at:]
    return data


def _moved(lines: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    first, last = sorted(chance.choices(range(len(lines) + 1), k=2))
    rest = lines[:first] + lines[last:]
    at = chance.randint(0, len(rest))
    return rest[:at] + lines[first:last] + rest[at:]


def _dropped(lines: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at + chance.randint(1, 3) :]


def _repeated(lines: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at : at + 1] * chance.randint(2, _MOST_TIMES) + lines[at + 1 :]


def _put_in(lines: list[str], words: Sequence[str], chance: random.Random) -> list[str]:
    return _changed(lines, chance, lambda line, at: line[:at] + chance.choice(words) + line[at:])


def _put_between(lines: list[str], words: Sequence[str], chance: random.Random) -> list[str]:
    at = chance.randint(0, len(lines))
    return [*lines[:at], chance.choice(words) + chance.choice(_LINE_ENDS), *lines[at:]]


def _put_many(lines: list[str], words: Sequence[str], chance: random.Random) -> list[str]:
    piece = chance.choice(words) * chance.randint(2, _MOST_TIMES)
    return _changed(lines, chance, lambda line, at: line[:at] + piece + line[at:])


def _cut(lines: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    return _changed(lines, chance, lambda line, at: line[:at] + line[at + chance.randint(1, 5) :])


def _split(lines: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    return _changed(lines, chance, lambda line, at: line[:at] + chance.choice(_LINE_ENDS) + line[at:])


def _joined(lines: list[str], _: Sequence[str], chance: random.Random) -> list[str]:
    return _changed(lines, chance, lambda line, _: line.rstrip() + chance.choice(("", " ")))


def _changed(lines: list[str], chance: random.Random, change: Callable[[str, int], str]) -> list[str]:
    """Changes one line at one offset in it."""
    index = chance.randrange(len(lines))
    line = lines[index]
    return [*lines[:index], change(line, chance.randint(0, len(line))), *lines[index + 1 :]]


_CHANGES = (_moved, _dropped, _repeated, _put_in, _put_in, _put_between, _put_many, _cut, _split, _joined)
