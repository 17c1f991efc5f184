"""Corrections are checked, applied last, and recorded; a row that does not fit stops the build."""

import pickle
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from loader import InputError, build
from loader.cli import main
from loader.curation import CorrectionError, Fault
from loader.verify import verify

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


def test_an_outlet_is_on_one_line_and_an_empty_value_removes_it(bench: Bench) -> None:
    bench.correct(("Dalmatian Post", "publication", "The\nDalmatian Post"))
    assert bench.rows("select name from publications") == [("The Dalmatian Post",)]
    bench.correct(("Dalmatian Post", "publication", ""))
    assert bench.rows("select name from publications") == []
    assert bench.rows("select publication_id, headline is not null from articles") == [(None, 1)]


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
        ('a.txt,58,"May 3, 2016",published,4018-05-04,x', "“4018-05-04” is not a year of a newspaper"),
        ('a.txt,58,"May 3, 2016",published,0218-05-04,x', "“0218-05-04” is not a year of a newspaper"),
        ("a.txt,0,Ferry,note,,x", "“” is no code of a note"),
        ("a.txt,0,Ferry,note,Not sure,x", "“Not sure” is no code of a note"),
        ("a.txt,0,Ferry,publication,\u200b,x", "corrected holds only whitespace"),
        ("a.txt,0,Ferry,note,odd,\x1b[2J", "holds a control character"),
        ("a.txt,0,Ferry,note,odd,\x00", "holds a NUL character"),
        ("a.txt,,Ferrie,role,body,x", "“Ferrie” does not occur in a.txt; correct text"),
        ("a.txt,,\u200b,role,body,x", "text holds only whitespace"),
        (
            "a.txt,,Hvar,sense,location,x",
            f"“Hvar” occurs 2 times, at 9 and {TEXT.index('Hvar on')} in a.txt; give the offset",
        ),
        (
            "a.txt,,a,note,x,x",
            f"“a” occurs {TEXT.count('a')} times, at 11, 19, 29, 32, 35 and others in a.txt",
        ),
        ("a.txt,3,Ferry,role,body,x", "not “Ferry”, which occurs once, at 0; correct the row"),
        ("a.txt,,Ivo Perić,author,Ivo,x", "author must be anchored to a name in the source line"),
        ("a.txt,,Ivo Perić,add_author,,x", "add_author needs a name in corrected"),
        ("a.txt,,runs,url,ftp://example.org/a,x", "“ftp://example.org/a” is not a web address"),
        ("a.txt,,runs,url,example.org/a,x", "“example.org/a” is not a web address"),
        ("a.txt,,runs,url,javascript:alert(1),x", "is not a web address"),
        ("a.txt,,runs,url,https://,x", "is not a web address"),
        ("a.txt,,runs,url,https://example.org:port/,x", "is not a web address"),
        ("a.txt,,runs,url,https://[::1/,x", "is not a web address"),
        ("a.txt,,runs,url,https://example.org/a b,x", "is not a web address"),
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


def _write(bench: Bench, *rows: str) -> None:
    (bench.folder / "corrections.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")


def test_the_text_of_a_correction_is_found_without_its_offset(bench: Bench) -> None:
    _write(bench, 'a.txt,,"May 3, 2016",published,2018-05-03,because')
    assert bench.rows("select published from articles") == [("2018-05-03",)]
    assert bench.rows("select start, end from corrections") == [
        (TEXT.index("May 3"), TEXT.index("May 3") + len("May 3, 2016"))
    ]
    assert faults(bench) == []


def test_a_space_stands_for_a_line_feed_of_the_file(bench: Bench) -> None:
    text = TEXT.replace("was hurt,", "was\nhurt,")
    (bench.folder / "a.txt").write_text(text, encoding="utf-8")
    _write(bench, 'a.txt,,"Nobody was hurt,",quote,partial,because')
    assert bench.rows("select text, kind from quotes where text like 'Nobody%'") == [
        ("Nobody was\nhurt,", "partial")
    ]
    assert faults(bench) == []


def test_every_faulty_row_is_reported_at_once_in_the_order_of_the_table(bench: Bench) -> None:
    (bench.folder / "b.txt").write_text(TEXT.replace("Hvar", "Brač"), encoding="utf-8")
    _write(
        bench,
        "b.txt,,Nowhere,role,body,x",  # 2: does not fit the second file
        "a.txt,0,Ferry,colour,red,x",  # 3: cannot be read
        'a.txt,,"May 3, 2016",published,2018-05-03,good',
        "a.txt,,Hvar,place,,x",  # 5: does not fit the first file
        "c.txt,0,Ferry,role,body,x",  # 6: names no file
        "a.txt,0,Ferry",  # 7: lacks values
    )
    with pytest.raises(InputError) as caught:
        build([bench.folder], bench.folder / "a.db")
    assert [line.split(": ")[0].rpartition(" ")[2] for line in caught.value.lines] == list("23567")
    assert str(caught.value).splitlines() == list(caught.value.lines)
    result = CliRunner().invoke(main, ["build", str(bench.folder), "-o", str(bench.folder / "a.db")])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"loader: {line}" for line in caught.value.lines]
    assert not (bench.folder / "a.db").exists()
    assert list(bench.folder.glob(".*")) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_corrections_that_do_not_fit_are_reported_for_all_files(jobs: int, bench: Bench) -> None:
    for name in "bcd":
        (bench.folder / f"{name}.txt").write_text(TEXT, encoding="utf-8")
    _write(
        bench, *(f'{name}.txt,,"{text}",note,x,x' for name in "dbca" for text in ("Hvar", "May 3, 2016", "?"))
    )
    with pytest.raises(InputError) as caught:
        build([bench.folder], bench.folder / "a.db", jobs=jobs)
    assert [line.split(": ")[0].rpartition(" ")[2] for line in caught.value.lines] == [
        "2", "4", "5", "7", "8", "10", "11", "13"
    ]  # fmt: skip
    assert not (bench.folder / "a.db").exists()


