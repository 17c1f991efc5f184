"""Shards hold together what one build holds; each is a database of its own; the folder is replaced whole."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cases_files import ROOT
from click.testing import CliRunner
from command import Command
from datasette.app import Datasette
from site_client import ask
from verify_archive import FIRST, build_archive

from loader import InputError, build
from loader.cli import main
from loader.dataset import summaries
from loader.dataset.atomic_output import settle_header
from loader.dataset.columns import TABLES
from loader.publish import bundle as site_bundle
from loader.sharding.build_shards import KINDS, By, build_shards
from loader.verify import verify

# The outlets that corrections give the articles of c.txt: names that are no name of a file.
HOSTILE = ("../../etc/passwd", "THE-COURIER!", "صحيفة", "'; drop table articles; --", "catalogue")
THIRD = "".join(
    f"Frost in Graz, part {number}\n\nOutlet {number}, by Eva Lang, June {number + 1}, 2019:\n\n"
    f"GRAZ, Austria – It froze. “No grapes,” said Karl Huber of Vienna.\n\n***\n\n"
    for number in range(len(HOSTILE))
)
UNDATED = """Storm over Maribor

by Ivo Novak:

MARIBOR, Slovenia – It blew. “No roof,” said Karl Huber in Graz.
"""
ASK_FOR_PAGES = """
import asyncio, pathlib, sys
from datasette.app import Datasette

async def ask():
    site = Datasette([], immutables=sorted(map(str, pathlib.Path(sys.argv[1]).iterdir())))
    for path in sys.argv[2:]:
        print((await site.client.get(path)).status_code, path)

