"""SQL that visitors write is read in a process that can be killed, and gives what it gave without one."""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette
from site_client import SQL_PAGE, ask

from loader.publish.serve import open_site
from loader.site.security import sql_process, written_sql
from loader.site.security.sql_process import CannotStartError, SqlProcess, Statement

LIMIT = 0.3  # seconds of a statement here
# The limit, the grace and the start of the next process, on a machine that does much else.
IN_TIME = 20.0
NUMBERS = "with recursive n(x) as (select 1 union all select x + 1 from n limit {})"
WIDE = f"({NUMBERS.format(60_000)} select json_group_object('k' || x, 1) from n)"
LONG = "with long(h) as materialized (select hex(zeroblob(450000)))"


def columns(call: str, times: int) -> str:
    """So many columns with so many calls each."""
    return ", ".join(["+".join([call] * times)] * 80)


SLOW = {
    "json_patch": f"with o(j) as materialized (select {WIDE})"
    " select length(json_patch(j, json_patch(j, json_patch(j, json_patch(j, json_patch(j, j)))))) from o",
    "many calls in a row": f"{LONG} select {columns('length(trim(h,0))', 12)} from long",
    "patterns": f"{LONG} select {columns('(h glob ' + chr(39) + '*' + '0' * 60 + '1*' + chr(39) + ')', 3)}"
    " from long",
    "many calls that are sorted by": f"{LONG}, n(x) as ({NUMBERS.format(9)} select x from n)"
    f" select 1 from long, n order by {', '.join(['trim(h, x) || trim(h, 0)'] * 90)}",
}


@pytest.fixture(scope="module")
def site(hostile_bundle: Path) -> Datasette:
    """The hostile archive's site with a short time limit."""
    site = open_site(hostile_bundle / "archive.db", {})
    site.sql_time_limit_ms = int(LIMIT * 1_000)
    return site


def statement(sql: str, *, parameters: Any = (), seconds: float = 5, most: int | None = None) -> Statement:
    return Statement(uri="file::memory:", sql=sql, parameters=parameters, seconds=seconds, most_rows=most)


@pytest.mark.parametrize("query", SLOW.values(), ids=SLOW)
def test_a_statement_that_sqlite_does_not_interrupt_is_stopped(site: Datasette, query: str) -> None:
    begun = time.perf_counter()
    answer = ask(site, f"{SQL_PAGE}.json?" + urlencode({"sql": query}))
    assert time.perf_counter() - begun < IN_TIME
    assert answer.status_code == 400
    assert "interrupted" in answer.text.lower() or "too long" in answer.text
    assert ask(site, f"{SQL_PAGE}.json?sql=select+1").status_code == 200


def test_a_condition_that_sqlite_does_not_interrupt_is_stopped(site: Datasette) -> None:
    condition = "1 < (" + SLOW["json_patch"] + ")"
    begun = time.perf_counter()
    assert ask(site, "/archive/quotes.json?" + urlencode({"_where": condition})).status_code == 400
    assert time.perf_counter() - begun < IN_TIME


def test_a_search_that_is_not_escaped_is_read_apart(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(SqlProcess, "read", lambda process, statement: read.append(statement.sql))
    ask(site, "/archive/paragraphs.json?_searchmode=raw&_search=NEAR(a+b,+9)")
    assert read


QUERIES = [
    "select 1 as a, 'ä' as b, x'ff00' as c, null as d, 1.5 as e, -9223372036854775808 as f, 1e999 as g",
    "select 1 as a, 2 as a, 3",
    'select 1 as "a""b", 2 as \'c d\', 3 as [e[f]',
    "select cast(x'ff' as text) as broken",
    "select id, text from quotes order by id",
    "select * from quotes where 0",
    "select fts_query('a b*') as a, escape_fts('a b') as b, has_name('É', 'e') as c",
    "select search_snippet('zebra', text) as s from paragraphs where id = 1",
    "select snippet(quotes_fts, 0, '[', ']', '…', 9) as s from quotes_fts where quotes_fts match 'drop'",
    "with recursive n(x) as (select 1 union all select x + 1 from n limit 3000) select x from n",
    "explain query plan select 1",
    "select :name || 1 as named",
    "nonsense",
    "select nothing from quotes",
    "select readfile('x')",
    "select abs(-9223372036854775808)",
    "select json('[')",
    "select zeroblob(2000000)",
    "select '\U0001f600', char(0), 'a' || char(0) || 'b'",
]


@pytest.fixture(scope="module")
def sites(hostile_bundle: Path) -> tuple[Datasette, Datasette]:
    """The site as it is, and one that reads all SQL in threads."""
    apart, in_threads = (open_site(hostile_bundle / "archive.db", {}) for _ in range(2))
    ask(apart, "/about")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written_sql, "read_apart", lambda database: None)
        ask(in_threads, "/about")
    return apart, in_threads


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("form", [".json", ".csv", ""])
def test_a_statement_gives_in_the_process_what_it_gives_in_a_thread(
    sites: tuple[Datasette, Datasette], query: str, form: str
) -> None:
    path = f"{SQL_PAGE}{form}?" + urlencode({"sql": query, "name": "ä"})
    apart, in_thread = (ask(site, path) for site in sites)
    assert (apart.status_code, _timeless(apart.text)) == (in_thread.status_code, _timeless(in_thread.text))


