"""Metadata that is wrong is one line that says where; metadata that is unusual is read as it was meant."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases_files import ROOT
from click.testing import CliRunner, Result
from datasette import cli as datasette_cli
from datasette.app import Datasette
from datasette.utils import escape_fts
from site_client import IS_DATASETTE_1, ask

from loader import build, cli
from loader.errors import InputError
from loader.metadata_file import read_metadata
from loader.metadata_shape import MetadataError, checked
from loader.site.metadata.merge import complete_metadata, unmatched_entries
from loader.site.room import room_of

CLIP = """Ferry pier closes

The Drava Times, by Eva Lang, May 3, 2018:

“It is rotten,” said Karl Huber in Graz.
"""
# What is written, the place that is named, and whether Datasette 1.0 itself fails before any plugin runs.
FAULTS = {
    "list at the top": ("[a, b]", "the top: is a list;", True),
    "text at the top": ("hello", "the top: is a text;", True),
    "databases": ("databases: [archive]", "databases: is a list;", True),
    "database": ("databases: {archive: hello}", "databases.archive: is a text;", False),
    "tables": ("databases: {archive: {tables: [articles]}}", "databases.archive.tables: is a list;", True),
    "number for a table": (
        "databases: {archive: {tables: {quotes: 5}}}", "databases.archive.tables.quotes: is a number;", True,
    ),
    "text for a table": (
        "databases: {archive: {tables: {speakers: hello}}}",
        "databases.archive.tables.speakers: is a text;", True,
    ),
    "columns": (
        "databases: {archive: {tables: {quotes: {columns: [a]}}}}",
        "databases.archive.tables.quotes.columns: is a list;", False,
    ),
    "facets": (
        "databases: {archive: {tables: {quotes: {facets: kind}}}}",
        "databases.archive.tables.quotes.facets: is a text;", False,
    ),
    "size": (
        "databases: {archive: {tables: {quotes: {size: many}}}}",
        "databases.archive.tables.quotes.size: is a text;", False,
    ),
    "title": ("title: [a]", "title: is a list;", False),
    "plugins": ("plugins: [1]", "plugins: is a list;", False),
    "plugin": ("plugins: {press-archive: hello}", "plugins.press-archive: is a text;", False),
    "searches": (
        "plugins: {press-archive: {example_searches: 5}}",
        "plugins.press-archive.example_searches: is a number;", False,
    ),
    "query without sql": (
        "databases: {archive: {queries: {mine: {title: Mine}}}}",
        "databases.archive.queries.mine: has no sql;", False,
    ),
    "query as a list": (
        "databases: {archive: {queries: {mine: [a]}}}", "databases.archive.queries.mine: is a list;", False,
    ),
    "alias of itself": ("title: a\nb: &b [*b]", "the top: holds an alias", True),
}  # fmt: skip
NOT_ATTACHED = (
    "plugins: {press-archive: {database: nope}}",
    "plugins.press-archive.database: nope is not attached;",
)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    (folder / "texts").mkdir()
    (folder / "texts" / "a.txt").write_text(CLIP, encoding="utf-8")
    build([folder / "texts"], folder / "clip.db")
    return folder / "clip.db"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A database that has nothing to do with the archive."""
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("create table things (id integer primary key)")
    return tmp_path / "other.db"


def written(folder: Path, text: str) -> Path:
    (folder / "m.yml").write_text(text, encoding="utf-8")
    return folder / "m.yml"


def opened(*files: Path, metadata: object) -> Datasette:
    return Datasette(files=[], immutables=[str(file) for file in files], metadata=metadata)


def datasette(*arguments: object) -> Result:
    """`datasette` with arguments, up to its first page."""
    command = ["serve", *map(str, arguments), "--get", "/"]

    def run() -> Result:
        asyncio.set_event_loop(asyncio.new_event_loop())
        return CliRunner().invoke(datasette_cli.cli, command)

    # A thread of its own: Playwright keeps a loop running in the tests' thread.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(run).result(timeout=60)


