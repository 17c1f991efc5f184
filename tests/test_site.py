"""The site's pages as text: what each answers, what it says of itself, what it keeps out."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import json
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from datasette.app import Datasette
from datasette.database import Database as DatasetteDatabase
from site_client import EXTRAS, IS_DATASETTE_1, SQL_PAGE, Get, ask, facets, row_count
from site_hostile import write_hostile_database
from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.build_info import about
from loader.publish import bundle as site_bundle
from loader.site import archive_database
from loader.site.pages import exports, places
from loader.site.search import search_page

PAGES = ["/", "/about", "/articles", "/speakers", "/speaker/1", "/places", "/place/1", "/map", "/search"]
PAGES += ["/search?q=chemical+weapons", "/search?q=zzzzqq", "/outlets", "/outlet/1", "/author/1"]


def json_ld(text: str) -> dict[str, object]:
    match = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert match
    return dict(json.loads(match[1]))


class Ids(HTMLParser):
    """Collects a page's ids and the fragments that it links to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fragments: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name == "href" and value and value.startswith("#"):
                self.fragments.append(value[1:])


class TestPages:
    @pytest.mark.parametrize("path", PAGES)
    def test_answers_with_a_title_a_description_and_one_heading(self, get: Get, path: str) -> None:
        response = get(path)
        assert response.status_code == 200
        assert re.search(r"<title>\s*\S", response.text)
        assert 'name="description"' in response.text
        assert response.text.count("<h1") == 1

    def test_every_article_can_be_read(self, get: Get, slugs: list[str]) -> None:
        for slug in slugs:
            response = get(f"/read/{slug}")
            assert response.status_code == 200
            parsed = Ids(response.text)
            assert len(parsed.ids) == len(set(parsed.ids))
            assert set(parsed.fragments) <= set(parsed.ids)

    def test_an_article_shows_every_paragraph_quotation_and_mention(
        self, get: Get, slugs: list[str], database: Path
    ) -> None:
        connection = sqlite3.connect(database)
        for article, slug in enumerate(slugs, 1):
            ids = set(Ids(get(f"/read/{slug}").text).ids)
            for letter, sql in (
                ("p", "select position from paragraphs where article_id = ?"),
                ("q", "select position from quotes where article_id = ?"),
                (
                    "m",
                    "select mentioned_places.start - articles.start from mentioned_places join articles"
                    " on articles.id = mentioned_places.article_id where articles.id = ?",
                ),
            ):
                wanted = {f"{letter}{row[0]}" for row in connection.execute(sql, [article])}
                assert wanted <= ids
        connection.close()

    @pytest.mark.parametrize(
        "path",
        [
            "/read/nothing",
            "/speaker/999999",
            "/place/999999",
            "/outlet/9999",
            "/author/9999",
            "/nothing",
            "/x/y",
        ],
    )
    def test_what_is_not_there_is_a_404_in_the_site_s_style(self, get: Get, path: str) -> None:
        response = get(path)
        assert response.status_code == 404
        assert "site.css" in response.text

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "2"])
    def test_a_page_number_can_be_anything(self, get: Get, page: str) -> None:
        assert get(f"/articles?page={page}").status_code == 200
        assert get(f"/place/1?page={page}").status_code == 200

    @pytest.mark.parametrize(
        "query",
        ["outlet=1", "outlet=x", "from=2017-01-01", "until=%27", "outlet=99&from=z&until=%00", "outlet="],
    )
    def test_the_map_takes_any_filter(self, get: Get, query: str) -> None:
        assert get(f"/map?{query}").status_code == 200

    def test_raw_pages_carry_the_same_head(self, get: Get) -> None:
        for path in (
            "/archive",
            "/archive/quotes",
            "/archive/quotes/1",
            "/archive/timeline?from=&until=",
            "/-/search?q=x",
        ):
            text = get(path).text
            assert "site.css" in text
            assert 'class="site-head"' in text

    def test_json_ld_describes_the_data_set_and_the_article(self, get: Get, slugs: list[str]) -> None:
        assert json_ld(get("/").text)["@type"] == "Dataset"
        article = json_ld(get(f"/read/{slugs[0]}").text)
        assert article["@type"] == "NewsArticle"
        assert str(article["url"]).endswith(f"/read/{slugs[0]}")

    @pytest.mark.parametrize("path", [path for path in PAGES if "search" not in path])
    def test_a_page_names_its_one_address(self, get: Get, path: str) -> None:
        [address] = re.findall(r'<link rel="canonical" href="([^"]*)"', get(path + "?page=1&utm=x").text)
        assert address.endswith("localhost" + path)

    def test_pages_weigh_less_than_150_kb(self, get: Get, slugs: list[str]) -> None:
        assets = sum(
            len(get(f"/-/static-plugins/press-archive/{name}").content)
            for name in ("site.css", "site.js", "map.js")
        )
        for path in [*PAGES, *(f"/read/{slug}" for slug in slugs)]:
            assert len(get(path).content) + assets < 150_000, path


