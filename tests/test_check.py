"""A check reports on every file in a folder: what was read, what is doubtful, what was not read and why."""

import json
import os
import re
import sqlite3
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from cases_files import ROOT, Case, cases, short_cases
from click.testing import CliRunner, Result

from benchmarks.speed.making import make_archive
from loader import InputError, build
from loader.cli import main
from loader.extract.annotate import read_content
from loader.pipeline.check import CheckReport, FileReport, check
from loader.pipeline.check_report import MAX_FILES, as_json, table
from loader.pipeline.doubts import CODES, Doubt, find_doubts, looks_like_label
from loader.pipeline.terminal_text import cut, display_width, fit, wrap
from loader.readers.file_types import DESCRIPTION, describe
from loader.readers.files import find_sources, list_files
from loader.readers.roundup import read_bytes
from loader.sharding.build_shards import By, build_shards

CLEAN = """Bees return to the roofs of Graz

Styrian Courier, by Eva Lang, May 3, 2018:

GRAZ, Austria – Bees are back. “They never left,” said Karl Huber, who keeps twelve hives.
"""
UNDATED = CLEAN.replace(", May 3, 2018", "")
LATIN = CLEAN.replace("Bees", "Café bees").replace("“", '"').replace("”", '"').replace("–", "-")
WORDS = "The ferry stays in the harbour because the wind does not turn. "
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def doubts_of(data: bytes) -> list[tuple[str, int | None]]:
    archive = read_bytes(data, "a.txt")
    return [(doubt.code, doubt.article) for doubt in find_doubts(archive, read_content(archive))]


def expected_doubts(lines: str) -> list[tuple[str, int | None]]:
    parts = [line.split() for line in lines.splitlines()]
    return [(code, int(*rest) if rest else None) for code, *rest in parts]


def by_path(report: CheckReport) -> dict[str, FileReport]:
    return {file.path: file for file in report.files}


def codes(report: FileReport) -> list[str]:
    return [doubt.code for doubt in report.doubts]


