"""SQL, filters and searches that reach for more than the archive: refused, stopped or harmless."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from described import QUERIES
from site_client import SQL_PAGE

from loader.dataset.columns import TABLES
from loader.site import hooks
from loader.site.security import middleware

ROOT = Path(__file__).resolve().parents[2]

NASTY = [
    "'",
    '"',
    "' or 1=1 --",
    "'; drop table articles; --",
    "x') union select sql, sql, sql, sql, sql, sql from sqlite_master --",
    "*",
    "a*b ^c {d e}: f",
    "NEAR(a b, 999999999)",
    "a AND",
    "-",
    "(" * 2_000,
    '"' * 2_001,
    "\0",
    "a\0b",
    "\u202e\U0001f600",
    "\u0301\u0316" * 1_500,
    "1e999",
    "-9223372036854775809",
    "x" * 20_000,
    "[" * 3_000,
]


def sql(web: httpx.Client, query: str, **parameters: str) -> httpx.Response:
    """Asks a query of a visitor's own."""
    return web.get(f"{SQL_PAGE}.json", params={"sql": query, "_shape": "array", **parameters})


class TestParameters:
    @pytest.mark.parametrize("name", QUERIES)
    def test_a_canned_query_takes_any_text_as_a_value(self, web: httpx.Client, name: str) -> None:
        for parameter in QUERIES[name]["params"]:
            for value in NASTY:
                response = web.get(f"/archive/{name}.json", params={parameter: value, "_shape": "objects"})
                assert response.status_code in (200, 400), (parameter, value[:40])

    @pytest.mark.parametrize("name", [name for name in QUERIES if QUERIES[name]["params"]])
    def test_a_value_that_would_hold_for_every_row_finds_none(self, web: httpx.Client, name: str) -> None:
        parameters = dict.fromkeys(QUERIES[name]["params"], "zzqq' or '1'='1")
        response = web.get(f"/archive/{name}.json", params={**parameters, "_shape": "array"})
        assert response.status_code == 200
        # What asks for a number or a date has none in this text, and may fall back to all or the first.
        if not {"latitude", "from", "paragraph", "id"} & set(parameters):
            assert response.json() == []

    @pytest.mark.parametrize(
        "path",
        [
            "/search?q={}",
            "/search?q=zebra&in={}&outlet={}&speaker={}&place={}&role={}&from={}&until={}&page={}",
            "/map?outlet={}&from={}&until={}",
            "/articles?page={}",
            "/export/articles.json?publication={}&author_id={}",
            "/export/quotations.csv?kind={}&speaker_id={}",
            "/export/places.geojson?id={}&outlet={}&from={}",
            "/export/search/paragraphs.csv?q={}&role={}",
            "/read/2017-01-01-hostile/cite?of={}",
            "/-/search?q={}",
            "/archive/paragraphs.json?_search={}",
            "/archive/paragraphs.json?_searchmode=raw&_search={}",
            "/archive/paragraphs.json?text__contains={}&text__like={}&text__glob={}&id__gt={}&id__in={}",
            "/archive/places.json?_sort={}",
            "/archive/places.json?_sort_desc={}&_next={}",
            "/archive/quote_details.json?_next={}",
            "/archive/places.json?_facet={}&_facet_array={}&_facet_date={}&_facet_size={}",
            "/archive/places.json?_size={}",
            "/archive/places.json?_shape={}&_nl={}&_col={}&_nocol={}&_labels={}&_json={}",
            "/archive/places.json?_timelimit={}",
            "/archive/places.json?_ttl={}&_trace={}",
            "/archive/places.json?_through={}",
            "/archive/places.json?_json_infinity={}",
            "/archive/places.json?_where={}",
            "/archive/places.csv?_stream={}&_header={}&_dl={}",
            "/archive/places/{}.json",
        ],
    )
    def test_a_field_and_a_filter_take_any_text(self, web: httpx.Client, path: str) -> None:
        for value in NASTY:
            escaped = str(httpx.QueryParams({"": value}))[1:]
            address = path.replace("{}", escaped)
            if len(address) < 60_000:  # more is no address to this client
                status = web.get(address).status_code
                assert status in (200, 302, 400, 404, 414), (path, value[:40])

    def test_an_address_of_100_kb_is_refused(self, web: httpx.Client, raw: Callable[[bytes], bytes]) -> None:
        request = b"GET /search?q=" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        assert raw(request)[9:12] in (b"400", b"414")
        assert web.get("/articles").status_code == 200