def _timeless(text: str) -> list[str]:
    return [
        line for line in text.replace(",", "\n").splitlines() if "query_ms" not in line and " ms" not in line
    ]


def test_tables_with_a_condition_have_facets_labels_and_streams(site: Datasette) -> None:
    page = ask(site, "/archive/quotes?_where=1&_facet=kind&_facet=speaker_id&_size=1")
    assert page.status_code == 200
    assert "facet-results" in page.text
    stream = ask(site, "/archive/data_dictionary.csv?_stream=on&_where=1&_size=20").text
    assert stream == ask(site, "/archive/data_dictionary.csv?_stream=on&_size=20").text
    assert stream.count("\r\n") > 100


class TestProcess:
    def test_it_is_started_once_and_again_after_it_was_killed(self) -> None:
        process = SqlProcess()
        assert process.read(statement("select ?", parameters=["a"])).rows == [["a"]]
        first = process._process
        process.read(statement("select :a", parameters={"a": 1.5}))
        assert process._process is first
        assert first is not None
        first.kill()
        first.wait(timeout=10)
        assert process.read(statement("select 1")).rows == [[1]]
        assert process._process is not first

    def test_it_is_gone_when_nobody_holds_it(self) -> None:
        process = SqlProcess()
        process.read(statement("select 1"))
        started = process._process
        assert started is not None
        del process
        assert started.wait(timeout=10) != 0

    def test_it_ends_with_its_input_as_when_the_server_is_killed(self) -> None:
        process = SqlProcess()
        process.read(statement("select 1"))
        assert process._process is not None
        assert process._process.stdin is not None
        process._process.stdin.close()
        assert process._process.wait(timeout=10) == 0

    def test_it_reads_no_more_rows_than_asked(self) -> None:
        query = "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n"
        assert SqlProcess().read(statement(query, most=3)).rows == [[1], [2], [3]]

    @pytest.mark.parametrize(
        ("query", "kind"),
        [
            ("nonsense", sqlite3.OperationalError),
            ("select ?, ?", sqlite3.ProgrammingError),
            ("select readfile(1)", sqlite3.DatabaseError),
            ("select replace(hex(zeroblob(400000)), '0', 'ab')", sqlite3.DatabaseError),
        ],
    )
    def test_an_error_is_of_the_same_kind(self, query: str, kind: type[Exception]) -> None:
        with pytest.raises(kind):
            SqlProcess().read(statement(query))

    def test_where_no_process_can_be_started_sql_is_read_in_a_thread(
        self, hostile_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "executable", str(hostile_bundle / "no-python"))
        with pytest.raises(CannotStartError):
            SqlProcess().read(statement("select 1"))
        site = open_site(hostile_bundle / "archive.db", {})
        for _ in range(2):
            answer = ask(site, f"{SQL_PAGE}.json?sql=select+7+as+v&_shape=array")
            assert answer.json() == [{"v": 7}]
        assert capsys.readouterr().err.count("no process can be started") == 1

    def test_a_process_that_does_not_start_in_time_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sql_process, "_COMMAND", ("-c", "import time; time.sleep(60)"))
        monkeypatch.setattr(sql_process, "_START", 0.2)
        with pytest.raises(CannotStartError):
            SqlProcess().read(statement("select 1"))
