"""What Datasette need not do for each page: read schemas that cannot change, copy all metadata."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.database import Database
from site_client import IS_DATASETTE_1, ask

from loader.site.table_permissions import answer_if_unrestricted

ARCHIVE = "archive.db"
_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread


def asked_sql(site: Datasette, path: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the SQL that a page asks, of all databases."""
    found: list[str] = []
    execute = Database.execute

    async def note(database: Database, sql: str, *values: Any, **options: Any) -> Any:
        found.append(" ".join(sql.split()))
        return await execute(database, sql, *values, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "execute", note)
        assert ask(site, path).status_code == 200
    return found


def test_schemas_of_immutable_databases_are_read_once(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Datasette([], immutables=[str(bundle / ARCHIVE)])
    ask(site, "/archive/quotes/1")
    time.sleep(1.1)  # Datasette 1.0 reads them once a second at most
    assert not [
        sql for sql in asked_sql(site, "/archive/quotes/2", monkeypatch) if "database_name, schema" in sql
    ]


def test_the_name_of_a_table_is_looked_up_once(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Datasette([], immutables=[str(bundle / ARCHIVE)])
    ask(site, "/archive/quotes/1")
    asked = asked_sql(site, "/archive/quotes/2", monkeypatch)
    assert not [sql for sql in asked if sql.startswith("select name from sqlite_master where type in")]


def test_names_of_tables_that_are_not_there_are_not_remembered(bundle: Path) -> None:
    site = Datasette([], immutables=[str(bundle / ARCHIVE)])
    sql = "select name from sqlite_master where type in ('table', 'view') and name = ? collate nocase"
    names = ["quotes", "QUOTES", "nothing", "quotes"]
    assert ask(site, "/archive/quotes").status_code == 200
    found = [asyncio_run(site.databases["archive"].execute(sql, (name,))).rows for name in names]
    assert [[row[0] for row in rows] for rows in found] == [["quotes"], ["quotes"], [], ["quotes"]]


@pytest.mark.parametrize("is_attached_later", [True, False])
def test_schemas_of_mutable_databases_are_read_as_before(
    bundle: Path, tmp_path: Path, is_attached_later: bool
) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("create table before (x)")
    site = Datasette([] if is_attached_later else [str(other)], immutables=[str(bundle / ARCHIVE)])
    assert ask(site, "/archive/quotes/1").status_code == 200
    if is_attached_later:
        site.add_database(Database(site, path=str(other)), "other")
    connection.execute("create table added (x)")
    connection.close()
    refresh = {"force": True} if IS_DATASETTE_1 else {}
    asyncio_run(site.refresh_schemas(**refresh))
    assert "added" in ask(site, "/other.json").text
    internal = site.get_internal_database() if IS_DATASETTE_1 else site.databases["_internal"]
    tables = "catalog_tables" if IS_DATASETTE_1 else "tables"
    rows = asyncio_run(internal.execute(f"select table_name from {tables} where database_name = 'other'"))
    assert {row[0] for row in rows.rows} == {"before", "added"}


def asyncio_run(coroutine: Any) -> Any:
    return _THREAD.submit(asyncio.run, coroutine).result(timeout=60)


@pytest.mark.parametrize(
    ("tables", "statuses"),
    [
        ({}, (200, 200)),
        ({"quotes": {"allow": {"id": "root"}}}, (403, 200)),
        ({"QUOTES": {"allow": False}}, (403, 200)),
        ({"quotes": {"allow": True}, "articles": {"allow": False}}, (200, 403)),
    ],
)
def test_who_may_see_a_table_is_as_the_owner_says(
    bundle: Path, tables: dict[str, Any], statuses: tuple[int, int]
) -> None:
    stated = {"databases": {"archive": {"tables": tables}}}
    options = {"config": stated} if IS_DATASETTE_1 else {"metadata": stated}
    site = Datasette([], immutables=[str(bundle / ARCHIVE)], **options)
    assert tuple(ask(site, f"/archive/{name}").status_code for name in ("quotes", "articles")) == statuses


class TestShortcut:
    """Of Datasette 0.65's check, on a stand-in for it that counts how often it decides itself."""

    class Site:
        def __init__(self, metadata: object) -> None:
            self._metadata_local = metadata
            self.decided = 0

        def _table_permission_allows(self, database: str, table: str) -> list[object]:
            self.decided += 1
            return ["decided"]

    @pytest.mark.parametrize(
        ("metadata", "is_short"),
        [
            ({"databases": {"archive": {"tables": {"quotes": {"title": "x"}}}}}, True),
            ({"databases": {"archive": {}}}, True),
            ({"databases": {"archive": {"tables": {"quotes": {"allow": False}}}}}, False),
            ({"databases": {"archive": {"tables": {"other": {"allow": {}}}}}}, False),
            ({"tables": {"quotes": {"allow": False}}, "databases": {"archive": {}}}, False),
            ({"databases": {"archive": {"tables": {"quotes": []}}}}, False),
            ({"databases": {"archive": {"tables": ["quotes"]}}}, False),
            ({"databases": {"archive": "x"}}, False),
            ({"databases": None}, False),
            (None, False),
        ],
    )
    def test_it_answers_only_if_no_table_has_an_allow(self, metadata: object, is_short: bool) -> None:
        site = self.Site(metadata)
        answer_if_unrestricted(site)
        assert site._table_permission_allows("archive", "quotes") == ([] if is_short else ["decided"])

    def test_it_sees_what_changes_later(self) -> None:
        tables: dict[str, Any] = {"quotes": {}}
        site = self.Site({"databases": {"archive": {"tables": tables}}})
        answer_if_unrestricted(site)
        assert site._table_permission_allows("archive", "quotes") == []
        tables["quotes"]["allow"] = False
        assert site._table_permission_allows("archive", "quotes") == ["decided"]
