"""Visitors who leave before their answer, or read it slowly: they keep nothing busy."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette
from site_client import SQL_PAGE

from loader.publish.serve import open_site
from loader.site.security import disconnect, middleware, turns, written_sql
from loader.site.security.sql_process import Rows, SqlProcess, Statement

Message = dict[str, Any]
ENDLESS = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"
LIMIT = 240  # seconds of a query here, so that one which is interrupted differs from one that runs to its end


def run(work: Coroutine[Any, Any, Any]) -> Any:
    # A thread of its own: Playwright keeps a loop running in the tests' thread.
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(work, LIMIT / 2)).result()


@pytest.fixture
def site(hostile_bundle: Path) -> Datasette:
    """The hostile archive's site, with a time limit that no test waits for."""
    site = open_site(hostile_bundle / "archive.db", {})
    site.sql_time_limit_ms = LIMIT * 1_000
    site._settings["sql_time_limit_ms"] = LIMIT * 1_000
    return site


class Visitor:
    """Asks for a page as a server does, and can leave; keeps the messages of the answer."""

    def __init__(self, path: str) -> None:
        self.path, _, self.query = path.partition("?")
        self.left = asyncio.Event()
        self.answer: list[Message] = []
        self.reads = asyncio.Event()
        self.reads.set()

    async def receive(self) -> Message:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.answer.append(message)
        await self.reads.wait()

    def visit(self, application: Callable[..., Awaitable[None]]) -> asyncio.Task[None]:
        scope = {"type": "http", "method": "GET", "path": self.path, "query_string": self.query.encode()}
        scope |= {"raw_path": self.path.encode(), "headers": [(b"host", b"x")], "scheme": "http"}

        async def ask() -> None:
            await application({**scope, "http_version": "1.1"}, self.receive, self.send)

        return asyncio.create_task(ask())


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