class TestReach:
    @pytest.mark.parametrize(
        "query",
        [
            "delete from articles",
            "with x as (select 1) delete from articles",
            "with x as (select 1) insert into authors values (99, 'x')",
            "select 1; drop table articles",
            "create temp table x(y)",
            "attach database '/etc/passwd' as other",
            "explain attach database ':memory:' as other",
            "select load_extension('x')",
            "select readfile('/etc/passwd')",
            "select writefile('/tmp/x', 'x')",
            "select edit('x', 'sh')",
            "select hex(fts3_tokenizer('simple'))",
            "select fts3_tokenizer('simple', x'4141414141414141')",
            "select fts5(0)",
            "select sqlite_log(1, 'x')",
            "select sql from sqlite_stmt",
            "select count(*) from sqlite_stmt",
            "select * from dbstat",
            "select * from sqlite_dbpage",
            "pragma table_info(articles)",
            "select * from pragma_user_version",
            "select * from pragma_compile_options",
            "select * from pragma_hard_heap_limit(0)",
            "select * from _internal.databases",
            "vacuum into '/tmp/x'",
        ],
    )
    def test_what_lies_beyond_the_tables_is_refused(self, web: httpx.Client, query: str) -> None:
        assert sql(web, query).status_code == 400

    def test_of_sqlite_s_own_tables_only_those_of_json_are_open(self, web: httpx.Client) -> None:
        for name in ("json_each", "json_tree"):
            assert sql(web, f"select * from {name}('[1]')").status_code == 200
        for name in ("sqlite_stmt", "dbstat", "bytecode", "tables_used", "sqlite_dbpage", "sqlite_memstat"):
            assert sql(web, f"select * from {name}").status_code == 400

    def test_the_schema_can_be_asked(self, web: httpx.Client) -> None:
        assert sql(web, "select count(*) as n from pragma_table_info('articles')").json() == [
            {"n": len(TABLES["articles"].columns)}
        ]

    @pytest.mark.parametrize(
        "path", ["/_internal", "/_internal.json", "/_internal/databases", "/_memory", "/_memory?sql=select+1"]
    )
    def test_no_other_database_is_served(self, web: httpx.Client, path: str) -> None:
        assert web.get(path).status_code in (403, 404)