class TestSearchPage:
    @pytest.mark.parametrize(
        "query",
        [
            "q=%22",
            "q=*",
            "q=-a",
            "q=a&in=nothing",
            "q=a&page=x",
            "q=a&outlet=x&speaker=-1&place=1e9&role=%27",
            "q=%00",
            "q=syria&in=paragraphs&page=2",
            "q=syria&in=quotes",
            "q=syria&in=articles",
            "q=syria&from=x&until=y",
        ],
    )
    def test_no_input_is_an_error(self, get: Get, query: str) -> None:
        assert get(f"/search?{query}").status_code == 200

    def test_says_what_it_made_of_the_words(self, get: Get) -> None:
        text = get("/search?q=%E2%80%9Cchemical+weapons%E2%80%9D+evacu*+-sarin").text
        assert "the phrase “chemical weapons” and words that begin with “evacu”, not “sarin”" in text

    def test_a_filter_narrows_the_results_and_can_be_lifted(self, get: Get) -> None:
        text = get("/search?q=syria&in=paragraphs").text
        link = re.search(r'href="(/search\?[^"]*outlet=\d+[^"]*)"', text)
        assert link
        narrowed = get(link[1].replace("&amp;", "&")).text
        assert "Lift the filter outlet" in narrowed
        assert narrowed.count('<li><p><a href="/read/') <= text.count('<li><p><a href="/read/')

    def test_an_empty_result_says_which_word_is_to_blame(self, get: Get) -> None:
        text = get("/search?q=syria+zzzzqq").text
        assert "Nothing found" in text
        assert re.search(r"“zzzzqq”</a>: 0", text)