def run(*arguments: object, width: int = 100) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"COLUMNS": str(width)})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file of each kind."""
    folder = tmp_path / "clippings"
    (folder / "2018").mkdir(parents=True)
    (folder / "2018" / "clean.txt").write_text(CLEAN, encoding="utf-8")
    (folder / "undated.txt").write_text(UNDATED, encoding="utf-8")
    (folder / "binary.txt").write_bytes(bytes(range(32)) * 8)
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4\n")
    (folder / "photo.png").write_bytes(PNG)
    (folder / "README.md").write_text("About the clippings.", encoding="utf-8")
    (folder / ".hidden").write_text("", encoding="utf-8")
    return folder


# Doubts


@pytest.mark.parametrize(("title", "given", "wanted"), list(short_cases("check/texts")))
def test_doubts_of_a_text(title: str, given: str, wanted: str) -> None:
    assert doubts_of(given.encode()) == expected_doubts(wanted)


@pytest.mark.parametrize(("title", "given", "wanted"), list(short_cases("check/outlets")))
def test_looks_like_label_tells_labels_from_outlets(title: str, given: str, wanted: str) -> None:
    assert looks_like_label(given) == (wanted == "label")


@pytest.mark.parametrize(("title", "given", "wanted"), list(short_cases("check/shapes")))
def test_doubts_of_a_file_by_outlets_and_lengths(title: str, given: str, wanted: str) -> None:
    """Each line of such a case is so many articles of an outlet with so many characters."""
    articles = []
    for line in given.splitlines():
        count, *outlet, length = line.split()
        body = (WORDS * (int(length) // len(WORDS) + 1))[: int(length) - 70]
        source = f"{' '.join(outlet)}, by Ana Ruiz, May 4, 2018:"
        articles.extend([f"Ferry stays in the harbour\n\n{source}\n\n{body.rstrip()}\n"] * int(count))
    assert doubts_of("\n***\n\n".join(articles).encode()) == expected_doubts(wanted)


@pytest.mark.parametrize("outlet", ["LOAD-DATE", "Friday", "Updated 1358 GMT", "543 words"])
def test_an_outlet_that_looks_like_a_label_is_a_doubt_if_the_reader_takes_it(outlet: str) -> None:
    archive = read_bytes(CLEAN.encode(), "a.txt")
    content = read_content(archive)[0]
    article = replace(content.article, publication=outlet)
    doubts = find_doubts(archive, [replace(content, article=article)])
    assert [(doubt.code, doubt.article) for doubt in doubts] == [("outlet_looks_like_label", 1)]
    assert outlet in doubts[0].message


@pytest.mark.parametrize(
    "words", ["Café", "Zürich", "São Tomé", "naïve", "Ångström", "señor", "Écho", "Übung", "façade", "Œuvre"]
)
def test_an_encoding_that_nothing_proves_is_a_doubt(words: str) -> None:
    data = LATIN.replace("Café", words).encode("cp1252")
    assert doubts_of(data) == [("guessed_encoding", None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_an_encoding_that_the_bytes_prove_is_no_doubt(encoding: str) -> None:
    assert doubts_of(LATIN.encode(encoding)) == []


def test_a_blank_file_holds_no_text() -> None:
    archive = read_bytes(b" \n\n", "a.txt")
    assert [doubt.message for doubt in find_doubts(archive, [])] == ["holds no text"]


def test_doubts_are_ordered_worst_first() -> None:
    found = [code for code, _ in doubts_of(f"{UNDATED}\n***\n\n{LATIN}".encode("cp1252", "replace"))]
    assert found == sorted(found, key=CODES.index)
    assert found == ["undated_article", "guessed_encoding"]


# What the notes of a case say a person doubts too; every other archive case must have no doubt.
_DOUBTFUL_NOTES = {
    "no_article", "unrecognised", "no_headline", "no_source_line", "missing_date", "impossible_date",
    "ambiguous_date", "partial_date", "decoded_as_guess",
}  # fmt: skip


@pytest.mark.parametrize("case", cases("archives"), ids=lambda case: case.name)
def test_an_archive_case_has_doubts_only_if_its_notes_say_so(case: Case) -> None:
    archive = read_bytes(case.data(), case.name)
    doubts = find_doubts(archive, read_content(archive))
    if doubts:
        assert {note.code for note in archive.notes} & _DOUBTFUL_NOTES, doubts


def test_a_large_generated_archive_has_no_doubts(tmp_path: Path) -> None:
    make_archive(tmp_path, 200_000)
    report = check([tmp_path])
    assert report.is_clean
    assert report.totals.articles > 30


def test_the_first_data_set_has_no_doubts() -> None:
    report = check([ROOT / "seeds"])
    assert report.is_clean
    assert report.totals.articles == 7
    assert report.totals.kept is not None
    assert report.totals.kept > 0.99


# Files


def test_every_file_is_listed_worst_first_and_hidden_ones_last(folder: Path) -> None:
    report = check([folder])
    assert [(file.path, file.status) for file in report.files] == [
        ("binary.txt", "refused"),
        ("scan.pdf", "not read"),
        ("undated.txt", "doubtful"),
        ("2018/clean.txt", "read"),
        ("README.md", "not read"),
        ("photo.png", "not read"),
        (".hidden", "hidden"),
    ]
    totals = report.totals
    assert (totals.files, totals.read, totals.doubtful, totals.refused, totals.not_read) == (6, 1, 1, 1, 3)
    assert (totals.hidden, totals.articles, totals.outlets, totals.doubts) == (1, 2, 1, 1)
    assert not report.is_clean


def test_a_report_says_what_was_read(folder: Path) -> None:
    report = by_path(check([folder]))["2018/clean.txt"]
    assert report == FileReport(
        path="2018/clean.txt",
        format="utf-8, LF",
        reader="roundup",
        status="read",
        articles=1,
        outlets=("Styrian Courier",),
        first="2018-05-03",
        last="2018-05-03",
        quotations=1,
        places=3,
        characters=sum(not character.isspace() for character in CLEAN),
        kept=1.0,
    )


def test_kept_is_the_share_of_visible_characters_in_articles(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"{CLEAN}\n\n{'*' * 100}\n\n{CLEAN}", encoding="utf-8")
    visible = sum(not character.isspace() for character in CLEAN)
    assert check([file]).files[0].kept == pytest.approx(2 * visible / (2 * visible + 100))


def test_sources_of_a_check_are_those_of_a_build(folder: Path) -> None:
    (folder / "link.txt").symlink_to("undated.txt")
    assert list_files([folder, folder / "undated.txt"]).sources == find_sources(
        [folder, folder / "undated.txt"]
    )


def test_links_to_what_the_folder_holds_are_listed_as_such(folder: Path) -> None:
    (folder / "again.txt").symlink_to("2018/clean.txt")
    (folder / "years").symlink_to("2018")
    (folder / "top").symlink_to(".")
    (folder / "picture.png").symlink_to("photo.png")
    report = check([folder])
    reasons = {file.path: file.reason for file in report.files if file.status == "not read"}
    assert reasons["again.txt"] == "is a link to 2018/clean.txt, which is read itself"
    assert reasons["years"] == reasons["top"]
    assert reasons["top"] == "is a link to the folder or a part of it, which is read itself"
    assert reasons["picture.png"] == "is a link to photo.png, which is read itself"
    assert report.totals.articles == 2


def test_what_a_build_refuses_is_a_row_with_its_reason(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text(CLEAN, encoding="utf-8")
    (folder / "out.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "nowhere.txt").symlink_to("absent")
    (folder / "long.txt").write_text(CLEAN * 9, encoding="utf-8")
    os.mkfifo(folder / "pipe.txt")
    reports = by_path(check([folder], max_bytes=1000))
    reasons = {
        name: reports[name].reason or "" for name in ("out.txt", "nowhere.txt", "long.txt", "pipe.txt")
    }
    assert {reports[name].status for name in reasons} == {"refused"}
    assert reasons["out.txt"].startswith("is a link that leads out of the folder")
    assert reasons["nowhere.txt"].startswith("is a link that leads nowhere")
    assert reasons["long.txt"].startswith("holds ")
    assert reasons["pipe.txt"].startswith("is no plain file")
    assert reports["binary.txt"].reason is not None
    assert reports["binary.txt"].reason.startswith("line 1: holds the control character")


def test_two_files_of_one_name_are_one_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(CLEAN, encoding="utf-8")
    report = check([tmp_path / "one", tmp_path / "two"])
    assert [file.status for file in report.files] == ["refused", "read"]


def test_a_file_that_is_found_twice_is_listed_once(folder: Path) -> None:
    report = check([folder, folder / "2018", folder / "scan.pdf", folder])
    assert sorted(file.path for file in report.files) == sorted(by_path(report))
    assert (report.totals.files, report.totals.hidden) == (6, 1)


def test_a_name_that_is_not_utf8_is_listed_with_its_bytes(tmp_path: Path) -> None:
    for name in (b"a\xff.txt", b"b\xff.pdf"):
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(b"%PDF-")
    report = by_path(check([tmp_path]))
    assert report["a\\xff.txt"].status == "refused"
    assert report["b\\xff.pdf"].status == "refused"
    assert json.loads(run("check", "--json", tmp_path).stdout)["totals"]["files"] == 2


def test_a_path_that_does_not_exist_is_an_input_error(folder: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        check([folder, folder / "absent"])


def test_an_empty_folder_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no files"):
        check([tmp_path])


def test_a_folder_without_sources_is_not_clean(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(PNG)
    report = check([tmp_path])
    assert (report.totals.not_read, report.totals.doubts, report.is_clean) == (1, 0, False)


def test_several_processes_give_the_same_report(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.txt").write_text((CLEAN, UNDATED)[number % 2], encoding="utf-8")
    seen: list[int] = []
    report = check([tmp_path], jobs=2, progress=lambda progress: seen.append(progress.files))
    assert report == check([tmp_path], jobs=1)
    assert seen == [1, 2, 3, 4, 5, 6]


# The archive's own tables


def test_own_tables_are_listed_as_such(folder: Path) -> None:
    for name in ("places.csv", "synonyms.csv"):
        (folder / name).write_bytes((ROOT / "loader" / "data" / "places.csv").read_bytes())
    (folder / "corrections.csv").write_text("archive,start,text,field,corrected,reason\n", encoding="utf-8")
    (folder / "metadata.yml").write_text("title: Clippings\n", encoding="utf-8")
    (folder / "2018" / "places.csv").write_text("name\nGraz\n", encoding="utf-8")
    reports = by_path(check([folder]))
    assert {
        name: (report.status, report.reason) for name, report in reports.items() if "." in name[-4:-3]
    }.items() >= {
        ("corrections.csv", ("not read", "the archive's corrections")),
        ("places.csv", ("not read", "the archive's places")),
        ("metadata.yml", ("not read", "the archive's metadata")),
        ("synonyms.csv", ("not read", "the archive's synonyms")),
    }
    assert codes(reports["2018/places.csv"]) == ["no_reader"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("corrections.csv", "archive,start\n"),
        ("corrections.csv", "archive,start,text,field,corrected,reason\nno.txt,0,Bees,note,x,why\n"),
        ("places.csv", "name\nGraz\n"),
        ("metadata.yml", "title: [\n"),
    ],
)
def test_an_own_table_at_fault_is_refused_and_the_files_are_read(
    folder: Path, name: str, content: str
) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    reports = by_path(check([folder]))
    assert reports[name].status == "refused"
    assert str(folder) not in (reports[name].reason or "")
    assert (reports["2018/clean.txt"].status, reports["2018/clean.txt"].articles) == ("read", 1)


def test_corrections_are_applied_and_answer_doubts(folder: Path) -> None:
    header = "archive,start,text,field,corrected,reason\n"
    at = CLEAN.index("Styrian Courier")
    row = f"2018/clean.txt,{at},Styrian Courier,publication,Drava Times,why\n"
    (folder / "corrections.csv").write_text(header + row, encoding="utf-8")
    assert by_path(check([folder]))["2018/clean.txt"].outlets == ("Drava Times",)


def test_corrections_that_do_not_fit_are_a_doubt(folder: Path) -> None:
    row = "2018/clean.txt,3,nothing,publication,Drava Times,why\n"
    (folder / "corrections.csv").write_text(
        "archive,start,text,field,corrected,reason\n" + row, encoding="utf-8"
    )
    assert codes(by_path(check([folder]))["2018/clean.txt"]) == ["unusable_corrections"]


HEADER = "archive,start,text,field,corrected,reason\n"


@pytest.mark.parametrize(
    ("archive", "wanted"),
    [
        ("press.zip", "there is no text in press.zip itself; write the path of an item of it"),
        ("page.html", "“page.html” is not read, it"),
    ],
)
def test_corrections_that_stop_a_build_are_a_doubt(tmp_path: Path, archive: str, wanted: str) -> None:
    (tmp_path / "press.zip").write_bytes(zipped("a.txt"))
    with zipfile.ZipFile(tmp_path / "press.zip", "a") as container:
        container.writestr("clean.txt", CLEAN)
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><body><p>Fog</p></body></html>")
    (tmp_path / "corrections.csv").write_text(
        f"{HEADER}{archive},,Styrian Courier,publication,Drava Times,why\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=re.escape(wanted)):
        build([tmp_path], tmp_path / "archive.db")
    [doubt] = [one for one in by_path(check([tmp_path]))[archive].doubts if "corrections" in one.code]
    assert wanted in doubt.message
    assert run("check", tmp_path).exit_code == 3


def test_doubts_about_files_that_are_not_read_are_not_in_the_sum(tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text(CLEAN, encoding="utf-8")
    (tmp_path / "page.html").write_text("<!DOCTYPE html><html><body><p>Fog</p></body></html>")
    report = check([tmp_path])
    assert report.totals.doubts == 0 and not report.is_clean
    assert codes(by_path(report)["page.html"]) == ["no_reader"]


def test_an_item_that_is_not_read_is_named_below_its_container(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "press.zip", "w") as container:
        container.writestr("clean.txt", CLEAN)
        container.writestr("fog.png", b"\x89PNG\r\n\x1a\n" + bytes(60))
    printed = run("check", tmp_path)
    assert printed.exit_code == 0 and "fog.png" in printed.output


# File types


def zipped(*members: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            archive.writestr(
                member, "application/vnd.oasis.opendocument.text" if member == "mimetype" else "x"
            )
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "wanted", "may_hold"),
    [
        (b"%PDF-1.7\n", "a.pdf", "a PDF file", True),
        (b"\xef\xbb\xbf \n%PDF-1.7\n", "a.txt", "a PDF file", True),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.bin", "Word (.docx)", True),
        (zipped("xl/workbook.xml"), "a.xlsx", "Excel (.xlsx)", True),
        (zipped("mimetype", "content.xml"), "a.odt", "OpenDocument text (.odt)", True),
        (zipped("a.txt"), "a.zip", "a ZIP archive", True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "a.doc", "an old Office file (.doc, .xls, .msg)", True),
        (b"{\\rtf1\\ansi", "a.rtf", "a rich text file (RTF)", True),
        (b"\x1f\x8b\x08", "a.gz", "a compressed file (gzip)", True),
        (b"SQLite format 3\0", "archive.db", "a SQLite database", False),
        (PNG, "a.png", "an image (PNG)", False),
        (b"\xff\xd8\xff\xe0", "a.jpg", "an image (JPEG)", False),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "an image (WebP)", False),
        (b"\0\0\0\x1cftypheic", "a.heic", "an image (HEIF)", False),
        (b"\0\0\0\x1cftypmp42", "a.mp4", "an audio or video file", False),
        (b"\n<!doctype HTML><p>", "a", "a web page (HTML)", True),
        (b"<div>words</div>", "a.htm", "a web page (HTML)", True),
        (b"<?xml version='1.0'?><rss version='2.0'>", "a.xml", "a feed (RSS)", True),
        (b"<?xml version='1.0'?><articles/>", "a.xml", "an XML file", True),
        (b"<?xml version='1.0'?><svg/>", "a.svg", "an image (SVG)", False),
        (b'[{"title": 1}]', "a.json", "JSON", True),
        (b'\xef\xbb\xbf{"title": 1}', "a", "JSON", True),
        (b"WARC/1.0\r\n", "a.warc", "a web archive (WARC)", True),
        (b"From: a@b.c\nSubject: x\n\n", "a.eml", "an e-mail or a saved web page (.eml, .mhtml)", True),
        (b"a,b\n1,2\n", "a.csv", "a table (CSV)", True),
        (b"words\n", "a.md", "a Markdown file", True),
        (b"words\n", "a", "plain text", True),
        ("Ünïcode".encode("utf-16"), "a", "plain text", True),
        (b"words\n", "docs/README.md", DESCRIPTION, False),
        (b"words\n", "LICENSE", DESCRIPTION, False),
        (b"", "a", "an empty file", False),
        (bytes(range(256)), "a.dat", "a binary file of unknown format", False),
    ],
)
def test_a_file_is_recognised_by_its_content(data: bytes, name: str, wanted: str, may_hold: bool) -> None:
    known = describe(data, name, data[-100:])
    assert (known.name, known.may_hold_articles) == (wanted, may_hold)


@pytest.mark.parametrize("start", ["[Photo: the bridge]", "From the harbour", "Subject to change", "{sic}"])
def test_prose_is_plain_text(start: str) -> None:
    assert describe(f"{start} stays closed.\n".encode(), "a").name == "plain text"


def test_a_source_in_another_format_is_refused_by_the_name_of_the_format(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(zipped("word/document.xml"))
    assert check([tmp_path]).files[0].reason == (
        "looks like Word (.docx): no reader for it yet; save its text as .txt in UTF-8"
    )


def test_text_in_another_format_is_not_read_as_articles(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<!doctype html><p>The bridge is open.</p>", encoding="utf-8")
    report = check([tmp_path]).files[0]
    assert (report.status, report.articles, report.format) == ("not read", 0, "a web page (HTML)")
    assert [doubt.code for doubt in report.doubts] == ["no_reader"]


# Output


@pytest.mark.parametrize("width", [40, 80, 100, 132, 200])
def test_the_table_fits_the_terminal(folder: Path, width: int) -> None:
    (folder / f"{'很长的名字' * 9}.txt").write_text(UNDATED, encoding="utf-8")
    plain = run("check", folder, width=width).output.splitlines()
    assert max(map(display_width, plain[:-1])) <= max(width, 44)
    assert plain[-1].startswith("7 files (1 read, 2 doubtful, 1 refused, 3 not read, 1 hidden): 3 articles")


def test_a_table_lists_a_hundred_files_unless_all_are_wanted() -> None:
    report = check([ROOT / "seeds"])
    files = tuple(replace(report.files[0], path=f"{number}.txt") for number in range(MAX_FILES + 5))
    many = replace(report, files=files)
    assert "and 5 more; --all shows them" in list(table(many, width=80))
    assert sum(".txt" in line for line in table(many, width=80)) == MAX_FILES
    assert sum(".txt" in line for line in table(many, width=80, show_all=True)) == MAX_FILES + 5


def test_doubts_of_one_kind_are_one_line_unless_all_are_wanted() -> None:
    report = check([ROOT / "seeds"])
    doubts = tuple(Doubt(code="undated_article", message="has no date", article=n) for n in range(1, 8))
    many = replace(report, files=(replace(report.files[0], doubts=doubts),))
    short = "\n".join(table(many, width=80))
    assert "article 1 has no date (and 6 more of this kind)" in short
    assert sum("has no date" in line for line in table(many, width=80, show_all=True)) == 7


def test_a_name_with_escape_codes_is_printed_escaped(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m.txt").write_text(CLEAN, encoding="utf-8")
    assert "\x1b" not in run("check", tmp_path).output


def test_json_is_one_object_with_files_and_totals(folder: Path) -> None:
    printed = json.loads(run("check", "--json", folder).stdout)
    assert printed == json.loads(as_json(check([folder])))
    assert [file["path"] for file in printed["files"]][:2] == ["binary.txt", "scan.pdf"]
    assert printed["files"][2]["doubts"] == [
        {"code": "undated_article", "message": "has no date", "article": 1}
    ]
    assert printed["totals"]["files"] == 6


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["2018"], 0), (["."], 3), (["undated.txt"], 3), (["absent"], 1), ([], 2), (["--jobs", "0", "."], 2)],
)
def test_exit_codes(folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int) -> None:
    monkeypatch.chdir(folder)
    assert run("check", *arguments).exit_code == code


def test_a_check_writes_nothing(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    run("check", folder)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "width", "wanted"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("很长的", 5, "很长…"), ("e\u0301f", 2, "e\u0301f")],
)
def test_cut_counts_columns(text: str, width: int, wanted: str) -> None:
    assert cut(text, width) == wanted


def test_fit_keeps_the_end_of_a_path() -> None:
    assert fit("2018/articles.txt", 8) == "…les.txt"
    assert fit("很.txt", 8) == "很.txt  "


def test_wrap_breaks_between_words_and_cuts_long_ones() -> None:
    assert list(wrap("one two three", 7)) == ["one two", "three"]
    assert list(wrap("很长的名字 x", 4)) == ["很长", "的名", "字 x"]


# Build


def test_a_build_reports_the_doubts_of_what_it_read(folder: Path, tmp_path: Path) -> None:
    (folder / "binary.txt").unlink()
    (folder / "latin.txt").write_bytes(LATIN.encode("cp1252"))
    doubts = build([folder], tmp_path / "a.db").doubts
    assert (doubts.doubts, doubts.files) == (2, 2)
    assert [(kind.path, kind.doubt.code, kind.count) for kind in doubts.worst] == [
        ("undated.txt", "undated_article", 1),
        ("latin.txt", "guessed_encoding", 1),
    ]
    assert build([folder], tmp_path / "a.db", update=True).doubts.doubts == 0
    assert build_shards([folder], tmp_path / "shards", By("year")).doubts == doubts


def test_a_build_prints_its_three_worst_doubts_and_how_to_see_all(folder: Path, tmp_path: Path) -> None:
    (folder / "binary.txt").unlink()
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"{UNDATED}\n***\n\n{UNDATED}", encoding="utf-8")
    result = run("build", folder, "-o", tmp_path / "a.db")
    assert result.exit_code == 0
    assert [line for line in result.stderr.splitlines() if " not read " not in line] == [
        f"loader: {folder / 'scan.pdf'}: looks like a PDF file: no reader for it yet; save its text as "
        ".txt in UTF-8 (left out)",
        *(f"{number}.txt: article 1 has no date (and 1 more of this kind)" for number in range(3)),
        f"9 doubts in 5 files; `press-archive check {folder}` lists them",
    ]


def test_a_build_without_doubts_says_nothing_of_them(folder: Path, tmp_path: Path) -> None:
    assert run("build", folder / "2018", "-o", tmp_path / "a.db").stderr == ""
    assert run("build", "--quiet", folder / "undated.txt", "-o", tmp_path / "a.db").output == ""


def test_a_check_counts_what_a_build_writes(folder: Path, tmp_path: Path) -> None:
    (folder / "binary.txt").unlink()
    build([folder], tmp_path / "a.db")
    connection = sqlite3.connect(tmp_path / "a.db")
    counts = [
        connection.execute(f"select count(*) from {name}").fetchone()[0]
        for name in ("articles", "quotes", "mentioned_places", "publications")
    ]
    connection.close()
    totals = check([folder]).totals
    assert counts == [totals.articles, totals.quotations, totals.places, totals.outlets]
