"""An update of a container reads the items that changed; the others keep their rows and ids."""

from __future__ import annotations

import csv
import io
import sqlite3
import zipfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from verify_archive import pack

from loader import InputError, build
from loader.dataset.columns import TABLES
from loader.dataset.content import content_digest
from loader.pipeline import changes, parse_file
from loader.verify import verify

Members = dict[str, bytes]


def item(headline: str, speaker: str, town: str = "Graz") -> bytes:
    return (
        f"{headline}\n\nDrava Times, by Eva Lang, May 3, 2018:\n\n"
        f"“We wait,” said {speaker} in {town}. “They never left,” the keeper added.[1]\n\n"
        "[1] https://example.org/bees\n"
    ).encode()


def inner(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2018, 5, 4, 0, 0, 0)), data)
    return packed.getvalue()


OLD: Members = {
    "b.txt": item("Bees return", "Maria Novak"),
    "d.txt": item("Honey is dear", "M. Novak", "Wels"),
    "f.txt": item("Swarm over the town hall", "Karl Huber", "Linz"),
    "inner.zip": inner({"x.txt": item("Hives stolen", "Ana Berg"), "y.txt": item("Rain", "Jan Ruiz")}),
    "logo.png": b"\x89PNG\r\n\x1a\n",
}
NEW_ITEM = item("Wasps arrive", "Martin Novak", "Vienna")
STAY = {"b.txt", "d.txt", "f.txt", "inner.zip!/x.txt", "inner.zip!/y.txt"}
# A change of the container, and the items that stay as they are.
CHANGES: dict[str, tuple[Callable[[], Members], set[str]]] = {
    "changed": (lambda: {**OLD, "d.txt": NEW_ITEM}, STAY - {"d.txt"}),
    "added last": (lambda: {**OLD, "z.txt": NEW_ITEM}, STAY),
    "added first": (lambda: {"a.txt": NEW_ITEM, **OLD}, STAY),
    "removed": (lambda: {name: data for name, data in OLD.items() if name != "b.txt"}, STAY - {"b.txt"}),
    "renamed": (
        lambda: {("c.txt" if name == "b.txt" else name): data for name, data in OLD.items()},
        STAY - {"b.txt"},
    ),
    "reordered": (lambda: dict(reversed(OLD.items())), STAY),
    "bytes of two exchanged": (
        lambda: {**OLD, "b.txt": OLD["d.txt"], "d.txt": OLD["b.txt"]},
        STAY - {"b.txt", "d.txt"},
    ),
    "of the same text in another encoding": (
        lambda: {**OLD, "b.txt": b"\xef\xbb\xbf" + OLD["b.txt"]},
        STAY - {"b.txt"},
    ),
    "an image more": (lambda: {**OLD, "photo.png": b"\x89PNG\r\n\x1a\n\x00"}, STAY),
    "an item that cannot be read more": (lambda: {**OLD, "g.txt": b"<html><body>x</body></html>"}, STAY),
    "an inner item changed": (
        lambda: {**OLD, "inner.zip": inner({"x.txt": item("Hives stolen", "Ana Berg"), "y.txt": NEW_ITEM})},
        STAY - {"inner.zip!/y.txt"},
    ),
    "an inner item added": (
        lambda: {
            **OLD,
            "inner.zip": inner({
                "w.txt": NEW_ITEM, "x.txt": item("Hives stolen", "Ana Berg"),
                "y.txt": item("Rain", "Jan Ruiz"),
            }),
        },
        STAY,
    ),
    "an inner container damaged": (
        lambda: {**OLD, "inner.zip": OLD["inner.zip"][:60]},
        STAY - {"inner.zip!/x.txt", "inner.zip!/y.txt"},
    ),
    "an inner container renamed": (
        lambda: {("n.zip" if name == "inner.zip" else name): data for name, data in OLD.items()},
        STAY - {"inner.zip!/x.txt", "inner.zip!/y.txt"},
    ),
    "everything replaced": (lambda: {"b.txt": NEW_ITEM}, set()),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a container and a text, and their database beside it."""
    (tmp_path / "in").mkdir()
    pack(tmp_path / "in" / "items.zip", OLD)
    (tmp_path / "in" / "k.txt").write_bytes(item("Keepers meet", "Ivan Novak"))
    build([tmp_path / "in"], tmp_path / "a.db")
    return tmp_path


def rows_of(database: Path, members: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of items of the container, with their ids; not what is shared or counted."""
    of_articles = "select id from articles where archive_id in mine"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("create temp table mine (id integer primary key)")
        connection.executemany(
            "insert into mine select id from archives where path = 'items.zip' and member = ?",
            ((member,) for member in members),
        )
        found = {}
        for table in (
            "articles",
            "paragraphs",
            "furniture",
            "quotes",
            "mentioned_places",
            "links",
            "segments",
        ):
            columns = [name for name in TABLES[table].columns if name not in ("speaker_id", "search_text")]
            owner = "article_id" if "article_id" in TABLES[table].columns else "archive_id"
            where = f"{owner} in ({of_articles})" if owner == "article_id" else "archive_id in mine"
            names = ", ".join(f"[{name}]" for name in columns)
            found[table] = connection.execute(f"select {names} from {table} where {where}").fetchall()
        found["archives"] = connection.execute(
            "select id, member, part_sha256 from archives where id in mine"
        ).fetchall()
    return found


def require_full(folder: Path) -> None:
    """The database is that of a full build, but for its ids."""
    build([folder / "in"], folder / "full.db")
    assert content_digest(folder / "a.db") == content_digest(folder / "full.db")
    assert [fault for check in verify(folder / "a.db", folder / "in") for fault in check.faults] == []


@pytest.mark.parametrize("in_place", [False, True], ids=["copy", "in place"])
@pytest.mark.parametrize("change", CHANGES)
def test_items_that_stay_keep_their_rows_and_ids(change: str, in_place: bool, folder: Path) -> None:
    make, stay = CHANGES[change]
    before = rows_of(folder / "a.db", stay)
    pack(folder / "in" / "items.zip", make())
    build([folder / "in"], folder / "a.db", update=True, in_place=in_place)
    assert rows_of(folder / "a.db", stay) == before
    require_full(folder)


def test_only_items_that_changed_are_extracted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    extract = parse_file.read_content

    def recorded(archive, gazetteer):  # type: ignore[no-untyped-def]
        read.append(archive.name)
        return extract(archive, gazetteer)

    monkeypatch.setattr(parse_file, "read_content", recorded)
    pack(folder / "in" / "items.zip", {**OLD, "d.txt": NEW_ITEM, "z.txt": item("Rain", "Ana Berg")})
    build([folder / "in"], folder / "a.db", update=True, jobs=1)
    assert read == ["items.zip, d.txt", "items.zip, z.txt"]


def test_one_change_after_the_other_gives_the_rows_of_a_full_build(folder: Path) -> None:
    for make, _ in CHANGES.values():
        pack(folder / "in" / "items.zip", make())
        build([folder / "in"], folder / "a.db", update=True)
    require_full(folder)


@pytest.mark.parametrize("first", ["a.txt", "a.zip"])
def test_a_speaker_is_described_as_in_the_first_item_of_the_container(first: str, folder: Path) -> None:
    minister, president = (item(f"A {one} speaks", f"{one} Eva Lund") for one in ("Minister", "President"))
    pack(folder / "in" / "items.zip", {"b.txt": minister})
    build([folder / "in"], folder / "a.db", update=True)
    earlier = president if first == "a.txt" else inner({"x.txt": president})
    pack(folder / "in" / "items.zip", {"b.txt": minister, first: earlier})
    build([folder / "in"], folder / "a.db", update=True)
    with closing(sqlite3.connect(folder / "a.db")) as connection:
        described = connection.execute("select description from speakers where name = 'Eva Lund'").fetchall()
    assert described == [("President",)]
    require_full(folder)


def correct(folder: Path, *rows: tuple[str, str, str]) -> None:
    with (folder / "in" / "corrections.csv").open("w", encoding="utf-8", newline="") as lines:
        table = csv.writer(lines)
        table.writerow(("archive", "member", "start", "text", "field", "corrected", "reason"))
        for member, text, corrected in rows:
            table.writerow(("items.zip", member, "", text, "headline", corrected, "A misprint."))


def test_a_correction_of_one_item_leaves_the_others(folder: Path) -> None:
    stay = STAY - {"d.txt"}
    before = rows_of(folder / "a.db", stay)
    correct(folder, ("d.txt", "Honey is dear", "Honey is very dear"))
    build([folder / "in"], folder / "a.db", update=True)
    assert rows_of(folder / "a.db", stay) == before
    require_full(folder)
    correct(folder)
    build([folder / "in"], folder / "a.db", update=True)
    assert rows_of(folder / "a.db", stay) == before
    require_full(folder)


def test_other_places_change_every_item(folder: Path) -> None:
    (folder / "in" / "places.csv").write_text(
        "name,kind,country_code,latitude,longitude,geonames_id,wikidata_id,admin1,population,aliases,source,note\n"
        "Mala Vas,city,SI,46.08,14.53,,,,,,by hand,\n",
        encoding="utf-8",
    )
    pack(folder / "in" / "items.zip", {**OLD, "z.txt": NEW_ITEM})
    build([folder / "in"], folder / "a.db", update=True)
    require_full(folder)


def test_a_container_that_is_damaged_loses_its_items(folder: Path) -> None:
    file = folder / "in" / "items.zip"
    file.write_bytes(file.read_bytes()[:200])
    build([folder / "in"], folder / "a.db", update=True)
    require_full(folder)


def test_a_container_that_is_gone_takes_its_items_with_it(folder: Path) -> None:
    (folder / "in" / "items.zip").unlink()
    build([folder / "in"], folder / "a.db", update=True)
    require_full(folder)


def test_a_container_that_changes_during_an_update_stops_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "in" / "items.zip"
    before = (folder / "a.db").read_bytes()
    hash_parts = changes.part_digests

    def then_changed(task):  # type: ignore[no-untyped-def]
        digests = hash_parts(task)
        pack(file, {"z.txt": NEW_ITEM})
        return digests

    monkeypatch.setattr(changes, "part_digests", then_changed)
    pack(file, {**OLD, "z.txt": NEW_ITEM})
    with pytest.raises(InputError, match="was changed during the build"):
        build([folder / "in"], folder / "a.db", update=True)
    assert (folder / "a.db").read_bytes() == before
