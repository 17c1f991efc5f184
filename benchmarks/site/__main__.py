"""How fast every page and every ready question answers: `python -m benchmarks.site build/large.db`.

Asks the site in this process, without a network, for every type of page several times, and prints the
median and the 95th percentile; below each the queries that it ran, with the plan by which SQLite found the
rows. Exits with 1 where a 95th percentile is above the bound, or where a page that visitors reach by a link
reads a large table from end to end.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import click
from datasette.app import Datasette

from benchmarks.load.report import percentile
from benchmarks.site import pages, plans
from loader.errors import InputError
from loader.publish.bundle import assemble
from loader.site.metadata.defaults import query_defaults
from loader.site.room import room_of

_WORDS_OF_SQL = 60  # characters of a query that are shown
_CUT = (b'class="message-error"', b'class="facets-timed-out"')


class Answer(NamedTuple):
    """A page's answer: how long it took, by the clock and of the processors, and what is wrong with it."""

    milliseconds: float
    of_processors: float
    path: str
    fault: str


async def _ask(site: Datasette, path: str) -> Answer:
    """Asks for a page."""
    start, worked = time.perf_counter(), time.process_time()
    response = await site.client.get(path)
    taken, work = time.perf_counter() - start, time.process_time() - worked
    fault = f"answered {response.status_code}" if response.status_code != 200 else ""
    if any(mark in response.content for mark in _CUT):
        fault = fault or "something took too long"
    return Answer(taken * 1000, work * 1000, path, fault)


class Measured:
    """The pages of a site, measured."""

    def __init__(self, folder: Path, chosen: list[pages.Page], rounds: int) -> None:
        """Takes the bundle's folder, what to ask for, and how often."""
        self.folder, self.chosen, self.rounds = folder, chosen, rounds
        self.queries: dict[str, list[str]] = {}
        self.answers: dict[str, list[Answer]] = {}
        self.faults: list[str] = []

    def note_queries(self) -> None:
        """Asks for every page once, and notes what SQL it runs; this also reads the file into memory."""

        async def run() -> None:
            with plans.traced() as trace:
                site = Datasette(config_dir=self.folder)
                await site.invoke_startup()
                for page in self.chosen:
                    trace.taken()
                    for path in page.paths:
                        await _ask(site, path)
                    self.queries[page.kind] = trace.taken()

        asyncio.run(run())

    def note_times(self) -> None:
        """Asks for every page several times."""

        async def run() -> None:
            site = Datasette(config_dir=self.folder)
            await site.invoke_startup()
            await _ask(site, "/")  # templates are compiled once
            for page in self.chosen:
                answers = [await _ask(site, path) for path in page.paths * self.rounds]
                self.answers[page.kind] = answers
                faults = (f"{page.kind}: {one.fault}: {one.path}" for one in answers if one.fault)
                self.faults += dict.fromkeys(faults)

        asyncio.run(run())

    def report(
        self, connection: sqlite3.Connection, counts: dict[str, int], most_ms: float, most_rows: int
    ) -> None:
        """Prints every page with its queries, and takes down what is above the bounds."""
        for page in self.chosen:
            ordered = sorted(self.answers[page.kind])
            p50, p95 = (percentile([one.milliseconds for one in ordered], share) for share in (0.5, 0.95))
            work = percentile(sorted(one.of_processors for one in ordered), 0.95)
            click.echo(
                f"\n{page.kind:40} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  (processors {work:6.1f})"
                f"  slowest {ordered[-1].path[:70]}"
            )
            if p95 > most_ms:
                self.faults.append(f"{page.kind}: p95 is {p95:.0f} ms")
            for sql in self.queries[page.kind]:
                query = plans.measure(connection, sql)
                scanned = plans.whole_scans(query, counts, most_rows)
                click.echo(
                    f"  {query.seconds * 1000:7.1f} ms {query.steps // 1000:6}k steps  {query.plan}"
                    f"\n      {plans.shape(sql)[:_WORDS_OF_SQL]}"
                )
                if page.default and scanned:
                    self.faults.append(
                        f"{page.kind}: reads all of {', '.join(scanned)}: {plans.shape(sql)[:200]}"
                    )


@click.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1), help="how often each page is asked"
)
@click.option("--only", default="", help="only pages whose type holds these words")
@click.option("--most-ms", default=200.0, show_default=True, help="of the 95th percentile")
@click.option(
    "--most-rows", default=20_000, show_default=True, help="of a table that is read from end to end"
)
def main(database: Path, rounds: int, only: str, most_ms: float, most_rows: int) -> None:
    """Measures the site of DATABASE."""
    try:
        stock = pages.read_stock(database)
    except InputError as error:
        raise click.ClickException(str(error)) from error
    with tempfile.TemporaryDirectory(dir=database.parent) as folder:
        start = time.monotonic()
        bundle = assemble(database, Path(folder) / "site")
        assembled = time.monotonic() - start
        site = Datasette(config_dir=bundle)
        asyncio.run(site.invoke_startup())  # takes away what is not shown of large tables
        room = room_of(site)
        if room is None:
            raise InputError(f"{database}: was not written by `benchmarks.site.making`; make it again")
        name, queries = room.name, query_defaults(room.name, {})
        chosen = (
            pages.pages(stock) + pages.tables(room.metadata, name) + pages.questions(queries, name, stock)
        )
        measured = Measured(bundle, [page for page in chosen if only in page.kind], rounds)
        click.echo(
            f"{stock.articles:,} articles, {database.stat().st_size / 2**20:,.0f} MiB, "
            f"assembled in {assembled:.1f} s; Datasette {version('datasette')}, SQLite "
            f"{sqlite3.sqlite_version}; {os.cpu_count()} cores, on which {os.getloadavg()[0]:.1f} programs "
            "were running before"
        )
        measured.note_queries()
        measured.note_times()
        connection = plans.connect(site)
        measured.report(connection, plans.row_counts(site.inspect_data[name]), most_ms, most_rows)
        connection.close()
    for fault in measured.faults:
        click.echo(f"FAIL: {fault}")
    if measured.faults:
        sys.exit(1)
    click.echo(f"PASS: every p95 is at most {most_ms:g} ms, and no page reads a large table from end to end")


if __name__ == "__main__":
    main()
