"""metadata.yml describes the database that the loader writes: all of it, and nothing else."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import yaml

from loader.dataset.columns import DATASET

METADATA: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parent.parent / "metadata.yml").read_text(encoding="utf-8")
)
ARCHIVE: dict[str, Any] = METADATA["databases"]["archive"]
NAMES = sorted([*DATASET.tables, *DATASET.views, *DATASET.summaries, "build_info"])
RIGHTS = ("source", "source_url", "license", "license_url", "about", "about_url")


def columns_of(database: Path, name: str) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [row[1] for row in connection.execute(f'pragma table_info("{name}")')]
    finally:
        connection.close()


def test_every_table_and_view_is_described_and_nothing_else(database: Path) -> None:
    connection = sqlite3.connect(database)
    found = {
        row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")
    }
    connection.close()
    # Datasette hides the tables of full-text search and SQLite's own by itself.
    shown = {name for name in found if "_fts" not in name and not name.startswith("sqlite_")}
    assert set(ARCHIVE["tables"]) == shown == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_described_and_nothing_else(database: Path, name: str) -> None:
    described = ARCHIVE["tables"][name]["columns"]
    assert sorted(described) == sorted(columns_of(database, name))
    assert all(str(text).strip() for text in described.values())


@pytest.mark.parametrize("name", NAMES)
def test_settings_name_columns_that_exist(database: Path, name: str) -> None:
    table = ARCHIVE["tables"][name]
    columns = set(columns_of(database, name))
    named = [table.get(key) for key in ("label_column", "sort", "sort_desc", "fts_pk")]
    named += table.get("facets", []) + table.get("sortable_columns", [])
    assert {column for column in named if column} <= columns


@pytest.mark.parametrize("level", [METADATA, ARCHIVE, *(ARCHIVE["tables"][name] for name in NAMES)])
def test_title_description_source_rights_and_about_stand_at_every_level(level: dict[str, Any]) -> None:
    for key in ("title", "description_html", *RIGHTS):
        assert str(level.get(key, "")).strip(), key
    assert "href=" in level["description_html"], "no worked example"


def test_views_are_searched_by_a_table_that_exists(database: Path) -> None:
    tables = {table for name in NAMES if (table := ARCHIVE["tables"][name].get("fts_table"))}
    connection = sqlite3.connect(database)
    found = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    connection.close()
    assert tables and tables <= found


def test_links_are_rooted_so_that_the_base_address_can_be_put_before_them() -> None:
    text = yaml.safe_dump(METADATA, allow_unicode=True, width=10**6)
    addresses = re.findall(r'(?:href|action)=\\?"([^"\\]*)', text)
    assert addresses
    assert all(address.startswith(("/", "https://")) for address in addresses)
