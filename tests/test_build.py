"""A build gives the rows that the files ask for."""

import sqlite3
from pathlib import Path

import pytest

from loader import InputError, build
from loader.gazetteer.place_rows import COLUMNS

ROUND_UP = """Bees return to the roofs of Graz

Styrian Courier, by Eva Lang, May 3, 2018:

GRAZ, Austria – Bees are back. “They never left,” said Karl Huber, who keeps twelve hives.

See https://example.org/bees. The city has planted limes.
"""


def rows(file: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in box"
    (folder / "2018").mkdir(parents=True)
    (folder / "b.txt").write_text(ROUND_UP, encoding="utf-8")
    (folder / "2018" / "a.txt").write_text(ROUND_UP.replace("Graz", "Linz"), encoding="utf-8")
    (folder / "README.md").write_text("not an archive", encoding="utf-8")
    return folder


def test_all_archives_of_a_folder_are_read_in_order_of_their_names(folder: Path, tmp_path: Path) -> None:
    report = build([folder], tmp_path / "a.db")
    assert rows(tmp_path / "a.db", "select id, path from archives order by id") == [
        (1, "2018/a.txt"),
        (2, "b.txt"),
    ]
    assert report.counts["articles"] == 2
    assert rows(tmp_path / "a.db", "select count(*) from publications") == [(1,)]


def test_a_file_named_twice_is_one_archive(folder: Path, tmp_path: Path) -> None:
    assert build([folder, folder / "b.txt"], tmp_path / "a.db").counts["archives"] == 2


def test_the_row_of_an_article_says_what_the_file_says(folder: Path, tmp_path: Path) -> None:
    build([folder / "b.txt"], tmp_path / "a.db")
    assert rows(tmp_path / "a.db", "select slug, headline, published, dateline from articles") == [
        (
            "2018-05-03-bees-return-to-the-roofs-of-graz",
            "Bees return to the roofs of Graz",
            "2018-05-03",
            "GRAZ, Austria",
        )
    ]
    assert rows(tmp_path / "a.db", "select text, speaker from quote_details") == [
        ("They never left,", "Karl Huber")
    ]
    assert rows(tmp_path / "a.db", "select url, footnote from links") == [("https://example.org/bees", None)]


def test_equal_headlines_get_different_slugs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{ROUND_UP}\n***\n\n{ROUND_UP}", encoding="utf-8")
    build([tmp_path / "a.txt"], tmp_path / "a.db")
    slugs = [slug for (slug,) in rows(tmp_path / "a.db", "select slug from articles order by id")]
    assert slugs == [
        "2018-05-03-bees-return-to-the-roofs-of-graz",
        "2018-05-03-bees-return-to-the-roofs-of-graz-2",
    ]


@pytest.mark.parametrize("text", ["", "  \n\n", "no article at all, only words.\n"])
def test_an_archive_without_articles_is_never_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    build([tmp_path / "a.txt"], tmp_path / "a.db")
    assert rows(tmp_path / "a.db", "select code from data_notes") == [("no_article",)]
    assert rows(tmp_path / "a.db", "select count(*) from archives") == [(1,)]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"\x7fELF\x00\x01\x02", "is a program, not text"),
        ("c.txt", b"\x01\x00\x01\x02", "control character"),
        ("b.txt", b"\xff\xfec\0u\0t\0 ", "byte-order mark"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_one_line(
    name: str, data: bytes, words: str, folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "old.db"
    output.write_bytes(b"")
    (folder / name).write_bytes(data)
    with pytest.raises(InputError, match=words) as caught:
        build([folder], output, strict=True)
    assert str(folder / name) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert output.read_bytes() == b""
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in box", "old.db"]


def test_a_missing_or_empty_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        build([tmp_path / "nowhere"], tmp_path / "a.db")
    with pytest.raises(InputError, match=r"holds no \.txt"):
        build([tmp_path], tmp_path / "a.db")


def test_two_files_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="would be called"):
        build([folder / "b.txt", _copy(folder / "b.txt", tmp_path)], tmp_path / "a.db")


def _copy(file: Path, folder: Path) -> Path:
    copy = folder / file.name
    copy.write_bytes(file.read_bytes())
    return copy


def test_an_archive_brings_its_own_places(folder: Path, tmp_path: Path) -> None:
    header = ",".join(COLUMNS) + "\n"
    row = "Drava Mill,facility,SI,46.42,15.87,,,,,Old Mill of Ptuj|Mlin,our own map,\n"
    (folder / "places.csv").write_text(header + row, encoding="utf-8")
    (folder / "b.txt").write_text(
        ROUND_UP + "\nA fire broke out at Drava Mill on Friday.\n", encoding="utf-8"
    )
    build([folder], tmp_path / "a.db")
    found = rows(
        tmp_path / "a.db",
        "select name, kind, latitude from mentioned_places join places on places.id = place_id "
        "where text = 'Drava Mill'",
    )
    assert found == [("Drava Mill", "facility", 46.42)]


def test_a_wrong_row_of_an_archives_own_places_is_one_clear_line(folder: Path, tmp_path: Path) -> None:
    (folder / "places.csv").write_text(
        "name,kind,country_code,latitude,longitude\nMill,facility,SI,north,15.9\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"places\.csv, line 2: latitude 'north' is not a number"):
        build([folder], tmp_path / "a.db")
    assert not (tmp_path / "a.db").exists()