class TestExports:
    @pytest.mark.parametrize("kind", ["articles", "quotations", "mentions", "places", "speakers"])
    def test_json_and_csv_hold_every_row(self, get: Get, kind: str, database: Path) -> None:
        table = {"quotations": "quotes", "mentions": "mentioned_places"}.get(kind, kind)
        connection = sqlite3.connect(database)
        [count] = connection.execute(f"select count(*) from {table}").fetchone()
        connection.close()
        assert len(get(f"/export/{kind}.json").json()) == count
        assert len(list(csv.DictReader(io.StringIO(get(f"/export/{kind}.csv").text)))) == count

    def test_more_than_a_batch_is_complete(self, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = get("/export/mentions.json").json()
        monkeypatch.setattr(exports, "_BATCH", 7)
        assert get("/export/mentions.json").json() == whole

    def test_geojson_has_longitude_first(self, get: Get) -> None:
        features = get("/export/places.geojson").json()["features"]
        syria = next(one for one in features if one["properties"]["name"] == "Syria")
        longitude, latitude = syria["geometry"]["coordinates"]
        assert 35 < longitude < 43
        assert 32 < latitude < 38

    def test_filters_narrow_and_unknown_ones_do_nothing(self, get: Get) -> None:
        assert all(row["speaker_id"] == 1 for row in get("/export/quotations.json?speaker_id=1").json())
        assert get("/export/quotations.json?speaker_id=nobody").json() == []
        assert get("/export/places.json?x%22=1").status_code == 200

    @pytest.mark.parametrize("name", ["archives.json", "articles.geojson", "places.xml"])
    def test_what_is_not_offered_is_a_404(self, get: Get, name: str) -> None:
        assert get(f"/export/{name}").status_code == 404

    def test_the_feed_is_atom_with_every_new_article(self, get: Get, slugs: list[str]) -> None:
        root = ElementTree.fromstring(get("/feed.atom").text)
        atom = "{http://www.w3.org/2005/Atom}"
        assert root.tag == atom + "feed"
        assert len(root.findall(atom + "entry")) == len(slugs)
        assert all(entry.find(atom + "updated") is not None for entry in root.findall(atom + "entry"))

    def test_the_sitemap_names_every_article(self, get: Get, slugs: list[str]) -> None:
        parts = re.findall(r"<loc>[^<]*(/sitemap/\d+\.xml)</loc>", get("/sitemap.xml").text)
        texts = [get(part).text for part in parts]
        assert len(texts) == 2
        for text in (get("/sitemap.xml").text, *texts):
            ElementTree.fromstring(text)
        assert all(f"/read/{slug}</loc>" in texts[1] for slug in slugs)
        assert "/articles</loc>" in texts[0]
        assert get("/sitemap/2.xml").status_code == 404


class TestServing:
    def test_the_database_can_be_downloaded_byte_for_byte(self, get: Get, database: Path) -> None:
        assert get("/archive.db").content == database.read_bytes()

    def test_the_database_is_immutable(self, bundle: Path) -> None:
        assert not Datasette(config_dir=bundle).get_database("archive").is_mutable

    def test_the_settings_of_the_site_hold(self, bundle: Path) -> None:
        wanted = json.loads((site_bundle.SITE / "settings.json").read_text(encoding="utf-8"))
        site = Datasette(config_dir=bundle)
        assert {name: site.setting(name) for name in wanted} == wanted

    def test_nothing_can_be_written(self, get: Get) -> None:
        response = get(f"{SQL_PAGE}.json?sql=delete+from+articles")
        assert response.status_code == 400

    def test_a_query_that_never_ends_is_stopped(self, get: Get) -> None:
        sql = "with recursive n(x) as (select 1 union all select x+1 from n) select count(*) from n"
        response = get(f"{SQL_PAGE}.json?" + str(httpx.QueryParams({"sql": sql})))
        assert response.status_code == 400

    def test_robots_are_told_what_to_leave(self, get: Get) -> None:
        text = get("/robots.txt").text
        assert "Disallow: /-/" in text
        assert text.rstrip().endswith("/sitemap.xml")

    @pytest.mark.parametrize("path", [*PAGES, "/archive", "/archive/places", "/nothing", "/robots.txt"])
    def test_every_answer_forbids_inline_scripts_and_other_hosts(self, get: Get, path: str) -> None:
        policy = get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "http" not in policy
        assert "unsafe-eval" not in policy

    def test_no_page_holds_an_inline_script(self, get: Get) -> None:
        for path in [
            *PAGES,
            "/archive",
            "/archive/places",
            "/archive/quotes/1",
            "/archive/timeline?from=&until=",
        ]:
            for attributes in re.findall(r"<script([^>]*)>", get(path).text):
                assert "src=" in attributes or "application/ld+json" in attributes, path

    def test_links_respect_the_base_address(self, bundle: Path) -> None:
        # 0.65 reads no file of settings beside these; 1.0a41 fails if a setting is in both.
        others = {} if IS_DATASETTE_1 else json.loads((bundle / "settings.json").read_text())
        site = Datasette(config_dir=bundle, settings={**others, "base_url": "/below/"})

        # The client puts the base address before the path.
        for path in ("/", "/archive", "/archive/quotes", "/archive/timeline", "/map", "/about"):
            text = ask(site, path).text
            rooted = re.findall(r'(?:href|src|action)="(/[^"]*)"', text)
            assert rooted
            assert [address for address in rooted if not address.startswith("/below/")] == []


async def out_of_time(*_: object) -> None:
    raise archive_database.TooSlowError


class TestSlowQueries:
    @pytest.mark.parametrize(
        ("path", "owner", "name", "status"),
        [
            ("/search?q=syria+slow", search_page.Search, "results", 200),
            ("/map?from=1901-01-01", places, "on_map", 200),
            ("/speakers?slow", archive_database.Archive, "rows", 503),
        ],
    )
    def test_a_query_out_of_time_is_told_in_words(
        self, get: Get, monkeypatch: pytest.MonkeyPatch, path: str, owner: object, name: str, status: int
    ) -> None:
        # Addresses that no other test asks for: their pages are not stored yet.
        monkeypatch.setattr(owner, name, out_of_time)
        response = get(path)
        assert response.status_code == status
        assert 'role="alert"' in response.text

    def test_a_query_without_end_is_stopped(self, bundle: Path) -> None:
        site = Datasette([], immutables=[str(bundle / "archive.db")], settings={"sql_time_limit_ms": 50})
        endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
        reading = archive_database.Archive(site).read([("select 1", ()), (endless, ())])
        # A thread of its own: Playwright keeps a loop running in this one.
        with ThreadPoolExecutor(1) as thread, pytest.raises(archive_database.TooSlowError):
            thread.submit(asyncio.run, reading).result(timeout=60)

    def test_an_article_waits_for_a_thread_twice(
        self, get: Get, monkeypatch: pytest.MonkeyPatch, slugs: list[str]
    ) -> None:
        batches = []
        send = archive_database.Archive.read

        async def note(archive: archive_database.Archive, batch: Any) -> Any:
            batches.append(batch)
            return await send(archive, batch)

        monkeypatch.setattr(archive_database.Archive, "read", note)
        get(f"/read/{slugs[0]}?not=stored")
        assert len(batches) == 2  # the article by its name, then all that belongs to it


class TestCountsOfViews:
    def test_they_are_known_without_counting(self, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []
        execute = DatasetteDatabase.execute

        async def note(database: DatasetteDatabase, sql: str, *values: Any, **options: Any) -> Any:
            asked.append(sql)
            return await execute(database, sql, *values, **options)

        monkeypatch.setattr(DatasetteDatabase, "execute", note)
        answer = ask(Datasette(config_dir=bundle), f"/archive/quote_details.json?_facet=kind&{EXTRAS}").json()
        assert row_count(answer) == sum(one["count"] for one in facets(answer)["kind"]["results"])
        assert any("quote_details" in sql for sql in asked)
        assert not any(sql.startswith("select count(*) from quote_details") for sql in asked)

    def test_views_are_not_listed_among_the_tables(self, get: Get) -> None:
        tables = {one["name"] for one in get("/archive.json").json()["tables"]}
        assert "quotes" in tables
        assert "quote_details" not in tables


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    folder = tmp_path_factory.mktemp("empty")
    database = Database(folder / "empty.db")
    schema.create_tables(database)
    schema.create_indexes(database)
    summaries.create(database)
    schema.create_search(database)
    schema.create_views(database)
    schema.create_information(database, about(corrections=False))
    database.close()
    return Datasette(config_dir=site_bundle.assemble(folder / "empty.db", folder / "site"))


class TestEmptyArchive:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/about",
            "/articles",
            "/outlets",
            "/speakers",
            "/places",
            "/map",
            "/search?q=a",
            "/feed.atom",
            "/sitemap.xml",
        ],
    )
    def test_every_page_is_there(self, empty: Datasette, path: str) -> None:
        assert ask(empty, path).status_code == 200

    def test_exports_are_valid_and_empty(self, empty: Datasette) -> None:
        assert ask(empty, "/export/articles.json").json() == []
        assert ask(empty, "/export/places.geojson").json()["features"] == []
        assert ask(empty, "/export/speakers.csv").text == "id,name,kind,description,quote_count\r\n"


