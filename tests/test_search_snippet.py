"""The piece of a text that a search result shows: marked as by FTS5, in time that goes with its length."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loader.dataset.schema import TOKENIZER
from loader.site.search import query_syntax
from loader.site.search.search_snippet import LONGEST, search_snippet
from loader.text import ReadingForm

SEARCHES = [
    "syria",
    "Syrian",
    "weapons",
    "“chemical weapons”",
    '"in the"',
    "chemical weapons",
    "attacki*",
    "attack* -chemical",
    "al-Assad",
    "U.S.",
    "2017",
    "THE of a",
    '"of the" the',
    '"united nat"*',
    "re*",
    "café CAFE",
]


@pytest.fixture(scope="module")
def sentences(database: Path) -> Iterator[sqlite3.Connection]:
    """The sentences of the first data set that are no longer than a snippet, indexed as paragraphs are."""
    with closing(sqlite3.connect(database)) as built:
        texts = [row[0] for row in built.execute("select text from paragraphs")]
    short = [one for text in texts for one in re.split(r"(?<=[.!?]) ", text) if len(one) <= LONGEST]
    short += ["A café, “Cafe\u0301” and CAFÉS", "x_syria_y", "syrias-syria’s"]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"create virtual table sentences using fts5(text, tokenize='{TOKENIZER}')")
        connection.executemany("insert into sentences values (?)", ((one,) for one in short))
        yield connection


@pytest.mark.parametrize("words", SEARCHES)
def test_a_short_text_is_marked_as_fts5_marks_it(sentences: sqlite3.Connection, words: str) -> None:
    query = query_syntax.fts(query_syntax.parse(words))
    rows = sentences.execute(
        "select text, highlight(sentences, 0, '⟦', '⟧') from sentences where sentences match ?", (query,)
    ).fetchall()
    assert rows
    expected = [ReadingForm(marked).text for _, marked in rows]
    assert [search_snippet(words, text) for text, _ in rows] == expected


@pytest.mark.parametrize(
    ("words", "before", "piece"),
    [
        ("ship", "A sentence of figures 12. " * 200, "The ⟦ships⟧ sail"),
        ("ship", "1,234 5.6 | " * 2_000, "The ⟦ships⟧ sail"),
        ("sail ship", "The ship. " * 100 + "Nothing of it. " * 100, "The ⟦ships⟧ ⟦sail⟧"),
        ("sai*", "\u2028 ~~ " * 1_000, "The ships ⟦sail⟧"),
    ],
)
def test_a_long_text_shows_the_piece_that_has_most_of_the_words(words: str, before: str, piece: str) -> None:
    snippet = search_snippet(words, before + "The ships sail at dawn. " + "More follows here. " * 100)
    assert snippet is not None
    assert piece in snippet
    assert snippet.startswith("…") or before == ""
    assert snippet.endswith("…")
    assert len(snippet.replace("⟦", "").replace("⟧", "")) <= LONGEST + 2


def test_the_text_with_most_words_is_shown_and_the_first_of_equals() -> None:
    assert search_snippet("red ship", "A ship", None, "A red ship") == "A ⟦red⟧ ⟦ship⟧"
    assert search_snippet("ship", "A ship", "Two ships") == "A ⟦ship⟧"


@pytest.mark.parametrize("words", [None, "", "-ship", '"', "zebra", "\0", "*", 12, "\U0001f600"])
def test_without_a_word_that_is_found_a_text_shows_its_start(words: object) -> None:
    assert search_snippet(words, "A ship") == "A ship"
    start = search_snippet(words, "ships " * 1_000)
    assert start is not None
    assert re.fullmatch(r"(ships )+ships…", start)


def test_no_text_has_no_snippet_and_other_values_are_texts() -> None:
    assert search_snippet("a", None) is None
    assert search_snippet("12", 12) == "⟦12⟧"
    assert search_snippet("a", b"a\xff") == "⟦a⟧\ufffd"


COSTLY = {
    "one word": "zebra " * 20_000,
    "one letter": "a " * 50_000,
    "words of one beginning": " ".join(f"zebra{number}" for number in range(20_000)),
    "one long word": "zebra" * 20_000,
    "accents": "z" + "\u0301" * 100_000,
    "a text that stands behind": "x " * 500_000 + "zebra",
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_a_costly_text_takes_no_more_time_than_its_length(text: str) -> None:
    begun = time.process_time()
    for words in ("zebra a", "z* ze* zeb* zebr* a* -b", '"' + "zebra " * 150 + 'x"', '"a a a b" "zebra a"'):
        snippet = search_snippet(words, text)
        assert snippet is not None
        assert len(snippet) < 3 * LONGEST
    # Some tenths of a second; FTS5's own takes several seconds for the first text.
    assert time.process_time() - begun < 8
