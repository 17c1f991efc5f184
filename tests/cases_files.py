"""Reads case files: words on what they show, options, input, expectation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
NEWLINES = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


class Case(NamedTuple):
    """One case file; `given` is the input's text before it is encoded."""

    name: str
    options: dict[str, str]
    given: str
    expected: str

    def data(self) -> bytes:
        """The input's bytes, in the case's encoding and with its line ends."""
        newline = NEWLINES[self.options.get("newline", "lf")]
        return self.given.replace("\n", newline).encode(self.options.get("encoding", "utf-8"))


def cases(folder: str) -> list[Case]:
    """All cases of a folder below tests/cases, in order of their names."""
    return [_read(path) for path in sorted((CASES / folder).glob("*.txt"))]


def short_cases(folder: str) -> Iterator[tuple[str, str, str]]:
    """Name, input and expectation of each case of a folder whose files hold many, parted by "====" lines."""
    for path in sorted((CASES / folder).glob("*.txt")):
        for case in path.read_bytes().decode("utf-8").split("\n====\n"):
            title, rest = case.split("\n", 1)
            given, expected = rest.split("\n=>")
            yield f"{path.stem}: {title.lstrip('# ')}", given, expected.strip("\n")


def _read(path: Path) -> Case:
    head, rest = path.read_text(encoding="utf-8").split("=== input\n", 1)
    given, expected = rest.split("=== expect\n", 1)
    options = dict(re.findall(r"^(encoding|newline): (\S+)$", head, re.MULTILINE))
    given = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda match: chr(int(match[1], 16)), given)
    return Case(path.stem, options, given, expected)
