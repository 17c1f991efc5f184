"""Corrections are checked, applied last, and recorded; a row that does not fit stops the build."""

import sqlite3
from pathlib import Path

import pytest

from loader import InputError, build

TEXT = """Ferry to Hvar runs aground

Dalmatian Post, by Ana Kovač, May 3, 2016:

SPLIT, Croatia – The ferry ran aground near Hvar on Thursday. “Nobody was hurt,” said the captain, Ivo Perić.

The port of Split “regrets” the delay, it said.
"""
HEADER = "archive,start,text,field,corrected,reason\n"


class Bench:
    """A folder with one archive and a corrections.csv."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "a.txt").write_text(TEXT, encoding="utf-8")

    def correct(self, *rows: tuple[str, str, str], anchor: str | None = None) -> None:
        lines = [
            f'a.txt,{TEXT.index(text)},"{anchor or text}",{field},"{value}",because'
            for text, field, value in rows
        ]
        (self.folder / "corrections.csv").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")

    def rows(self, sql: str, **options: bool) -> list[tuple[object, ...]]:
        output = self.folder / "a.db"
        build([self.folder], output, **options)
        connection = sqlite3.connect(output)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_date_is_corrected_and_the_printed_words_stay(bench: Bench) -> None:
    bench.correct(("May 3, 2016", "published", "2018-05-03"))
    assert bench.rows("select published, published_as_printed from articles") == [
        ("2018-05-03", "May 3, 2016")
    ]
    assert bench.rows("select field, found, corrected, reason, start from corrections") == [
        ("published", "2016-05-03", "2018-05-03", "because", TEXT.index("May 3"))
    ]


def test_no_corrections_leaves_them_out(bench: Bench) -> None:
    bench.correct(("May 3, 2016", "published", "2018-05-03"))
    assert bench.rows("select published from articles", corrections=False) == [("2016-05-03",)]
    assert bench.rows("select count(*) from corrections", corrections=False) == [(0,)]


def test_an_author_and_an_outlet_are_renamed(bench: Bench) -> None:
    bench.correct(
        ("Ana Kovač", "author", "Anna Kovač"), ("Dalmatian Post", "publication", "The Dalmatian Post")
    )
    assert bench.rows("select name from authors union all select name from publications") == [
        ("Anna Kovač",),
        ("The Dalmatian Post",),
    ]


def test_a_quotation_is_added_changed_and_removed(bench: Bench) -> None:
    bench.correct(("Nobody was hurt,", "quote", ""), ("ran aground near", "quote", "partial"))
    texts = bench.rows("select text from quotes where text in ('Nobody was hurt,', 'ran aground near')")
    assert texts == [("ran aground near",)]
    bench.correct(("Nobody was hurt,", "quote", "partial"))
    assert bench.rows("select kind from quotes where text = 'Nobody was hurt,'") == [("partial",)]


def test_a_speaker_and_a_cue_are_set_to_words_of_the_article(bench: Bench) -> None:
    bench.correct(
        ("Nobody was hurt,", "speaker_text", "the captain"),
        ("Nobody was hurt,", "speaker", "Ivan Perić"),
        ("Nobody was hurt,", "cue", "ran"),
    )
    found = bench.rows(
        "select speakers.name, speaker_text, speaker_start, cue, cue_start from quotes "
        "join speakers on speakers.id = speaker_id where text = 'Nobody was hurt,'"
    )
    assert found == [
        ("Ivan Perić", "the captain", TEXT.index("the captain"), "ran", TEXT.index("ran aground"))
    ]


def test_a_speaker_set_by_hand_loses_what_introduced_another(bench: Bench) -> None:
    described = (
        "select description from speakers join quotes on speaker_id = speakers.id where text like 'Nobody%'"
    )
    bench.correct(("Nobody was hurt,", "speaker", "Ana Kovač"))
    assert bench.rows(described) == [(None,)]
    bench.correct(
        ("Nobody was hurt,", "speaker", "Ana Kovač"),
        ("Nobody was hurt,", "speaker_description", "the captain"),
    )
    assert bench.rows(described) == [("the captain",)]


def test_a_place_is_removed_added_and_given_another_sense(bench: Bench) -> None:
    croatia = "select count(*) from mentioned_places where text = 'Croatia'"
    assert bench.rows(croatia, corrections=False) == [(1,)]
    bench.correct(("Croatia", "place", ""))
    assert bench.rows(croatia) == [(0,)]
    bench.correct(("Croatia", "sense", "government"), ("Dalmatian", "place", "Croatia; country; HR"))
    found = bench.rows(
        "select text, sense, name from mentioned_places join places on places.id = place_id "
        "where text in ('Croatia', 'Dalmatian') order by start"
    )
    assert found == [("Dalmatian", "location", "Croatia"), ("Croatia", "government", "Croatia")]


def test_a_role_is_corrected_and_a_note_is_added(bench: Bench) -> None:
    bench.correct(("The port of Split", "role", "editor_note"), ("aground near", "note", "doubtful"))
    assert bench.rows("select role from paragraphs where text like 'The port%'") == [("editor_note",)]
    assert bench.rows("select message, start from data_notes where code = 'doubtful'") == [
        ("because", TEXT.index("aground near"))
    ]


def test_a_correction_that_changes_nothing_is_reported(bench: Bench) -> None:
    bench.correct(("May 3, 2016", "published", "2016-05-03"))
    assert [where.rpartition("/")[2] for where in build([bench.folder], bench.folder / "a.db").idle] == [
        "corrections.csv, line 2"
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a.txt,3,Fairy,role,body,x", "has “ry to” at 3, not “Fairy”"),
        ("a.txt,0,Ferry,colour,red,x", "there is no field “colour”"),
        ("a.txt,zero,Ferry,role,body,x", "start is “zero”"),
        ("a.txt,0,Ferry,role,body,", "reason must not be empty"),
        ("b.txt,0,Ferry,role,body,x", "there is no archive “b.txt”"),
        ("a.txt,0,Ferry,published,2018-01-01,x", "anchored to the words of the date"),
        ("a.txt,0,Ferry,quote,loud,x", "there is no kind “loud”"),
        ("a.txt,0,Ferry,place,Atlantis; city; XX,x", "the gazetteer has no “Atlantis; city; XX”"),
        ("a.txt,0,Ferry,sense,government,x", "anchored to a place mention"),
        ("a.txt,0,Ferry,speaker,Ivo,x", "anchored to the whole text of a quotation"),
        ("a.txt,0,Ferry", "has not 6 values"),
        ("a.txt,999999,Ferry,role,body,x", "has “” at 999999"),
        (f"a.txt,{'9' * 5000},Ferry,role,body,x", "give the offset as a whole number"),
        ('a.txt,58,"May 3, 2016",published,20180101,x', "written otherwise than 2017-09-07"),
        ("a.txt,0,Ferry,publication,\u200b,x", "corrected holds blanks alone"),
        ("a.txt,0,Ferry,note,odd,\x1b[2J", "holds a control character"),
        ("a.txt,0,Ferry,note,odd,\x00", "holds a NUL character"),
    ],
)
def test_a_row_that_does_not_fit_stops_the_build_and_names_its_line(
    row: str, words: str, bench: Bench
) -> None:
    build([bench.folder], bench.folder / "a.db")
    old = (bench.folder / "a.db").read_bytes()
    (bench.folder / "corrections.csv").write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build([bench.folder], bench.folder / "a.db")
    message = str(caught.value)
    assert words in message
    assert "corrections.csv, line 2" in message
    assert "\n" not in message
    assert (bench.folder / "a.db").read_bytes() == old


def test_a_wrong_header_is_named(bench: Bench) -> None:
    (bench.folder / "corrections.csv").write_text("archive,start\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: the columns must be archive,start,text"):
        build([bench.folder], bench.folder / "a.db")
