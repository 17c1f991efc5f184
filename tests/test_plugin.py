"""The site as an installed plugin: any archive under its own name, and nothing for other databases."""

from __future__ import annotations

import html
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin, urlsplit

import datasette
import httpx
import pytest
import yaml
from cases_files import ROOT
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils import StartupError
from site_client import ask, free_port

from loader import build
from loader.site import hooks, plugin
from loader.site.room import room_of

IS_ONE = datasette.__version__.startswith("1.")
# A town that no data set of this project knows, in two outlets.
HARBOUR = """Ferry pier closes for repairs

The Drava Times, by Eva Lang, May 3, 2018:

The ferry pier in Graz will close in June. “The timber is rotten,” said Karl Huber, the harbour master.

Mr. Huber told the council that the ferry pier would reopen in Vienna style. “We will paint it blue,” he said.

***

Council votes on ferry pier money

Mur Gazette, by Ana Novak, June 7, 2018:

The council in Graz voted on money for the ferry pier. “We cannot pay for the timber,” said Ana Berg, a
councillor from Maribor.
"""
# An article without quotations, places, date, outlet and author.
BARE = "Nothing happens in a long week\n\nAll was quiet. The weather was fine and nobody complained.\n"
FIVE_LINES = """title: Harbour news
description: Two articles about a pier.
license: All rights reserved
databases:
  archive: {queries: {found_by_rule: null, mine: {title: My query, sql: select 1 as one}}}
"""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of an invented archive, called neither archive nor like its folder."""
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "texts").mkdir()
    (folder / "texts" / "one.txt").write_text(HARBOUR, encoding="utf-8")
    build([folder / "texts"], folder / "pier.db")
    return folder / "pier.db"


def links(page: str) -> set[str]:
    """The addresses that a page links to or sends forms to."""
    return {html.unescape(found) for found in re.findall(r'(?:href|src|action)="([^"#]+)', page)}


@contextmanager
def without_plugin() -> Iterator[None]:
    """Datasette as it is if this package is not installed."""
    pm.unregister(plugin)
    try:
        yield
    finally:
        pm.register(plugin, name="press-archive")


def opened(*files: Path, metadata: dict[str, Any] | None = None) -> Datasette:
    return Datasette(files=[], immutables=[str(file) for file in files], metadata=metadata)


# --- any archive ------------------------------------------------------------------------------------------


def pages_of(site: Datasette, start: str = "/", most: int = 400) -> dict[str, httpx.Response]:
    """Every page of the reading room and every link of it, by address."""
    found: dict[str, httpx.Response] = {}
    waiting = [start]
    while waiting and len(found) < most:
        address = waiting.pop()
        if address in found:
            continue
        found[address] = response = ask(site, address)
        # The links of Datasette's own pages are its own business.
        is_ours = 'class="room"' in response.text if "html" in response.headers["content-type"] else False
        for link in links(response.text) if is_ours else ():
            target = urljoin(f"http://localhost{address}", link)
            parts = urlsplit(target)
            if parts.netloc == "localhost" and not parts.path.endswith(".db"):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


@pytest.mark.parametrize("text", [HARBOUR, BARE], ids=["harbour", "bare"])
def test_every_page_of_any_archive_answers_and_speaks_of_no_other(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    build([tmp_path], tmp_path / "pier.db")
    found = pages_of(opened(tmp_path / "pier.db"))
    assert len(found) > 20
    assert {address: page.status_code for address, page in found.items() if page.status_code != 200} == {}
    for address, page in found.items():
        for word in ("Syria", "Tillerson", "Aleppo", "/archive/"):
            assert word not in page.text, address
        # The gazetteer is under CC BY; of the archive nobody said so.
        for before in re.findall(r"(.{0,120})CC BY", page.text, re.DOTALL):
            assert "GeoNames" in before, address


def test_without_metadata_the_title_is_the_file_s_name_and_no_rights_are_claimed(harbour: Path) -> None:
    site = opened(harbour)
    assert "<title>pier</title>" in ask(site, "/").text
    assert re.search(r"Rights: <a[^>]*>not stated</a>", ask(site, "/").text)
    assert "Rights: not stated" in ask(site, "/about").text


def test_every_example_of_any_archive_returns_rows(harbour: Path) -> None:
    site = opened(harbour)
    described = ask(site, "/") and room_of(site)
    assert described is not None
    archive = described.metadata["databases"]["pier"]
    texts = [archive["description_html"]]
    texts += [
        level["description_html"] for level in (*archive["tables"].values(), *archive["queries"].values())
    ]
    addresses = {html.unescape(found) for text in texts for found in re.findall(r'href="(/pier/[^"]+)', text)}
    assert len(addresses) > 25
    for address in sorted(addresses):
        name, _, query = address.partition("?")
        answer = ask(site, f"{name}.json?_shape=array{'&' + query if query else ''}")
        assert answer.status_code == 200, address
        assert answer.json() or is_empty(harbour, name), address


def is_empty(database: Path, address: str) -> bool:
    table = address.rpartition("/")[2]
    with closing(sqlite3.connect(database)) as connection:
        known = connection.execute("select 1 from sqlite_master where name = ?", (table,)).fetchone()
        return bool(known) and not connection.execute(f"select 1 from [{table}] limit 1").fetchone()


def test_every_proposed_search_returns_results(harbour: Path) -> None:
    site = opened(harbour)
    room = room_of(site)
    assert room is not None and len(room.searches) >= 3
    for search in room.searches:
        rows = ask(site, f"/export/search/paragraphs.json?q={search}").json()
        assert rows, search


def test_what_an_archive_lacks_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(BARE, encoding="utf-8")
    build([tmp_path], tmp_path / "bare.db")
    room = room_of(opened(tmp_path / "bare.db"))
    assert room is not None
    queries = room.metadata["databases"]["bare"]["queries"]
    assert "Example" not in queries["said_by"]["description_html"]
    assert "Example" not in queries["quotes_about_place"]["description_html"]
    assert "Example" in queries["paragraph_in_context"]["description_html"]


# --- whose Datasette it is --------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A database of somebody else's, with tables of our names."""
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "create table articles (id integer primary key, headline text, slug text);"
            "insert into articles values (1, 'A <b>', 'a-b'), (2, '=b', 'c');"
            "create table build_info (key text primary key, value text);"
            "insert into build_info values ('schema_version', '3'), ('loader', 'somebody else');"
        )
    return file


