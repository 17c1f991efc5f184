"""The complete metadata describes the database that the loader writes: all of it, and nothing else."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases_files import ROOT

from loader.dataset.columns import DATASET
from loader.metadata_file import read_metadata
from loader.site.metadata.examples import find_examples
from loader.site.metadata.merge import complete_metadata, merged, unmatched_entries

NAMES = sorted([*DATASET.all_tables, *DATASET.views])
RIGHTS = ("source", "source_url", "license", "license_url", "about", "about_url")


@pytest.fixture(scope="module")
def complete(database: Path) -> dict[str, Any]:
    """What a visitor of the first data set reads."""
    with closing(sqlite3.connect(database)) as connection:
        examples = find_examples(connection)
    return complete_metadata("archive", {}, examples, read_metadata(ROOT / "metadata.yml"))


@pytest.fixture(scope="module")
def tables(complete: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = complete["databases"]["archive"]["tables"]
    return found


def columns_of(database: Path, name: str) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[1] for row in connection.execute(f'pragma table_info("{name}")')]


def test_every_table_and_view_is_described_and_nothing_else(database: Path, tables: dict[str, Any]) -> None:
    with closing(sqlite3.connect(database)) as connection:
        found = {
            row[0]
            for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")
        }
    # Datasette hides the tables of full-text search and SQLite's own by itself.
    shown = {name for name in found if "_fts" not in name and not name.startswith("sqlite_")}
    assert set(tables) == shown == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_described_and_nothing_else(
    name: str, database: Path, tables: dict[str, Any]
) -> None:
    described = tables[name]["columns"]
    assert sorted(described) == sorted(columns_of(database, name))
    assert all(str(text).strip() for text in described.values())


@pytest.mark.parametrize("name", NAMES)
def test_settings_name_columns_that_exist(name: str, database: Path, tables: dict[str, Any]) -> None:
    table = tables[name]
    columns = set(columns_of(database, name))
    named = [table.get(key) for key in ("label_column", "sort", "sort_desc", "fts_pk")]
    named += table.get("facets", []) + table.get("sortable_columns", [])
    assert {column for column in named if column} <= columns


def test_title_description_source_rights_and_about_stand_at_every_level(complete: dict[str, Any]) -> None:
    archive = complete["databases"]["archive"]
    for level in (complete, archive, *archive["tables"].values()):
        for key in ("title", *RIGHTS):
            assert str(level.get(key, "")).strip(), key
        assert level.get("description") or "href=" in level["description_html"], "no worked example"


def test_views_are_searched_by_a_table_that_exists(database: Path, tables: dict[str, Any]) -> None:
    named = {table for name in NAMES if (table := tables[name].get("fts_table"))}
    with closing(sqlite3.connect(database)) as connection:
        found = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    assert named and named <= found


def test_links_are_rooted_so_that_the_base_address_can_be_put_before_them(complete: dict[str, Any]) -> None:
    text = yaml.safe_dump(complete, allow_unicode=True, width=10**6)
    addresses = re.findall(r'(?:href|action)=\\?"([^"\\]*)', text)
    assert addresses
    assert all(address.startswith(("/", "https://")) for address in addresses)


class TestMerge:
    """What the package, the file and metadata.yml say, in this order of precedence."""

    FACTS = {"dataset.title": "Harbour news", "dataset.licence": "CC0", "loader": "press-archive"}  # noqa: RUF012

    def complete(self, metadata: dict[str, Any], facts: dict[str, str] | None = None) -> dict[str, Any]:
        return complete_metadata("news", self.FACTS if facts is None else facts, {}, metadata)

    def test_the_title_is_that_of_metadata_then_of_the_file_then_the_database_name(self) -> None:
        assert self.complete({"title": "Tides"})["title"] == "Tides"
        assert self.complete({})["title"] == "Harbour news"
        assert self.complete({}, {})["title"] == "news"

    def test_no_licence_is_claimed_unless_somebody_stated_one(self) -> None:
        described = self.complete({}, {})
        assert (
            "license" not in described and "license" not in described["databases"]["news"]["tables"]["quotes"]
        )
        assert self.complete({})["databases"]["news"]["tables"]["quotes"]["license"] == "CC0"

    def test_rights_are_those_of_the_nearest_level_that_states_them(self) -> None:
        entry = {"license": "CC BY", "tables": {"quotes": {"license": "theirs"}}}
        archive = self.complete({"databases": {"news": entry}})["databases"]["news"]
        assert archive["license"] == archive["tables"]["links"]["license"] == "CC BY"
        assert archive["tables"]["quotes"]["license"] == "theirs"
        assert archive["tables"]["places"]["license"].startswith("GeoNames")

    def test_mappings_merge_by_key_and_lists_and_scalars_replace(self) -> None:
        entry = {"tables": {"quotes": {"facets": ["rule"], "size": 7, "columns": {"cue": "Verbs."}}}}
        quotes = self.complete({"databases": {"news": entry}})["databases"]["news"]["tables"]["quotes"]
        assert (quotes["facets"], quotes["size"], quotes["columns"]["cue"]) == (["rule"], 7, "Verbs.")
        assert quotes["columns"]["text"] == "The words between the marks."

    def test_null_removes_a_default_query(self) -> None:
        entry = {"queries": {"said_by": None, "mine": {"sql": "select 1"}}}
        queries = self.complete({"databases": {"news": entry}})["databases"]["news"]["queries"]
        assert "said_by" not in queries and queries["mine"] == {"sql": "select 1"} and "timeline" in queries

    def test_the_only_entry_applies_whatever_the_database_is_called(self) -> None:
        described = self.complete({"databases": {"archive": {"title": "Mine"}}})
        assert list(described["databases"]) == ["news"]
        assert described["databases"]["news"]["title"] == "Mine"

    def test_of_several_entries_the_one_of_that_name_applies_and_the_rest_is_named(self) -> None:
        metadata = {"databases": {"news": {"title": "Mine"}, "nuws": {}, "other": {"title": "Other"}}}
        described = self.complete(metadata)
        assert described["databases"]["news"]["title"] == "Mine"
        assert described["databases"]["other"] == {"title": "Other"}
        assert unmatched_entries(metadata, "news", ["news", "other"]) == ["nuws"]
        assert unmatched_entries({"databases": {"archive": {}}}, "news", ["news"]) == []

    def test_a_file_can_bring_neither_html_nor_a_script_address(self) -> None:
        facts = {
            "dataset.description_html": "<script>",
            "dataset.rights_html": "<script>",
            "dataset.plugins": "x",
            "dataset.source_url": "javascript:alert(1)",
            "dataset.about_url": "https://example.org/",
        }
        described = self.complete({}, facts)
        assert "<script>" not in str(described) and "javascript:" not in str(described)
        assert "plugins" not in described and described["about_url"] == "https://example.org/"

    def test_a_plain_description_replaces_the_html_of_the_defaults(self) -> None:
        quotes = merged({"description_html": "<p>a</p>", "title": "x"}, {"description": "b"})
        assert quotes == {"title": "x", "description": "b"}

    @pytest.mark.parametrize("databases", [None, [], "news", {"news": None}, {"news": {"tables": None}}])
    def test_entries_without_content_change_nothing(self, databases: object) -> None:
        assert self.complete({"databases": databases}) == self.complete({})
