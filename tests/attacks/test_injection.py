"""What an archive says stays text: on every page, in every output format, and in the browser."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from described import QUERIES
from playwright.sync_api import Browser, Page, expect
from site_client import SQL_PAGE
from site_hostile import NASTY, SLUG

from loader.dataset.columns import DATASET

ROOT = Path(__file__).resolve().parents[2]
PASTED = "\"'><script>window.broken=1</script><img src=x onerror=window.broken=1>"

PAGES = [
    "/",
    "/about",
    "/articles",
    f"/read/{SLUG}",
    f"/read/{SLUG}/cite",
    f"/read/{SLUG}/cite?of=p1",
    f"/read/{SLUG}/cite?of=q1",
    "/speakers",
    "/speaker/1",
    "/outlets",
    "/outlet/1",
    "/author/1",
    "/places",
    "/place/1",
    "/map",
    "/search?q=zebra",
    "/search?q=window",
    "/search?q=window&in=quotes&outlet=1&speaker=1&place=1",
    "/archive",
    f'{SQL_PAGE}?sql=select+text+as+"<b>"+from+quotes',
    *(f"/archive/{name}" for name in (*DATASET.tables, *DATASET.views, *DATASET.summaries, "build_info")),
    *(f"/archive/{name}?_facet=id" for name in ("quotes", "places")),
    *(f"/archive/{name}/{row}" for name in DATASET.tables if name != "article_authors" for row in (1, 100)),
    "/speaker/100",
    "/outlet/100",
    "/author/100",
    "/place/100",
    *(
        f"/archive/{name}?" + "&".join(f"{one}=" for one in query["params"])
        for name, query in QUERIES.items()
    ),
    "/archive/search_paragraphs?q=zebra",
    "/archive/search_quotes?q=window",
]
REFLECTED = [
    "/search?q={}",
    "/map?from={}",
    "/-/search?q={}",
    f"{SQL_PAGE}?sql={{}}",
    "/archive/quotes?_search={}",
]
REFLECTED += ["/archive/quotes?text={}", "/archive/quotes?_sort={}", "/archive/said_by?speaker={}", "/{}"]
# The elements and handlers that the hostile archive tries to bring in.
FORBIDDEN_ATTRIBUTES = ("on", "srcdoc", "formaction")


class Brought(HTMLParser):
    """Collects what a page holds that only an archive can have brought there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_ours = tag == "script" and (given.get("src") or given.get("type") == "application/ld+json")
        if tag in ("img", "b", "iframe", "object", "embed", "base") or (tag == "script" and not is_ours):
            self.found.append(tag)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith(FORBIDDEN_ATTRIBUTES):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "xlink:href") and address.startswith(
                ("javascript:", "data:")
            ):
                self.found.append(f"{tag} {name}={address[:30]}")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_element_that_the_archive_brought(web: httpx.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert Brought(answer.text).found == []
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize("path", REFLECTED)
def test_a_page_holds_no_element_that_its_address_brought(web: httpx.Client, path: str) -> None:
    answer = web.get(path.replace("{}", str(httpx.QueryParams({"": PASTED}))[1:]), follow_redirects=True)
    assert answer.status_code in (200, 400, 404)
    assert Brought(answer.text).found == []


def test_the_parser_sees_what_is_forbidden() -> None:
    assert Brought(PASTED).found == ["script", "img", "img onerror"]
    assert Brought('<a href=" java\nscript:x">').found


@pytest.mark.parametrize("name", [*DATASET.tables, *DATASET.views])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_data_formats_give_the_text_as_it_is(web: httpx.Client, name: str, form: str) -> None:
    answer = web.get(f"/archive/{name}.{form}?_shape=array")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] in ("application/json", "text/plain")
    # Also where a spreadsheet would take it for a formula: see docs/security.md.
    if name in ("publications", "authors"):
        rows = answer.json() if form == "json" else list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert rows[0]["name"] == NASTY


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/export/quotations.json", "application/json"),
        ("/export/quotations.csv", "text/csv"),
        ("/export/places.geojson", "application/geo+json"),
        ("/export/search/quotes.json?q=window", "application/json"),
        ("/export/search/quotes.csv?q=window", "text/csv"),
        ("/feed.atom", "application/atom+xml"),
        ("/sitemap.xml", "application/xml"),
        (f"/read/{SLUG}/cite.txt", "text/plain"),
        (f"/read/{SLUG}/cite.bib", "application/x-bibtex"),
        (f"/read/{SLUG}/cite.json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_an_export_is_well_formed_and_no_page(web: httpx.Client, path: str, kind: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "\n" not in answer.headers.get("content-disposition", "")
    if kind.endswith("json"):
        json.loads(answer.text)
    if kind.endswith("xml"):
        names = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(answer.text).iter()}
        assert not names & {"script", "img", "b"}