def complete(database: str, stated: object, attached: tuple[str, ...] = ()) -> dict[str, Any]:
    return complete_metadata(database, {}, {}, checked(stated), attached)


# --- faults -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "told"), [fault[:2] for fault in FAULTS.values()], ids=FAULTS)
def test_a_fault_is_one_line_with_file_place_and_remedy(text: str, told: str, tmp_path: Path) -> None:
    file = written(tmp_path, text)
    with pytest.raises(InputError) as refused:
        read_metadata(file)
    [line] = refused.value.lines
    assert line.startswith(f"{file}: {told}") and line.partition("; ")[2]


@pytest.mark.parametrize("command", ["serve", "build", "verify", "metadata"])
def test_every_command_refuses_it_in_the_same_words(command: str, clip: Path, tmp_path: Path) -> None:
    file = written(tmp_path, FAULTS["tables"][0])
    arguments = {
        "serve": [clip],
        "build": [clip.parent / "texts", "-o", tmp_path / "new.db", "--quiet"],
        "verify": [clip, clip.parent / "texts"],
        "metadata": [clip],
    }[command]
    done = CliRunner().invoke(cli.main, [command, *map(str, arguments), "--metadata", str(file)])
    assert done.exit_code == 1
    assert f": {file}: databases.archive.tables: is a list; " in done.stderr
    assert done.stderr.count("\n") == 1 and not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(text, told, id=name)
        for name, (text, told, fails_before) in {**FAULTS, "database": (*NOT_ATTACHED, False)}.items()
        if not (IS_DATASETTE_1 and fails_before)
    ],
)
def test_datasette_does_not_start_with_it_and_says_so_in_one_line(
    text: str, told: str, clip: Path, tmp_path: Path
) -> None:
    done = datasette("-i", clip, "-m", written(tmp_path, text))
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert done.output.startswith(f"Error: metadata: {told}") and done.output.count("\n") == 1


def test_serve_refuses_a_database_that_is_not_attached(clip: Path, tmp_path: Path) -> None:
    file = written(tmp_path, NOT_ATTACHED[0])
    done = CliRunner().invoke(cli.main, ["serve", str(clip), "--metadata", str(file)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"{file}: {NOT_ATTACHED[1]} write the name of one that is: clip" in done.stderr


def test_a_database_that_is_no_archive_cannot_be_the_reading_room(clip: Path, other: Path) -> None:
    room = room_of(opened(clip, other, metadata={"plugins": {"press-archive": {"database": "other"}}}))
    assert room is not None and "other is no archive of press-archive" in room.fault


def test_without_an_archive_of_ours_datasette_is_left_alone(other: Path) -> None:
    site = opened(other, metadata={"plugins": {"press-archive": {"database": "nope"}}})
    assert ask(site, "/").status_code == 200


# --- texts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2018, 5, 3), "2018-05-03"), (datetime(2018, 5, 3, 9, 30), "2018-05-03T09:30:00"),
        (2018, "2018"), (1.5, "1.5"), (True, "true"), ("x", "x"), (None, None),
    ],
)  # fmt: skip
def test_a_value_that_yaml_does_not_read_as_a_text_is_one(value: object, text: str | None) -> None:
    read = checked(
        {"description": value, "databases": {2018: {"tables": {"quotes": {"columns": {"cue": value}}}}}}
    )
    assert read["description"] == text
    assert read["databases"]["2018"]["tables"]["quotes"]["columns"]["cue"] == text


def test_a_date_and_a_number_are_shown_by_the_plugin_and_kept_by_the_build(
    clip: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, "title: 2018\ndescription: 2018-05-03\nextra: 2018-05-03\n")
    home = ask(opened(clip, metadata=yaml.safe_load(file.read_text())), "/")
    assert home.status_code == 200 and "<title>2018</title>" in home.text and "2018-05-03" in home.text
    build([clip.parent / "texts"], tmp_path / "new.db", metadata=file)
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        facts = dict(connection.execute("select key, value from build_info"))
    assert (facts["dataset.title"], facts["dataset.description"]) == ("2018", "2018-05-03")


