"""What is fuzzed: each target turns any bytes into the input of a part of the loader and checks its laws."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fuzz import laws
from loader.readers.roundup import read_bytes
from loader.records import Archive

_HERE = Path(__file__).parent
_CASES = _HERE.parent / "tests" / "cases"
# In the seed of several files a line of this and a name begins the next file.
_FILE_MARK = b"=== file "
_BESIDE = {b"corrections.csv": "corrections.csv", b"places.csv": "places.csv"}


class Target(NamedTuple):
    """A part of the loader.

    Attributes:
        check: fails where an input breaks a law.
        seeds: gives the inputs to begin with, all invented.
        table: whether the input is a CSV table.
        encodings: whether the input is a file's bytes, so that other encodings than UTF-8 are of use.
    """

    check: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    table: bool = False
    encodings: bool = False


def _text(data: bytes) -> str:
    """Any bytes as any text, lone surrogates among it."""
    return data.decode("utf-8", "surrogateescape")


def _read(data: bytes) -> None:
    laws.check_archive(data)


def _find(data: bytes) -> None:
    """The first byte says how many that follow choose roles; the rest is the text."""
    count = data[0] % 8 if data else 0
    laws.check_roles(_text(data[1 + count :]), data[1 : 1 + count])


def _corrections(data: bytes) -> None:
    laws.check_corrections(data, _seed_archive())


def _own_places(data: bytes) -> None:
    laws.check_own_places(data, "“We won in Grimsdal and Oberau,” said Eva Lang of Graz, Syria.")


def _build(data: bytes) -> None:
    """Parts the bytes into files; the first is an archive."""
    first, *others = data.split(_FILE_MARK)
    files = {"a.txt": first}
    for other in others:
        name, _, rest = other.partition(b"\n")
        files[_BESIDE.get(name.strip(), "b.txt")] = rest
    laws.check_build(files)


def _case_inputs(*folders: str) -> list[bytes]:
    """The inputs of the case files in tests/cases/FOLDER: one a file, or many parted by lines of "===="."""
    return [
        part.partition(b"=== expect")[0].rpartition(b"=== input\n")[2]
        for folder in folders
        for path in sorted((_CASES / folder).glob("*.txt"))
        for part in path.read_bytes().split(b"\n====\n")
    ]


def _containers() -> list[bytes]:
    """ZIP archives of texts: packed and unpacked members, one archive in another."""
    texts = [data for data in _case_inputs("archives")[:3] if data]
    inner = _zipped({"a.txt": texts[0], "b/c.txt": texts[1]}, zipfile.ZIP_STORED)
    return [inner, _zipped({"inner.zip": inner, "d.txt": texts[2]}, zipfile.ZIP_DEFLATED)]


def _zipped(members: dict[str, bytes], method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def _files(pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((_HERE / "seeds").glob(pattern))]


def _seed_archive() -> Archive:
    return read_bytes((_HERE / "seeds" / "archive.txt").read_bytes(), "archive.txt")


TARGETS: dict[str, Target] = {
    "read": Target(_read, lambda: _case_inputs("archives"), encodings=True),
    "find": Target(
        _find, lambda: [bytes([0]) + data for data in _case_inputs("quotes", "places", "world", "archives")]
    ),
    "content": Target(laws.check_content, lambda: _case_inputs("archives", "world"), encodings=True),
    "corrections": Target(_corrections, lambda: _files("corrections*.csv"), table=True),
    "places": Target(_own_places, lambda: _files("places*.csv"), table=True),
    "zip": Target(laws.check_container, _containers),
    "build": Target(_build, lambda: _files("build*.txt") + _case_inputs("archives"), encodings=True),
}


def words() -> list[str]:
    """The words of dictionary.txt, which may be put into any input."""
    lines = (_HERE / "dictionary.txt").read_text(encoding="utf-8").splitlines()
    return [_unescaped(line) for line in lines if not line.startswith("# ")]


def _unescaped(word: str) -> str:
    return word.encode("ascii", "backslashreplace").decode("unicode_escape")