def test_an_error_with_several_lines_passes_from_one_process_to_another() -> None:
    error = CorrectionError.of([Fault("a.csv", 10, "tenth"), Fault("a.csv", 2, "sec\nond")])
    copied = pickle.loads(pickle.dumps(error))
    assert copied.lines == error.lines == ("sec\\nond", "tenth")
    assert copied.faults == error.faults


def faults(bench: Bench) -> list[str]:
    return [fault for check in verify(bench.folder / "a.db", bench.folder) for fault in check.faults]


ARTICLE = "select headline, slug, url from articles"


@pytest.mark.parametrize(
    ("field", "corrected", "article"),
    [
        ("headline", "Ferry aground", ("Ferry aground", "2016-05-03-ferry-aground", None)),
        ("headline", "", ("(untitled)", "2016-05-03-untitled", None)),
        (
            "url",
            "https://example.org/2016/ferry?a=1&b=ć",
            (
                "Ferry to Hvar runs aground",
                "2016-05-03-ferry-to-hvar-runs-aground",
                "https://example.org/2016/ferry?a=1&b=ć",
            ),
        ),
    ],
)
def test_a_headline_and_an_address_are_set_and_verified(
    field: str, corrected: str, article: tuple[str | None, ...], bench: Bench
) -> None:
    _write(bench, f"a.txt,,Ferry to Hvar,{field},{corrected},because")
    assert bench.rows(ARTICLE) == [article]
    assert faults(bench) == []
    with closing(sqlite3.connect(bench.folder / "a.db")) as connection, connection:
        connection.execute(f"update articles set {field} = 'https://example.org/other'")
    assert any(f"{field} is not what its blocks say" in fault for fault in faults(bench))


def test_a_headline_is_corrected_once(bench: Bench) -> None:
    _write(bench, "a.txt,,Ferry,headline,One,x", "a.txt,,runs,headline,Two,x")
    with pytest.raises(InputError, match="line 3: line 2 corrects the headline of the same article"):
        build([bench.folder], bench.folder / "a.db")


def test_a_later_row_corrects_a_corrected_value_again(bench: Bench) -> None:
    bench.correct(("May 3, 2016", "published", "2018-05-03"), ("May 3, 2016", "published", "2018-05-04"))
    assert bench.rows("select published from articles") == [("2018-05-04",)]


def test_several_authors_and_notes_may_be_added_at_one_place(bench: Bench) -> None:
    bench.correct(*((("Ana Kovač", "add_author", name)) for name in ("Eva Lang", "Ivo Perić")))
    assert bench.rows("select name from authors order by name") == [
        ("Ana Kovač",),
        ("Eva Lang",),
        ("Ivo Perić",),
    ]


def test_a_row_with_a_member_below_a_header_without_it_is_told_apart_from_commas(bench: Bench) -> None:
    file = bench.folder / "corrections.csv"
    file.write_text(f"{HEADER}a.zip,b.txt,0,Ferry,headline,Boat,because\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"line 2: has not 6 values; .*archive,member,start,text"):
        bench.rows("select 1")


def test_the_printed_headline_stays_among_the_other_text(bench: Bench) -> None:
    _write(bench, "a.txt,,Ferry,headline,Ferry aground,x")
    assert bench.rows("select text from furniture where role = 'headline'") == [
        ("Ferry to Hvar runs aground",)
    ]
    assert bench.rows("select found, corrected from corrections") == [
        ("Ferry to Hvar runs aground", "Ferry aground")
    ]


SIGNED = "select name from article_authors join authors on authors.id = author_id order by position"


@pytest.mark.parametrize(
    ("rows", "signed"),
    [
        (("a.txt,,Ana Kovač,author,Anna Kovač,x",), ["Anna Kovač"]),
        (("a.txt,,Ana Kovač,author,,x",), []),
        (("a.txt,,Ana Kovač,add_author,Šime Ćuk,x",), ["Ana Kovač", "Šime Ćuk"]),
        (
            (
                "a.txt,,Ana Kovač,add_author,Šime Ćuk,x",
                "a.txt,,Ana Kovač,author,,x",
                "a.txt,,Ana Kovač,add_author,Ivo Perić,x",
            ),
            ["Šime Ćuk", "Ivo Perić"],
        ),
    ],
)
def test_an_author_is_replaced_removed_and_added(
    rows: tuple[str, ...], signed: list[str], bench: Bench
) -> None:
    _write(bench, *rows)
    assert [name for (name,) in bench.rows(SIGNED)] == signed
    assert faults(bench) == []


def test_verify_proves_authors_beside_corrected_ones(bench: Bench) -> None:
    _write(bench, "a.txt,,Ana Kovač,add_author,Šime Ćuk,x")
    build([bench.folder], bench.folder / "a.db")
    with closing(sqlite3.connect(bench.folder / "a.db")) as connection, connection:
        connection.execute("update authors set name = 'Nobody' where name = 'Ana Kovač'")
    assert any("'Nobody'" in fault for fault in faults(bench))
    build([bench.folder], bench.folder / "a.db")
    with closing(sqlite3.connect(bench.folder / "a.db")) as connection, connection:
        connection.execute("delete from article_authors where position = 2")
    assert any("lacks 'Šime Ćuk', whom a correction names" in fault for fault in faults(bench))


def test_a_wrong_header_is_named(bench: Bench) -> None:
    (bench.folder / "corrections.csv").write_text("archive,start\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: the columns must be archive,start,text"):
        build([bench.folder], bench.folder / "a.db")
