"""Paragraphs of OCR rubbish, tables of figures and one word repeated: every page of them in little time."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette
from site_client import ask
from site_hostile import write_hostile_database

from loader.dataset.schema import index_words
from loader.publish.serve import open_site

TEXTS = {
    6: "zebra " * 20_000,
    7: " ".join(f"{number % 97} {number % 13}.{number % 7}" for number in range(10_000)) + " zebra",
    8: "~~ .. |l1I zebra' " * 8_000,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """The hostile archive with long paragraphs and quotations."""
    file = write_hostile_database(tmp_path_factory.mktemp("long") / "archive.db")
    with closing(sqlite3.connect(file)) as connection:
        for number, text in TEXTS.items():
            for table in ("paragraphs", "quotes"):
                connection.execute(f"create temp table one as select * from {table} where id = 1")
                connection.execute(
                    "update one set id = :id, position = :id, text = :text", {"id": number, "text": text}
                )
                connection.execute(f"insert into {table} select * from one")
                connection.execute("drop table one")
                index_words(connection, table, f"id = {number}")
        connection.commit()
    return open_site(file, {})


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=zebra",
        "/search?q=zebra+ze*+z*+zeb*+zebr*&in=paragraphs",
        "/search?q=%22zebra+zebra%22&in=quotes",
        "/archive/search_paragraphs?q=zebra",
        "/archive/search_quotes.json?q=zebra+ze*+z*+%22zebra+zebra%22",
        "/archive/paragraphs?_search=zebra",
        "/read/2017-01-01-hostile",
        "/export/search/paragraphs.json?q=zebra",
    ],
)
def test_a_page_of_long_texts_takes_little_time(site: Datasette, path: str) -> None:
    ask(site, "/about")
    begun = time.process_time()
    answer = ask(site, path)
    # Some tenths of a second; with FTS5's snippet() three to thirty seconds.
    assert time.process_time() - begun < 2.5
    assert answer.status_code == 200


@pytest.mark.parametrize("number", TEXTS)
def test_a_long_text_is_found_with_its_words_marked(site: Datasette, number: int) -> None:
    answer = ask(site, "/search?q=zebra&in=paragraphs")
    assert f'#p{number}"' in answer.text
    piece = answer.text.partition(f'#p{number}"')[2].partition("</li>")[0]
    assert "<mark>zebra</mark>" in piece
    assert len(piece) < 3_000


def test_no_page_and_no_canned_query_uses_fts5_s_own_snippets() -> None:
    folder = Path(__file__).resolve().parents[2] / "loader" / "site"
    files = [path for path in folder.rglob("*") if path.suffix in (".py", ".yml", ".html")]
    assert len(files) > 50
    written = {path.name for path in files if "_fts, " in path.read_text("utf-8")}
    assert written == set()