@asynccontextmanager
async def queries_noted(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """The statements that the archive's connections begin."""
    statements: list[str] = []
    prepare = site._prepare_connection

    def noting(connection: sqlite3.Connection, name: str) -> None:
        prepare(connection, name)
        connection.set_trace_callback(statements.append)

    monkeypatch.setattr(site, "_prepare_connection", noting)
    await site.invoke_startup()
    yield statements


@pytest.mark.parametrize("is_apart", [True, False], ids=["in a process", "in a thread"])
@pytest.mark.parametrize(
    "path",
    [
        f"{SQL_PAGE}.json?" + urlencode({"sql": ENDLESS}),
        "/archive/paragraphs.json?" + urlencode({"_where": f"1 < ({ENDLESS})"}),
    ],
)
def test_a_query_ends_when_its_visitor_leaves(
    site: Datasette, path: str, is_apart: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    read = SqlProcess.read

    def noting(process: SqlProcess, statement: Statement) -> Rows:
        statements.append(statement.sql)
        return read(process, statement)

    if is_apart:
        monkeypatch.setattr(SqlProcess, "read", noting)
    else:
        monkeypatch.setattr(written_sql, "read_apart", lambda database: None)

    async def leave_often() -> int:
        async with queries_noted(site, monkeypatch) as in_threads:
            begun = statements if is_apart else in_threads
            application = site.app()
            for _ in range(4 if is_apart else 12):  # twice the threads
                visitor = Visitor(path)
                before = len(begun)
                task = visitor.visit(application)
                await until(lambda before=before: any("recursive" in one for one in begun[before:]))
                visitor.left.set()
                await task
                assert visitor.answer == []
            answer = await site.client.get("/archive/quotes.json?_where=1")
            return answer.status_code

    assert run(leave_often()) == 200


def test_who_waits_for_a_turn_and_leaves_gives_the_place_to_others(site: Datasette) -> None:
    async def leave_in_line() -> None:
        await site.invoke_startup()
        application = site.app()
        slow = Visitor(f"{SQL_PAGE}.json?" + urlencode({"sql": ENDLESS}))
        slow_task = slow.visit(application)
        await asyncio.sleep(0.1)
        for _ in range(3 * middleware.WRITTEN_SQL_WAITING):
            waiting = Visitor(f"{SQL_PAGE}.json?sql=select+1")
            task = waiting.visit(application)
            await asyncio.sleep(0)
            waiting.left.set()
            await task
            assert waiting.answer == []  # neither a page nor that too many ask
        slow.left.set()
        await slow_task

    run(leave_in_line())


def test_a_stream_ends_when_its_reader_leaves(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    async def leave_after_a_row() -> tuple[int, int]:
        async with queries_noted(site, monkeypatch) as statements:
            visitor = Visitor("/archive/data_dictionary.csv?_stream=on&_size=1")
            task = visitor.visit(site.app())
            await until(lambda: len(visitor.answer) > 1)
            visitor.left.set()
            await task
            return len(visitor.answer), sum("limit 2" in one for one in statements)

    messages, pages = run(leave_after_a_row())
    assert 1 < messages < 50
    assert 1 <= pages < 20  # of some hundred rows


def test_each_page_of_a_stream_waits_for_a_turn(site: Datasette, monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[bool] = []
    enter = middleware.Turnstile.enter

    async def noting(turnstile: middleware.Turnstile, is_patient: bool = False) -> Callable[[], None]:
        entered.append(is_patient)
        return await enter(turnstile, is_patient)

    monkeypatch.setattr(middleware.Turnstile, "enter", noting)

    async def read() -> str:
        answer = await site.client.get("/archive/paragraphs.csv?_stream=on&_where=id+<+6&_size=1")
        return str(answer.text)

    assert run(read()).count("\r\n") >= 6
    # Once for the request, and again for what each of the four other pages asks.
    assert entered[0] is False
    assert entered.count(True) >= 4
    assert not any(one is False for one in entered[1:])


def test_a_slow_reader_of_a_stream_holds_no_turn(site: Datasette) -> None:
    async def read_slowly() -> int:
        await site.invoke_startup()
        application = site.app()
        slow = [Visitor("/archive/paragraphs.csv?_stream=on&_where=1&_size=1") for _ in range(5)]
        tasks = []
        for visitor in slow:
            visitor.reads.clear()  # takes one message and no other
            tasks.append(visitor.visit(application))
        await until(lambda: all(visitor.answer for visitor in slow))
        quick = await site.client.get("/archive/paragraphs.json?_where=1")
        for visitor in slow:
            visitor.left.set()
        await asyncio.gather(*tasks)
        return int(quick.status_code)

    assert run(read_slowly()) == 200


def test_a_turn_is_held_by_a_query_of_a_stream_and_not_between_two() -> None:
    async def stream() -> list[bool]:
        turnstile = middleware.Turnstile(at_once=1, waiting=0)
        turn = turns.Turn(turnstile.enter, is_written=True)
        await turn.take()
        turn.give_back()
        seen = []
        for _ in range(2):
            async with turn.for_query():
                seen.append(turnstile._places.locked())
            seen.append(turnstile._places.locked())
        return seen

    assert run(stream()) == [True, False, True, False]


class TestConnection:
    """What stands between the server and the site."""

    def test_an_answer_that_is_complete_is_not_cancelled(self) -> None:
        done: list[str] = []

        async def application(scope: Message, receive: disconnect.Receive, send: disconnect.Send) -> None:
            await send({"type": "http.response.start"})
            await send({"type": "http.response.body", "body": b"x"})
            await asyncio.sleep(0.05)
            done.append("tail")

        async def ask() -> None:
            visitor = Visitor("/")
            visitor.left.set()
            await disconnect.run_while_connected(application, {}, visitor.receive, visitor.send)

        run(ask())
        assert done in ([], ["tail"])  # gone before it began, or complete

        async def ask_and_end() -> None:
            visitor = Visitor("/")

            async def send(message: Message) -> None:
                if message["type"] == "http.response.body":
                    visitor.left.set()  # as servers say it after the answer

            await disconnect.run_while_connected(application, {}, visitor.receive, send)

        done.clear()
        run(ask_and_end())
        assert done == ["tail"]

    def test_a_body_is_not_kept(self) -> None:
        pieces = iter([{"type": "http.request", "body": b"x", "more_body": True}] * 1_000)
        read: list[Message] = []

        async def receive() -> Message:
            await asyncio.sleep(0)
            return next(pieces, {"type": "http.disconnect"})

        async def application(scope: Message, receive: disconnect.Receive, send: disconnect.Send) -> None:
            read.append(await receive())
            read.append(await receive())

        async def send(message: Message) -> None:
            """Nobody answers."""

        run(disconnect.run_while_connected(application, {}, receive, send))
        assert read[0] == {"type": "http.request", "body": b"", "more_body": False}
        assert [message["type"] for message in read[1:]] in ([], ["http.disconnect"])

    def test_an_error_of_the_site_is_passed_on(self) -> None:
        async def application(scope: Message, receive: disconnect.Receive, send: disconnect.Send) -> None:
            raise LookupError("x")

        visitor = Visitor
        with pytest.raises(LookupError):
            run(self._fail(application, visitor))

    @staticmethod
    async def _fail(application: disconnect.Application, visitor: type[Visitor]) -> None:
        one = visitor("/")
        await disconnect.run_while_connected(application, {}, one.receive, one.send)
