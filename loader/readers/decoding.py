"""Bytes to text: which encoding, which line ends, and what is no text at all.

Every piece of the text says which bytes it comes from, and in which encoding: `decode_piece` gives it again.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from loader.errors import InputError, printable
from loader.readers.decoding_notes import decoding_notes
from loader.readers.encoding_runs import Run, is_mostly_not_utf8, split_runs
from loader.readers.encoding_signs import UNICODE_WITH_NUL, Sign, seven_bit_encoding, unmarked_unicode
from loader.readers.legacy_encodings import Guess, encodings, guess
from loader.readers.parts import LOST, REPAIRED, STRAY_ENCODING, EncodedRun, Part, repaired_parts, utf8_parts
from loader.readers.text_repair import repaired
from loader.records import Note, Segment

__all__ = ["NO_CHOICE", "Decoded", "DecodingChoice", "codec_name", "decode", "decode_piece"]

VERBATIM, REPAIR = "verbatim", "repair"

# Byte-order marks, the longer before the shorter that it begins with (UTF-32-LE begins as UTF-16-LE): the
# codec that reads the mark too, and the one of the bytes behind it.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
# Control characters that plain text does not hold: all of C0 but tab, the line ends, form feed,
# vertical tab, and the ends (0x1A, DOS) that old editors left behind.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
# A few stray control characters are dirt; more than one in this many characters is no text.
_CONTROL_RATE = 200
_HIGH = re.compile(rb"[\x80-\xff]")
# Runs of another encoding that are guessed one by one; of more, which nobody joined by hand, all at once.
_MOST_RUNS = 16
# Codecs that Python counts among those of text and that read no file of text, or depend on the machine.
_NO_ENCODINGS = frozenset(
    {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
)


class DecodingChoice(NamedTuple):
    """What the user says of how files are to be decoded.

    Attributes:
        encoding: the codec of files that have no byte-order mark and are not UTF-8; None to guess it.
        repair: whether characters that were encoded twice, and HTML entities, are read as what they mean.
    """

    encoding: str | None = None
    repair: bool = False

    @property
    def facts(self) -> dict[str, str]:
        """What a database records of the choice, by keys of build_info; nothing if nothing was chosen."""
        encoding = {"encoding": self.encoding} if self.encoding else {}
        return {**encoding, **({"repair": "applied"} if self.repair else {})}

    @classmethod
    def recorded(cls, facts: Mapping[str, object]) -> DecodingChoice:
        """Return the choice that a database records; what no loader records counts as none."""
        return cls(codec_name(str(facts.get("encoding", ""))), facts.get("repair") == "applied")


NO_CHOICE = DecodingChoice()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A file's text and how it was found.

    Attributes:
        text: every character.
        encoding: the Python codec that gives the text from the bytes; of several, that of most bytes.
        line_ends: "LF", "CRLF", "CR", "mixed" or "none".
        guessed: True if nothing in the bytes says which encoding some of them have.
        pieces: where each part of the text comes from, in order. They cover the text, and all bytes but a
            byte-order mark, without a gap.
        notes: what a reader must know of the decoding.
    """

    text: str
    encoding: str
    line_ends: str
    guessed: bool
    pieces: tuple[Segment, ...]
    notes: tuple[Note, ...]

    @property
    def format(self) -> str:
        """Encodings and line ends in words: "utf-8, LF", "utf-8 and cp1252, CRLF"."""
        marked = {bare for _, encoding, bare in _BYTE_ORDER_MARKS if encoding == self.encoding}
        further = {piece.encoding for piece in self.pieces if piece.encoding} - {self.encoding} - marked
        return f"{' and '.join([self.encoding, *sorted(further)])}, {self.line_ends}"

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Where the text stands in the file; () if it is the plain decoding of all its bytes."""
        reads_mark = any(encoding == self.encoding for _, encoding, _ in _BYTE_ORDER_MARKS)
        is_plain = len(self.pieces) <= 1 and all(
            piece.transform == VERBATIM and (piece.byte_start == 0 or reads_mark) for piece in self.pieces
        )
        return () if is_plain else self.pieces


def decode(data: bytes, path: str, choice: DecodingChoice = NO_CHOICE) -> Decoded:
    """Decode a file. The same bytes and choice always give the same result.

    A byte-order mark decides; else UTF-8 if the bytes are UTF-8, perhaps with a few faults. What is left, the
    whole file or whole paragraphs of it, is in the encoding that was chosen, or in one that is guessed.

    Args:
        data: the file's bytes.
        path: its name, for the error.
        choice: what the user says of it.

    Raises:
        InputError: the bytes are no text, or in an encoding that cannot be guessed; one line with the remedy.
    """
    read = _read(data, path, choice.encoding)
    parts = list(repaired_parts(data, read.parts)) if choice.repair else read.parts
    text = "".join(part.text for part in parts)
    _refuse_control_characters(text, path)
    pieces = tuple(_pieces(parts))
    return Decoded(
        text=text,
        encoding=read.encoding,
        line_ends=line_ends(text),
        guessed=any(run.is_guess for run in read.runs),
        pieces=pieces,
        notes=tuple(decoding_notes(text, parts, pieces, read.runs)),
    )


def decode_piece(data: bytes, piece: Segment) -> str:
    """Return the text of a piece from the file's bytes, by its encoding and transform."""
    raw = data[piece.byte_start : piece.byte_end]
    if piece.encoding is None:
        raise LookupError("the piece names no encoding")
    if piece.transform == VERBATIM:
        return raw.decode(piece.encoding)
    return repaired(raw.decode(piece.encoding, "replace"))


