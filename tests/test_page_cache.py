"""Pages of an immutable archive are rendered once, stored within a bound, and known by their ETags."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import tracemalloc
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from datasette import hookimpl
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.plugins import pm
from hypothesis import given
from hypothesis import strategies as st
from site_client import SQL_PAGE

from loader.site.page_cache import encodings, fingerprint
from loader.site.page_cache.addresses import CacheableAddresses
from loader.site.page_cache.edge import LARGEST, PageCache
from loader.site.page_cache.store import Page, PageStore, size_of
from loader.site.room import Room, room_of
from loader.site.security import middleware

Message = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread
HTML = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"max-age=60")]
BODY = b"<p>" + b"words " * 100


def run(coroutine: Any) -> Any:
    return _THREAD.submit(asyncio.run, coroutine).result(timeout=60)


class Site:
    """An application that counts how often it renders."""

    def __init__(self, headers: Headers = HTML, body: bytes = BODY, status: int = 200) -> None:
        self.headers, self.body, self.status = headers, body, status
        self.scopes: list[Message] = []
        self.before: Callable[[], Awaitable[None]] | None = None

    async def __call__(self, scope: Message, receive: object, send: Any) -> None:
        self.scopes.append(scope)
        if self.before:
            await self.before()
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def cached(site: Any, may_store: Callable[[str, bytes], bool] = lambda path, query: True) -> PageCache:
    return PageCache(site, lambda: b"site", may_store, 60)


async def ask(
    cache: Any, path: str = "/", headers: Headers | None = None, method: str = "GET", **scope: Any
) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer to a request."""
    raw, _, query = path.encode().partition(b"?")
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    requests: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not requests:
            await asyncio.Event().wait()  # as a server does until the visitor goes
        return requests.pop()

    sent = [(b"host", b"example.org"), *(headers or [])]
    if any(name == b"host" for name, _ in headers or []):
        sent = sent[1:]
    request = {
        "type": "http", "method": method, "scheme": "http", "path": raw.decode(), "raw_path": raw,
        "query_string": query, "headers": sent, "client": ("10.0.0.1", 1), **scope,
    }  # fmt: skip
    await cache(request, receive, send)
    start, *rest = messages
    found = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], found, b"".join(part.get("body", b"") for part in rest)


def page(body: bytes = b"x", headers: int = 2) -> Page:
    return Page(
        headers=tuple((b"name%d" % number, b"value") for number in range(headers)),
        tag="0" * 32, is_weak=False, body=body, is_compressed=False, length=len(body),
    )  # fmt: skip


class TestStore:
    @given(
        st.integers(2_000, 20_000),
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30), st.integers(0, 9_000))),
    )
    def test_it_never_holds_more_bytes_than_its_bound(
        self, bound: int, puts: list[tuple[str, int, int]]
    ) -> None:
        store = PageStore(bound)
        for origin, number, size in puts:
            origin_bytes, address = origin.encode(), b"/%d" % number
            store.get(origin_bytes, address)
            store.put(origin_bytes, address, page(b"x" * size))
            assert store.size == sum(size_of(key, kept) for key, kept in store) <= bound

    def test_what_it_counts_for_an_entry_is_not_less_than_what_python_takes(self) -> None:
        store = PageStore(10**9)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(2_000):
            name = b"%d" % number
            headers = tuple((b"name" + name + b"%d" % i, b"value" + name) for i in range(12))
            made = Page(
                headers=headers, tag=f"{number:032x}", is_weak=False, body=b"x" * 999 + name,
                is_compressed=True, length=5_000,
            )  # fmt: skip
            store.put(b"http://example.org", b"/" + name, made)
        taken = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert taken <= store.size < 2 * taken

    def test_the_least_recently_used_page_leaves_first(self) -> None:
        store = PageStore(4 * size_of(b"o /1", page()))
        store.get(b"o", b"/1")  # o is the origin that most requests name: three pages fit into its share
        for address in (b"/1", b"/2", b"/3"):
            store.put(b"o", address, page())
        store.get(b"o", b"/1")
        store.put(b"o", b"/4", page())
        assert [store.get(b"o", address) is not None for address in (b"/1", b"/2", b"/3", b"/4")] == [
            True, False, True, True,
        ]  # fmt: skip


