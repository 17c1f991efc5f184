"""Data notes on how a file was decoded: what was guessed, what is no character, what was repaired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loader.readers.parts import LOST, REPAIRED, STRAY, EncodedRun, Part
from loader.readers.text_repair import DOUBLE_ENCODED, find_damage
from loader.records import Note, Segment

# Notes on single bytes of a file; one more tells how many there are besides.
MOST_NOTES = 1000

_DAMAGE = {
    DOUBLE_ENCODED: ("double_encoded", "encoded twice"),
    "html_entity": ("html_entities", "printed as an HTML entity"),
}


def decoding_notes(
    text: str, parts: Sequence[Part], pieces: Sequence[Segment], runs: Sequence[EncodedRun]
) -> Iterator[Note]:
    """Yield what a reader must know of the decoding of a file.

    Args:
        text: the file's text.
        parts: its parts.
        pieces: the same as they are handed on, with offsets.
        runs: the encodings of the runs of its bytes.
    """
    yield from _run_notes(text, parts, pieces, runs)
    yield from _byte_notes(parts, pieces)
    yield from _damage_notes(text, parts, pieces)


def _run_notes(
    text: str, parts: Sequence[Part], pieces: Sequence[Segment], runs: Sequence[EncodedRun]
) -> Iterator[Note]:
    if len(runs) == 1:
        if runs[0].is_guess:
            encoding = runs[0].encoding
            message = f"Nothing in the file says its encoding and it is not UTF-8; it was read as {encoding}."
            yield Note(code="decoded_as_guess", message=message, start=0, end=len(text))
        return
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for part, piece in zip(parts, pieces, strict=True):
        first.setdefault(part.run, piece.start)
        last[part.run] = piece.end
    for number, run in enumerate(runs):
        if run.encoding == "utf-8" or number not in first:
            continue
        how = "as a guess" if run.is_guess else "as was asked for"
        code = "decoded_as_guess" if run.is_guess else "other_encoding"
        message = (
            f"These lines are not UTF-8, unlike others of the file; they were read as {run.encoding}, {how}."
        )
        yield Note(code=code, message=message, start=first[number], end=last[number])


def _byte_notes(parts: Sequence[Part], pieces: Sequence[Segment]) -> Iterator[Note]:
    count, more = 0, []
    for part, piece in zip(parts, pieces, strict=True):
        if part.origin not in (STRAY, LOST):
            continue
        count += 1
        if count > MOST_NOTES:
            more.append(piece)
        elif part.origin == STRAY:
            message = f"{_bytes(part)} in a UTF-8 file; read as {part.encoding}: “{part.text}”."
            yield Note(code="stray_byte", message=message, start=piece.start, end=piece.end)
        else:
            message = f"{_bytes(part)} in a UTF-8 file, no character; U+FFFD stands for it."
            yield Note(code="undecodable_byte", message=message, start=piece.start, end=piece.end)
    if more:
        message = f"{len(more):,} more places hold bytes that are not UTF-8."
        yield Note(code="undecodable_byte", message=message, start=more[0].start, end=more[-1].end)


def _bytes(part: Part) -> str:
    count = part.byte_end - part.byte_start
    return f"{count} byte{'s' if count > 1 else ''} at byte {part.byte_start:,}"


def _damage_notes(text: str, parts: Sequence[Part], pieces: Sequence[Segment]) -> Iterator[Note]:
    """Yield a note for each kind of damage, repaired or not, at its first place."""
    repairs: dict[str, list[Segment]] = {}
    for part, piece in zip(parts, pieces, strict=True):
        if part.origin == REPAIRED:
            repairs.setdefault(part.damage, []).append(piece)
    for kind, places in repairs.items():
        _, what = _DAMAGE[kind]
        message = (
            f"{_places(len(places))} {what}; repaired, here as “{text[places[0].start : places[0].end]}”."
        )
        yield Note(code=f"repaired_{kind}", message=message, start=places[0].start, end=places[0].end)
    first: dict[str, tuple[int, int, str]] = {}
    counts: dict[str, int] = {}
    for damage in find_damage(text):
        first.setdefault(damage.kind, (damage.start, damage.end, damage.meant))
        counts[damage.kind] = counts.get(damage.kind, 0) + 1
    for kind, (start, end, meant) in first.items():
        code, what = _DAMAGE[kind]
        message = (
            f"{_places(counts[kind])} {what}, here “{text[start:end]}” for “{meant}”; --repair reads it so."
        )
        yield Note(code=code, message=message, start=start, end=end)


def _places(count: int) -> str:
    return "A character is" if count == 1 else f"{count:,} characters are"
