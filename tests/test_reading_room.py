"""The reading room's parts: what is made of a search, marked text, citations, maps and charts."""

from __future__ import annotations

import html
import json
import re
import sqlite3
from pathlib import Path

import pytest
from cases_files import cases
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape
from site_client import Get, ask
from site_hostile import write_hostile_database
from sqlite_utils import Database

from loader.dataset import summaries
from loader.pipeline.build import build
from loader.publish import bundle as site_bundle
from loader.site import sql_functions
from loader.site.components import basemap, charts, citation, maps
from loader.site.components.highlight import Span, apart, mark
from loader.site.search import query_syntax


class TestSearchWords:
    def test_phrases_prefixes_and_exclusions(self) -> None:
        terms = query_syntax.parse('“no fly” rob* -"safe zone" word')
        assert [(one.text, one.prefix, one.excluded, one.phrase) for one in terms] == [
            ("no fly", False, False, True),
            ("rob", True, False, False),
            ("safe zone", False, True, True),
            ("word", False, False, False),
        ]

    @pytest.mark.parametrize("text", ['"no fly"', "rob*", '-"safe zone"*', "-word"])
    def test_a_term_can_be_typed_again(self, text: str) -> None:
        [term] = query_syntax.parse(text)
        assert query_syntax.parse(term.typed()) == (term,)

    def test_a_prefix_longer_than_the_stem_finds_the_word(self) -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute(
            "create virtual table t using fts5(text, tokenize='porter unicode61 remove_diacritics 2')"
        )
        connection.execute("insert into t values ('They were evacuated')")
        for typed in ("evac*", "evacu*", "evacua*", "evacuat*", "evacuated"):
            query = query_syntax.fts(query_syntax.parse(typed))
            assert connection.execute("select count(*) from t where t match ?", [query]).fetchone() == (1,), (
                typed
            )

    @given(st.text(max_size=200))
    def test_whatever_is_typed_is_a_valid_query(self, text: str) -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("create virtual table t using fts5(text)")
        connection.execute(
            "select * from t where t match ?", [query_syntax.fts(query_syntax.parse(text))]
        ).fetchall()
        connection.close()

    def test_names_are_compared_without_case_accents_and_marks(self) -> None:
        assert sql_functions.has_name("Recep Tayyip Erdoğan", "ERDOGAN") == 1
        assert sql_functions.has_name("Khan Sheikhoun", "idlib") == 0
        assert sql_functions.has_name(None, "x") == 0
        assert sql_functions.has_name("anything", " ") == 1

    def test_distance_between_two_capitals(self) -> None:
        # Paris to London: 343.5 km on a sphere of mean radius.
        distance = sql_functions.distance_km(48.8566, 2.3522, "51.5074", "-0.1278")
        assert distance is not None
        assert abs(distance - 343.5) < 1
        assert sql_functions.distance_km(1, 2, "north", "") is None
        assert sql_functions.distance_km(1, 2, "nan", "inf") is None


class TestMarking:
    def test_nested_spans_nest(self) -> None:
        spans = [Span(start=0, end=9, tag="q", identifier="a"), Span(start=2, end=4, tag="b")]
        assert mark("abcdefghi", 0, spans) == '<q id="a">ab<b>cd</b>efghi</q>'

    def test_crossing_spans_are_closed_and_reopened_with_one_id_each(self) -> None:
        spans = [Span(start=0, end=4, tag="i", identifier="a"), Span(start=2, end=6, tag="b", identifier="c")]
        assert mark("abcdefgh", 0, spans) == '<i id="a">ab<b id="c">cd</b></i><b>ef</b>gh'

    def test_a_span_over_several_blocks_has_its_id_in_the_first_and_its_label_in_the_last(self) -> None:
        span = Span(start=2, end=7, tag="q", identifier="a", after=Markup("!"))
        assert mark("abcd", 0, [span]) == 'ab<q id="a">cd</q>'
        assert mark("efgh", 5, [span]) == "<q>ef</q>!gh"

    def test_a_span_that_ends_with_the_text_closes_inside_it(self) -> None:
        assert (
            mark("abc", 0, [Span(start=1, end=3, tag="b"), Span(start=0, end=3, tag="i")])
            == "<i>a<b>bc</b></i>"
        )

    @given(
        st.text(alphabet="ab<&\"' ", max_size=30),
        st.lists(st.tuples(st.integers(-5, 35), st.integers(-5, 35)), max_size=12),
    )
    def test_all_of_the_text_stays_and_tags_are_balanced(
        self, text: str, edges: list[tuple[int, int]]
    ) -> None:
        marked = mark(text, 0, [Span(start=start, end=end, tag="s") for start, end in edges])
        assert re.sub(r"</?s>", "", marked) == str(escape(text))
        depth = 0
        for tag in re.findall(r"</?s>", marked):
            depth += -1 if tag.startswith("</") else 1
            assert depth >= 0
        assert depth == 0

    def test_links_never_stand_in_links(self) -> None:
        spans = [Span(start=0, end=5, tag="a"), Span(start=3, end=8, tag="a"), Span(start=6, end=9, tag="a")]
        assert [(span.start, span.end) for span in apart(spans)] == [(0, 5), (6, 9)]


