"""Items of containers: each is read by its own reader, proved byte by byte, and corrected by its path."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from verify_archive import pack

from loader import InputError, build
from loader.cli import main
from loader.dataset.atomic_output import settle_header
from loader.pipeline.check import check
from loader.readers import registry
from loader.readers.base import Limits, Reader, SourceText, Unread
from loader.readers.decoding import DecodingChoice
from loader.sharding.build_shards import By, build_shards
from loader.verify import verify

ARTICLE = "{}\n\nDrava Times, by Eva Lang, May 3, 2018:\n\nFog lay over Graz. “We wait,” said Karl Huber.\n"
FOG, ICE = (ARTICLE.format(words).encode() for words in ("Fog closes the harbour", "Ice on the river"))
PNG = b"\x89PNG\r\n\x1a\n"
LIMITS = Limits(item_bytes=10_000, container_bytes=25_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A text, and a ZIP archive of two texts, one of them below a folder, and an image."""
    place = tmp_path / "in"
    place.mkdir()
    (place / "plain.txt").write_bytes(FOG)
    pack(place / "items.zip", {"ice.txt": ICE, "2018/fog.txt": FOG, "photo.png": PNG})
    return place


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def faults(database: Path, folder: Path) -> list[str]:
    return [fault for one in verify(database, folder) for fault in one.faults]


