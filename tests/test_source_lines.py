"""Every form of a source line, and lines that only look like one."""

from pathlib import Path

import pytest

from loader.readers.roundup.source_lines import read_source_line
from loader.readers.roundup.units import split_units

LINES = (Path(__file__).parent / "cases" / "source_lines.txt").read_text(encoding="utf-8").splitlines()
CASES = [tuple(line.split(" => ")) for line in LINES if not line.startswith("#")]


@pytest.mark.parametrize(("line", "wanted"), CASES)
def test_a_source_line_is_read_as_it_is_meant(line: str, wanted: str) -> None:
    text = line.replace(" / ", "\n")
    source = read_source_line(split_units(text), 0)
    if wanted == "(none)":
        assert source is None or source.is_dated_only
        return
    assert source is not None
    found = (
        source.outlet.text if source.outlet else "-",
        "; ".join(author.text for author in source.authors) or "-",
        (source.date and source.date.iso) or "-",
        (source.date and source.date.flaw) or "-",
    )
    assert found == tuple(wanted.split(" | "))
    for span in (*source.authors, *([source.outlet] if source.outlet else [])):
        assert text[span.start : span.end] == span.text
