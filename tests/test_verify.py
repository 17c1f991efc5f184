"""verify names every way in which a good database can be made a bad one."""

import hashlib
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from verify_archive import FIRST, build_archive

from loader import build
from loader.cli import main
from loader.dataset.atomic_output import settle_header
from loader.dataset.columns import TABLES
from loader.dataset.schema import VERSION
from loader.errors import InputError
from loader.verify import JUDGED, Level, verify
from loader.verify.report import MOST_KEPT


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_archive(tmp_path_factory.mktemp("good"))


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "copy"))


def faults(folder: Path) -> list[str]:
    return [fault for check in verify(folder / "archive.db", folder) for fault in check.faults]


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.executescript(sql)
    settle_header(folder / "archive.db")  # else the count of changes in it would tell of every one


def run_verify(folder: Path) -> Result:
    """Runs the command, whose errors must be a line on standard error and never a traceback."""
    result = CliRunner().invoke(main, ["verify", str(folder / "archive.db"), str(folder)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refusal(folder: Path) -> str:
    """What the command says of a file that it refuses, which must be one line."""
    result = run_verify(folder)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1), result.output
    return result.stderr


def test_a_good_database_has_no_fault(folder: Path) -> None:
    checks = list(verify(folder / "archive.db", folder))
    assert [fault for check in checks for fault in check.faults] == []
    assert [check.name for check in checks if not check.checked] == []


def test_checks_of_the_files_come_first_then_those_of_their_text_and_of_the_rows(folder: Path) -> None:
    levels = [check.level for check in verify(folder / "archive.db", folder)]
    assert list(dict.fromkeys(levels)) == [Level.BYTES, Level.TEXT, Level.ROWS]
    assert levels == sorted(levels, key=list(Level).index)


def test_each_check_is_a_line_and_a_fault_ends_in_exit_code_1(folder: Path) -> None:
    result = run_verify(folder)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "ok rows: schema version (2)" in lines
    # A line for each check, one for what is not proven without a rebuild, and the last.
    assert len(lines) == len(list(verify(folder / "archive.db", folder))) + 2
    assert [line for line in lines if line.startswith("not proven")] == [lines[-2]]
    assert [name for name in JUDGED if name not in lines[-2]] == []
    change(folder, "update speakers set quote_count = 5 where id = 2")
    result = run_verify(folder)
    assert result.exit_code == 1
    at = result.stdout.splitlines().index("FAIL rows: speakers.quote_count is what is there (3)")
    assert result.stdout.splitlines()[at + 1].strip() == "speakers 2: quote_count is 5, counted 1"
    assert result.stderr.count("\n") == 1


# What is done to a good database, and words of the fault that names it.
CHANGES = {
    "text": ("update paragraphs set text = 'x' where id = 2", "paragraphs 2: text is not the archive's"),
    "shifted start": ("update paragraphs set start = start + 1 where id = 3", "paragraphs 3: text is not"),
    "end behind the file": ("update paragraphs set end = 100000 where id = 3", "paragraphs 3: start "),
    "lost paragraph": ("delete from paragraphs where id = 3", "are in no block"),
    "lost separator": ("delete from furniture where role = 'separator'", "are in no block"),
    "block twice": (
        "insert into furniture select 99, archive_id, article_id, role, text, start, end from furniture "
        "where id = 1",
        "furniture 99: start is 0, inside the block before it",
    ),
    "furniture's text": (
        "update furniture set text = 'Floods cut off Graz' where id = 1",
        "furniture 1: text",
    ),
    "text that cannot be rebuilt": (
        "update paragraphs set text = 'G' where id = 1",
        "paragraphs 1: text has no room at start",
    ),
    "rebuilt text": (
        "update paragraphs set text = 'GETTI' where id = 1",
        "archives 1: text of its blocks, rebuilt, has another SHA-256",
    ),
    "paragraph's article": (
        "update paragraphs set article_id = 2, position = 9 where id = 1",
        "articles 2: [",
    ),
    "paragraph's position": (
        "update paragraphs set position = 12 where id = 2",
        "paragraphs 2: position is 12",
    ),
    "paragraph's words": (
        "update paragraphs set word_count = 1 where id = 3",
        "paragraphs 3: word_count is 1",
    ),
    "unknown role": (
        "update paragraphs set role = 'verse' where id = 3",
        "paragraphs 3: role verse is unknown",
    ),
    "separator in an article": (
        "update furniture set article_id = 1 where role = 'separator'",
        "article_id is 1 at the role separator",
    ),
    "quotation": ("update quotes set text = 'We have boats left,' where id = 1", "quotes 1: text is not"),
    "speaker's words": ("update quotes set speaker_start = 0 where id = 1", "quotes 1: speaker_text is not"),
    "half a span": ("update quotes set cue_end = null where id = 1", "quotes 1: start "),
    "cue": ("update quotes set cue = 'sang' where id = 1", "quotes 1: cue is not the archive's"),
    "no speaker": ("update quotes set speaker_id = null", "speakers 1: nothing refers to it"),
    "missing speaker": (
        "update quotes set speaker_id = 77 where id = 1",
        "quotes 1: refers to a missing row of speakers in speaker_id",
    ),
    "quotation's paragraph": (
        "update quotes set paragraph_id = 1 where id = 1",
        "quotes 1: paragraph_id is 1",
    ),
    "quotation's article": (
        "update quotes set article_id = 2 where id = 1",
        "quotes 1: article_id is 2, which",
    ),
    "quotation's position": ("update quotes set position = 7 where id = 2", "quotes 2: position is 7"),
    "nested in itself": ("update quotes set nested_in = 1 where id = 1", "quotes 1: nested_in is 1"),
    "nested in a circle": (
        "update quotes set nested_in = 2 where id = 1",
        "quotes 1: nested_in is 2, the one around it is None",
    ),
    "nested in one another": (
        "insert into quotes (id, article_id, position, utterance, text, kind, rule, start, end, nested_in) "
        "select 8, article_id, 9, 1, text, kind, rule, start, end, 3 from quotes where id = 3; "
        "update quotes set nested_in = 8 where id = 3",
        "quotes 3: nested_in is 8, the one around it is None",
    ),
    "nested in nothing": (
        "update quotes set nested_in = null where id = 2",
        "quotes 2: nested_in is None, the one around it is 1",
    ),
    "unknown kind": ("update quotes set kind = 'sung' where id = 1", "quotes 1: kind sung is unknown"),
    "mention's end": (
        "update mentioned_places set end = end + 1 where id = 1",
        "mentioned_places 1: text is",
    ),
    "mention's quotation": (
        "update mentioned_places set quote_id = 1 where id = 1",
        "mentioned_places 1: quote_id is 1",
    ),
    "confidence": (
        "update mentioned_places set confidence = 1.5 where id = 1",
        "mentioned_places 1: confidence 1.5",
    ),
    "place's count": ("update places set mention_count = 9 where id = 1", "places 1: mention_count is 9"),
    "moved place": (
        "update places set latitude = latitude + 1 where id = 1",
        "places 1: latitude is not what the gazetteer has",
    ),
    "orphan place": (
        "insert into places (id, name, kind, mention_count) values (8, 'Atlantis', 'city', 0)",
        "places 8: nothing refers to it",
    ),
    "orphan outlet": (
        "insert into publications values (3, 'The Echo')",
        "publications 3: nothing refers to it",
    ),
    "orphan author": ("insert into authors values (3, 'Ann Lee')", "authors 3: nothing refers to it"),
    "author who did not sign": (
        "update authors set name = 'Mia Berg' where id = 1",
        "names 'Mia Berg', whom",
    ),
    "authors' order": (
        "update article_authors set position = 3 where author_id = 2",
        "position is 3, in place",
    ),
    "other outlet": (
        "update articles set publication_id = 2 where id = 1",
        "articles 1: publication_id is 2",
    ),
    "speaker's count": ("update speakers set quote_count = 0 where id = 1", "speakers 1: quote_count is 0"),
    "speaker's kind": (
        "update speakers set kind = 'ghost' where id = 1",
        "speakers 1: kind ghost is unknown",
    ),
    "speaker's description": (
        "update speakers set description = 'a pirate' where id = 1",
        "speakers 1: description is 'a pirate', the quotations tell",
    ),
    "speaker's name in the article": (
        "update quotes set speaker_name = 'Mia Berg' where id = 1",
        "the quotations tell 'Mia Berg'",
    ),
    "quotation of another speaker": (
        "update quotes set speaker_id = (select max(id) from speakers) where id = 1",
        "its words are",
    ),
    "quotation of nobody": (
        "update quotes set speaker_id = null where id = 1",
        "quotes 1: speaker_id is None, but speaker_text and speaker_name name somebody",
    ),
    "article's words": ("update articles set word_count = 1 where id = 1", "articles 1: word_count is 1"),
    "headline": ("update articles set headline = 'x' where id = 1", "articles 1: headline is not what"),
    "standfirst": (
        "update articles set standfirst = null where id = 1",
        "articles 1: standfirst is not what",
    ),
    "byline": ("update articles set byline = null where id = 1", "articles 1: byline is not what"),
    "date": (
        "update articles set published = '2018-05-04' where id = 1",
        "articles 1: published is not what",
    ),
    "date set by hand": (
        "update articles set published = '2019-06-07' where id = 3",
        "articles 3: published is",
    ),
    "slug": ("update articles set slug = slug || '-3' where id = 2", "articles 2: slug "),
    "article's span": ("update articles set start = 5 where id = 1", "articles 1: [5:"),
    "link": ("update links set url = 'https://example.org/oats'", "links 1: url is not the archive's"),
    "footnote": ("update links set footnote = '2'", "links 1: footnote is 2, its paragraph's is 1"),
    "note outside its article": ("update data_notes set end = 5000", "data_notes 1: start"),
    "correction nobody made": (
        "update corrections set reason = 'x' where id = 2",
        "corrections 2: start, end,",
    ),
    "lost correction": (
        "delete from corrections where id = 3",
        "corrections: has 2 rows, but 3 were written",
    ),
    "archive's hash": (
        "update archives set sha256 = 'x' where id = 1",
        "archives 1: sha256 is not that of its file",
    ),
    "file's hash": ("update files set sha256 = 'x' where id = 1", "files 1: sha256 is not that of"),
    "file's size": ("update files set bytes = 1 where id = 1", "files 1: bytes is 1, of the file"),
    "file that was not read": (
        "update files set status = 'refused'",
        "files 1: status is refused at 1 source",
    ),
    "file of no status": ("update files set status = 'half'", "files 1: status is half at 1 source"),
    "reason that is missing": ("update files set status = 'partly'", "files 1: reason is missing"),
    "lost file": ("delete from files where id = 1", "archives 1: refers to a missing row of files"),
    "member of a text": (
        "update archives set member = 'x.txt' where id = 1",
        "member is x.txt without segments",
    ),
    "text of a plain file": (
        "insert into source_texts (archive_id, text) values (1, 'x')",
        "archives 1: has 1 rows of source_texts",
    ),
    "archive's size": (
        "update archives set bytes = 1 where id = 1",
        "archives 1: bytes is not that of its file",
    ),
    "archive's length": (
        "update archives set characters = 1 where id = 1",
        "archives 1: characters is 1, of",
    ),
    "archive's encoding": (
        "update archives set encoding = 'rot13' where id = 1",
        "archives 1: encoding is rot13",
    ),
    "path out of the folder": (
        "update files set path = '../../etc/passwd' where id = 1",
        "is no name of a file",
    ),
    "order of archives": (
        "update files set path = 'c' where id = 1; update files set path = 'a.txt' where id = 2",
        "files 2: path a.txt comes after c",
    ),
    "statistics": (
        "update sqlite_stat1 set idx = 'idx_quotes_kinds' where idx = 'idx_quotes_kind'",
        "sqlite_stat1: counts idx_quotes_kinds of quotes, which is not there",
    ),
    "gap in the ids": ("update links set id = 7", "links 7: id follows 0"),
    "schema version": ("pragma user_version = 9", f"user_version is 9, this loader's is {VERSION}"),
    "version told": (
        "update build_info set value = '9' where key = 'schema_version'",
        "build_info schema_version: value is '9'",
    ),
    "corrections told": (
        "update build_info set value = 'left out' where key = 'corrections'",
        "build_info corrections: value is 'left out', but 3 are recorded",
    ),
    "more told": ("insert into build_info values ('trust', 'me')", "build_info trust: key is none"),
    "counts": (
        "update article_months set articles = articles + 1 where month = '2018-05'",
        "article_months: says ('2018-05', 3), counted was ('2018-05', 2)",
    ),
    "lost count": (
        "delete from publication_counts where publication_id = 2",
        "publication_counts: says None, counted was (2, 1)",
    ),
    "extra trigger": (
        "create trigger t after insert on quotes begin delete from quotes; end",
        "trigger t: is none of the loader's",
    ),
    "extra view": ("create view v as select 1", "view v: is none of the loader's"),
    "extra table": ("create table t (x)", "table t: is none of the loader's"),
    "lost index": ("drop index idx_quotes_kind", "index idx_quotes_kind: is missing"),
    "other view": (
        "drop view quote_details; create view quote_details as select 1 as id",
        "view quote_details: is not defined as the loader defines it",
    ),
    "extra column": ("alter table quotes add column tune text", "table quotes: is not defined as"),
    "row missing in the search": (
        "delete from paragraphs_fts_docsize where id = 1",
        "paragraphs_fts: 6 rows indexed, 7 in paragraphs",
    ),
    "empty search": (
        "insert into quotes_fts(quotes_fts) values ('delete-all')",
        "quotes 1: text and the index",
    ),
    "search of a word": (
        "update speakers set name = 'Ivan Huber' where id = 1",
        "speakers 1: name and the index",
    ),
    "number for text": ("update speakers set name = x'00ff' where id = 1", "speakers 1: name is binary, or"),
    "text for a number": ("update quotes set start = 'here' where id = 1", "quotes 1: start is text"),
}


@pytest.mark.parametrize(("sql", "words"), CHANGES.values(), ids=list(CHANGES))
def test_every_change_is_named(sql: str, words: str, folder: Path) -> None:
    change(folder, sql)
    found = faults(folder)
    assert any(words in fault for fault in found), found


@pytest.mark.parametrize(
    "words", ["Karl Huber", "two bridges", "GETTY", "example.org", "June 7", "Drava Times"]
)
def test_a_flipped_byte_of_text_is_a_fault_wherever_it_stands(words: str, folder: Path) -> None:
    file = folder / "archive.db"
    data = file.read_bytes()
    places = [match.start() for match in re.finditer(re.escape(words.encode()), data)]
    assert places
    for at in places:
        file.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert faults(folder) != [], at


@pytest.mark.parametrize(
    "at", [0, 16, 18, 19, 20, 21, 24, 28, 35, 40, 44, 56, 60, 68, 92, 96, 99, 100, 103, 105, 4096]
)
def test_a_flipped_byte_of_a_header_is_a_fault(at: int, folder: Path) -> None:
    file = folder / "archive.db"
    data = bytearray(file.read_bytes())
    data[at] ^= 0x55
    file.write_bytes(data)
    result = run_verify(folder)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_a_changed_archive_is_named(folder: Path) -> None:
    (folder / "a.txt").write_text(FIRST.replace("rose", "fell"), encoding="utf-8")
    assert any("a.txt, which is not the file that was loaded" in fault for fault in faults(folder))


def test_a_missing_archive_is_named(folder: Path) -> None:
    (folder / "a.txt").unlink()
    assert any("a.txt: cannot be read" in fault for fault in faults(folder))


def test_a_folder_that_is_not_there_is_one_line(folder: Path) -> None:
    result = CliRunner().invoke(main, ["verify", str(folder / "archive.db"), str(folder / "nowhere")])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "nowhere: no such file or folder" in result.stderr


def test_an_archive_that_the_database_lacks_is_named(folder: Path) -> None:
    (folder / "c.txt").write_text("Late news\n", encoding="utf-8")
    assert "files: c.txt lies in the folder and is in no row" in faults(folder)


def test_a_database_of_one_archive_is_proven_against_that_file(folder: Path) -> None:
    build([folder / "b.txt"], folder / "one.db")
    assert [fault for check in verify(folder / "one.db", folder / "b.txt") for fault in check.faults] == []


# --- hostile files ----------------------------------------------------------------------------------------


def test_every_truncated_file_is_refused_or_named(folder: Path) -> None:
    file = folder / "archive.db"
    data = file.read_bytes()
    for length in (0, 50, 100, 4096, 5000, len(data) // 2, len(data) - 1):
        file.write_bytes(data[:length])
        result = run_verify(folder)
        assert result.exit_code == 1, length
        assert result.stderr.count("\n") == 1, length


def test_a_missing_table_is_one_line(folder: Path) -> None:
    change(folder, "drop table links")
    assert "lacks links" in refusal(folder)


def test_a_view_in_the_place_of_a_table_is_not_run(folder: Path) -> None:
    change(
        folder,
        "drop table links; create view links as "
        "with recursive r(n) as (select 1 union all select n + 1 from r) select n as id from r",
    )
    assert "lacks links" in refusal(folder)


def test_tables_that_are_not_the_loaders_are_not_read(folder: Path) -> None:
    change(
        folder,
        "drop table links; create table links (id integer primary key, "
        "url text generated always as (hex(zeroblob(1000)))); insert into links (id) values (1)",
    )
    checks = list(verify(folder / "archive.db", folder))
    assert [check.name for check in checks] == ["schema version", "schema is what the loader creates"]
    assert "table links: is not defined as the loader defines it" in checks[1].faults


def test_an_endless_view_in_the_place_of_an_index_table_is_not_read(folder: Path) -> None:
    change(
        folder,
        "pragma writable_schema = on; update sqlite_master set type = 'view', rootpage = 0, "
        "sql = 'create view quotes_fts_docsize as with recursive r(n) as (select 1 union all select n + 1 "
        "from r) select n as id, n as sz from r' where name = 'quotes_fts_docsize'",
    )
    assert len(list(verify(folder / "archive.db", folder))) == 2


def test_a_malicious_trigger_and_view_are_named_and_nothing_is_written(folder: Path) -> None:
    change(
        folder,
        "create trigger evil after delete on quotes begin update articles set headline = 'owned'; end;"
        "create view evil_view as select load_extension('/tmp/evil'), writefile('/tmp/evil', 'x')",
    )
    before = hashlib.sha256((folder / "archive.db").read_bytes()).hexdigest()
    found = faults(folder)
    assert "trigger evil: is none of the loader's" in found
    assert "view evil_view: is none of the loader's" in found
    assert hashlib.sha256((folder / "archive.db").read_bytes()).hexdigest() == before


@pytest.mark.parametrize("value", ["9223372036854775807", "-9223372036854775808", "1e308", "9e999", "''"])
@pytest.mark.parametrize("column", ["start", "end", "speaker_end", "nested_in", "utterance", "article_id"])
def test_huge_values_are_named(value: str, column: str, folder: Path) -> None:
    change(folder, f"update quotes set [{column}] = {value} where id = 2")
    assert any(fault.startswith("quotes 2: ") for fault in faults(folder))


def test_text_that_a_terminal_would_obey_is_printed_escaped_and_cut(folder: Path) -> None:
    change(
        folder,
        "update files set path = char(27) || '[2J' || char(10) || hex(zeroblob(100000)) || '.txt' "
        "where id = 1",
    )
    found = faults(folder)
    assert any("\\x1b[2J\\n000" in fault for fault in found)
    assert all(fault.isprintable() and len(fault) < 1000 for fault in found)


def test_text_that_is_no_utf_8_is_named(folder: Path) -> None:
    change(folder, "update paragraphs set text = cast(x'c3284180' as text) where id = 3")
    assert "paragraphs 3: text is binary, or text that is no UTF-8" in faults(folder)


@pytest.mark.parametrize("there", [b'CREATE TABLE "quotes"', b'"speaker_text" TEXT', b"CREATE VIEW"])
def test_a_schema_that_is_no_utf_8_is_one_line_or_a_fault(there: bytes, folder: Path) -> None:
    file = folder / "archive.db"
    data = file.read_bytes()
    file.write_bytes(data.replace(there, there[:-4] + b"\xc3\x28\x41\x80"))
    result = run_verify(folder)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)


def test_faults_without_number_are_counted_and_not_kept(folder: Path) -> None:
    change(
        folder,
        "with recursive r(n) as (select 100 union all select n + 1 from r where n < 3000) "
        "insert into speakers select n, 'Echo', 'person', null, 0 from r",
    )
    orphans = next(
        c for c in verify(folder / "archive.db", folder) if c.name.startswith("no orphan in speakers")
    )
    assert len(orphans.faults) == MOST_KEPT
    assert orphans.found == 2901


def test_a_database_that_somebody_writes_to_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db", isolation_level=None)) as writer:
        writer.execute("begin exclusive")
        assert "another program is writing to it" in refusal(folder)
        writer.execute("update quotes set kind = 'scare'")
        assert "archive.db-journal holds changes" in refusal(folder)
        writer.execute("rollback")
    assert faults(folder) == []


def test_a_change_to_a_column_of_judgement_is_named_by_the_count_of_changes(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.execute("update quotes set rule = 'guessed'")
        connection.commit()
    assert "archive.db: count of changes at byte 24 is 2" in faults(folder)


def test_a_write_ahead_log_that_was_left_over_is_refused(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db", isolation_level=None)) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("update quotes set kind = 'scare'")
        assert "archive.db-wal holds changes" in refusal(folder)


def test_nothing_is_written_beside_the_database(folder: Path) -> None:
    change(folder, "pragma journal_mode = wal")
    before = sorted(folder.iterdir())
    data = (folder / "archive.db").read_bytes()
    assert faults(folder) == []
    assert sorted(folder.iterdir()) == before
    assert (folder / "archive.db").read_bytes() == data


def test_a_database_that_changes_meanwhile_is_refused(folder: Path) -> None:
    change(folder, "pragma journal_mode = wal")  # which is read without a lock
    checks = verify(folder / "archive.db", folder)
    next(checks)
    with (folder / "archive.db").open("ab") as file:
        file.write(b"more")
    with pytest.raises(InputError, match="changed while it was being verified"):
        list(checks)


# --- any cell at all --------------------------------------------------------------------------------------

CELLS = [(table, column) for table, shape in TABLES.items() for column in shape.columns] + [
    ("build_info", "key"),
    ("build_info", "value"),
]
VALUES = st.one_of(
    st.none(),
    st.integers(-2, 600),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.binary(max_size=4),
    st.sampled_from(["location", "body", "person", "direct", "2018-05-03", "Graz", "Eva Lang", "a.txt"]),
)


def test_the_columns_of_judgement_are_columns() -> None:
    assert [name for name in JUDGED if tuple(name.split(".")) not in CELLS] == []


def test_help_lists_the_columns_of_judgement() -> None:
    printed = CliRunner().invoke(main, ["verify", "--help"]).output
    assert [name for name in JUDGED if name not in printed] == []


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cell=st.sampled_from(CELLS), row=st.integers(0, 9), value=VALUES)
def test_any_changed_cell_is_reported_unless_it_holds_judgement(
    cell: tuple[str, str], row: int, value: object, good: Path
) -> None:
    table, column = cell
    assume(f"{table}.{column}" not in JUDGED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(good, Path(name) / "copy"))
        with closing(sqlite3.connect(folder / "archive.db")) as connection:
            before = connection.execute(f"select rowid, [{column}] from [{table}]").fetchall()
            assume(before)  # without a container some tables are empty
            rowid, _ = before[row % len(before)]
            try:
                connection.execute(f"update [{table}] set [{column}] = ? where rowid = ?", (value, rowid))
            except sqlite3.Error:
                assume(False)  # the schema itself forbids this value
            connection.commit()
            settle_header(folder / "archive.db")
            changed = connection.execute(f"select rowid, [{column}] from [{table}]").fetchall() != before
        assert bool(faults(folder)) is changed