def read(data: bytes, limits: Limits = LIMITS) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of a ZIP archive and the reasons of what is not read, by member."""
    reader = registry.find_reader(data, "a.zip")
    assert reader is not None
    found = list(registry.read_items(reader, io.BytesIO(data), "a.zip", limits))
    texts = {one.member: one.text for one in found if isinstance(one, SourceText)}
    return texts, {one.member: one.reason for one in found if isinstance(one, Unread)}


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


# Reading


def test_every_reader_keeps_the_protocol() -> None:
    assert [reader.name for reader in registry.READERS] == ["zip", "roundup"]
    assert all(isinstance(reader, Reader) for reader in registry.READERS)


def test_items_are_source_texts_in_the_order_of_their_paths(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db")
    assert rows(tmp_path / "a.db", "select id, path, member from archives") == [
        (1, "items.zip", "2018/fog.txt"),
        (2, "items.zip", "ice.txt"),
        (3, "plain.txt", ""),
    ]
    assert rows(tmp_path / "a.db", "select path, reader, status, reason from files") == [
        ("items.zip", "zip", "read", "holds 1 item that is not read: photo.png (is an image (PNG))"),
        ("plain.txt", "roundup", "read", None),
    ]
    assert rows(tmp_path / "a.db", "select archive_id, text from source_texts") == [
        (1, FOG.decode()),
        (2, ICE.decode()),
    ]
    assert rows(tmp_path / "a.db", "select part, byte_start, byte_end, reason from omitted_ranges") == [
        ("photo.png", 0, len(PNG), "not_selected")
    ]


def test_offsets_of_an_item_lead_to_the_bytes_of_its_part(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db")
    [(part, start, end, encoding, text)] = rows(
        tmp_path / "a.db",
        "select part, byte_start, byte_end, segments.encoding, text from segments "
        "join source_texts using (archive_id) where archive_id = 2",
    )
    with zipfile.ZipFile(folder / "items.zip") as archive:
        assert archive.read(part)[start:end].decode(encoding) == text


def test_the_result_depends_neither_on_processes_nor_on_the_order_of_members(
    folder: Path, tmp_path: Path
) -> None:
    build([folder], tmp_path / "a.db", jobs=1)
    build([folder], tmp_path / "b.db", jobs=2)
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()
    one = read(zipped({"a.txt": FOG, "b.txt": ICE}))
    assert one == read(zipped({"b.txt": ICE, "a.txt": FOG}))
    assert list(one[0]) == ["a.txt", "b.txt"]


def test_a_container_in_a_container_is_read_and_a_third_is_not() -> None:
    inner = zipped({"fog.txt": FOG})
    assert list(read(zipped({"inner.zip": inner}))[0]) == ["inner.zip!/fog.txt"]
    texts, unread = read(zipped({"middle.zip": zipped({"inner.zip": inner}), "ice.txt": ICE}))
    assert list(texts) == ["ice.txt"]
    assert unread == {"middle.zip!/inner.zip": "is a container in a container in a container; unpack it"}


# Hostile containers


def test_members_that_lead_out_are_encrypted_or_links_are_named_and_not_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("../out.txt", "/etc/out.txt", "C:/out.txt"):
            archive.writestr(name, FOG)
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.txt", FOG)
    texts, unread = read(buffer.getvalue())
    assert list(texts) == ["good.txt"]
    assert unread["link.txt"] == "is a link"
    assert {unread[name] for name in ("../out.txt", "/etc/out.txt", "C:/out.txt")} == {
        "has a path that leads out of the archive"
    }


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(zipped({"a.txt": FOG, "b.txt": ICE}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of the first member
        data[data.index(mark) + offset] |= 1
    texts, unread = read(bytes(data))
    assert list(texts) == ["b.txt"]
    assert unread == {"a.txt": "is encrypted; unpack it and give the folder"}


def test_a_damaged_member_is_named_and_the_others_are_read() -> None:
    data = bytearray(zipped({"a.txt": os.urandom(5000), "b.txt": ICE}))
    data[200] ^= 0xFF
    texts, unread = read(bytes(data))
    assert list(texts) == ["b.txt"]
    assert unread["a.txt"].startswith("cannot be unpacked (")


def test_a_member_that_grows_beyond_the_limits_is_never_unpacked_whole() -> None:
    bomb = zipped({"bomb.txt": b" " * 5_000_000, "fog.txt": FOG})
    texts, unread = read(bomb)
    assert list(texts) == ["fog.txt"]
    assert unread["bomb.txt"] == "unpacks to more than 10,000 bytes; raise the limit with --max-size"
    many = zipped({f"{number}.txt": b"x" * 9_000 for number in range(4)})
    with pytest.raises(InputError, match=r"unpacks to more than 25,000 bytes; .* --max-container"):
        read(many)


def test_too_many_members_and_damaged_archives_are_refused() -> None:
    data = zipped({f"{number}.txt": b"" for number in range(5)})
    with pytest.raises(InputError, match="holds 5 members, more than 4"):
        read(data, Limits(item_bytes=10, container_bytes=10, parts=4))
    with pytest.raises(InputError, match="is a damaged ZIP archive"):
        read(data[:-30])


def test_a_document_that_is_packed_as_zip_is_no_container(tmp_path: Path) -> None:
    pack(tmp_path / "a.zip", {"x.txt": FOG, "[Content_Types].xml": b"<Types/>"})
    with pytest.raises(InputError, match="looks like a document packed as ZIP"):
        build([tmp_path / "a.zip"], tmp_path / "a.db")


@given(st.binary(max_size=400), st.integers(0, 300), st.integers(0, 255))
def test_any_change_of_a_container_reads_it_or_refuses_it(more: bytes, at: int, value: int) -> None:
    data = bytearray(zipped({"a.txt": FOG, "b/c.txt": ICE}) + more)
    data[at % len(data)] = value
    reader = registry.find_reader(bytes(data), "a.zip")
    if reader is None or not reader.is_container:
        return
    try:
        texts, unread = read(bytes(data))
    except InputError as error:
        assert len(error.lines) == 1
        return
    assert set(texts.values()) <= {FOG.decode(), ICE.decode()} or unread or texts


# Refusal


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"page.html": b"<html><p>Fog"}, "page.html (looks like a web page (HTML): no reader for it yet"),
        ({"table.csv": b"a,b\n1,2\n"}, "table.csv (looks like a table (CSV): no reader for it yet"),
        ({"bad.txt": b"\xff\xfec\0u\0t\0 "}, "bad.txt (line 1: byte "),
    ],
)
def test_an_item_that_cannot_be_read_is_named_with_its_reason(
    members: dict[str, bytes], words: str, folder: Path, tmp_path: Path
) -> None:
    pack(folder / "more.zip", {"fog.txt": FOG, **members})
    done = run("build", folder, "-o", tmp_path / "a.db")
    assert done.exit_code == 0
    [line] = [line for line in done.stderr.splitlines() if line.startswith("loader: ")]
    assert words in line and "more.zip: holds 1 item that is not read: " in line
    assert rows(tmp_path / "a.db", "select status from files where path = 'more.zip'") == [("partly",)]
    assert faults(tmp_path / "a.db", folder) == []
    assert run("build", folder, "-o", tmp_path / "b.db", "--strict").exit_code == 1
    assert json.loads(run("build", folder, "-o", tmp_path / "a.db", "--json").stdout)["partly"]
    report = {one.path: one for one in check([folder]).files}["more.zip"]
    assert (report.status, report.articles) == ("doubtful", 1)
    assert [doubt.code for doubt in report.doubts] == ["partly_read"]


def test_a_container_without_text_is_refused(folder: Path, tmp_path: Path) -> None:
    pack(folder / "images.zip", {"a.png": PNG})
    build([folder], tmp_path / "a.db")
    assert rows(tmp_path / "a.db", "select status from files where path = 'images.zip'") == [("refused",)]
    with pytest.raises(InputError, match=r"images\.zip: holds 1 item that is not read: a\.png"):
        build([folder / "images.zip"], tmp_path / "b.db")


def test_a_folder_of_many_formats_has_a_row_for_each_file(tmp_path: Path) -> None:
    place = tmp_path / "in"
    place.mkdir()
    contents = {
        "a.html": b"<!doctype html><p>Fog",
        "a.xml": b"<?xml version='1.0'?><a/>",
        "a.json": b'{"headline": "Fog"}',
        "a.rtf": b"{\\rtf1 Fog}",
        "a.docx": zipped({"word/document.xml": b"<w/>"}),
        "a.pdf": b"%PDF-1.4\n",
        "a.eml": b"From: a@example.org\nSubject: Fog\n\nFog.\n",
        "a.warc": b"WARC/1.0\r\n",
        "a.png": PNG,
        "a.7z": b"7z\xbc\xaf\x27\x1c",
        "html.txt": b"<html><body>Fog",
        "README.md": b"About this folder.",
        "fog.txt": FOG,
    }
    for name, data in contents.items():
        (place / name).write_bytes(data)
    done = run("build", place, "-o", tmp_path / "a.db")
    assert done.exit_code == 0
    found = dict(rows(tmp_path / "a.db", "select path, status from files"))
    assert found == {name: "read" if name == "fog.txt" else "refused" for name in contents}
    assert rows(
        tmp_path / "a.db", "select count(*) from files where status = 'refused' and reason is null"
    ) == [(0,)]
    quiet = {"a.png", "README.md", "fog.txt"}
    for name in contents:
        assert (f"{place / name}: " in done.stderr) == (name not in quiet)
    assert "(a.png)" in done.stderr


@pytest.mark.parametrize("data", [b"<html><p>Fog", b"{\\rtf1 Fog}", b"%PDF-1.4\n", PNG])
def test_a_file_of_another_format_that_is_named_is_one_line(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    done = run("build", tmp_path / "a", "-o", tmp_path / "a.db")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert not (tmp_path / "a.db").exists()


# What follows from it


def test_an_update_reads_only_the_container_that_changed(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db")
    assert build([folder], tmp_path / "a.db", update=True).read == 0
    pack(folder / "items.zip", {"ice.txt": ICE, "new.txt": FOG})
    report = build([folder], tmp_path / "a.db", update=True)
    assert (report.read, report.kept) == (1, 1)
    assert rows(tmp_path / "a.db", "select member from archives where path = 'items.zip' order by id") == [
        ("ice.txt",),
        ("new.txt",),
    ]
    assert faults(tmp_path / "a.db", folder) == []


def test_an_update_repeats_what_it_could_not_read_without_reading_it(folder: Path, tmp_path: Path) -> None:
    (folder / "page.html").write_text("<html><p>Fog", encoding="utf-8")
    first = build([folder], tmp_path / "a.db")
    again = build([folder], tmp_path / "a.db", update=True)
    assert (again.read, again.refused) == (0, first.refused)
    (folder / "page.html").unlink()
    assert build([folder], tmp_path / "a.db", update=True).refused == ()
    assert rows(tmp_path / "a.db", "select count(*) from files") == [(2,)]


def test_shards_hold_the_items_of_their_articles(folder: Path, tmp_path: Path) -> None:
    build_shards([folder], tmp_path / "shards", By("size", 100))
    assert faults(tmp_path / "shards", folder) == []


def test_a_correction_names_the_item(folder: Path, tmp_path: Path) -> None:
    (folder / "corrections.csv").write_text(
        "archive,member,start,text,field,corrected,reason\n"
        "items.zip,ice.txt,,Drava Times,publication,The Drava Times,As on its front page.\n"
        "plain.txt,,,Drava Times,publication,Drava Weekly,As on its front page.\n",
        encoding="utf-8",
    )
    build([folder], tmp_path / "a.db")
    assert rows(
        tmp_path / "a.db",
        "select member, name from articles join archives on archives.id = archive_id "
        "join publications on publications.id = publication_id order by articles.id",
    ) == [("2018/fog.txt", "Drava Times"), ("ice.txt", "The Drava Times"), ("", "Drava Weekly")]
    assert faults(tmp_path / "a.db", folder) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("items.zip,none.txt,,Fog,role,body,x", "line 2: there is no “none.txt” in items.zip"),
        ("items.zip,,,Fog,role,body,x", "line 2: there is no text in items.zip itself"),
        ("plain.txt,ice.txt,,Fog,role,body,x", "line 2: there is no “ice.txt” in plain.txt"),
    ],
)
def test_a_correction_of_an_item_that_is_not_there_is_a_fault(
    row: str, words: str, folder: Path, tmp_path: Path
) -> None:
    header = "archive,member,start,text,field,corrected,reason\n"
    (folder / "corrections.csv").write_text(f"{header}{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=words):
        build([folder], tmp_path / "a.db")


@pytest.mark.parametrize(("name", "data"), [("page.html", b"<html><p>Fog"), ("pic.png", PNG)])
def test_a_correction_of_a_file_that_no_reader_takes_is_a_fault(
    name: str, data: bytes, folder: Path, tmp_path: Path
) -> None:
    (folder / name).write_bytes(data)
    build([folder], tmp_path / "a.db")
    table = f"archive,start,text,field,corrected,reason\n{name},,Fog,headline,X,r\n"
    (folder / "corrections.csv").write_text(table, encoding="utf-8")
    for update in (False, True):
        with pytest.raises(InputError, match=f"line 2: “{name}” is not read, it "):
            build([folder], tmp_path / "a.db", update=update)


def test_show_and_check_name_the_items(folder: Path) -> None:
    shown = run("show", folder / "items.zip").stdout
    assert f"{folder / 'items.zip'}, 2018/fog.txt: utf-8, LF" in shown
    assert f"{folder / 'items.zip'}, ice.txt: utf-8, LF" in shown
    report = {one.path: one for one in check([folder]).files}["items.zip"]
    assert (report.articles, report.quotations, report.reader, report.kept) == (2, 2, "zip", 1.0)


# Proof


CHANGES = {
    "stored text": "update source_texts set text = replace(text, 'Fog', 'Ice')",
    "lost text": "delete from source_texts where id = 1",
    "segment's part": "update segments set part = 'ice.txt' where id = 1",
    "segment's bytes": "update segments set byte_end = byte_end - 1 where id = 1",
    "segment's place": "update segments set start = 1 where id = 1",
    "segment's transform": "update segments set transform = 'html' where id = 1",
    "segment's encoding": "update segments set encoding = 'cp500' where id = 1",
    "lost segment": "delete from segments where id = 1",
    "omitted part": "update omitted_ranges set part = 'none.png'",
    "omitted bytes": "update omitted_ranges set byte_end = 3",
    "lost range": "delete from omitted_ranges",
    "another member": "update archives set member = 'x.txt' where id = 1",
    "another file": "update archives set file_id = 2 where id = 1",
}


@pytest.mark.parametrize("sql", CHANGES.values(), ids=list(CHANGES))
def test_a_change_of_where_a_text_comes_from_is_a_fault(sql: str, folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db")
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute(sql)
        connection.commit()
    settle_header(tmp_path / "a.db")
    assert faults(tmp_path / "a.db", folder)


FRENCH = ARTICLE.format("Le pont est fermé").replace("Fog lay over", "Été à Genève après")
# Texts of which each is in one encoding, says so by nothing or by a byte-order mark, or is in several.
ENCODED = {
    "joined.txt": FOG + b"\n" + FRENCH.encode("cp1252"),
    "mark.txt": b"\xef\xbb\xbf" + FOG.replace(b"lay", b"\xe2\x80lay"),
    "other.txt": b"\xef\xbb\xbf" + (FRENCH * 3).encode("cp1252"),
    "stray.txt": FOG.replace(b"Fog lay", b"Caf\xe9s lay"),
    "entity.txt": ARTICLE.format("Fog &amp; ice").encode(),
    "cut.txt": FOG.replace(b"\xe2\x80\x9d", b"\xe2\x80", 1),
    "windows.txt": (FRENCH * 3).encode("cp1252"),
}
IN_PIECES = {"joined.txt", "mark.txt", "other.txt", "stray.txt", "entity.txt", "cut.txt"}


@pytest.fixture
def encoded(tmp_path: Path) -> Path:
    """Texts in several encodings, as files and as members of a ZIP archive, with their database."""
    place = tmp_path / "encoded"
    place.mkdir()
    for name, data in ENCODED.items():
        (place / name).write_bytes(data)
    pack(place / "items.zip", ENCODED)
    build([place], tmp_path / "a.db", decoding=DecodingChoice(None, repair=True))
    return place


def test_texts_of_several_encodings_are_proved_byte_by_byte(encoded: Path, tmp_path: Path) -> None:
    found = rows(
        tmp_path / "a.db",
        "select coalesce(part, path), member = '', min(byte_start), max(byte_end), "
        "sum(byte_end - byte_start) from archives join segments on archive_id = archives.id "
        "group by archives.id",
    )
    assert {name for name, is_file, *_ in found if is_file} == IN_PIECES
    assert {name for name, is_file, *_ in found if not is_file} == set(ENCODED)
    for name, _, start, end, length in found:
        assert start == (3 if name in ("mark.txt", "other.txt") else 0)
        assert end == len(ENCODED[name]) == start + length
    assert faults(tmp_path / "a.db", encoded) == []


def test_the_encoding_of_a_text_without_segments_decodes_its_file(encoded: Path, tmp_path: Path) -> None:
    whole = rows(
        tmp_path / "a.db",
        "select path, encoding, characters from archives where id not in (select archive_id from segments)",
    )
    assert [path for path, *_ in whole] == ["windows.txt"]
    assert all(len(ENCODED[path].decode(encoding)) == characters for path, encoding, characters in whole)


SEGMENT_CHANGES = {
    "encoding that gives the same characters": "encoding = 'cp1254' where encoding = 'cp1252'",
    "other name of the encoding": "encoding = 'UTF8' where encoding = 'utf-8'",
    "encoding": "encoding = 'cp1253'",
    "no encoding": "encoding = null",
    "no codec": "encoding = 'a' || char(0)",
    "verbatim as repair": "transform = 'repair' where transform = 'verbatim'",
    "repair as verbatim": "transform = 'verbatim' where transform = 'repair'",
    "transform": "transform = 'html'",
    "first byte": "byte_start = byte_start + 1",
    "last byte": "byte_end = byte_end - 1",
    "end": "end = end - 1",
    "part": "part = 'cut.txt' where part is not 'cut.txt'",
}


@pytest.mark.parametrize("is_file", [True, False], ids=["file", "member"])
@pytest.mark.parametrize("change", SEGMENT_CHANGES.values(), ids=list(SEGMENT_CHANGES))
def test_a_changed_segment_is_a_fault(change: str, is_file: bool, encoded: Path, tmp_path: Path) -> None:
    values, _, condition = change.partition(" where ")
    archives = f"select id from archives where (member = '') = {is_file:d}"
    one = f"select max(id) from segments where archive_id in ({archives}) and {condition or 'true'}"
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        [(number,)] = connection.execute(one)
        connection.execute(f"update segments set {values} where id = ?", (number,))
        connection.commit()
    settle_header(tmp_path / "a.db")
    assert any(f"segments {number}: " in fault for fault in faults(tmp_path / "a.db", encoded))


def test_a_segment_that_was_cut_in_two_is_a_fault(encoded: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        [(number, archive)] = connection.execute(
            "select max(segments.id), archive_id from segments join archives on archives.id = archive_id "
            "where path = 'joined.txt'"
        )
        connection.execute("update segments set id = -id where id > ?", (number,))
        connection.execute("update segments set id = 1 - id where id < 0")
        connection.execute(
            "insert into segments select id + 1, archive_id, start + 1, end, part, byte_start + 1, byte_end, "
            "transform, encoding from segments where id = ?",
            (number,),
        )
        connection.execute(
            "update segments set end = start + 1, byte_end = byte_start + 1 where id = ?", (number,)
        )
        connection.commit()
    settle_header(tmp_path / "a.db")
    assert any(f"archives {archive}: has 3 segments" in fault for fault in faults(tmp_path / "a.db", encoded))


def test_segments_of_a_text_that_needs_none_are_a_fault(encoded: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        [(archive, characters, size)] = connection.execute(
            "select id, characters, bytes from archives where path = 'windows.txt'"
        )
        connection.execute(
            "insert into segments select max(id) + 1, ?, 0, ?, null, 0, ?, 'verbatim', 'cp1252' "
            "from segments",
            (archive, characters, size),
        )
        text = ENCODED["windows.txt"].decode("cp1252")
        connection.execute(
            "insert into source_texts select max(id) + 1, ?, ? from source_texts", (archive, text)
        )
        connection.commit()
    settle_header(tmp_path / "a.db")
    assert any(f"archives {archive}: has 1 segment" in fault for fault in faults(tmp_path / "a.db", encoded))


def test_a_reader_that_drops_a_member_cannot_pass(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = registry.READERS[0].read

    def dropping(file: Any, name: str, limits: Limits) -> Any:
        return (item for item in whole(file, name, limits) if getattr(item, "member", "") != "ice.txt")

    monkeypatch.setattr(registry.READERS[0], "read", dropping)
    build([folder], tmp_path / "a.db", jobs=1)
    assert any(
        "bytes of ice.txt from 0 are in no segment" in one for one in faults(tmp_path / "a.db", folder)
    )


def test_a_changed_container_is_another_file(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db")
    shutil.copyfile(folder / "plain.txt", folder / "items.zip")
    assert any("sha256 is not that of" in one for one in faults(tmp_path / "a.db", folder))


def test_a_link_out_of_the_folder_is_listed_and_never_opened(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    build([folder], tmp_path / "a.db")
    assert rows(tmp_path / "a.db", "select sha256, bytes, status from files where path = 'out.txt'") == [
        (None, None, "refused")
    ]
    assert faults(tmp_path / "a.db", folder) == []