class TestAcceptEncoding:
    @pytest.mark.parametrize(
        ("value", "accepted"),
        [
            ("gzip", True), ("GZIP", True), ("x-gzip", True), ("deflate, gzip;q=0.5", True), ("*", True),
            ("gzip ; q=1.000", True), ("br, *;q=0.1", True), ("gzip;q=0.5, identity;q=0.5", True),
            ("gzip;q=0", False), ("gzip;q=0.000, *", False), ("identity", False), ("*;q=0", False),
            ("", False), ("gzip;q=0.1, identity", False), ("br", False), ("notgzip", False),
            ("gzip;q=2", False), ("gzip;q=", False), ("gzip;level=9", False), ("," * 5_000 + "gzip", False),
        ],
    )  # fmt: skip
    def test_its_values_decide(self, value: str, accepted: bool) -> None:
        assert encodings.accepts_gzip([(b"accept-encoding", value.encode())]) is accepted

    def test_several_lines_are_one_list(self) -> None:
        assert encodings.accepts_gzip([(b"Accept-Encoding", b"br"), (b"accept-encoding", b"gzip")])

    def test_without_it_the_page_is_plain(self) -> None:
        assert not encodings.accepts_gzip([])

    @given(st.binary(max_size=3_000))
    def test_what_is_compressed_is_the_same_when_decompressed(self, body: bytes) -> None:
        assert encodings.decompress(encodings.compress(body)) == body


class TestAnswers:
    def test_a_page_is_rendered_once_and_sent_in_the_form_that_is_accepted(self) -> None:
        site = Site()
        cache = cached(site)
        gzipped = [(b"accept-encoding", b"gzip")]
        _, _, first = run(ask(cache))
        _, plain, again = run(ask(cache))
        status, packed, body = run(ask(cache, headers=gzipped))
        assert len(site.scopes) == 1 and status == 200
        assert first == again == gzip.decompress(body) == BODY
        assert packed["content-encoding"] == "gzip" and "content-encoding" not in plain
        assert (int(plain["content-length"]), int(packed["content-length"])) == (len(BODY), len(body))
        assert plain["vary"] == packed["vary"] == "Accept-Encoding"
        assert plain["etag"] != packed["etag"] and not plain["etag"].startswith("W/")
        assert plain["cache-control"] == "public, max-age=60, must-revalidate"

    @pytest.mark.parametrize("encoding", [b"gzip", b"identity"])
    @pytest.mark.parametrize("is_stored", [True, False])
    def test_head_has_the_headers_of_get_and_no_body(self, encoding: bytes, is_stored: bool) -> None:
        cache, other = cached(Site()), cached(Site())
        accepted = [(b"accept-encoding", encoding)]
        expected = run(ask(other, headers=accepted))
        if is_stored:
            run(ask(cache))
        assert run(ask(cache, headers=accepted, method="HEAD")) == (*expected[:2], b"")

    @pytest.mark.parametrize("encoding", [b"gzip", b"identity"])
    def test_who_has_the_page_gets_304(self, encoding: bytes) -> None:
        cache = cached(Site())
        accepted = (b"accept-encoding", encoding)
        _, headers, _ = run(ask(cache, headers=[accepted]))
        tag = headers["etag"].encode()
        for sent in (tag, b"W/" + tag, b'"other", ' + tag, b"*"):
            status, got, body = run(ask(cache, headers=[accepted, (b"if-none-match", sent)]))
            assert (status, body) == (304, b"")
            assert got["cache-control"] == headers["cache-control"] and got["vary"] == headers["vary"]
            assert "content-length" not in got and "content-type" not in got
        for sent in (b'"other"', tag.upper(), tag[:-2], b"", b'"' + b"0" * 32 + b'"'):
            assert run(ask(cache, headers=[(b"if-none-match", sent)]))[0] == 200

    def test_a_page_that_is_no_page_is_never_304(self) -> None:
        _, headers, _ = run(ask(cached(Site())))
        cache = cached(Site(status=404))
        assert run(ask(cache, headers=[(b"if-none-match", headers["etag"].encode())]))[0] == 404

    @pytest.mark.parametrize(
        ("stated", "sent"),
        [
            (b"max-age=5", "public, max-age=5, must-revalidate"),
            (b"no-cache", "no-cache"),
            (b"max-age=0", "no-cache"),
            (b"public, max-age=31536000, immutable", "public, max-age=31536000, immutable"),
            (None, "public, max-age=60, must-revalidate"),
        ],
    )
    def test_a_page_s_own_lifetime_stays(self, stated: bytes | None, sent: str) -> None:
        headers = HTML[:1] + ([(b"cache-control", stated)] if stated else [])
        assert run(ask(cached(Site(headers=headers))))[1]["cache-control"] == sent

    def test_a_short_or_packed_body_is_not_compressed(self) -> None:
        for site in (Site(body=b"short"), Site(headers=[(b"content-type", b"image/png")])):
            _, headers, body = run(ask(cached(site), headers=[(b"accept-encoding", b"gzip")]))
            assert "content-encoding" not in headers and body == site.body

    def test_json_with_a_measured_time_has_a_weak_tag(self) -> None:
        site = Site(headers=[(b"content-type", b"application/json")], body=b'{"query_ms": 0.4}')
        assert run(ask(cached(site)))[1]["etag"].startswith('W/"')


