"""The measurements of the site run, and see what they are for."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from datasette.app import Datasette

from benchmarks.site import making, plans
from benchmarks.site.__main__ import main


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "large.db"
    making.make(path, 100)
    return path


@pytest.fixture
def connection(made: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(made)) as opened:
        yield opened


def count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchone()[0])


def test_every_table_of_a_made_up_archive_has_the_proportions_of_the_real_one(
    connection: sqlite3.Connection,
) -> None:
    assert count(connection, "articles") == 100
    assert count(connection, "archives") in range(4, 8)
    for table, of_an_article in (
        ("paragraphs", 20),
        ("quotes", 8),
        ("mentioned_places", 37),
        ("furniture", 3),
    ):
        assert abs(count(connection, table) / 100 / of_an_article - 1) < 0.15, table
    for table in ("authors", "article_authors", "publications", "speakers", "places", "links", "data_notes"):
        assert count(connection, table) >= 10, table
    assert connection.execute("pragma foreign_key_check").fetchall() == []


def test_counts_and_spans_of_a_made_up_archive_hold(connection: sqlite3.Connection) -> None:
    wrong = """
        select count(*) from places where mention_count !=
          (select count(*) from mentioned_places where place_id = places.id)
        union all
        select count(*) from speakers where quote_count !=
          (select count(*) from quotes where speaker_id = speakers.id)
        union all
        select count(*) from mentioned_places join paragraphs on paragraphs.id = paragraph_id
          where mentioned_places.text != substr(paragraphs.text,
            mentioned_places.start - paragraphs.start + 1, length(mentioned_places.text))
        union all
        select count(*) from quotes join paragraphs on paragraphs.id = paragraph_id
          where quotes.text !=
            substr(paragraphs.text, quotes.start - paragraphs.start + 1, length(quotes.text))
    """
    assert [row[0] for row in connection.execute(wrong)] == [0, 0, 0, 0]


def test_the_same_number_of_articles_gives_the_same_rows(made: Path, tmp_path: Path) -> None:
    making.make(tmp_path / "again.db", 100)
    assert (tmp_path / "again.db").read_bytes() == made.read_bytes()


def measure(made: Path, *options: str) -> Result:
    """Runs the command in a thread of its own: Playwright keeps an event loop in that of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(CliRunner().invoke, main, [str(made), "--rounds", "1", *options]).result()


def test_pages_tables_and_questions_are_timed_and_explained(made: Path) -> None:
    result = measure(made, "--only", "speaker", "--most-ms", "60000")
    assert result.exit_code == 0, result.output
    for kind in ("speaker, further pages", "table speakers, sorted", "most_quoted_speakers, frequent"):
        assert f"\n{kind} " in result.output
    assert "quotes by idx_quotes_speaker_id_article_id" in result.output  # of a page of a plugin
    assert result.output.splitlines()[-1].startswith("PASS: ")


def test_what_is_slow_or_reads_a_large_table_fails(made: Path) -> None:
    result = measure(made, "--only", "table places", "--most-ms", "0.001", "--most-rows", "10")
    assert result.exit_code == 1
    assert "FAIL: table places: p95 is " in result.output
    assert "FAIL: table places: reads all of places: " in result.output


def test_a_plan_is_a_line_and_names_what_is_read_whole(made: Path) -> None:
    with closing(plans.connect(Datasette([str(made)]))) as connection:
        whole = plans.measure(connection, "select count(*) from quotes as q where q.text like '%x%'")
        found = plans.measure(connection, "select id from quotes where id = 7")
        stopped = plans.measure(connection, "select id from quotes order by id limit 3")
    assert (whole.plan, whole.scanned) == ("ALL quotes", ("quotes",))
    assert (found.plan, found.scanned) == ("quotes by rowid", ())
    counts = {"quotes": 700}
    assert plans.whole_scans(whole, counts, most=600) == ["quotes"]
    assert plans.whole_scans(whole, counts, most=2000) == []
    assert plans.whole_scans(stopped, counts, most=600) == []
    assert whole.finished and whole.steps >= 700


def test_queries_that_differ_in_values_alone_are_of_one_shape() -> None:
    one = plans.shape("select *\n from t where a = 'it''s' and b = 12")
    assert one == plans.shape("select * from t where a = '' and b = 1.5")
    assert one != plans.shape("select * from t where a = '' and c = 1")


def test_a_file_that_is_no_archive_is_refused_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("no database, though it is long enough to look like one. " * 20)
    result = CliRunner().invoke(main, [str(tmp_path / "notes.db")])
    assert result.exit_code == 1
    assert "make build/large.db" in result.output
    assert result.output.count("\n") == 1
