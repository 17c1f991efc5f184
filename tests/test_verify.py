"""verify names every way in which a good database can be made a bad one."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from loader import build
from loader.verify import verify

TEXT = """Floods cut off Ptuj

GETTY

Drava Times, by Eva Lang, May 3, 2018:

PTUJ, Slovenia – The Drava rose again. “We have ‘no boats’ left,” said Karl Huber, who leads the rescuers.[1]

“Help will come from Austria,” he added.

[1] https://example.org/boats

***

Also see:
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    build([folder], folder / "a.db")
    return folder


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "copy"))


def faults(folder: Path) -> list[str]:
    return [fault for check in verify(folder / "a.db", folder) for fault in check.faults]


def test_a_good_database_has_no_fault(folder: Path) -> None:
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("update paragraphs set text = 'x' where id = 2", "paragraphs 2: text is not the archive's"),
        ("update paragraphs set start = start + 1 where id = 2", "paragraphs 2: text is not the archive's"),
        ("update paragraphs set end = 100000 where id = 3", "paragraphs 3: start"),
        ("delete from paragraphs where id = 3", "are in no block"),
        ("delete from furniture where role = 'separator'", "are in no block"),
        ("update furniture set text = 'Headline' where id = 1", "furniture 1: text is not the archive's"),
        (
            "update quotes set text = 'We have boats left,' where id = 1",
            "quotes 1: text is not the archive's",
        ),
        ("update quotes set speaker_start = 0 where id = 1", "quotes 1: speaker_text is not"),
        ("update quotes set cue = 'sang' where id = 1", "quotes 1: cue is not the archive's"),
        ("update quotes set speaker_id = null", "speakers 1: nothing refers to it"),
        ("update quotes set speaker_id = 77 where id = 1", "quotes 1: refers to a missing row of speakers"),
        ("update quotes set paragraph_id = 1 where id = 1", "quotes 1: begins at"),
        ("update mentioned_places set end = end + 1 where id = 1", "mentioned_places 1: text is not"),
        ("update places set mention_count = 9 where id = 1", "places 1: mention_count is 9, counted"),
        ("update speakers set quote_count = 0 where id = 1", "speakers 1: quote_count is 0, counted"),
        ("update articles set word_count = 1 where id = 1", "articles 1: word_count is 1, counted"),
        ("update articles set headline = 'x' where id = 1", "articles 1: headline is not"),
        ("update articles set start = 5 where id = 1", "articles 1: [5:"),
        ("update links set url = 'https://example.org/oats'", "links 1: url is not the archive's"),
        ("update archives set sha256 = 'x'", "archives 1: "),
        ("update archives set characters = 1", "archives 1: 1 characters stored"),
        (
            "drop trigger if exists paragraphs_ad; delete from paragraphs_fts_docsize where id = 1",
            "paragraphs_fts: ",
        ),
        (
            "insert into quotes_fts(quotes_fts) values ('delete-all')",
            "quotes_fts: does not hold what quotes holds",
        ),
    ],
)
def test_every_change_is_named(change: str, words: str, folder: Path) -> None:
    connection = sqlite3.connect(folder / "a.db")
    connection.executescript(change)
    connection.commit()
    connection.close()
    assert any(words in fault for fault in faults(folder)), faults(folder)


def test_a_changed_archive_is_named(folder: Path) -> None:
    (folder / "a.txt").write_text(TEXT.replace("rose", "fell"), encoding="utf-8")
    assert any("is not the file that was loaded" in fault for fault in faults(folder))


def test_a_missing_archive_is_named(folder: Path) -> None:
    (folder / "a.txt").unlink()
    assert any("cannot be read" in fault for fault in faults(folder))


def test_a_flipped_byte_in_a_page_is_named(folder: Path) -> None:
    data = bytearray((folder / "a.db").read_bytes())
    at = data.index(b"who leads the rescuers")
    data[at] ^= 1
    (folder / "a.db").write_bytes(data)
    assert faults(folder) != []