class TestWhatIsNotStored:
    @pytest.mark.parametrize(
        "site",
        [
            Site(status=404), Site(status=503), Site(status=301), Site(body=b"x" * (LARGEST + 1)),
            Site(headers=[*HTML, (b"set-cookie", b"a=b")]), Site(headers=[(b"cache-control", b"private")]),
            Site(headers=[(b"cache-control", b"max-age=60, no-store")]),
            Site(headers=[*HTML, (b"vary", b"Cookie, X-Language")]), Site(headers=[*HTML, (b"vary", b"*")]),
            Site(headers=[*HTML, (b"content-encoding", b"br")]),
        ],
    )  # fmt: skip
    def test_it_is_passed_on_as_it_is(self, site: Site) -> None:
        cache = cached(site)
        for asked in (1, 2):
            status, headers, body = run(ask(cache))
            assert (status, body, len(site.scopes) % 2) == (site.status, site.body, asked % 2)
            assert "etag" not in headers
        assert len(cache.store) == 0 and cache.store.size == 0

    def test_writing_methods_and_addresses_that_may_not_be_stored_reach_the_site_whole(self) -> None:
        site = Site()
        cache = cached(site, lambda path, query: path != "/sql")
        headers = [(b"accept-language", b"de")]
        run(ask(cache, "/sql", headers))
        run(ask(cache, "/", headers, method="POST"))
        assert [(b"accept-language", b"de") in scope["headers"] for scope in site.scopes] == [True, True]
        assert len(cache.store) == 0

    def test_nothing_is_stored_without_a_fingerprint(self) -> None:
        site = Site()
        cache = PageCache(site, lambda: None, lambda path, query: True, 60)
        assert "etag" not in run(ask(cache))[1] and "etag" not in run(ask(cache))[1]
        assert len(site.scopes) == 2


