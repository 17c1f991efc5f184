"""Parts of a text, each with the bytes that it comes from and how these became characters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from loader.readers.character_context import fits
from loader.readers.encoding_runs import Run, faults
from loader.readers.text_repair import Damage, find_damage

# How a part came to its text: decoded as it should be; a byte of another encoding in UTF-8; bytes that are no
# character, for which U+FFFD stands; what `find_damage` found, repaired.
DECODED, STRAY, LOST, REPAIRED = "decoded", "stray", "lost", "repaired"


# In which bytes are read that are not UTF-8 and stand in it: most come from programs of Windows.
STRAY_ENCODING = "cp1252"


class EncodedRun(NamedTuple):
    """A run of bytes of one encoding.

    Attributes:
        encoding: the codec.
        is_guess: whether nothing in the bytes says so.
    """

    encoding: str
    is_guess: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a text.

    Attributes:
        text: its characters.
        byte_start: offset of its first byte in the file.
        byte_end: offset after the last one.
        encoding: the codec that decodes the bytes.
        origin: one of DECODED, STRAY, LOST and REPAIRED.
        run: number of the run of bytes that it belongs to.
        damage: what was repaired, by kind; "" if nothing was.
    """

    text: str
    byte_start: int
    byte_end: int
    encoding: str
    origin: str = DECODED
    run: int = 0
    damage: str = ""


def utf8_parts(data: bytes, run: Run, number: int, stray_encoding: str) -> Iterator[Part]:
    """Yield the parts of a run of UTF-8, faults apart.

    Args:
        data: the file's bytes.
        run: the run.
        number: which run of the file it is.
        stray_encoding: the encoding in which a byte is read that is not UTF-8, if it fits there.
    """
    at, before = run.start, "\n"
    for start, end in _fault_groups(data, run):
        if at < start:
            part = _utf8_part(data, at, start, number)
            before = part.text[-1]
            yield part
        after = data[end : min(end + 4, run.end)].decode("utf-8", "ignore")[:1]
        stray = _read_stray(data[start:end], stray_encoding, before, after)
        if stray is None:
            stray, encoding, origin = data[start:end].decode("utf-8", "replace"), "utf-8", LOST
        else:
            encoding, origin = stray_encoding, STRAY
        yield Part(text=stray, byte_start=start, byte_end=end, encoding=encoding, origin=origin, run=number)
        before = stray[-1]
        at = end
    if at < run.end:
        yield _utf8_part(data, at, run.end, number)


def _utf8_part(data: bytes, start: int, end: int, number: int) -> Part:
    text = data[start:end].decode("utf-8")
    return Part(text=text, byte_start=start, byte_end=end, encoding="utf-8", run=number)


def _fault_groups(data: bytes, run: Run) -> Iterator[tuple[int, int]]:
    """Yield faults that touch each other as one."""
    for line_start, line_end in run.faulty_lines:
        group: tuple[int, int] | None = None
        for start, end in faults(data, line_start, line_end):
            if group is not None and group[1] == start:
                group = (group[0], end)
                continue
            if group is not None:
                yield group
            group = (start, end)
        if group is not None:
            yield group


def _read_stray(raw: bytes, encoding: str, before: str, after: str) -> str | None:
    """Return bytes in UTF-8 as characters of another encoding, if these fit between their neighbours.

    Two bytes that begin or end a sequence of UTF-8 were cut off from the rest: they are lost.
    """
    if len(raw) > 1 and raw.decode("utf-8", "replace") == "\ufffd":
        return None
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None
    if len(text) > 1 and text.isalpha() and not (before.isalpha() or after.isalpha()):
        return None  # letters that no word holds
    around = [before, *text, after]
    does_fit = all(map(fits, around, around[1:-1], around[2:]))
    return text if does_fit and len(text) == len(raw) else None


def repaired_parts(data: bytes, parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts with what stands for another character replaced by it, each repair a part.

    Args:
        data: the file's bytes.
        parts: the parts of its text.
    """
    for part in parts:
        damages = list(find_damage(part.text)) if part.origin == DECODED else []
        if damages and _is_written_in_one_way(data, part):
            yield from _with_repairs(part, damages)
        else:
            yield part


def _is_written_in_one_way(data: bytes, part: Part) -> bool:
    """Return whether the part's text gives its bytes: only then the bytes of a character are known."""
    return part.text.encode(part.encoding, "replace") == data[part.byte_start : part.byte_end]


def _with_repairs(part: Part, damages: Iterable[Damage]) -> Iterator[Part]:
    at, byte_at = 0, part.byte_start

    def up_to(end: int) -> tuple[str, int]:
        text = part.text[at:end]
        return text, byte_at + len(text.encode(part.encoding))

    for damage in damages:
        text, byte_end = up_to(damage.start)
        if text:
            yield replace(part, text=text, byte_start=byte_at, byte_end=byte_end)
        at, byte_at = damage.start, byte_end
        _, byte_end = up_to(damage.end)
        yield replace(
            part,
            text=damage.meant,
            byte_start=byte_at,
            byte_end=byte_end,
            origin=REPAIRED,
            damage=damage.kind,
        )
        at, byte_at = damage.end, byte_end
    if at < len(part.text):
        yield replace(part, text=part.text[at:], byte_start=byte_at)
