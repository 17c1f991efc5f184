"""Rows of corrections.csv on an article's page: what is copied there and changed changes the archive."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import pytest
from datasette.app import Datasette
from playwright.sync_api import Page
from site_client import ask
from site_server import serve
from verify_archive import pack

from loader import build
from loader.publish import bundle as site_bundle
from loader.records import CORRECTION_COLUMNS
from loader.verify import verify

TEXT = """“=Ferry” to Hvar <b>runs</b> aground

Dalmatian Post, by Ana Kovač and Ivo Perić, May 3, 2016:

SPLIT, Croatia – The ferry ran aground near Hvar on Thursday. “Nobody was
hurt, ‘they’ said,” said the captain, Ivo Perić, who "knows, as he says, the sea."

+385 is what Split dials, said Ana Lukić. “@all: come,” she added.
"""
HEADER = ",".join(CORRECTION_COLUMNS) + "\n"


class Rows(HTMLParser):
    """Collects what stands in the elements whose text is a row, and the headings above them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._is_row = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_row = tag == "pre" and "data-row" in dict(attrs)
        if self._is_row:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_row = False

    def handle_data(self, data: str) -> None:
        if self._is_row:
            self.lines[-1] += data


class Room:
    """A folder with one archive, its database and its page."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "in"
        self.archive.mkdir()
        self.database = folder / "archive.db"
        (self.archive / "a, b.txt").write_text(TEXT, encoding="utf-8")
        self.build()

    def build(self, *rows: str) -> None:
        table = HEADER + "".join(f"{row}\n" for row in rows)
        (self.archive / "corrections.csv").write_text(table, encoding="utf-8", newline="")
        self.idle = build([self.archive], self.database).idle

    def all(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def bundle(self) -> Path:
        shutil.rmtree(self.folder / "site", ignore_errors=True)
        return site_bundle.assemble(self.database, self.folder / "site")

    def page(self) -> str:
        [(slug,)] = self.all("select slug from articles")
        response = ask(Datasette(config_dir=self.bundle()), f"/read/{slug}")
        assert response.status_code == 200
        return response.text

    def row(self, field: str, text: str, corrected: str) -> str:
        """The row of the page for a field of a text, with another value."""
        for line in Rows(self.page()).lines[1:]:
            [values] = csv.reader([line], strict=True)
            if values[3] == field and values[2].startswith(text):
                written = io.StringIO()
                csv.writer(written, lineterminator="").writerow([*values[:4], corrected, *values[5:]])
                return written.getvalue()
        pytest.fail(f"no row for {field} of {text}")

    def faults(self) -> list[str]:
        return [fault for check in verify(self.database, self.archive) for fault in check.faults]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


CHANGES = {
    "headline": ("“=Ferry” to Hvar", "=Ferry, aground", "select headline from articles"),
    "url": ("“=Ferry” to Hvar", "https://example.org/a?b=1,2", "select url from articles"),
    "publication": ("“=Ferry” to Hvar", "The Post", "select name from publications"),
    "published": ("May 3, 2016", "2018-05-03", "select published from articles"),
    "author": ("Ana Kovač", "Anna Kovač", "select name from authors where id = 1"),
    "add_author": ("Dalmatian Post", "Šime Ćuk", "select name from authors where id = 3"),
    "role": ("+385 is what", "editor_note", "select role from paragraphs where text like '+385%'"),
    "quote": ("@all", "scare", "select kind from quotes where text like '@all%'"),
    "speaker": ("Nobody was hurt", "Ivan Perić", "select speaker_name from quotes where text like 'Nobody%'"),
    "speaker_text": (
        "Nobody was",
        "The ferry",
        "select speaker_text from quotes where text like 'Nobody%'",
    ),
    "cue": ("Nobody was", "ran", "select cue from quotes where text like 'Nobody%'"),
    "sense": ("Croatia", "government", "select sense from mentioned_places where text = 'Croatia'"),
}


@pytest.mark.parametrize("field", CHANGES)
def test_a_row_of_the_page_with_another_value_changes_it(field: str, room: Room) -> None:
    text, corrected, sql = CHANGES[field]
    assert room.all(sql) != [(corrected,)]
    row = room.row(field, text, corrected)
    room.build(row)
    assert room.all(sql) == [(corrected,)]
    assert room.idle == ()
    assert room.faults() == []


def test_a_place_is_resolved_again_by_a_row_of_the_page(room: Room) -> None:
    room.build(room.row("place", "Croatia", ""))
    assert room.all("select count(*) from mentioned_places where text = 'Croatia'") == [(0,)]


def test_rows_say_what_the_archive_holds(room: Room) -> None:
    """Copied as they are they change nothing, but for the author who is to be filled in."""
    header, *rows = Rows(room.page()).lines
    assert header == HEADER.strip()
    rows = [row for row in rows if ",add_author," not in row]
    assert len(rows) > 20
    before = room.all("select headline, published, url from articles")
    room.build(*rows)
    assert len(room.idle) == len(rows)
    assert room.all("select headline, published, url from articles") == before


def test_corrected_values_are_corrected_again(room: Room) -> None:
    first = room.row("author", "Ana Kovač", "Ann Kovač")
    date = room.row("published", "May 3", "2018-05-03")
    room.build(first, date)
    room.build(
        first, date, room.row("author", "Ana Kovač", "Anna Kovač"), room.row("published", "May", "2019-05-03")
    )
    assert room.all("select name from authors order by id limit 1") == [("Anna Kovač",)]
    assert room.all("select published from articles") == [("2019-05-03",)]
    assert room.faults() == []


def test_cells_are_quoted_as_csv_and_escaped_as_html_and_nothing_else_is_added(room: Room) -> None:
    room.build(room.row("headline", "“=Ferry”", '=HYPERLINK("x", </pre><b>)'))
    page = room.page()
    assert "</pre><b>" not in page
    [row] = [line for line in Rows(page).lines if ",headline," in line]
    assert '"a, b.txt",0,' in row
    assert ',"=HYPERLINK(""x"", </pre><b>)",' in row
    assert any(",0," not in line and '"@all: come,"' in line for line in Rows(page).lines)
    assert all("\n" not in line for line in Rows(page).lines)


def test_the_page_shows_the_printed_headline_and_the_original_address(room: Room) -> None:
    room.build(
        room.row("headline", "“=Ferry”", "Ferry aground"),
        room.row("url", "“=Ferry”", "https://example.org/a?b=1&c"),
    )
    page = room.page()
    assert "<h1>Ferry aground</h1>" in page
    assert "headline printed “" in page
    assert 'id="q1"' in page
    assert '<a href="https://example.org/a?b=1&amp;c" rel="noopener nofollow">original article</a>' in page


def test_every_paragraph_quotation_and_headline_leads_to_its_rows(room: Room) -> None:
    page = room.page()
    for row in ("head", "p1", "p2", "q1", "q2"):
        assert f'href="#correct-{row}"' in page
        assert page.count(f'id="correct-{row}"') == 1
    assert "<script>" not in page
    assert " style=" not in page


def test_a_long_article_lists_the_first_of_its_rows(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loader.site.components.correct_this.MOST_ROWS", 12)
    page = room.page()
    assert "The article is too long to list everything here." in page
    assert len(Rows(page).lines) <= 13


@pytest.fixture
def address(room: Room) -> Iterator[str]:
    [(slug,)] = room.all("select slug from articles")
    for server in serve(room.bundle()):
        yield f"{server}/read/{slug}"


def test_without_scripts_rows_are_plain_text(open_page: Callable[..., Page], address: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(address)
    page.click("details.correct > summary")
    page.click("#correct-p1 > summary")
    assert page.locator("#correct-p1 pre").first.is_visible()
    assert page.locator(".correct button").count() == 0


def test_with_scripts_a_link_opens_the_rows_and_a_button_copies_one(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address)
    assert not page.locator("#correct-p1 pre").first.is_visible()
    page.locator("#p1 .tools a", has_text="correct").click()
    row = page.locator("#correct-p1 pre").first
    row.wait_for()
    page.locator("#correct-p1 .row button").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == row.text_content() + "\n"
    page.goto(address + "#correct-q1")
    page.locator("#correct-q1").wait_for()


@pytest.mark.parametrize("width", [320, 390, 1300])
def test_rows_fit_the_screen(width: int, open_page: Callable[..., Page], address: str) -> None:
    page = open_page(width)
    page.goto(address + "#correct-p1")
    page.locator("#correct-p1 pre").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_rows_of_an_item_of_a_container_name_it(tmp_path: Path) -> None:
    archive = tmp_path / "in"
    archive.mkdir()
    pack(archive / "items.zip", {"one.txt": TEXT.encode(), "two.txt": TEXT.encode()})
    build([archive], tmp_path / "archive.db")
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        [(slug,)] = connection.execute("select slug from articles where archive_id = 2")
    folder = site_bundle.assemble(tmp_path / "archive.db", tmp_path / "site")
    header, *lines = Rows(ask(Datasette(config_dir=folder), f"/read/{slug}").text).lines
    assert header == "archive,member,start,text,field,corrected,reason"
    [row] = [line for line in lines if ",publication,Dalmatian Post," in line]
    assert row.startswith("items.zip,two.txt,")
    table = f"{header}\n{row.replace(',publication,Dalmatian Post,', ',publication,The Post,')}\n"
    (archive / "corrections.csv").write_text(table, encoding="utf-8", newline="")
    build([archive], tmp_path / "archive.db")
    with closing(sqlite3.connect(tmp_path / "archive.db")) as connection:
        names = connection.execute(
            "select name from articles join publications on publications.id = publication_id "
            "order by articles.id"
        ).fetchall()
    assert names == [("Dalmatian Post",), ("The Post",)]