class TestCitations:
    def work(self, **changes: object) -> citation.Work:
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
        return citation.Work(**{**values, **changes})  # type: ignore[arg-type]

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
        assert citation.long_date(iso) == words

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
                name=st.just("Name"),
                latitude=st.floats(-90, 90),
                longitude=st.floats(-180, 180),
                mentions=st.integers(1, 50),
                href=st.just("/place/1"),
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
        near = [
            maps.Located(name=f"n{number}", latitude=35 + number / 10, longitude=37, mentions=5, href="/")
            for number in range(5)
        ]
        drawn = maps.draw(
            [*near, maps.Located(name="far", latitude=-40, longitude=-120, mentions=1, href="/")],
            400,
            300,
            share=0.9,
        )
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


class TestCharts:
    def test_a_chart_s_numbers_stand_in_a_table(self, get: Get, database: Path) -> None:
        connection = sqlite3.connect(database)
        rows = connection.execute(
            "select substr(published, 1, 7), count(*) from mentioned_places"
            " join articles on articles.id = article_id where place_id = 1 group by 1"
        ).fetchall()
        connection.close()
        text = get("/place/1").text
        assert len(rows) > 1
        for month, count in rows:
            assert f'<tr><th scope="row">{month}</th><td>{count}</td></tr>' in text

    def test_articles_are_counted_by_month_whatever_the_dates_precision(self) -> None:
        connection = sqlite3.connect(":memory:")
        connection.execute("create table articles (published text)")
        dates = ["2016", "2016", "2016-05", "2016-05-03", "2017-01-31", "2017-02-01", None]
        connection.executemany("insert into articles values (?)", [(date,) for date in dates])
        counted = summaries.ROWS["article_months"]
        found = list(counted(connection, summaries.FREQUENT))
        assert found == [("", 1), ("2016", 2), ("2016-05", 2), ("2017-01", 1), ("2017-02", 1)]
        connection.execute("delete from articles")
        assert list(counted(connection, summaries.FREQUENT)) == []

    def test_a_speaker_of_several_outlets_is_charted_by_outlet(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        folder = tmp_path_factory.mktemp("outlets")
        database = Database(write_hostile_database(folder / "outlets.db"))
        [article] = database.query("select * from articles where id = 1")
        [quote] = database.query("select * from quotes where speaker_id = 1 limit 1")
        database.table("publications").insert({"id": 2, "name": "The Second"})
        other = {"id": 2, "slug": "other", "position": 2, "publication_id": 2}
        database.table("articles").insert({**article, **other})
        database.table("quotes").insert({**quote, "id": 99, "article_id": 2, "paragraph_id": None})
        database.close()
        site = Datasette(config_dir=site_bundle.assemble(folder / "outlets.db", folder / "site"))
        text = ask(site, "/speaker/1").text
        assert re.search(r'/outlet/2">The Second</a></th><td>1</td>', text)


def test_every_page_works_with_another_archive(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    for case in cases("archives")[:6]:
        (tmp_path / "texts" / f"{case.name}.txt").write_bytes(case.data())
    build([tmp_path / "texts"], tmp_path / "other.db")
    site = Datasette(config_dir=site_bundle.assemble(tmp_path / "other.db", tmp_path / "site"))
    waiting, seen = ["/"], {"/"}
    for path in waiting:  # grows while it is walked
        response = ask(site, path)
        assert response.status_code == 200, path
        # The links of Datasette's own pages go on for ever.
        if response.headers["content-type"].startswith("text/html") and not path.startswith("/archive"):
            for link in re.findall(r'href="(/[^"#]*)', response.text):
                address = html.unescape(link)
                if address not in seen:
                    seen.add(address)
                    waiting.append(address)
    assert sum(path.startswith("/read/") for path in seen) > 6
