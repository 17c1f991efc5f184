"""The tables of docs/scale.md are computed from what was measured."""

import re
from pathlib import Path

from benchmarks.scale.measuring import MB, Figures
from benchmarks.scale.report import computed, measured

DOCS = Path(__file__).parents[1] / "docs" / "scale.md"
# 10 MB in 2,000 articles: read at 1 MB/s, written at 10, cut at 10; an article of the tables has 5,400 bytes.
FIGURES = Figures(
    text=10 * MB, articles=2_000, read=10, written=0.9, assigned=0.1, cut=1, catalogued=0.02, exported=5,
    results=20 * MB, rows=20 * MB, shards=30 * MB, catalogue=MB, parquet=5 * MB, task=0.001,
)  # fmt: skip


def cells(lines: list[str]) -> dict[str, list[str]]:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows}


def test_what_larger_archives_take_is_computed_from_the_figures() -> None:
    table = cells(computed(FIGURES))
    # 5.4 GB at 1 MB/s is 90 minutes; 540 GB is 150 hours, 4.7 machines' work of 32 cores in an hour.
    assert table["text"] == ["5.4 GB", "540.0 GB", "54.0 TB"]
    assert table["reading, one core"] == ["2 h", "6 days", "625 days"]
    assert table["machines of 32 cores that read it in 8 h"] == ["1", "1", "59"]
    assert table["tasks, and what the scheduler takes for them"][1] == "2,700,000, 45 min"
    assert table["the one writer"] == ["9 min", "15 h", "62 days"]
    assert table["disk while it is built"][0] == "27.0 GB"
    assert table["databases"] == ["16.2 GB", "1.6 TB", "162.0 TB"]
    assert table["catalogue"][1] == "50.0 GB"


def test_the_page_has_the_lines_that_the_command_prints() -> None:
    page = cells([line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("|")])
    printed = cells([*measured(FIGURES)[2:], *computed(FIGURES)[2:]])
    assert printed.keys() <= page.keys()


def test_the_page_computes_from_the_figures_that_it_shows() -> None:
    page = cells([line for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("|")])
    for step, line in (
        ("number and write rows", "the one writer"),
        ("read files into rows", "reading, one core"),
    ):
        rate = float(re.match(r"[\d.]+", page[step][0])[0])  # type: ignore[index]
        days = float(page[line][2].removesuffix(" days").replace(",", ""))
        assert abs(days * 86_400 * rate / 54_000_000 - 1) < 0.1