DATASETTES_PAGES = (
    "/", "/other", "/other/articles", "/other/articles?_facet=headline&_sort=slug", "/other/articles/1",
    "/other/articles.json", "/other/articles.csv", "/other?sql=select+1", "/other.json?sql=select+1",
    "/other/-/query?sql=select+1", "/-/settings", "/-/settings.json", "/-/databases.json", "/-/metadata.json",
    "/-/versions", "/-/static/app.css", "/about", "/search", "/read/a-b", "/nothing", "/-/actor",
    "/-/static-plugins/press-archive/site.css", "/other/articles?_sort=nothing",
)  # fmt: skip


def _as_it_is(site: Datasette, address: str) -> tuple[int, dict[str, str], str]:
    response = ask(site, address)
    text = re.sub(
        r"[\d.]+ ?ms|\"query_ms\": [\d.]+|\"ms\": [\d.]+|csrftoken\S*|value=\"[\w.-]{60,}\"",
        "",
        response.text,
    )
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("set-cookie", "content-length")
    }
    return response.status_code, headers, text


@pytest.mark.parametrize("address", DATASETTES_PAGES)
def test_nothing_changes_for_a_database_that_is_not_ours(address: str, other: Path) -> None:
    with without_plugin():
        expected = _as_it_is(opened(other), address)
    assert _as_it_is(opened(other), address) == expected


@pytest.mark.parametrize("address", ["/", "/_memory", "/_memory?sql=select+1", "/about", "/-/settings"])
def test_nothing_changes_without_a_database(address: str) -> None:
    with without_plugin():
        expected = _as_it_is(Datasette(memory=True), address)
    assert _as_it_is(Datasette(memory=True), address) == expected


def test_of_two_archives_the_first_is_the_reading_room_unless_another_is_configured(
    harbour: Path, tmp_path: Path
) -> None:
    second = Path(shutil.copyfile(harbour, tmp_path / "second.db"))
    assert "<title>pier</title>" in ask(opened(harbour, second), "/").text
    for key in ("press-archive", "reading-room"):
        chosen = opened(harbour, second, metadata={"plugins": {key: {"database": "second"}}})
        assert "<title>second</title>" in ask(chosen, "/").text


def test_an_archive_beside_another_database_is_the_reading_room(harbour: Path, other: Path) -> None:
    site = opened(other, harbour)
    assert "<title>pier</title>" in ask(site, "/").text
    assert ask(site, "/other/articles.json?_shape=array").json()[0]["headline"] == "A <b>"
    # What SQL may do is limited in the archive alone.
    assert ask(site, "/other/articles").status_code == 200