class TestSingleFlight:
    @staticmethod
    async def _together(cache: PageCache, site: Site, count: int) -> list[tuple[int, dict[str, str], bytes]]:
        """Ask for one page so many times at once; it is rendered when all have asked."""
        go = asyncio.Event()
        site.before = go.wait
        asked = [asyncio.create_task(ask(cache)) for _ in range(count)]
        await asyncio.sleep(0)
        go.set()
        return list(await asyncio.gather(*asked))

    def test_a_page_that_many_ask_for_at_once_is_rendered_once(self) -> None:
        site = Site()
        answers = run(self._together(cached(site), site, 20))
        assert len(site.scopes) == 1
        assert {(status, body) for status, _, body in answers} == {(200, BODY)}

    def test_an_error_is_not_shared(self) -> None:
        site = Site(status=500)
        answers = run(self._together(cached(site), site, 20))
        assert len(site.scopes) == 20 and {status for status, _, _ in answers} == {500}

    def test_when_the_first_goes_another_renders(self) -> None:
        site = Site()
        cache = cached(site)

        async def first_goes() -> list[tuple[int, dict[str, str], bytes]]:
            site.before = asyncio.Event().wait  # never
            first = asyncio.create_task(ask(cache))
            await asyncio.sleep(0)
            others = [asyncio.create_task(ask(cache)) for _ in range(5)]
            await asyncio.sleep(0)
            site.before = None
            first.cancel()
            return list(await asyncio.wait_for(asyncio.gather(*others), 30))

        answers = run(first_goes())
        assert len(site.scopes) == 2  # the one that was given up, and the one that all others got
        assert {status for status, _, _ in answers} == {200} and not cache._flights

    def test_who_waits_and_goes_takes_the_page_from_nobody(self) -> None:
        site = Site()
        cache = cached(site)

        async def second_goes() -> list[tuple[int, dict[str, str], bytes]]:
            go = asyncio.Event()
            site.before = go.wait
            asked = [asyncio.create_task(ask(cache)) for _ in range(3)]
            await asyncio.sleep(0)
            asked.pop(1).cancel()
            await asyncio.sleep(0)
            go.set()
            return list(await asyncio.gather(*asked))

        assert [status for status, _, _ in run(second_goes())] == [200, 200]
        assert len(site.scopes) == 1

    def test_nobody_waits_for_a_slow_reader(self) -> None:
        cache = cached(Site())

        async def second_while_first_reads() -> int:
            async def never(message: Message) -> None:
                await asyncio.Event().wait()

            scope = {
                "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"",
                "headers": [(b"host", b"example.org")], "scheme": "http",
            }  # fmt: skip
            slow = asyncio.create_task(cache(scope, never, never))
            await asyncio.sleep(0)
            status, _, _ = await asyncio.wait_for(ask(cache), 30)
            slow.cancel()
            return status

        assert run(second_while_first_reads()) == 200

    def test_a_stored_page_needs_no_turn(self) -> None:
        site = Site()
        guarded = middleware.guard(site, lambda path: True, lambda path: True)
        cache = cached(guarded)

        async def while_all_turns_are_taken() -> tuple[int, int]:
            assert (await ask(cache, "/stored"))[0] == 200
            site.before = asyncio.Event().wait  # never
            turns = middleware.SQL_PAGES_AT_ONCE + middleware.SQL_PAGES_WAITING
            taken = [asyncio.create_task(ask(cache, f"/{number}")) for number in range(turns)]
            await asyncio.sleep(0)
            stored, _, _ = await asyncio.wait_for(ask(cache, "/stored"), 30)
            other, _, _ = await asyncio.wait_for(ask(cache, "/other"), 30)
            for task in taken:
                task.cancel()
            return stored, other

        assert run(while_all_turns_are_taken()) == (200, 503)

    def test_an_exception_reaches_the_server_and_the_next_request_renders(self) -> None:
        site = Site()

        async def fail() -> None:
            raise LookupError

        cache = cached(site)
        site.before = fail
        with pytest.raises(LookupError):
            run(ask(cache))
        site.before = None
        assert run(ask(cache))[0] == 200


def open_site(bundle: Path, **options: Any) -> Datasette:
    """The site of the published data set, immutable with a known hash unless said otherwise."""
    file = str(bundle / "archive.db")
    inspected = {"archive": {"hash": "0" * 64, "size": 1, "file": "archive.db", "tables": {}}}
    settings = {"suggest_facets": False, **options.pop("settings", {})}
    return Datasette([], **{"immutables": [file], "inspect_data": inspected, "settings": settings, **options})