def test_a_speaker_of_many_articles_is_counted_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("many")
    database = Database(write_hostile_database(folder / "many.db"))
    [article], [quote] = (
        database.query("select * from articles where id = 1"),
        database.query("select * from quotes limit 1"),
    )
    for number in range(2, 62):
        database.table("articles").insert({**article, "id": number, "slug": f"s{number}", "position": number})
        database.table("quotes").insert(
            {**quote, "id": 100 + number, "article_id": number, "paragraph_id": None}
        )
    database.close()
    site = Datasette(config_dir=site_bundle.assemble(folder / "many.db", folder / "site"))
    assert "in 61 articles" in ask(site, "/speaker/1").text


def test_the_search_page_suggests_searches_that_find_something(get: Get) -> None:
    text = get("/search").text
    examples = re.findall(r'href="(/search\?q=[^"]+)"', text)
    assert len(examples) >= 3
    for address in examples:
        assert "Nothing found" not in get(address).text


class TestWhatSearchSays:
    def test_a_name_that_was_typed_whole_comes_first(self, get: Get) -> None:
        text = get("/search?q=khan+sheikhoun").text
        names = text[text.index('id="r-names"') :]
        first = re.search(r'href="(/place/\d+)">([^<]*)<', names)
        assert first and first[2] == "Khan Sheikhoun"
        assert f'href="{first[1]}#said"' in names
        assert 'id="said"' in get(first[1]).text

    @pytest.mark.parametrize("filters", ["", "&role=body"])
    def test_it_says_when_not_all_matches_are_ranked(
        self, get: Get, monkeypatch: pytest.MonkeyPatch, filters: str
    ) -> None:
        said = "Only the last 5 in reading order are ranked"
        assert said not in get("/search?q=syria" + filters).text
        monkeypatch.setattr(search_page, "MOST_RANKED", 5)
        monkeypatch.setattr(search_page, "MOST_FACETED", 3)
        text = get("/search?q=syria&not=stored" + filters).text
        assert said in text
        assert "Counted among the last 3 paragraphs" in text


