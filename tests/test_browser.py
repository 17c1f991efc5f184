"""The site in a real Chromium: the ways that visitors go, what they see, and that nothing foreign runs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Route, expect
from site_client import SQL_PAGE
from site_hostile import SLUG

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def slug(database: Path) -> str:
    """The article with the most quotations."""
    connection = sqlite3.connect(database)
    [found] = connection.execute(
        "select slug from article_overview order by quote_count desc, id limit 1"
    ).fetchone()
    connection.close()
    return str(found)


def test_from_home_to_a_quotation_its_speaker_the_map_and_a_citation(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("chemical weapons")
    page.get_by_role("button", name="Search").click()
    quotations = page.get_by_role("region", name=re.compile("^Quotations"))
    quotations.locator("li a[href*='#q']").first.click()
    expect(page).to_have_url(re.compile(r"/read/.*#q\d+"))
    expect(page.locator(".quote:target")).to_be_visible()
    page.locator("a.who").first.click()
    expect(page).to_have_url(re.compile(r"/speaker/\d+"))
    expect(page.locator("blockquote mark").first).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Map").click()
    expect(page.locator("svg.map circle").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Syria, ")).first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Syria")
    page.locator("a[href*='#m']").first.click()
    expect(page.locator("a.place:target")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="BibTeX").click()
    assert Path(download.value.path()).read_text(encoding="utf-8").startswith("@article{")


def test_who_said_what_about_a_place_is_a_minute_away(
    open_page: OpenPage, server: str, database: Path
) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(server)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("Aleppo")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Names").get_by_role("link", name="Aleppo", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aleppo")
    said = page.get_by_role("region", name="What is said in and around it")
    quotation = said.locator("li", has=page.locator("a[href*='/speaker/']")).first
    words = quotation.locator("blockquote").inner_text()
    quotation.locator("blockquote a").click()
    target = page.locator(".quote:target")
    expect(target).to_be_in_viewport()
    assert words.split()[0] in target.inner_text()
    number = page.url.rpartition("#q")[2]
    page.get_by_role("link", name=re.compile(rf"^Quotation {number}, of ")).locator("xpath=../..").locator(
        "a[href*='/speaker/']"
    ).click()
    expect(page).to_have_url(re.compile(r"/speaker/\d+"))
    page.go_back()
    page.get_by_text(re.compile(r"^All \d+ quotations$")).click()
    page.get_by_role("link", name=f"Cite quotation {number}", exact=True).click()
    expect(page.locator("blockquote")).to_have_text(words)
    page.get_by_role("button", name="Copy the plain text").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"#q{number}" in copied
    assert words in copied
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Map").click()
    expect(page.locator("svg.map circle").first).to_be_visible()
    page.get_by_role("link", name="GeoJSON").first.wait_for()
    page.locator(".site-name").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="one SQLite file").click()
    assert Path(download.value.path()).read_bytes() == database.read_bytes()


def test_a_paragraph_of_an_article_can_be_cited(page: Page, server: str, slug: str) -> None:
    page.goto(f"{server}/read/{slug}")
    page.get_by_role("link", name="Cite paragraph 3", exact=True).click()
    expect(page.get_by_role("heading", name="BibTeX")).to_be_visible()
    expect(page.locator("pre").first).to_contain_text("#p3")


def test_the_link_to_a_mention_is_copied_and_leads_to_it(open_page: OpenPage, server: str, slug: str) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{server}/read/{slug}")
    page.get_by_text(re.compile(r"^All \d+ mentions of places$")).click()
    page.get_by_role("link", name=re.compile("^Link to mention 1 of ")).nth(1).click()
    expect(page.locator("a.place:target")).to_be_in_viewport()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_table_a_row_and_a_query_show_rows(page: Page, server: str) -> None:
    page.goto(f"{server}/archive/quotes")
    expect(page.locator("table.rows-and-columns tbody tr").first).to_be_visible()
    page.goto(f"{server}/archive/articles/1")
    expect(page.locator("table.rows-and-columns tbody tr")).to_have_count(1)
    page.goto(f"{server}/archive/search_paragraphs?q=sarin")
    expect(page.locator("td mark").first).to_be_visible()
    page.locator("td.col-read a").first.click()
    expect(page.locator("p:target")).to_be_visible()


def test_sql_can_be_edited_and_run(page: Page, server: str) -> None:
    page.goto(f"{server}/archive?sql=select+1+as+one")
    expect(page.locator(".CodeMirror, .cm-editor")).to_be_visible()
    page.get_by_role("button", name="Format SQL").click()
    page.get_by_role("button", name="Run SQL").click()
    expect(page.locator("td.col-one")).to_have_text("1")


def test_search_all_answers_for_every_table(page: Page, server: str) -> None:
    page.goto(f"{server}/-/search?q=syria")
    sections = page.locator("section[data-json]")
    expect(page.locator("section[data-state=done]")).to_have_count(sections.count())
    assert sections.count() >= 5
    expect(page.locator("section[data-table=paragraphs] table")).to_be_visible()
    assert max(len(text) for text in page.locator("section[data-json] td").all_inner_texts()) <= 301


def test_search_all_says_so_when_a_table_cannot_be_searched(open_page: OpenPage, server: str) -> None:
    page = open_page()
    page.route(
        re.compile(r"/archive/quotes\.json"),
        lambda route: route.fulfill(status=200, json={"ok": False, "error": "no such thing"}),
    )
    page.goto(f"{server}/-/search?q=syria")
    expect(page.locator("section[data-table=quotes][data-state=failed]")).to_contain_text("no such thing")


def test_the_table_of_places_has_a_map_with_markers_and_a_base_from_here(page: Page, server: str) -> None:
    page.goto(f"{server}/archive/places")
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    expect(page.locator("img.leaflet-tile-loaded").first).to_be_attached()
    assert "/base-map/" in (page.locator("img.leaflet-tile").first.get_attribute("src") or "")


def test_the_map_can_be_moved_and_zoomed(page: Page, server: str) -> None:
    page.goto(f"{server}/map")
    drawing = page.locator("svg.map")
    before = drawing.get_attribute("viewBox")
    base = drawing.locator("image").get_attribute("href") or ""
    page.get_by_role("button", name="Zoom in").click()
    zoomed = drawing.get_attribute("viewBox")
    assert zoomed != before
    # The base map is drawn anew for the part that is shown.
    expect(drawing.locator("image").last).not_to_have_attribute("href", base)
    expect(drawing.locator("image")).to_have_count(1)
    page.locator("svg.map a").first.focus()
    page.keyboard.press("ArrowLeft")
    assert drawing.get_attribute("viewBox") != zoomed
    page.get_by_role("button", name="Show all").click()
    assert drawing.get_attribute("viewBox") == before


def test_the_map_s_filter_leaves_an_outlet_s_places(page: Page, server: str) -> None:
    page.goto(f"{server}/map")
    everything = page.locator("svg.map circle").count()
    page.get_by_label("Outlet").select_option(index=1)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"outlet=\d"))
    assert 0 < page.locator("svg.map circle").count() < everything


def test_the_database_is_a_click_away(page: Page, server: str, database: Path) -> None:
    page.goto(server)
    with page.expect_download() as download:
        page.get_by_role("link", name="one SQLite file").click()
    assert Path(download.value.path()).read_bytes() == database.read_bytes()


def test_reading_and_searching_need_no_javascript(open_page: OpenPage, server: str, slug: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{server}/search?q=syria")
    page.locator("section a[href^='/read/']").first.click()
    expect(page.locator(".reading article")).to_be_visible()
    page.goto(f"{server}/map")
    expect(page.locator("svg.map circle").first).to_be_visible()


def test_footnotes_lead_there_and_back(page: Page, server: str, database: Path) -> None:
    connection = sqlite3.connect(database)
    [slug] = connection.execute(
        "select slug from articles join paragraphs on article_id = articles.id where role = 'footnote'"
    ).fetchone()
    connection.close()
    page.goto(f"{server}/read/{slug}")
    page.locator("a.noteref").first.click()
    expect(page.locator(":target")).to_contain_text("[1]")
    page.locator("a[aria-label$='back to the text']").first.click()
    expect(page).to_have_url(re.compile("#ref-1"))


def settle(page: Page, address: str) -> None:
    """Opens a page and waits until its scripts have asked for all that they want."""
    asks = "/archive" in address or "/-/" in address  # the reading room's own pages are whole as they come
    page.goto(address, wait_until="networkidle" if asks else "load")


def without_error_status(route: Route) -> None:
    """Passes a page on as if all were well: Chromium would report its status as an error of the page."""
    answer = route.fetch()
    assert answer.status == 404
    route.fulfill(response=answer, status=200)


def page_types(slug: str) -> list[str]:
    """One address of each type of page."""
    return [
        "/",
        "/about",
        "/articles",
        f"/read/{slug}",
        f"/read/{slug}/cite?of=p1",
        "/speakers",
        "/speaker/1",
        "/places",
        "/place/1",
        "/map",
        "/search",
        "/search?q=zebra+OR+syria",
        "/search?q=syria",
        "/outlets",
        "/outlet/1",
        "/author/1",
        "/archive",
        "/archive/places?_size=10",
        "/archive/quotes?_size=5",
        "/archive/articles/1",
        "/archive/article_overview?_size=5",
        "/archive/place_mention_details?_size=5",
        "/archive/search_paragraphs?q=sarin",
        "/archive/timeline?from=&until=",
        "/archive?sql=select+text+from+quotes+limit+5",
        "/-/search?q=syria",
        "/nothing-here",
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen(open_page: OpenPage, server: str, slug: str, width: int) -> None:
    page = open_page(width=width)
    page.route("**/nothing-here", without_error_status)
    wide = []
    for path in page_types(slug):
        page.goto(server + path)
        surplus = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if surplus > 0:
            wide.append((path, surplus))
    assert wide == []


def test_hostile_text_runs_nowhere_and_breaks_no_page(open_page: OpenPage, hostile_server: str) -> None:
    page = open_page(width=360)
    nasty = quote("\"'><script>window.broken=1</script>")
    broken = []
    paths = [path for path in page_types(SLUG) if path != "/nothing-here"]
    paths += [
        f"/search?q={nasty}",
        f"/map?from={nasty}",
        f"/-/search?q={nasty}",
        "/search?q=zebra",
        "/map?outlet=1",
    ]
    paths += [
        f"/archive/search_paragraphs?q={nasty}",
        "/archive/search_paragraphs?q=zebra",
        f"/read/{SLUG}/cite?of=q1",
    ]
    for path in paths:
        settle(page, hostile_server + path)
        ran = page.evaluate("window.broken === 1")
        links = page.evaluate("[...document.links].filter(one => one.protocol === 'javascript:').length")
        intact = page.evaluate("!!document.querySelector('footer.site-foot')")
        surplus = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if ran or links or not intact or surplus > 0:
            broken.append((path, ran, links, intact, surplus))
    assert broken == []


def test_hostile_text_breaks_no_feed(page: Page, hostile_server: str) -> None:
    for path in ("/feed.atom", "/sitemap.xml", "/export/places.geojson", "/export/quotations.csv"):
        response = page.request.get(hostile_server + path)
        assert response.status == 200
        assert response.headers["content-type"].partition(";")[0] != "text/html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_type_of_page(
    open_page: OpenPage, server: str, slug: str, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - only this test needs it

    # bypass_csp lets the checker's own script in; the policy is tested elsewhere.
    page = open_page(color_scheme=scheme, bypass_csp=True)
    # Dark differs in colours alone.
    options = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
    found = []
    page.route("**/nothing-here", without_error_status)
    for path in page_types(slug):
        settle(page, server + path)
        results = Axe().run(page, options=options)
        for violation in results.response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append((path, violation["id"], violation["help"], len(violation["nodes"]), nodes))
    assert found == []


def test_a_narrow_dark_screen_has_contrast_in_rows_descriptions_and_the_sql_editor(
    open_page: OpenPage, server: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - as above

    page = open_page(width=320, color_scheme="dark", bypass_csp=True)
    found = []
    for path in (
        "/archive/articles?_size=5",
        "/archive/quotes?_size=5",
        "/archive/articles/1",
        "/archive/article_overview?_size=5",
        "/archive/search_paragraphs?q=sarin",
        "/-/search?q=syria",
        f"{SQL_PAGE}?sql=select+text,id,'a'+from+quotes+where+id<9",
    ):
        settle(page, server + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        results = Axe().run(page, options={"runOnly": ["color-contrast"]})
        for violation in results.response["violations"]:
            found += [(path, node["html"][:120], node["any"][0]["data"]) for node in violation["nodes"][:3]]
    assert found == []


def test_keyboard_reaches_the_content_first(page: Page, server: str) -> None:
    page.goto(server)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


def test_print_hides_what_cannot_be_clicked_on_paper(page: Page, server: str, slug: str) -> None:
    page.goto(f"{server}/read/{slug}")
    page.emulate_media(media="print")
    expect(page.locator(".margin")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.locator(".reading article h1")).to_be_visible()
