"""What is said of rights, wherever it is said, is the same: the code's, the compilation's, the articles'."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases_files import ROOT
from described import ARCHIVE, COMPLETE
from site_client import Get

WITH_PLACES = ("places", "mentioned_places", "place_mention_details")
# Each shows names of places: pages, tables, a view, a question.
PLACE_PAGES = ("/places", "/place/1", "/map", "/search?q=Aleppo", "/about", "/archive/places")
PLACE_PAGES += ("/archive/mentioned_places", "/archive/place_mention_details")
PLACE_PAGES += ("/archive/coverage_by_outlet?place=Syria",)


def said(path: str) -> str:
    """A file's words with blanks folded, and one spelling of the licence."""
    return folded((ROOT / path).read_text(encoding="utf-8"))


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)).replace("CC-BY", "CC BY")


def values(database: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(database)
    try:
        return [row[0] for row in connection.execute(sql)]
    finally:
        connection.close()


def built(database: Path, key: str) -> str:
    return folded(values(database, f"select value from build_info where key = '{key}'")[0])


class TestTheCode:
    def test_is_under_the_mit_licence_wherever_that_is_said(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
        assert said("LICENSE").startswith("MIT License ")
        assert project["license"].split(" AND ")[0] == citation["license"] == "MIT"
        assert "code is under the MIT licence" in said("README.md")

    def test_licence_covers_neither_articles_nor_compilation_nor_gazetteer(self) -> None:
        text = said("LICENSE")
        assert "The articles in seeds/ belong to their publishers" in text
        assert re.search(r"The compilation \([^)]*\) is under CC BY 4\.0\.", text)
        assert "derived from GeoNames under CC BY 4.0" in text


class TestTheCompilation:
    def test_is_under_cc_by_4_wherever_that_is_said(self, database: Path, get: Get) -> None:
        assert "compilation CC BY 4.0" in built(database, "dataset.licence")
        assert "compilation CC BY 4.0" in COMPLETE["license"]
        for text in (said("README.md"), said("LICENSE"), folded(get("/about").text)):
            assert re.search(r"The compilation \([^)]*\) is under CC BY 4\.0", text)
        assert "compilation, are under CC BY 4.0" in said("seeds/README.md")


class TestTheArticles:
    def test_belong_to_their_publishers_wherever_that_is_said(self, database: Path, get: Get) -> None:
        assert built(database, "rights_articles").startswith("Each article belongs to its publisher")
        assert "articles © their publishers" in COMPLETE["license"]
        assert "The articles belong to their publishers" in said("README.md")
        assert "Each article belongs to its publisher" in said("seeds/README.md")
        assert "belong to their publishers and authors" in folded(get("/about").text)

    def test_every_one_names_its_publisher(self, database: Path) -> None:
        assert values(database, "select count(*) from articles") == [7]
        assert values(database, "select headline from articles where publication_id is null") == []

    @pytest.mark.parametrize("view", ["article_overview", "quote_details", "place_mention_details"])
    def test_every_row_of_a_view_names_its_publisher(self, database: Path, view: str) -> None:
        assert values(database, f"select count(*) from {view} where publication is not null")[0] > 0
        assert values(database, f"select 1 from {view} where coalesce(publication, '') = ''") == []

    def test_publishers_are_named_where_rights_are_explained(self, database: Path, get: Get) -> None:
        outlets = values(database, "select name from publications order by name")
        named = re.search(r"Each article belongs to its publisher \(([^)]*)\)", said("seeds/README.md"))
        assert named
        assert sorted(name.removeprefix("The ") for name in named[1].split(", ")) == sorted(
            name.removeprefix("The ") for name in outlets
        )
        about = get("/about").text
        assert [name for name in outlets if name not in about] == []


class TestMetadata:
    @pytest.mark.parametrize("level", [COMPLETE, ARCHIVE], ids=["instance", "database"])
    def test_instance_and_database_keep_three_rights_apart(self, level: dict[str, Any]) -> None:
        assert level["license"] == COMPLETE["license"]
        assert level["license_url"] == "/about#rights"
        assert level["source"] == COMPLETE["source"]

    @pytest.mark.parametrize("name", sorted(ARCHIVE["tables"]))
    def test_a_table_says_the_same_or_names_geonames_for_its_places(self, name: str) -> None:
        table = ARCHIVE["tables"][name]
        if name in WITH_PLACES:
            assert "GeoNames" in table["license"] and "CC BY 4.0" in table["license"]
            assert "GeoNames" in table["source"]
            assert table["source_url"] == "https://www.geonames.org/"
        else:
            assert table["license"] == COMPLETE["license"]
            assert table["license_url"] == "/about#rights"

    @pytest.mark.parametrize("name", sorted(ARCHIVE["tables"]))
    def test_a_table_that_holds_words_of_articles_says_whose_they_are(self, name: str) -> None:
        table = ARCHIVE["tables"][name]
        if {"text", "headline", "paragraph", "quote", "byline"} & set(table["columns"]):
            assert "© their publishers" in table["license"]


class TestTheSite:
    @pytest.mark.parametrize("path", ["/", "/about", "/articles", "/archive", "/archive/articles/1"])
    def test_the_footer_states_the_rights(self, get: Get, path: str) -> None:
        footer = get(path).text.rpartition("<footer")[2]
        assert COMPLETE["license"] in footer
        assert 'href="/about#rights"' in footer

    @pytest.mark.parametrize("path", PLACE_PAGES)
    def test_a_page_that_shows_places_attributes_geonames(self, get: Get, path: str) -> None:
        attributes_geonames(get(path).text)

    def test_an_article_s_page_attributes_geonames(self, get: Get, slugs: list[str]) -> None:
        for slug in slugs:
            attributes_geonames(get(f"/read/{slug}").text)

    @pytest.mark.parametrize("kind", ["places", "mentions"])
    def test_exported_points_carry_the_attribution(self, get: Get, kind: str) -> None:
        collection = get(f"/export/{kind}.geojson").json()
        assert collection["features"]
        assert collection["attribution"] == "Places: GeoNames, CC BY 4.0"


def attributes_geonames(page: str) -> None:
    assert "GeoNames" in page
    assert "https://creativecommons.org/licenses/by/4.0/" in page


def test_the_database_attributes_geonames(database: Path) -> None:
    gazetteer = built(database, "gazetteer")
    assert "GeoNames (https://www.geonames.org/), CC BY 4.0" in gazetteer
    assert values(database, "select count(*) from places where geonames_id is not null")[0] > 0
