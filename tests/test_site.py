"""The site's pages as text: what each answers, what it says of itself, what it keeps out."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import bundle as site_bundle
import httpx
import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape
from reading_room import basemap, charts, citing, functions, maps, places, search, searching, store
from reading_room.marking import Span, apart, mark
from site_client import ask
from site_hostile import write_hostile_database
from sqlite_utils import Database

from loader import schema

Get = Callable[[str], httpx.Response]


@pytest.fixture(scope="module")
def get(bundle: Path) -> Get:
    """Asks the site for a path."""
    site = Datasette(config_dir=bundle)

    def answer(path: str) -> httpx.Response:
        return ask(site, path)

    return answer


@pytest.fixture(scope="module")
def slugs(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    found = [row[0] for row in connection.execute("select slug from articles order by id")]
    connection.close()
    return found


PAGES = ["/", "/about", "/articles", "/speakers", "/speaker/1", "/places", "/place/1", "/map", "/search"]
PAGES += ["/search?q=chemical+weapons", "/search?q=zzzzqq", "/outlet/1", "/author/1"]


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
        assets = sum(len(get(f"/static/{name}").content) for name in ("site.css", "site.js", "map.js"))
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


class TestSearchWords:
    def test_phrases_prefixes_and_exclusions(self) -> None:
        terms = searching.parse('“no fly” rob* -"safe zone" word')
        assert [(one.text, one.prefix, one.excluded, one.phrase) for one in terms] == [
            ("no fly", False, False, True),
            ("rob", True, False, False),
            ("safe zone", False, True, True),
            ("word", False, False, False),
        ]

    @pytest.mark.parametrize("text", ['"no fly"', "rob*", '-"safe zone"*', "-word"])
    def test_a_term_can_be_typed_again(self, text: str) -> None:
        [term] = searching.parse(text)
        assert searching.parse(term.typed()) == (term,)

    def test_a_prefix_longer_than_the_stem_finds_the_word(self) -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute(
            "create virtual table t using fts5(text, tokenize='porter unicode61 remove_diacritics 2')"
        )
        connection.execute("insert into t values ('They were evacuated')")
        for typed in ("evac*", "evacu*", "evacua*", "evacuat*", "evacuated"):
            query = searching.fts(searching.parse(typed))
            assert connection.execute("select count(*) from t where t match ?", [query]).fetchone() == (1,), (
                typed
            )

    @given(st.text(max_size=200))
    def test_whatever_is_typed_is_a_valid_query(self, text: str) -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("create virtual table t using fts5(text)")
        connection.execute(
            "select * from t where t match ?", [searching.fts(searching.parse(text))]
        ).fetchall()
        connection.close()

    def test_names_are_compared_without_case_accents_and_marks(self) -> None:
        assert functions.has_name("Recep Tayyip Erdoğan", "ERDOGAN") == 1
        assert functions.has_name("Khan Sheikhoun", "idlib") == 0
        assert functions.has_name(None, "x") == 0
        assert functions.has_name("anything", " ") == 1

    def test_distance_between_two_capitals(self) -> None:
        # Paris to London: 343.5 km on a sphere of mean radius.
        distance = functions.distance_km(48.8566, 2.3522, "51.5074", "-0.1278")
        assert distance is not None
        assert abs(distance - 343.5) < 1
        assert functions.distance_km(1, 2, "north", "") is None
        assert functions.distance_km(1, 2, "nan", "inf") is None


class TestMarking:
    def test_nested_spans_nest(self) -> None:
        spans = [Span(0, 9, "q", identifier="a"), Span(2, 4, "b")]
        assert mark("abcdefghi", 0, spans) == '<q id="a">ab<b>cd</b>efghi</q>'

    def test_crossing_spans_are_closed_and_reopened_with_one_id_each(self) -> None:
        spans = [Span(0, 4, "i", identifier="a"), Span(2, 6, "b", identifier="c")]
        assert mark("abcdefgh", 0, spans) == '<i id="a">ab<b id="c">cd</b></i><b>ef</b>gh'

    def test_a_span_over_several_blocks_has_its_id_in_the_first_and_its_label_in_the_last(self) -> None:
        span = Span(2, 7, "q", identifier="a", after=Markup("!"))
        assert mark("abcd", 0, [span]) == 'ab<q id="a">cd</q>'
        assert mark("efgh", 5, [span]) == "<q>ef</q>!gh"

    def test_a_span_that_ends_with_the_text_closes_inside_it(self) -> None:
        assert mark("abc", 0, [Span(1, 3, "b"), Span(0, 3, "i")]) == "<i>a<b>bc</b></i>"

    @given(
        st.text(alphabet="ab<&\"' ", max_size=30),
        st.lists(st.tuples(st.integers(-5, 35), st.integers(-5, 35)), max_size=12),
    )
    def test_all_of_the_text_stays_and_tags_are_balanced(
        self, text: str, edges: list[tuple[int, int]]
    ) -> None:
        marked = mark(text, 0, [Span(start, end, "s") for start, end in edges])
        assert re.sub(r"</?s>", "", marked) == str(escape(text))
        depth = 0
        for tag in re.findall(r"</?s>", marked):
            depth += -1 if tag.startswith("</") else 1
            assert depth >= 0
        assert depth == 0

    def test_links_never_stand_in_links(self) -> None:
        spans = [Span(0, 5, "a"), Span(3, 8, "a"), Span(6, 9, "a")]
        assert [(span.start, span.end) for span in apart(spans)] == [(0, 5), (6, 9)]


class TestCitations:
    def work(self, **changes: object) -> citing.Work:
        values: dict[str, object] = {
            "key": "2017-04-01-a",
            "headline": "A {brace} & 100% of it",
            "authors": ("Ann Author", "Bo Writer"),
            "publication": "The Outlet",
            "published": "2017-04-01",
            "file": "a.txt",
            "sha256": "ab12",
            "start": 10,
            "end": 20,
            "url": "http://localhost/read/2017-04-01-a",
        }
        return citing.Work(**{**values, **changes})  # type: ignore[arg-type]

    def test_names_outlet_author_date_and_the_characters_of_the_file(self) -> None:
        text = self.work().plain()
        for part in (
            "The Outlet",
            "Ann Author, Bo Writer",
            "1 April 2017",
            "a.txt, characters 10–20 (SHA-256 ab12)",
        ):
            assert part in text

    def test_bibtex_escapes_its_own_signs(self) -> None:
        text = self.work().bibtex()
        assert r"title = {A \{brace\} \& 100\% of it}," in text
        assert "author = {{Ann Author} and {Bo Writer}}," in text

    def test_csl_json_has_the_date_in_parts(self) -> None:
        [item] = json.loads(self.work(published="2017-04").csl())
        assert item["issued"] == {"date-parts": [[2017, 4]]}
        assert "issued" not in json.loads(self.work(published=None).csl())[0]

    @pytest.mark.parametrize(
        ("iso", "words"),
        [
            ("2017-09-07", "7 September 2017"),
            ("2016-03", "March 2016"),
            (None, "no date"),
            ("2017-99-01", "2017-99-01"),
        ],
    )
    def test_dates_in_words(self, iso: str | None, words: str) -> None:
        assert citing.long_date(iso) == words

    def test_article_paragraph_and_quotation_can_be_cited(
        self, get: Get, slugs: list[str], database: Path
    ) -> None:
        connection = sqlite3.connect(database)
        [passage] = connection.execute(
            "select text from quotes where article_id = 1 and position = 1"
        ).fetchone()
        connection.close()
        text = get(f"/read/{slugs[0]}/cite.txt?of=q1").text
        assert passage in text
        assert text.rstrip().endswith(f"/read/{slugs[0]}#q1")
        assert get(f"/read/{slugs[0]}/cite.bib").text.startswith("@article{")
        assert get(f"/read/{slugs[0]}/cite.json?of=p1").json()
        assert get(f"/read/{slugs[0]}/cite?of=p1").status_code == 200
        for of in ("q9999", "x1", "p", "p1'"):
            assert get(f"/read/{slugs[0]}/cite?of={of}").status_code == 404


class TestMaps:
    def test_the_middle_of_the_world_is_the_middle_of_the_map(self) -> None:
        assert basemap.project(0, 0) == (0.5, 0.5)
        assert basemap.project(90, 180)[0] == 1
        assert abs(basemap.project(90, 180)[1]) < 1e-9

    def test_no_outline_jumps_across_the_map(self) -> None:
        for ring in basemap._rings():
            steps = (abs(b[0] - a[0]) for a, b in zip(ring.points, ring.points[1:], strict=False))
            # The outline around the pole is closed by one long line below the map.
            assert max(steps) < 0.5 or max(y for _, y in ring.points) > 0.999

    def test_a_tile_is_drawn_and_one_that_is_none_is_not(self, get: Get) -> None:
        tile = get("/base-map/5/19/12.svg")
        assert tile.headers["content-type"].startswith("image/svg+xml")
        assert "<path" in tile.text
        assert get("/base-map/2/1/9.svg").status_code == 404
        assert get("/base-map/99/1/9.svg").status_code == 404

    @pytest.mark.parametrize(
        "query", ["", "left=1", "left=9&right=1&top=1&bottom=2", "left=a&top=b&right=c&bottom=d"]
    )
    def test_a_map_without_a_sensible_frame_is_a_404(self, get: Get, query: str) -> None:
        assert get(f"/base-map.svg?{query}").status_code == 404

    @given(
        st.lists(
            st.builds(
                maps.Located,
                st.just("Name"),
                st.floats(-90, 90),
                st.floats(-180, 180),
                st.integers(1, 50),
                st.just("/place/1"),
            ),
            min_size=1,
            max_size=20,
        )
    )
    def test_every_place_lies_on_the_map(self, places: list[maps.Located]) -> None:
        drawn = maps.draw(places, 400, 300)
        assert drawn
        assert len(drawn.dots) == len(places)
        assert all(0 <= dot.x <= 400 and 0 <= dot.y <= 300 for dot in drawn.dots)

    def test_far_places_do_not_shrink_the_others_to_one_spot(self) -> None:
        near = [maps.Located(f"n{number}", 35 + number / 10, 37, 5, "/") for number in range(5)]
        drawn = maps.draw([*near, maps.Located("far", -40, -120, 1, "/")], 400, 300, share=0.9)
        assert drawn
        assert drawn.outside == 1
        assert "far" not in [dot.place.name for dot in drawn.dots]

    def test_months_without_anything_have_a_bar_too_and_long_times_are_years(self) -> None:
        assert [
            (bar.label, bar.number) for bar in charts.by_time([("2017-01-09", 2), ("2017-03", 1), (None, 5)])
        ] == [
            ("2017-01", 2),
            ("2017-02", 0),
            ("2017-03", 1),
        ]
        assert [bar.label for bar in charts.by_time([("2010-01", 1), ("2016-01", 1)])][:2] == ["2010", "2011"]


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
        module = __import__("reading_room.feeds", fromlist=["feeds"])
        monkeypatch.setattr(module, "_BATCH", 7)
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
        text = get("/sitemap.xml").text
        ElementTree.fromstring(text)
        assert all(f"/read/{slug}</loc>" in text for slug in slugs)


class TestServing:
    def test_the_database_can_be_downloaded_byte_for_byte(self, get: Get, database: Path) -> None:
        assert get("/archive.db").content == database.read_bytes()

    def test_the_database_is_immutable(self, get: Get) -> None:
        [archive] = [one for one in get("/-/databases.json").json() if one["name"] == "archive"]
        assert archive["is_mutable"] is False

    def test_nothing_can_be_written(self, get: Get) -> None:
        response = get("/archive.json?sql=delete+from+articles")
        assert response.status_code == 400

    def test_a_query_that_never_ends_is_stopped(self, get: Get) -> None:
        sql = "with recursive n(x) as (select 1 union all select x+1 from n) select count(*) from n"
        response = get("/archive.json?" + str(httpx.QueryParams({"sql": sql})))
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
        settings = {**json.loads((bundle / "settings.json").read_text()), "base_url": "/below/"}
        site = Datasette(config_dir=bundle, settings=settings)

        # The client puts the base address before the path.
        for path in ("/", "/archive", "/archive/quotes", "/archive/timeline", "/map", "/about"):
            text = ask(site, path).text
            rooted = re.findall(r'(?:href|src|action)="(/[^"]*)"', text)
            assert rooted
            assert [address for address in rooted if not address.startswith("/below/")] == []


async def out_of_time(*_: object) -> None:
    raise store.TooSlowError


class TestSlowQueries:
    @pytest.mark.parametrize(
        ("path", "owner", "name", "status"),
        [
            ("/search?q=syria", search.Search, "results", 200),
            ("/map", places, "on_map", 200),
            ("/speakers", store.Archive, "rows", 503),
        ],
    )
    def test_a_query_out_of_time_is_told_in_words(
        self, get: Get, monkeypatch: pytest.MonkeyPatch, path: str, owner: object, name: str, status: int
    ) -> None:
        monkeypatch.setattr(owner, name, out_of_time)
        response = get(path)
        assert response.status_code == status
        assert 'role="alert"' in response.text


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    folder = tmp_path_factory.mktemp("empty")
    database = Database(folder / "empty.db")
    schema.create_tables(database)
    schema.create_indexes(database)
    schema.create_search(database)
    schema.create_views(database)
    database.close()
    return Datasette(config_dir=site_bundle.assemble(folder / "empty.db", folder / "site"))


class TestEmptyArchive:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/about",
            "/articles",
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
        assert ask(empty, "/export/speakers.csv").text == ""


def test_a_speaker_of_many_articles_is_counted_whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("many")
    database = Database(write_hostile_database(folder / "many.db"))
    [article], [quote] = (
        database.query("select * from articles"),
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