asyncio.run(ask())
"""
# Rows of these may be in several shards.
SHARED = {
    "files",
    "omitted_ranges",
    "archives",
    "source_texts",
    "segments",
    "publications",
    "authors",
    "speakers",
    "speaker_names",
    "places",
}
COUNTS = {"speakers": "quote_count", "places": "mention_count"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five files in which every table has rows: of several outlets and years, of none, and a blank one."""
    folder = build_archive(tmp_path_factory.mktemp("archive"), items=True)
    (folder / "archive.db").unlink()
    (folder / "c.txt").write_text(THIRD, encoding="utf-8")
    (folder / "d.txt").write_text("\n", encoding="utf-8")
    with (folder / "corrections.csv").open("a", encoding="utf-8", newline="") as lines:
        for number, name in enumerate(HOSTILE):
            words = f"Outlet {number}"
            row = ("c.txt", THIRD.index(words), words, "publication", name, "An outlet of our own.")
            csv.writer(lines).writerow(row)
        words = "May 3, 2018"  # of the second article
        csv.writer(lines).writerow(
            ("a.txt", FIRST.rindex(words), words, "published", "2020-05-03", "By hand.")
        )
    (folder / "e.txt").write_text(UNDATED, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def single(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("single") / "a.db"
    build([archive], file)
    return file


@pytest.fixture(scope="module")
def folders(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each kind of shards the folder."""
    above = tmp_path_factory.mktemp("shards")
    for kind in KINDS:
        build_shards([archive], above / kind, By(kind, 600), jobs=1)
    return {kind: above / kind for kind in KINDS}


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        connection.create_function("regexp", 2, lambda pattern, text: bool(re.search(pattern, text)))
        return connection.execute(sql).fetchall()


def shards(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.name != "catalogue.db")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("table", TABLES)
def test_all_shards_together_hold_the_rows_of_one_build(
    kind: str, table: str, folders: dict[str, Path], single: Path
) -> None:
    shape = TABLES[table]
    columns = ", ".join(f"[{name}]" for name in shape.columns if name != COUNTS.get(table))
    whole = rows(single, f"select {columns} from {table}")
    parts = [row for file in shards(folders[kind]) for row in rows(file, f"select {columns} from {table}")]
    assert len(shards(folders[kind])) > 1
    assert whole
    if table in SHARED:
        in_two_years = table not in {"omitted_ranges", "source_texts", "segments"}
        assert len(parts) > len(whole) or kind != "year" or not in_two_years
        parts = list(set(parts))
    assert Counter(parts) == Counter(whole)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("table", "count"), COUNTS.items())
def test_counts_of_speakers_and_places_are_of_the_shard_and_add_up(
    kind: str, table: str, count: str, folders: dict[str, Path], single: Path
) -> None:
    summed: Counter[int] = Counter()
    for file in shards(folders[kind]):
        summed.update(dict(rows(file, f"select id, {count} from {table}")))
    assert summed == dict(rows(single, f"select id, {count} from {table}"))
    assert dict(rows(folders[kind] / "catalogue.db", f"select id, {count} from {table}")) == summed


@pytest.mark.parametrize("kind", KINDS)
def test_each_shard_is_a_database_of_its_own(kind: str, folders: dict[str, Path]) -> None:
    for file in folders[kind].iterdir():
        assert rows(file, "pragma foreign_key_check") == []
        assert rows(file, "pragma integrity_check") == [("ok",)]
    for file in shards(folders[kind]):
        told = dict(rows(file, "select key, value from build_info"))
        assert (told["shard"], told["shard_by"]) == (file.stem, kind)
        [(words,)] = rows(
            file, "select count(*) from paragraphs_fts where paragraphs_fts match 'a* OR i* OR n*'"
        )
        assert words or not rows(file, "select 1 from paragraphs")
        [(months,)] = rows(file, "select coalesce(sum(articles), 0) from article_months")
        assert [(months,)] == rows(file, "select count(*) from article_overview")


def test_shards_are_named_safely_whatever_outlets_are_called(folders: dict[str, Path]) -> None:
    # In the order of their first article: a.txt, b.txt, then the hostile ones.
    assert rows(folders["publication"] / "catalogue.db", "select id, name, articles from shards") == [
        (1, "no-outlet", 1),
        (2, "drava-times", 3),
        (3, "the-courier", 1),
        (4, "etc-passwd", 1),
        (5, "the-courier-2", 1),
        (6, "outlet", 1),
        (7, "drop-table-articles", 1),
        (8, "catalogue-2", 1),
    ]
    names = {file.stem for file in shards(folders["publication"])}
    assert names == {
        name for (name,) in rows(folders["publication"] / "catalogue.db", "select name from shards")
    }


def test_years_are_those_of_the_articles(folders: dict[str, Path]) -> None:
    catalogue = folders["year"] / "catalogue.db"
    assert rows(catalogue, "select name, articles, first_published, last_published from shards") == [
        ("2018", 2, "2018-05-03", "2018-05-04"),
        ("2019", 6, "2019-06-01", "2019-06-08"),
        ("2020", 1, "2020-05-03", "2020-05-03"),
        ("undated", 1, None, None),
    ]


def test_what_belongs_to_no_article_is_with_the_first_of_its_file_or_with_what_has_no_date(
    folders: dict[str, Path],
) -> None:
    # a.txt has an article of 2018 and an undated one, and "Also see:" between them; d.txt is blank.
    where = (
        "select path, role from furniture join archives on archives.id = archive_id where article_id is null"
    )
    assert rows(folders["year"] / "2018.db", where) == [("a.txt", "separator"), ("a.txt", "see_also")]
    assert ("d.txt",) in rows(folders["year"] / "undated.db", "select path from archives")
    assert ("d.txt", "no_article") in rows(
        folders["year"] / "undated.db",
        "select path, code from data_notes join archives on archives.id = archive_id",
    )


def test_the_catalogue_tells_where_an_article_a_place_and_a_speaker_is(folders: dict[str, Path]) -> None:
    catalogue = folders["year"] / "catalogue.db"
    assert rows(
        catalogue,
        "select name, publication, published from articles join shards on shards.id = shard_id "
        "where articles.id in (select rowid from articles_fts where articles_fts match 'bees')",
    ) == [("2019", "The Courier", "2019-06-08")]
    graz = "select shard, mention_count from place_shard_details where place = 'Graz' order by shard"
    assert rows(catalogue, graz) == [("2019", 11), ("2020", 1), ("undated", 1)]
    huber = (
        "select shard, quote_count from speaker_shard_details where speaker = 'Karl Huber' and shard > '2018'"
    )
    assert rows(catalogue, huber) == [("2019", 6), ("undated", 1)]
    [(address,)] = rows(catalogue, "select address from article_shards where headline like '%Bees%'")
    assert address == "/2019/articles/3"


def test_articles_of_a_small_shard_may_have_large_numbers(single: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(single, tmp_path / "far.db"))
    with closing(sqlite3.connect(file)) as connection:
        near = list(summaries.ROWS["place_months"](connection, 1))
        connection.executescript(
            "update articles set id = id * 1000000;"
            "update mentioned_places set article_id = article_id * 1000000"
        )
        assert list(summaries.ROWS["place_months"](connection, 1)) == near != []


@pytest.mark.parametrize("at_one_moment", [True, False])
def test_the_folder_is_replaced_whole(
    at_one_moment: bool, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not at_one_moment:  # as where the system cannot exchange two folders
        monkeypatch.setattr("loader.dataset.output_folder.exchange", lambda *_: False)
    output = tmp_path / "out"
    output.mkdir(mode=0o750)
    build_shards([archive], output, By("year"))
    assert sorted(file.name for file in output.iterdir()) == [
        "2018.db", "2019.db", "2020.db", "catalogue.db", "undated.db",
    ]  # fmt: skip
    assert output.stat().st_mode & 0o777 == 0o750
    build_shards([archive], output, By("size", 10**6))
    assert sorted(file.name for file in output.iterdir()) == ["catalogue.db", "part-00001.db"]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("foreign", ["notes.txt", "2021.db", "2018.db-wal"])
def test_a_folder_that_holds_something_else_is_refused_and_stays(
    foreign: str, archive: Path, tmp_path: Path
) -> None:
    build_shards([archive], tmp_path / "out", By("year"))
    (tmp_path / "out" / foreign).write_text("mine")
    before = {file: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    with pytest.raises(InputError, match=f"out: holds {foreign}, which is no shard of an earlier build"):
        build_shards([archive], tmp_path / "out", By("size"))
    assert {file: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before


def test_a_catalogue_that_is_no_catalogue_is_refused(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "catalogue.db").write_text("of my books")
    with pytest.raises(InputError, match=r"holds catalogue\.db"):
        build_shards([archive], tmp_path, By("year"))


def test_where_a_build_fails_the_old_folder_stays(archive: Path, tmp_path: Path) -> None:
    build_shards([archive], tmp_path / "out", By("year"))
    before = {file: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(b"\x7fELF\x00")
    with pytest.raises(InputError, match="is a program"):
        build_shards([tmp_path / "in"], tmp_path / "out", By("year"))
    assert {file: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in", "out"]


def test_the_same_input_gives_the_same_folder(
    archive: Path, folders: dict[str, Path], tmp_path: Path
) -> None:
    build_shards([archive], tmp_path / "again", By("year"), jobs=2)
    again = {file.name: file.read_bytes() for file in (tmp_path / "again").iterdir()}
    assert again == {file.name: file.read_bytes() for file in folders["year"].iterdir()}


@pytest.mark.parametrize("send", ["SIGTERM", "SIGKILL"])
def test_stopped_at_any_point_a_build_leaves_the_old_folder(send: str, archive: Path, tmp_path: Path) -> None:
    build_shards([archive], tmp_path / "out", By("size"))
    before = {file: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    arguments = ("build", archive, "--shard", "year", "--jobs", "1", "-o")
    with closing(Command(ROOT)) as loader:
        points = loader(*arguments, tmp_path / "other", send=send).points
        assert points > 100
        for at in range(1, points, points // 8):
            assert loader(*arguments, tmp_path / "out", at=at, send=send).code != 0
            assert {file: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before
            # What a killed build leaves the next one takes away.
            assert len(list(tmp_path.iterdir())) <= (2 if send == "SIGTERM" else 3)


@pytest.mark.parametrize("kind", KINDS)
def test_verify_proves_a_folder_and_each_shard(kind: str, folders: dict[str, Path], archive: Path) -> None:
    assert [fault for check in verify(folders[kind], archive) for fault in check.faults] == []
    for file in shards(folders[kind]):
        assert [fault for check in verify(file, archive) for fault in check.faults] == []


@pytest.mark.parametrize(
    ("name", "sql", "fault"),
    [
        ("2020.db", "delete from furniture where role = 'headline'", "are in no block"),
        (
            "2018.db",
            "insert into article_authors values (3, 2, 1)",
            r"2019\.db: 1 rows of article_authors are in another shard too",
        ),
        (
            "2018.db",
            "update places set kind = 'city' where name = 'Slovenia'",
            r"undated\.db: places 2 is another one",
        ),
        (
            "catalogue.db",
            "update articles set shard_id = 1 where id = 3",
            r"catalogue\.db: articles 3 is not so",
        ),
        (
            "catalogue.db",
            "delete from place_shards where shard_id = 4",
            r"catalogue\.db: place_shards 2 is missing",
        ),
        ("catalogue.db", "create table more (a)", r"table more: is none of the loader's"),
    ],
)
def test_verify_names_what_is_wrong_with_a_folder(
    name: str, sql: str, fault: str, folders: dict[str, Path], archive: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(folders["year"], tmp_path / "out"))
    with closing(sqlite3.connect(folder / name)) as connection:
        connection.executescript(sql)
    settle_header(folder / name)
    faults = [one for check in verify(folder, archive) for one in check.faults]
    assert any(re.search(fault, one) for one in faults), faults


def test_verify_misses_a_file_that_is_in_no_shard(
    folders: dict[str, Path], archive: Path, tmp_path: Path
) -> None:
    seeds = Path(shutil.copytree(archive, tmp_path / "in"))
    (seeds / "f.txt").write_text(UNDATED, encoding="utf-8")
    faults = [one for check in verify(folders["year"], seeds) for one in check.faults]
    assert faults == ["files: f.txt lies in the folder and is in no row"]


def test_verify_of_a_folder_without_shards_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no catalogue\.db that lists shards; name a database file"):
        list(verify(tmp_path, tmp_path))


def test_the_command_tells_what_it_made(archive: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["build", str(archive), "-o", str(tmp_path / "out"), "--shard", "size", "--shard-size", "1MB"]
    )
    assert done.exit_code == 0, done.output
    assert "out: 1 shard, 6 archives, 10 articles, " in done.output


def test_shards_are_not_updated(archive: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        main, ["build", str(archive), "-o", str(tmp_path), "--shard", "year", "--update"]
    )
    assert done.exit_code == 2
    assert "--update and --shard do not go together" in done.output


def test_datasette_serves_the_folder_and_the_site_a_shard(folders: dict[str, Path], tmp_path: Path) -> None:
    paths = (
        "/", "/2019", "/2019/articles/3", "/2019/articles?_search=bees", "/undated/quote_details",
        "/catalogue/articles?_search=bees", "/catalogue/place_shard_details",
    )  # fmt: skip
    # In a process of its own: plugins of the site, which other tests load, are loaded for good.
    command = [sys.executable, "-c", ASK_FOR_PAGES, str(folders["year"]), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.splitlines() == [f"200 {path}" for path in paths], done.stderr
    folder = site_bundle.assemble(folders["year"] / "2019.db", tmp_path / "site")
    assert ask(Datasette(config_dir=folder), "/archive/articles/3").status_code == 200