@pytest.mark.parametrize("title", ["", "  ", None])
def test_a_site_without_a_title_has_the_file_s_name(title: str | None, clip: Path) -> None:
    assert "<title>clip</title>" in ask(opened(clip, metadata={"title": title}), "/").text


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("https://example.org/", True), ("HTTP://example.org/", True), ("/about#rights", True),
        ("rights", True),
        ("javascript:alert(1)", False), (" java\nscript:alert(1)", False), ("data:text/html,x", False),
        ("vbscript:x", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_and_the_site_become_links(address: str, is_kept: bool) -> None:
    urls = {"source_url": address, "license_url": address, "about_url": address, "other_url": address}
    stated = {
        **urls,
        "databases": {"news": {**urls, "tables": {"quotes": urls}, "queries": {"q": {"sql": "1", **urls}}}},
    }
    described = complete("news", stated)
    entry = described["databases"]["news"]
    for level in (described, entry, entry["tables"]["quotes"], entry["queries"]["q"]):
        assert [level.get(key) for key in urls] == [address if is_kept else None] * len(urls)


# --- whose entry it is ------------------------------------------------------------------------------------


def test_an_entry_named_after_another_attached_database_is_about_that_one(clip: Path, other: Path) -> None:
    stated = {"databases": {"other": {"title": "Theirs", "license": "theirs"}}}
    described = complete("clip", stated, ("clip", "other"))
    assert described["databases"]["other"] == stated["databases"]["other"]
    assert (
        described["databases"]["clip"]["title"] != "Theirs"
        and "license" not in described["databases"]["clip"]
    )
    assert unmatched_entries(stated, "clip", ["clip", "other"]) == []
    site = opened(clip, other, metadata=stated)
    assert "theirs" in ask(site, "/other").text and "theirs" not in ask(site, "/clip").text


def test_links_of_the_only_entry_lead_to_the_database_under_its_own_name() -> None:
    stated = {
        "source_url": "/archive/archives", "about_url": "/about", "license_url": "https://a.org/archive/x",
        "rights_html": '<a href="/archive">a</a> <a href="/archives/x">b</a> <a href=\'/archive?a=1\'>c</a>',
        "databases": {"archive": {"queries": {"q": {
            "sql": "select '/archive/x'", "description_html": '<a href="/archive/q?words=a">a</a>',
        }}}},
        "plugins": {"datasette-block-robots": {"literal": "Disallow: /archive?sql=\nDisallow: /-/"}},
    }  # fmt: skip
    described = complete("pier", stated)
    assert [described[key] for key in ("source_url", "about_url", "license_url")] == [
        "/pier/archives", "/about", "https://a.org/archive/x",
    ]  # fmt: skip
    assert described["rights_html"] == (
        '<a href="/pier">a</a> <a href="/archives/x">b</a> <a href=\'/pier?a=1\'>c</a>'
    )
    assert described["databases"]["pier"]["queries"]["q"] == {
        "sql": "select '/archive/x'", "description_html": '<a href="/pier/q?words=a">a</a>',
    }  # fmt: skip
    assert "Disallow: /pier?sql=\nDisallow: /-/" in str(
        described["plugins"]["datasette-block-robots"]["literal"]
    )


def test_the_repository_s_metadata_names_the_database_that_is_served(database: Path, tmp_path: Path) -> None:
    pier = Path(shutil.copyfile(database, tmp_path / "pier.db"))
    site = opened(pier, metadata=yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8")))
    for address in (
        "/",
        "/about",
        "/pier",
        "/pier/quotes",
        "/pier/find_paragraphs?words=sarin",
        "/robots.txt",
    ):
        answer = ask(site, address)
        assert answer.status_code == 200 and "/archive/" not in answer.text, address
    assert "Disallow: /pier?sql=\nDisallow: /pier/-/\n" in ask(site, "/robots.txt").text


def test_of_two_archives_the_one_that_is_not_shown_is_named(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = Path(shutil.copyfile(clip, tmp_path / "second.db"))
    ask(opened(clip, second, metadata={}), "/")
    line = capsys.readouterr().err
    assert line.startswith("clip: is the archive that is shown, not second; ") and line.count("\n") == 1
    assert "`plugins: press-archive: database: NAME`" in line
    ask(opened(clip, second, metadata={"plugins": {"press-archive": {"database": "clip"}}}), "/")
    assert capsys.readouterr().err == ""


# --- queries ----------------------------------------------------------------------------------------------


def test_a_query_with_its_own_sql_takes_nothing_from_the_default_of_its_name() -> None:
    default = complete("news", {})["databases"]["news"]["queries"]["said_by"]
    for own, expected in (
        ({"sql": "select 1"}, {"sql": "select 1"}),
        ("select 1", {"sql": "select 1"}),
        ({"sql": "select :a", "params": ["a"], "fragment": None}, {"sql": "select :a", "params": ["a"]}),
        ({"title": "Mine"}, {**default, "title": "Mine"}),
    ):
        described = complete("news", {"databases": {"news": {"queries": {"said_by": own}}}})
        assert described["databases"]["news"]["queries"]["said_by"] == expected


def test_null_removes_a_default_query_beside_a_table_s_settings(clip: Path) -> None:
    # Datasette 1.0 moves the settings of tables elsewhere before the plugin reads the rest.
    entry = {"queries": {"said_by": None}, "tables": {"quotes": {"size": 7}}}
    room = room_of(opened(clip, metadata={"databases": {"clip": entry}}))
    assert room is not None and "said_by" not in room.queries
    assert room.metadata["databases"]["clip"]["tables"]["quotes"]["size"] == 7


def printed(*arguments: object) -> str:
    done = CliRunner().invoke(cli.main, ["metadata", *map(str, arguments)])
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("with_file", [False, True])
def test_every_query_of_the_plain_output_runs_without_the_package(with_file: bool, database: Path) -> None:
    stated = ("--metadata", ROOT / "metadata.yml") if with_file else ()
    text = printed(database, "--plain", *stated)
    entry = yaml.safe_load(text)["databases"]["archive"]
    assert len(entry["queries"]) >= 4 and not text.startswith("#")
    with closing(sqlite3.connect(database)) as connection:
        connection.create_function("escape_fts", 1, escape_fts)  # Datasette's own
        for query in entry["queries"].values():
            connection.execute(query["sql"], dict.fromkeys(query.get("params", []), "")).fetchall()
    left_out = set(yaml.safe_load(printed(database, *stated))["databases"]["archive"]["queries"]) - set(
        entry["queries"]
    )
    assert {name for name in left_out if f"/archive/{name}" in text} == set()


def test_the_plain_output_leaves_out_a_query_whose_title_alone_is_the_owner_s(
    database: Path, tmp_path: Path
) -> None:
    file = written(tmp_path, "databases: {archive: {queries: {said_by: {title: Mine}}}}")
    text = printed(database, "--plain", "--metadata", file)
    assert "said_by" not in yaml.safe_load(text)["databases"]["archive"]["queries"]


def test_the_complete_output_names_the_queries_that_need_the_package(database: Path) -> None:
    text = printed(database)
    comment = "".join(line for line in text.splitlines() if line.startswith("#"))
    assert "said_by" in comment and "--plain" in comment and "timeline" not in comment
    assert "said_by" in yaml.safe_load(text)["databases"]["archive"]["queries"]


def test_a_fault_is_told_to_who_calls_the_check_alone() -> None:
    with pytest.raises(
        MetadataError, match=r"^databases\.a\.queries\.q: is a number; write sql: with the query"
    ):
        checked({"databases": {"a": {"queries": {"q": 5}}}})


def test_links_in_the_owner_s_html_name_the_archive_in_datasette_s_encoding() -> None:
    written = {"databases": {"archive": {"description_html": '<a href="/archive/quotes">quotes</a>'}}}
    shown = complete_metadata("x+y z", {}, {}, written, ["x+y z"])
    assert shown["databases"]["x+y z"]["description_html"] == '<a href="/x~2By+z/quotes">quotes</a>'