@pytest.mark.parametrize(
    ("version", "remedy"), [("2", "build it again"), ("99", "install a newer"), ("x", "again")]
)
def test_another_schema_gives_one_page_and_one_line(
    version: str, remedy: str, harbour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = Path(shutil.copyfile(harbour, tmp_path / "old.db"))
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute("update build_info set value = ? where key = 'schema_version'", (version,))
    site = opened(old)
    home = ask(site, "/")
    assert home.status_code == 503 and home.text.count("\n") == 1 and remedy in home.text
    assert capsys.readouterr().err == home.text
    assert ask(site, "/about").status_code == 404
    assert ask(site, "/old/quotes").status_code == 200


def test_an_old_sqlite_is_one_line(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks.sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StartupError, match=r"^press-archive needs SQLite 3\.35\.0 or newer, this Python has"):
        ask(opened(harbour), "/")


def test_another_sqlite_module_that_cannot_set_limits_is_one_line(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Connection:
        """Like that of pysqlite3, which Datasette prefers: without setlimit."""

    module = SimpleNamespace(__name__="pysqlite3", Connection=Connection)
    monkeypatch.setattr(hooks, "datasette_sqlite", module)
    with pytest.raises(
        StartupError, match=r"under pysqlite3, which is installed; run `pip uninstall pysqlite3"
    ):
        ask(opened(harbour), "/")


def test_an_entry_of_metadata_that_matches_nothing_is_named(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(opened(harbour, metadata={"databases": {"pier": {"title": "x"}, "pire": {"title": "y"}}}), "/")
    assert capsys.readouterr().err == "metadata: databases: pire: no database of this name is attached\n"


@pytest.mark.parametrize("name", ["my press däta 2", "x+y"])
def test_every_link_is_right_for_any_name_of_the_file(name: str, harbour: Path, tmp_path: Path) -> None:
    site = opened(Path(shutil.copyfile(harbour, tmp_path / f"{name}.db")))
    for page in ("/", "/about", "/search?q=ferry"):
        for link in links(ask(site, page).text):
            if link.startswith("/") and not link.endswith(".db"):
                assert (link, ask(site, link).status_code) == (link, 200)
    described = room_of(site)
    assert described is not None
    texts = [level["description_html"] for level in described.metadata["databases"][name]["queries"].values()]
    [example, *_] = [found for text in texts for found in re.findall(r'href="(/[^"]+)', text)]
    assert ask(site, html.unescape(example)).status_code == 200
    form = re.search(r'action="([^"]+)', described.metadata["databases"][name]["description_html"])
    assert form and ask(site, f"{form[1]}?q=ferry").status_code == 200


def test_the_feed_leaves_out_articles_without_a_date_and_quotes_the_start_of_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "b.txt").write_text(BARE, encoding="utf-8")
    build([tmp_path], tmp_path / "pier.db")
    feed = ask(opened(tmp_path / "pier.db"), "/feed.atom").text
    assert feed.count("<entry>") == 2 and "1970" not in feed
    assert "<summary>The ferry pier in Graz will close in June." in feed


def test_a_file_that_may_change_is_not_offered_for_download(harbour: Path) -> None:
    for page in ("/", "/about"):
        assert "pier.db" in ask(opened(harbour), page).text
        assert "pier.db" not in ask(Datasette(files=[str(harbour)]), page).text


def test_the_home_page_lists_other_databases(harbour: Path, other: Path) -> None:
    assert "/other" in links(ask(opened(harbour, other), "/").text)
    assert "Other databases" not in ask(opened(harbour), "/").text


def test_a_database_under_the_name_of_a_page_is_named_at_the_start(
    harbour: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(opened(harbour, Path(shutil.copyfile(harbour, tmp_path / "search.db"))), "/about")
    assert "search: the name of this database is the address of a page" in capsys.readouterr().err


def test_the_title_of_a_canned_query_is_the_title_of_its_page(harbour: Path) -> None:
    assert (
        "<title>Most quoted speakers · pier</title>"
        in ask(opened(harbour), "/pier/most_quoted_speakers").text
    )


def test_every_heading_of_a_column_sorts_the_table(harbour: Path) -> None:
    site = opened(harbour)
    for table in ("speakers", "places", "articles", "quotes"):
        for link in links(ask(site, f"/pier/{table}").text):
            if "_sort" in link:
                assert (link, ask(site, urljoin(f"/pier/{table}", link)).status_code) == (link, 200)


def test_a_search_that_does_not_work_is_not_linked(harbour: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/-/search" in links(ask(opened(harbour), "/").text)
    monkeypatch.setattr(hooks, "version", lambda _: "1.1.4")
    monkeypatch.delattr(Datasette, "ensure_permissions", raising=False)
    site = opened(harbour)
    assert "/-/search" not in links(ask(site, "/").text)
    answer = ask(site, "/-/search?q=pier")
    assert answer.status_code == 501 and "pip install 'datasette-search-all" in answer.text


# "office" and "frozen" as typesetters and hyphenation write them.
HYPHENATED = """Ice closes the oﬃce

The Drava Times, by Eva Lang, May 3, 2018:

The har\u00adbour o\ufb03ce is shut. “The lake is fro\u00adzen and no\u200bthing moves,” said Karl Huber.
"""


@pytest.mark.parametrize("is_installed", [True, False], ids=["with the plugin", "without it"])
def test_tables_are_searched_for_words_with_ligatures_and_soft_hyphens(
    is_installed: bool, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text(HYPHENATED, encoding="utf-8")
    build([tmp_path], tmp_path / "ice.db")
    with nullcontext() if is_installed else without_plugin():
        site = opened(tmp_path / "ice.db")
        for table, words in (
            ("paragraphs", "harbour+office"), ("paragraphs", "nothing"), ("quotes", "frozen"),
            ("articles", "office"),
        ):  # fmt: skip
            answer = ask(site, f"/ice/{table}.json?_shape=array&_search={words}")
            assert len(answer.json()) == 1, (table, words)
        listed = ask(site, "/-/search?q=office").text
        assert all(f"/ice/{table}" in listed for table in ("paragraphs", "quotes", "articles"))


def test_pages_find_and_mark_words_with_ligatures_and_soft_hyphens(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(HYPHENATED, encoding="utf-8")
    build([tmp_path], tmp_path / "ice.db")
    site = opened(tmp_path / "ice.db")
    page = ask(site, "/search?q=harbour+frozen").text
    assert "<mark>harbour</mark> office is shut" in page
    assert "<mark>frozen</mark> and nothing moves" in ask(site, "/search?q=frozen&in=quotes").text
    assert len(ask(site, "/ice/search_quotes.json?_shape=array&q=nothing").json()) == 1


# --- without the package ----------------------------------------------------------------------------------


def test_plain_datasette_shows_title_rights_and_eight_queries_of_the_first_data_set(database: Path) -> None:
    described = yaml.safe_load((ROOT / "metadata.yml").read_text(encoding="utf-8"))
    queries = described["databases"]["archive"]["queries"]
    assert len(queries) >= 8
    with without_plugin():
        config = {"config": described} if IS_ONE else {}  # 1.0 reads queries from its configuration
        described.pop("plugins")
        site = Datasette(files=[], immutables=[str(database)], metadata=described, **config)
        assert described["title"] in ask(site, "/").text
        assert html.escape(described["license"]) in ask(site, "/archive").text
        for name, query in queries.items():
            values = "&".join(f"{parameter}=chemical" for parameter in query.get("params", []))
            answer = ask(site, f"/archive/{name}.json?_shape=array&{values}")
            assert answer.status_code == 200, answer.text
            assert answer.json(), name


# --- installed --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment with nothing but the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    wheels = folder / "wheels"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build_wheel = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(wheels), str(ROOT)]
    subprocess.run([*pip, *build_wheel], check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "env")], check=True)
    site_packages = next((folder / "env" / "lib").glob("python*/site-packages"))
    [wheel] = wheels.glob("*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(site_packages), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    # Its dependencies from the environment of the tests. Only the folder, so that the checkout is not there.
    dependencies = Path(datasette.__file__).parent.parent
    (site_packages / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
    return folder / "env" / "bin" / "python"


def test_the_wheel_alone_serves_an_archive_with_five_lines_of_metadata(
    installed: Path, harbour: Path, tmp_path: Path
) -> None:
    shutil.copyfile(harbour, tmp_path / "anything.db")
    (tmp_path / "metadata.yml").write_text(FIVE_LINES, encoding="utf-8")
    port = free_port()
    command = [str(installed), "-m", "datasette", "serve", "-i", "anything.db", "-m", "metadata.yml"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)], cwd=tmp_path, stdout=log, stderr=log, env={}
        )
    try:
        base = f"http://127.0.0.1:{port}"
        home = _answer(base, process, tmp_path / "log").text
        assert "<title>Harbour news</title>" in home
        assert "All rights reserved" in home and "My query" in home and "/anything/found_by_rule" not in home
        with httpx.Client(base_url=base, timeout=30) as client:
            addresses = sorted(link for link in links(home) if link.startswith(("/", base)))
            assert len(addresses) > 25
            refused = {one: code for one in addresses if (code := client.get(one).status_code) != 200}
            assert refused == {}
            text = client.get("/anything/said_by?speaker=Huber").text
            assert "The timber is rotten" in text
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answer(base: str, process: subprocess.Popen[bytes], log: Path) -> httpx.Response:
    for _ in range(150):
        if process.poll() is not None:
            break
        try:
            return httpx.get(base + "/", timeout=30)
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer: {log.read_text()}")