class _Read(NamedTuple):
    """The parts of a file, and its runs of encodings."""

    parts: list[Part]
    encoding: str
    runs: list[EncodedRun]


def _read(data: bytes, path: str, chosen: str | None) -> _Read:
    for mark, encoding, bare in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _marked(data, path, chosen, encoding, bare, len(mark))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    sign = _sign(data, is_utf8=text is not None)
    if sign is None and text is not None:
        return _whole(text, data, "utf-8")
    if b"\0" in data or sign is not None:
        return _of_other_signs(data, path, chosen, sign)
    return _of_runs(data, path, chosen)


def _sign(data: bytes, *, is_utf8: bool) -> Sign | None:
    """Return an encoding that is neither UTF-8 nor an extension of ASCII, if the bytes give it away."""
    if b"\0" in data:
        encoding = unmarked_unicode(data)
        return Sign(encoding, 0) if encoding else None
    return seven_bit_encoding(data) if is_utf8 and data.isascii() else None


def _of_other_signs(data: bytes, path: str, chosen: str | None, sign: Sign | None) -> _Read:
    if chosen is not None:
        return _whole(_decoded_as_chosen(data, path, chosen, 0), data, chosen)
    if sign is None:
        _refuse_control_characters(data.decode("latin-1"), path)
        raise AssertionError("a NUL is a control character")
    if sign.encoding in UNICODE_WITH_NUL:
        return _whole(data.decode(sign.encoding), data, sign.encoding, is_guess=True)
    line = data.count(b"\n", 0, sign.start) + 1
    raise InputError(
        f"{path}, line {line}: looks like {sign.encoding}, from “{_excerpt(data, sign.start)}”; save it as "
        f"UTF-8, or name its encoding: --encoding {sign.encoding}"
    )


def _excerpt(data: bytes, at: int) -> str:
    return printable(data[max(0, at - 10) : at + 10].decode("ascii", "replace").replace("\n", " "))


def _whole(text: str, data: bytes, encoding: str, *, is_guess: bool = False) -> _Read:
    parts = [Part(text=text, byte_start=0, byte_end=len(data), encoding=encoding)] if data else []
    return _Read(parts, encoding, [EncodedRun(encoding, is_guess=is_guess)])