@pytest.mark.parametrize(
    ("path", "table", "column"),
    [
        ("/export/mentions.json?place_id=1", "mentioned_places", "place_id"),
        ("/export/quotations.json?speaker_id=1", "quotes", "speaker_id"),
    ],
)
def test_what_belongs_to_one_is_exported_whole_in_small_steps(
    get: Get, database: Path, monkeypatch: pytest.MonkeyPatch, path: str, table: str, column: str
) -> None:
    monkeypatch.setattr(exports, "_BATCH", 3)
    connection = sqlite3.connect(database)
    wanted = [row[0] for row in connection.execute(f"select id from {table} where {column} = 1 order by id")]
    connection.close()
    assert len(wanted) > 3
    assert [row["id"] for row in get(path).json()] == wanted


def test_the_articles_of_an_author_are_exported(get: Get, database: Path) -> None:
    connection = sqlite3.connect(database)
    wanted = {
        row[0] for row in connection.execute("select article_id from article_authors where author_id = 1")
    }
    connection.close()
    assert "/export/articles.csv?author_id=1" in get("/author/1").text
    assert {row["id"] for row in get("/export/articles.json?author_id=1").json()} == wanted
    assert get("/export/articles.json?author_id=x").json() == []


class TestExportsOfWhatIsShown:
    """The links beside a list give what the list shows, whole."""

    @staticmethod
    def links(text: str, start: str) -> list[str]:
        return [html.unescape(link) for link in re.findall(rf'href="({re.escape(start)}[^"]+)"', text)]

    @pytest.mark.parametrize("kind", ["articles", "quotes", "paragraphs"])
    @pytest.mark.parametrize("filters", ["", "&outlet=1", "&place=1&from=2017-01-01", "&speaker=1"])
    def test_a_search_gives_every_match_under_its_filters(
        self, get: Get, monkeypatch: pytest.MonkeyPatch, kind: str, filters: str
    ) -> None:
        text = get(f"/search?q=syria&in={kind}{filters}").text
        shown = re.search(r'<span class="meta">([\d,]+)</span></h2>', text)
        assert shown
        links = self.links(text, "/export/search/")
        assert len(links) == (2 if int(shown[1]) else 0)
        as_csv, as_json = links or [
            f"/export/search/{kind}.{form}?q=syria{filters}" for form in ("csv", "json")
        ]
        monkeypatch.setattr(exports, "_BATCH", 3)
        # Neither the ranking's bound nor a page's length cuts it.
        monkeypatch.setattr(search_page, "MOST_RANKED", 2)
        rows = get(as_json).json()
        assert len(rows) == int(shown[1])
        ids = [row["id"] for row in rows]
        assert ids == sorted(set(ids))
        lines = list(csv.DictReader(io.StringIO(get(as_csv).text)))
        assert [int(line["id"]) for line in lines] == ids
        assert all(list(line) == list(row) for line, row in zip(lines, rows, strict=True))

    def test_a_search_of_quotations_gives_what_sql_finds(self, get: Get, database: Path) -> None:
        connection = sqlite3.connect(database)
        found = connection.execute(
            "select publication_id, quotes.id, quotes.text from quotes_fts"
            " join quotes on quotes.id = quotes_fts.rowid join articles on articles.id = quotes.article_id"
            " where quotes_fts match 'syria' order by quotes.id"
        ).fetchall()
        connection.close()
        outlet = found[0][0]
        wanted = [row[1:] for row in found if row[0] == outlet]
        assert len(wanted) < len(found)
        rows = get(f"/export/search/quotes.json?q=syria&outlet={outlet}").json()
        assert [(row["id"], row["text"]) for row in rows] == wanted

    @pytest.mark.parametrize("query", ["", "q=", "q=-syria", "q=%22", "q=syria&outlet=999", "q=zzzzqq"])
    def test_a_search_for_nothing_gives_an_empty_list(self, get: Get, query: str) -> None:
        assert get(f"/export/search/paragraphs.json?{query}").json() == []
        assert get(f"/export/search/paragraphs.csv?{query}").text.startswith("id,text,role,")

    def test_other_kinds_of_search_results_are_a_404(self, get: Get) -> None:
        assert get("/export/search/speakers.json?q=syria").status_code == 404
        assert get("/export/search/quotes.geojson?q=syria").status_code == 404

    @pytest.mark.parametrize("query", ["outlet=2", "from=2017-05-01&until=2017-12-31", "outlet=1&from=2017"])
    def test_the_map_gives_the_places_that_its_filter_leaves(
        self, get: Get, monkeypatch: pytest.MonkeyPatch, query: str
    ) -> None:
        text = get(f"/map?{query}").text
        circles = {
            (html.unescape(name), int(count))
            for name, count in re.findall(r"<title>([^<]*): (\d+)</title></circle>", text)
        }
        monkeypatch.setattr(exports, "_ARTICLES_COUNTED", 2)
        [as_csv] = self.links(text, "/export/places.csv")
        [as_geojson] = self.links(text, "/export/places.geojson")
        features = get(as_geojson).json()["features"]
        located = {
            (one["properties"]["name"], one["properties"]["mention_count"])
            for one in features
            if one["geometry"]
        }
        assert circles
        assert located == circles
        assert len(list(csv.DictReader(io.StringIO(get(as_csv).text)))) == len(features)
        assert len(features) < len(get("/export/places.geojson").json()["features"])

    def test_a_map_without_places_gives_none(self, get: Get) -> None:
        assert get("/export/places.geojson?outlet=999").json()["features"] == []

    def test_outlets_with_their_numbers_of_articles(self, get: Get, slugs: list[str]) -> None:
        text = get("/outlets").text
        assert "/export/outlets.csv" in text
        rows = get("/export/outlets.json").json()
        assert sum(row["article_count"] for row in rows) == len(slugs)
        assert all(f">{html.escape(row['name'])}</a>" in text for row in rows)
        assert get("/export/outlets.csv").text.startswith("id,name,article_count\r\n")


def test_every_mention_of_a_place_has_a_link_to_copy(get: Get, slugs: list[str], database: Path) -> None:
    connection = sqlite3.connect(database)
    for article, slug in enumerate(slugs, 1):
        links = re.findall(
            r'<a class="anchor" href="#m(\d+)" aria-label="([^"]*)"', get(f"/read/{slug}").text
        )
        anchors = [anchor for anchor, _ in links]
        assert len({label for _, label in links}) == len(links)
        wanted = connection.execute(
            "select mentioned_places.start - articles.start from mentioned_places join articles"
            " on articles.id = article_id where article_id = ?",
            [article],
        )
        assert sorted(int(anchor) for anchor in anchors) == sorted(row[0] for row in wanted)
    connection.close()


def test_the_numbers_on_the_home_page_lead_to_what_they_count(get: Get) -> None:
    text = get("/").text
    numbers = text[text.index('class="numbers"') : text.index("</section>")]
    addresses = re.findall(r'<a href="([^"]+)"><strong>', numbers)
    assert len(addresses) == 6
    assert all(get(address).status_code == 200 for address in addresses)