def get(site: Datasette, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async def answer() -> httpx.Response:
        await site.invoke_startup()
        transport = httpx.ASGITransport(app=site.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path, headers=headers or {})

    response: httpx.Response = run(answer())
    return response


class TestETag:
    @pytest.mark.parametrize(
        ("changed", "is_same"),
        [
            ({}, True),
            ({"settings": {"default_page_size": 7}}, False),
            ({"metadata": {"title": "Another"}}, False),
            ({"metadata": {"databases": {"archive": {"tables": {"quotes": {"size": 5}}}}}}, False),
            ({"inspect_data": {"archive": {"hash": "1" * 64, "size": 1, "tables": {}}}}, False),
        ],
    )
    def test_it_changes_with_the_file_the_settings_and_the_metadata(
        self, bundle: Path, changed: dict[str, Any], is_same: bool
    ) -> None:
        tag, other = (
            get(open_site(bundle, **options), "/about").headers["etag"] for options in ({}, changed)
        )
        assert (tag == other) is is_same

    def test_it_changes_with_path_query_and_host(self, bundle: Path) -> None:
        site = open_site(bundle)
        tags = {get(site, path).headers["etag"] for path in ("/about", "/places", "/places?", "/places?a=1")}
        tags.add(get(site, "/about", {"host": "example.org"}).headers["etag"])
        assert len(tags) == 4  # "/places?" is sent as "/places"

    @pytest.mark.parametrize("name", ["version", "datasette_version", "_plugins"])
    def test_it_changes_with_the_versions(
        self, bundle: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        before = get(open_site(bundle), "/about").headers["etag"]
        monkeypatch.setattr(fingerprint, name, "9.9" if name == "datasette_version" else lambda *_: "9.9")
        assert get(open_site(bundle), "/about").headers["etag"] != before

    def test_it_changes_with_the_owner_s_templates(self, bundle: Path, tmp_path: Path) -> None:
        tags = set()
        for text in ("one", "other"):
            (tmp_path / "unrelated.html").write_text(text)
            tags.add(get(open_site(bundle, template_dir=str(tmp_path)), "/about").headers["etag"])
        assert len(tags) == 2

    def test_it_is_the_same_in_another_process_s_site(self, bundle: Path) -> None:
        assert len({get(open_site(bundle), "/about").headers["etag"] for _ in range(2)}) == 1


class TestAddresses:
    @pytest.fixture
    def addresses(self, bundle: Path) -> CacheableAddresses:
        room = room_of(open_site(bundle))
        assert isinstance(room, Room)
        for name, sql in {
            "dice": "select random()", "today": "select * from articles where published = date('now')",
            "clock": "select :_now_epoch", "day": "select date(:day)", "stamp": "select CURRENT_TIMESTAMP",
        }.items():  # fmt: skip
            room.queries[name] = {"sql": sql}
        return CacheableAddresses(room, [])

    @pytest.mark.parametrize(
        "path",
        [
            "/archive", "/archive.json", "/archive/quotes", "/archive/quotes.json", "/archive/quotes/1",
            "/archive/quotes/1.json", "/archive/quote_details", "/archive/most_quoted_speakers",
        ],
    )  # fmt: skip
    def test_pages_of_the_archive_are_stored(self, addresses: CacheableAddresses, path: str) -> None:
        assert addresses.holds(path, b"_size=5&_facet=kind")

    @pytest.mark.parametrize(
        "path",
        [
            "/other", "/other/quotes", "/archives/quotes", "/archive/nothing", "/archive.db",
            "/-/metadata.json",
            "/archive/quotes/", "/archive/-/query", "/archive/quotes/1/x", "/", "/export/quotations.csv",
            "/archive/dice", "/archive/today", "/archive/clock.json", "/archive/day", "/archive/stamp",
        ],
    )  # fmt: skip
    def test_others_are_not(self, addresses: CacheableAddresses, path: str) -> None:
        assert not addresses.holds(path, b"")

    @pytest.mark.parametrize(
        "query",
        [
            b"sql=select+1",
            b"a=1&_where=random()>0",
            b"_%77here=1",
            b"_timelimit=1",
            b"_trace=1",
            b"_stream=on",
        ],
    )
    def test_nor_is_sql_of_visitors_or_what_names_a_time(
        self, addresses: CacheableAddresses, query: bytes
    ) -> None:
        assert not addresses.holds("/archive/quotes", query)

    def test_no_query_of_the_package_is_volatile(self, bundle: Path) -> None:
        room = room_of(open_site(bundle))
        assert room is not None and room.queries
        names = CacheableAddresses(room, [])._names
        assert names.issuperset(room.queries)


class TestSite:
    def test_its_pages_have_tags_and_cookies_change_nothing(self, bundle: Path) -> None:
        site = open_site(bundle)
        for path in (
            "/",
            "/about",
            "/archive/quotes",
            "/archive/quotes/1",
            "/feed.atom",
            "/archive/quotes.csv",
        ):
            plain = get(site, path)
            cookies = get(site, path, {"cookie": "ds_actor=x", "authorization": "Bearer x"})
            assert plain.headers["etag"] == cookies.headers["etag"] and plain.text == cookies.text

    def test_sql_of_visitors_has_none(self, bundle: Path) -> None:
        site = open_site(bundle)
        first, second = (get(site, f"{SQL_PAGE}?sql=select+hex(randomblob(8))+as+a") for _ in range(2))
        assert first.status_code == 200 and "etag" not in first.headers
        assert first.text != second.text

    def test_the_file_itself_is_left_to_its_own_page(self, bundle: Path) -> None:
        site = open_site(bundle)
        assert get(site, "/archive.db").status_code == 200
        part = get(site, "/archive.db", {"range": "bytes=0-5"})
        assert (part.status_code, part.content) == (206, b"SQLite")

    def test_of_a_mutable_archive_nothing_is_stored(self, bundle: Path) -> None:
        site = Datasette([str(bundle / "archive.db")])
        for path in ("/about", "/archive/quotes"):
            assert get(site, path).status_code == 200
            assert "etag" not in get(site, path).headers

    def test_of_another_database_nothing_is_stored(self, bundle: Path, tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "other.db")
        connection.execute("create table quotes (id integer primary key)")
        connection.close()
        site = open_site(bundle)
        site.add_database(Database(site, path=str(tmp_path / "other.db")), "other")
        assert "etag" in get(site, "/archive/quotes").headers
        assert get(site, "/other/quotes").status_code == 200
        assert "etag" not in get(site, "/other/quotes").headers

    def test_without_an_archive_nothing_changes(self, tmp_path: Path) -> None:
        sqlite3.connect(tmp_path / "other.db").execute("create table t (x)")
        assert "etag" not in get(Datasette([], immutables=[str(tmp_path / "other.db")]), "/other/t").headers

    def test_a_file_without_a_known_hash_is_stored_when_it_is_hashed(self, bundle: Path) -> None:
        site = open_site(bundle, inspect_data=None)

        async def until_tagged() -> bool:
            await site.invoke_startup()
            app = site.app()
            for _ in range(300):
                if "etag" in (await ask(app, "/about"))[1]:
                    return True
                await asyncio.sleep(0.1)
            return False

        assert run(until_tagged())

    def test_beside_a_plugin_that_tells_visitors_apart_nothing_is_stored(self, bundle: Path) -> None:
        plugin = ModuleType("tells_visitors_apart")
        plugin.actor_from_request = hookimpl(lambda: None)  # type: ignore[attr-defined]
        pm.register(plugin, name="tells-visitors-apart")
        try:
            assert "etag" not in get(open_site(bundle), "/about").headers
        finally:
            pm.unregister(plugin)
        assert "etag" in get(open_site(bundle), "/about").headers

    def test_a_page_whose_query_ran_out_of_time_is_not_stored(
        self, bundle: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = open_site(bundle)
        app = run(_started(site))
        database = site.databases["archive"]
        execute = database.execute

        async def interrupted(sql: str, *values: Any, **options: Any) -> Any:
            if "count(*)" in sql.lower() or ("kind" in sql and "group by" in sql.lower()):
                # As a query that runs out of time does: from the thread that the database runs it in.
                def run_out(_: sqlite3.Connection) -> None:
                    raise QueryInterrupted(sqlite3.OperationalError("interrupted"), sql, None)

                await getattr(database, "_execute_fn", database.execute_fn)(run_out)
            return await execute(sql, *values, **options)

        monkeypatch.setattr(database, "execute", interrupted)
        path = "/archive/quotes?_facet=kind&kind=direct"
        status, headers, _ = run(ask(app, path))
        assert (status, headers["cache-control"]) == (200, "no-store") and "etag" not in headers
        monkeypatch.setattr(database, "execute", execute)
        status, headers, _ = run(ask(app, path))
        assert status == 200 and "etag" in headers

    @pytest.mark.parametrize("path", ["/press/about", "/about", "/press/archive/quotes"])
    def test_pages_below_a_base_address_are_stored_too(self, bundle: Path, path: str) -> None:
        assert "etag" in get(open_site(bundle, settings={"base_url": "/press/"}), path).headers

    def test_static_files_named_by_their_version_never_change(self, bundle: Path) -> None:
        site = open_site(bundle)
        address = get(site, "/about").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert "?v=" in address
        assert "immutable" in get(site, address).headers["cache-control"]
        assert "immutable" not in get(site, address + "0").headers["cache-control"]


async def _started(site: Datasette) -> Any:
    await site.invoke_startup()
    return site.app()