def _marked(data: bytes, path: str, chosen: str | None, encoding: str, bare: str, mark_bytes: int) -> _Read:
    """Return the parts of bytes behind a byte-order mark; of UTF-8 they may have faults."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if bare == "utf-8":
            return _of_runs(data, path, chosen, mark_bytes=mark_bytes)
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}, line {line}: byte {error.start} is not {encoding}, as the byte-order mark "
            "at its start says; save it as UTF-8"
        ) from error
    parts = [Part(text=text, byte_start=mark_bytes, byte_end=len(data), encoding=bare)] if text else []
    return _Read(parts, encoding, [EncodedRun(bare)])


def _of_runs(data: bytes, path: str, chosen: str | None, *, mark_bytes: int = 0) -> _Read:
    """Return the parts of bytes that are not all UTF-8, run by run."""
    _refuse_control_characters(data.decode("latin-1"), path)  # rather than to guess the encoding of a program
    runs = split_runs(data, as_utf8=chosen == "utf-8")
    if chosen not in (None, "utf-8") and mark_bytes == 0 and is_mostly_not_utf8(data):
        runs = [Run(0, len(data), False, ())]
    guesses = {} if chosen is not None else _guessed(data, path, runs)
    parts: list[Part] = []
    encoded: list[EncodedRun] = []
    for number, run in enumerate(runs):
        start = max(run.start, mark_bytes)
        if run.is_utf8:
            parts.extend(utf8_parts(data, run._replace(start=start), number, chosen or STRAY_ENCODING))
            encoded.append(EncodedRun("utf-8"))
            continue
        encoding = guesses[number] if chosen is None else chosen
        raw = data[start : run.end]
        text = raw.decode(encoding) if chosen is None else _decoded_as_chosen(raw, path, chosen, start)
        parts.append(Part(text=text, byte_start=start, byte_end=run.end, encoding=encoding, run=number))
        encoded.append(EncodedRun(encoding, is_guess=chosen is None))
    sizes: Counter[str] = Counter()
    for part in parts:
        sizes[part.encoding] += part.byte_end - part.byte_start
    most = max(sizes, key=lambda name: sizes[name], default="utf-8")
    return _Read(parts, "utf-8-sig" if most == "utf-8" and mark_bytes else most, encoded)


def _decoded_as_chosen(raw: bytes, path: str, chosen: str, offset: int) -> str:
    try:
        text = raw.decode(chosen)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        where = f"byte {offset + error.start}"
        raise InputError(
            f"{path}, line {line}: {where} is not {chosen}, as --encoding says; name another encoding, "
            "or save the file as UTF-8"
        ) from error
    if raw and not text:  # nothing but escape sequences, which no character would account for
        raise InputError(
            f"{path}, line 1: from byte {offset} on there is no character of {chosen}, as --encoding says; "
            "name another encoding, or save the file as UTF-8"
        )
    return text


def _guessed(data: bytes, path: str, runs: Sequence[Run]) -> dict[int, str]:
    """Return the encoding of each run that is not UTF-8.

    Raises:
        InputError: one of them cannot be guessed.
    """
    others = {number: run for number, run in enumerate(runs) if not run.is_utf8}
    if not others:
        return {}
    guesses: dict[int, Guess] = {}
    if len(others) <= _MOST_RUNS:
        guesses = {number: guess(data[run.start : run.end]) for number, run in others.items()}
    if len(others) > 1 and any(
        number not in guesses or guesses[number].encoding is None for number in others
    ):
        together = guess(b"".join(data[run.start : run.end] for run in others.values()))
        for number in others:
            if number not in guesses or guesses[number].encoding is None:
                guesses[number] = together
    found: dict[int, str] = {}
    for number, run in others.items():
        encoding = guesses[number].encoding
        if encoding is None:
            raise _no_guess(data, path, run, guesses[number].tried)
        found[number] = encoding
    return found


def _no_guess(data: bytes, path: str, run: Run, tried: Sequence[str]) -> InputError:
    first = _HIGH.search(data, run.start)
    line = data.count(b"\n", 0, first.start() if first else run.start) + 1
    nearest = f" (tried {len(encodings())}, nearest {', '.join(tried)})" if tried else ""
    return InputError(
        f"{path}, line {line}: is not UTF-8, and its encoding cannot be told{nearest}; name it with "
        "--encoding NAME, or save it as UTF-8"
    )


def _pieces(parts: Iterable[Part]) -> Iterator[Segment]:
    at = 0
    for part in parts:
        transform = REPAIR if part.origin in (LOST, REPAIRED) else VERBATIM
        end = at + len(part.text)
        yield Segment(
            start=at,
            end=end,
            part=None,
            byte_start=part.byte_start,
            byte_end=part.byte_end,
            encoding=part.encoding,
            transform=transform,
        )
        at = end


def _refuse_control_characters(text: str, path: str) -> None:
    control = _CONTROL.search(text)
    if control and ("\0" in text or len(_CONTROL.findall(text)) * _CONTROL_RATE > len(text)):
        line = text.count("\n", 0, control.start()) + 1
        raise InputError(
            f"{path}, line {line}: holds the control character U+{ord(control[0]):04X}, so it is no plain "
            "text; save it as plain text in UTF-8 or take it out of the folder"
        )


def codec_name(name: str) -> str | None:
    """Return Python's name of an encoding of text, None if there is none of this name."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if not found._is_text_encoding or found.name.replace("_", "-") in _NO_ENCODINGS:
        return None
    return found.name


def line_ends(text: str) -> str:
    """Return the kind of line ends of a text: "LF", "CRLF", "CR", "mixed" or "none"."""
    windows = text.count("\r\n")
    found = {
        "CRLF": windows,
        "LF": text.count("\n") - windows,
        "CR": text.count("\r") - windows,
    }
    kinds = [name for name, count in found.items() if count]
    if len(kinds) > 1:
        return "mixed"
    return kinds[0] if kinds else "none"