def test_bibtex_holds_one_entry_whatever_the_headline_says(web: httpx.Client) -> None:
    text = web.get(f"/read/{SLUG}/cite.bib").text
    depth, ends = 0, 0
    for place, character in enumerate(text):
        if character in "{}" and text[place - 1] != "\\":
            depth += 1 if character == "{" else -1
            ends += depth == 0
    assert (depth, ends) == (0, 1)


def test_nothing_runs_in_the_browser(open_page: Callable[..., Page], attacked: str) -> None:
    page = open_page()
    page.add_init_script(
        "window.hits = []; addEventListener('securitypolicyviolation', e => hits.push(e.violatedDirective))"
    )
    found = []
    paths = [path for path in PAGES if not path.startswith("/archive/") or path.count("/") == 2][::2]
    paths += ["/speaker/100", "/place/100", "/archive/build_info"]
    pasted = str(httpx.QueryParams({"": PASTED}))[1:]
    paths += [path.replace("{}", pasted) for path in REFLECTED[:3]]
    for path in paths:
        page.goto(attacked + path, wait_until="load")
        hits = page.evaluate("[window.broken || 0, ...window.hits]")
        if hits != [0]:
            found.append((path, hits))
    assert found == []


def test_nothing_runs_where_a_map_is_opened(open_page: Callable[..., Page], attacked: str) -> None:
    page = open_page()
    page.goto(attacked + "/archive/places")
    markers, popup = page.locator(".leaflet-marker-icon"), page.locator(".leaflet-popup-content")
    expect(markers).to_have_count(2)
    seen = set()
    for marker in markers.all():
        marker.dispatch_event("click")  # the popup of the other may lie over it
        expect(popup).to_have_count(1)  # the other's is gone
        expect(popup).to_contain_text(NASTY[:60])
        assert Brought(popup.inner_html()).found == []
        seen.add("second" in popup.inner_text())
    assert seen == {False, True}
    assert page.evaluate("window.broken") is None
    for number in (1, 100):
        page.goto(attacked + "/map")
        circle = page.locator(f'svg.map a[href="/place/{number}"]')
        circle.locator("circle").hover()
        circle.focus()
        page.keyboard.press("+")
        assert page.evaluate("window.broken") is None
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/place/{number}")
        assert page.evaluate("window.broken") is None


def test_a_popup_of_a_visitor_s_own_sql_runs_nothing(browser: Browser, attacked: str) -> None:
    popup = json.dumps({"title": PASTED, "description": PASTED, "link": "javascript:window.broken=1"})
    sql = f"select 35.0 as latitude, 38.0 as longitude, '{popup.replace(chr(39), chr(39) * 2)}' as popup"
    page = browser.new_page()
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => window.stopped = e.violatedDirective)"
    )
    page.goto(f"{attacked}{SQL_PAGE}?{httpx.QueryParams({'sql': sql})}")
    page.locator(".leaflet-marker-icon").dispatch_event("click")
    content = page.locator(".leaflet-popup-content")
    expect(content).to_contain_text(PASTED)
    assert Brought(content.inner_html()).found == ["a href=javascript:window.broken=1"]
    content.locator("a").dispatch_event("click")
    page.wait_for_function("window.stopped")
    assert page.evaluate("[window.broken || 0, window.stopped]") == [0, "script-src-elem"]
    page.close()
