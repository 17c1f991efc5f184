"""The published data set is what two careful readers found in the archive, row by row."""

import csv
import sqlite3
from pathlib import Path

import pytest

from benchmarks.places.scoring import distance_km

ROOT = Path(__file__).resolve().parent.parent
Row = dict[str, str]


def gold(name: str) -> dict[tuple[int, int], Row]:
    with (ROOT / "tests" / "gold" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {(int(row["start"]), int(row["end"])): row for row in csv.DictReader(lines)}


@pytest.fixture(scope="module")
def published(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    return connection


def by_span(connection: sqlite3.Connection, sql: str) -> dict[tuple[int, int], sqlite3.Row]:
    return {(row["start"], row["end"]): row for row in connection.execute(sql)}


def test_the_archive_is_kept_byte_for_byte(published: sqlite3.Connection) -> None:
    sha256 = [row["sha256"] for row in published.execute("select sha256 from archives")]
    assert sha256 == ["f0cd94a9de70e8f2d2bd5f3a8f451d784f4a1df135601b56dc424c2aef4793d3"]


def test_every_block_has_the_role_that_readers_gave_it(published: sqlite3.Connection) -> None:
    found = by_span(
        published,
        "select start, end, role, article_id from furniture union all "
        "select start, end, role, article_id from paragraphs",
    )
    wanted = {span: (row["role"], row["article"]) for span, row in gold("blocks").items()}
    assert {span: (row["role"], str(row["article_id"] or "")) for span, row in found.items()} == wanted


def test_every_quotation_has_span_kind_speaker_and_cue_right(published: sqlite3.Connection) -> None:
    found = by_span(
        published,
        "select quotes.*, speakers.name as speaker, speakers.kind as speaker_kind "
        "from quotes left join speakers on speakers.id = quotes.speaker_id",
    )
    wanted = gold("quotes")
    assert found.keys() == wanted.keys()
    for span, row in wanted.items():
        assert found[span]["kind"] == row["kind"], row
        assert str(found[span]["speaker_start"] or "") == row["speaker_start"], row
        assert (found[span]["cue"] or "") == row["cue"], row
        if row["speaker_name"]:
            assert found[span]["speaker"] == row["speaker_name"], row
            assert found[span]["speaker_kind"] == row["speaker_kind"], row


def test_pieces_of_one_utterance_share_its_number(published: sqlite3.Connection) -> None:
    found = by_span(published, "select start, end, article_id, utterance from quotes")
    wanted = gold("quotes")

    def grouped(number: dict[tuple[int, int], object]) -> set[frozenset[tuple[int, int]]]:
        groups: dict[object, set[tuple[int, int]]] = {}
        for span, value in number.items():
            groups.setdefault(value, set()).add(span)
        return {frozenset(group) for group in groups.values()}

    assert grouped({span: (row["article_id"], row["utterance"]) for span, row in found.items()}) == grouped(
        {span: row["utterance"] for span, row in wanted.items()}
    )


def test_every_place_mention_has_span_place_and_sense_right(published: sqlite3.Connection) -> None:
    found = by_span(
        published,
        "select mentioned_places.*, places.kind, places.country_code, latitude, longitude "
        "from mentioned_places join places on places.id = place_id",
    )
    wanted = gold("places")
    assert found.keys() == wanted.keys()
    for span, row in wanted.items():
        mention = found[span]
        assert mention["sense"] == row["sense"], row
        assert (mention["country_code"] or "") == row["country_code"], row
        here = float(row["latitude"]), float(row["longitude"])
        # Readers gave points from memory: a country's may lie far off, a town's not.
        allowed = 700 if row["kind"] in ("country", "world_region") else 60
        assert distance_km(mention["latitude"], mention["longitude"], *here) < allowed, row


@pytest.mark.parametrize(
    "code",
    [
        "fused_file_name",
        "doubled_credit",
        "doubled_separator",
        "author_spelling",
        "caption_later_than_date",
        "weekday_contradicts_date",
        "missing_opening_mark",
    ],
)
def test_oddities_of_the_source_are_noted(code: str, published: sqlite3.Connection) -> None:
    count = published.execute("select count(*) from data_notes where code = ?", (code,)).fetchone()[0]
    assert count >= 1


def test_the_doubtful_year_is_corrected_with_its_reason(published: sqlite3.Connection) -> None:
    row = published.execute("select published, published_as_printed from articles where id = 5").fetchone()
    assert tuple(row) == ("2017-03-30", "March 30, 2016")
    reason = published.execute("select reason from corrections where field = 'published'").fetchone()[0]
    assert len(reason) > 40
