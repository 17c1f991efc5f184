"""World news of many styles (agencies, tabloids, courts, letters), judged by hand before the first run.

Not every judgement is met; the share that is may not fall. Each article is its text, "=>", and a row for
each marked segment: text, kind, and for a quotation its source as printed and its full name. Alternatives
are parted by a stroke; a nested segment has two spaces in front and its text alone.
"""

from pathlib import Path

import pytest

from loader.extract.quotes import find_quotes

SEGMENTS = 232  # marked segments that stand in no other one
KINDS = 211  # of them whose kind is as judged, at the least
SOURCES = 172  # of the 200 that may be quotations: whose source is as judged
NAMES = 178  # whose source's full name is

ARTICLES = Path(__file__).parent / "cases" / "world" / "articles.txt"


def read_articles():
    for article in ARTICLES.read_text(encoding="utf-8").split("\n====\n"):
        _, rest = article.split("\n", 1)
        text, expected = rest.split("\n=>\n")
        yield text, [line.split(" | ") for line in expected.strip("\n").split("\n")]


def judged():
    """Each expected row beside the quotation that was found at its place in the order of the text."""
    for text, rows in read_articles():
        quotes = find_quotes(text)
        printed = [("  " if quote.nested_in is not None else "") + quote.text for quote in quotes]
        assert [line.replace("\n", "\\n") for line in printed] == [row[0] for row in rows]
        yield from zip(quotes, rows, strict=True)


@pytest.fixture(scope="module")
def pairs():
    return [(quote, row) for quote, row in judged() if not row[0].startswith("  ")]


def test_kinds(pairs):
    assert len(pairs) == SEGMENTS
    assert sum(quote.kind in row[1].split("/") for quote, row in pairs) >= KINDS


def test_sources_and_their_names(pairs):
    quoted = [(quote, row) for quote, row in pairs if len(row) == 4]
    assert sum((quote.speaker_text or "-") == row[2] for quote, row in quoted) >= SOURCES
    assert sum((quote.speaker_name or "-") in row[3].split("/") for quote, row in quoted) >= NAMES