class TestBounds:
    @pytest.mark.parametrize(
        "query",
        [
            "select length(zeroblob(1000000000))",
            "select randomblob(100000000)",
            "select hex(zeroblob(900000))",
            "select group_concat(hex(randomblob(300000))) from quotes, quotes, paragraphs",
            "with recursive n(x) as (select 1 union all select x + 1 from n limit 1000)"
            " select hex(zeroblob(400000)) from n",
            "select " + ", ".join(["randomblob(900000)"] * 101),
            "select 1" + " union all select 1" * 60,
            "select " + "(" * 2_000 + "1" + ")" * 2_000,
            "select " + "-" * 5_000 + "1",
            "select 'a' like '" + "%a" * 60 + "'",
            "select json('" + "[" * 5_000 + "')",
            "select 1 --" + "x" * 30_000,
        ],
    )
    def test_a_bomb_is_refused(self, web: httpx.Client, query: str) -> None:
        assert sql(web, query).status_code == 400

    def test_a_number_a_gigabyte_wide_is_not_written(self, web: httpx.Client) -> None:
        assert sql(web, "select length(printf('%1000000000d', 1)) as v").json() == [{"v": None}]

    @pytest.mark.parametrize(
        "query",
        [
            "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n",
            "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n order by x desc",
            "select count(*) from " + ", ".join(f"paragraphs as p{number}" for number in range(13)),
        ],
    )
    def test_a_query_without_end_is_stopped(self, web: httpx.Client, query: str) -> None:
        response = sql(web, query)
        assert response.status_code == 400
        assert "too long" in response.text or "interrupted" in response.text

    @pytest.mark.parametrize(
        ("query", "value"),
        [
            # Half a megabyte of one character, sought in a megabyte: seconds to hours with SQLite's own.
            ("select instr(hex(zeroblob(450000)), hex(zeroblob(200000)) || '1') as v", 0),
            ("select length(replace(hex(zeroblob(450000)), hex(zeroblob(200000)) || '1', '')) as v", 900_000),
            ("select instr('abc', 'c') || replace('abab', 'b', 'xx') || trim('--a-', '-') as v", "3axxaxxa"),
            ("select ltrim('xxa', 'x') || rtrim('byy', 'y') || coalesce(instr(null, 'a'), '?') as v", "ab?"),
            ("select instr(x'0102', x'02') || instr(12345, 34) || replace('a', '', 'b') as v", "23a"),
        ],
    )
    def test_functions_of_two_long_texts_answer_as_sqlite_s_own(
        self, web: httpx.Client, query: str, value: object
    ) -> None:
        assert sql(web, query).json() == [{"v": value}]

    def test_a_name_of_accents_is_folded_in_time(self, web: httpx.Client) -> None:
        query = "select has_name(replace(hex(zeroblob(80000)), '00', char(769, 790)), 'x') as v"
        assert sql(web, query).json() == [{"v": 0}]

    def test_pages_are_read_while_others_ask_for_too_much(self, web: httpx.Client, attacked: str) -> None:
        endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
        statuses: list[int] = []

        def ask() -> None:
            answer = httpx.get(
                attacked + f"{SQL_PAGE}.json", params={"sql": endless, "_timelimit": "300"}, timeout=120
            )
            statuses.append(answer.status_code)

        threads = [threading.Thread(target=ask) for _ in range(40)]
        for thread in threads:
            thread.start()
        # The reading room has threads of its own: it answers before the slow ones are through their queue.
        assert web.get("/articles").status_code == 200
        assert web.get("/search?q=zebra").status_code == 200
        assert len(statuses) < len(threads)
        for thread in threads:
            thread.join()
        assert set(statuses) <= {400, 503}


@pytest.mark.parametrize(
    ("path", "waits"),
    [
        ("/archive", True),
        ("/archive/quotes", True),
        ("/archive/quotes.json", True),
        ("/archive/said_by", True),
        ("/archive/quotes/12", False),
        ("/archive/quotes/12.json", False),
        ("/read/1", False),
        ("/archive/-/query", True),
        ("/archive/-/query.json", True),
        ("/-/static-plugins/press-archive/site.css", False),
    ],
)
def test_pages_where_sql_is_written_wait_their_turn(path: str, waits: bool) -> None:
    assert hooks._asks_sql(Datasette(), path) is waits


@pytest.mark.parametrize(
    ("query", "written"),
    [
        (b"sql=select+1", True),
        (b"a=1&%73ql=select+1", True),
        (b"_where=1", True),
        (b"sql", True),
        (b"_searchmode=raw&_search=a", True),
        (b"", False),
        (b"q=sql&_sqlx=1", False),
    ],
)
def test_sql_that_visitors_write_has_turns_of_its_own(query: bytes, written: bool) -> None:
    assert middleware.writes_sql(query) is written


def test_whoever_comes_when_too_many_wait_is_sent_away() -> None:
    async def visit() -> None:
        turnstile = middleware.Turnstile(at_once=1, waiting=1)
        leave = await turnstile.enter()
        waiting = asyncio.create_task(turnstile.enter())
        await asyncio.sleep(0)
        with pytest.raises(middleware.Refusal) as refused:
            await turnstile.enter()
        assert refused.value.status == 503
        leave()
        leave()  # a second call gives no second place
        (await waiting)()
        (await turnstile.enter())()

    # A thread of its own: Playwright keeps a loop running in the tests' thread.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, visit()).result(timeout=30)
