"""Pages seen before, first views and row pages: `python -m benchmarks.page_cache build/large.db`.

Runs, on one file, bare Datasette without any plugin, the server of an earlier commit, and this one with one
worker and with two; asks each in turn, round after round, for the same addresses: row pages of Datasette, the
mixed load of `benchmarks.load` with an address of its own for each request, and the same addresses again.
Then a flood of distinct addresses, and the memory before and after. CPU time is the servers', all processes
together; the client, which is Python's, shares the cores, so that rates say less than CPU time.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median

import click

from benchmarks.load import mix
from benchmarks.load.client import Sample, drive
from benchmarks.load.report import MIB, faults_of
from benchmarks.page_cache.servers import BARE, BEFORE, HOST, ONE, TWO, Server, running
from loader.errors import InputError

ROW, FIRST, AGAIN = "row page", "first view", "seen before"
# Small to render and 4 kB when compressed: 100,000 of it are several times the bound of the cache.
_FLOODED = "/-/static-plugins/press-archive/site.css"
_NO_END = 3600.0  # seconds, for phases that end after so many requests
_BEFORE = "3311e7c"  # the last commit without a cache of pages
# What this is to reach: seen before against the same without a cache, two workers against before, first views
# on one worker and row pages (CPU) against before and bare Datasette. The last two allow for noise.
_SEEN_BEFORE, _TWO_WORKERS, _FIRST_VIEWS, _ROW_PAGE = 20.0, 1.5, 0.95, 1.05


@dataclass(slots=True)
class Measured:
    """One phase of one server, by rounds.

    Attributes:
        rates: answers a second.
        cpu: milliseconds of CPU time of the server for each answer.
    """

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


Results = dict[tuple[str, str], Measured]


def _distinct(requests: Iterator[mix.Request]) -> Iterator[mix.Request]:
    """Give each request an address of its own by a parameter that no page reads."""
    for number, request in enumerate(requests):
        mark = "&" if "?" in request.path else "?"
        yield mix.Request(request.kind, f"{request.path}{mark}_visit={number}")


def _ask(
    server: Server, requests: Sequence[mix.Request], connections: int
) -> tuple[list[Sample], float, float]:
    """Ask for all of some requests: the answers, their rate and the CPU time of each in milliseconds."""
    before = server.cpu_seconds()
    samples = drive(HOST, server.port, iter(requests), connections, _NO_END, len(requests))
    taken = server.cpu_seconds() - before
    lasted = max(one.began + one.seconds for one in samples) - min(one.began for one in samples)
    return samples, len(samples) / lasted, taken / len(samples) * 1000


def _round(
    servers: Sequence[Server],
    rows: Sequence[mix.Request],
    mixed: Sequence[mix.Request],
    connections: int,
    results: Results,
) -> tuple[list[str], int]:
    """Ask all servers once for each phase, one after the other.

    Pages that say that they took too long are not asked for again, as nobody stores them.

    Returns:
        What failed, and how many pages took too long.
    """
    faults: list[str] = []
    cut: set[str] = set()
    for phase in (ROW, FIRST, AGAIN):
        requests = rows if phase == ROW else [one for one in mixed if one.path not in cut]
        too_long: set[str] = set()
        for server in servers:
            if server.name == BARE and phase != ROW:
                continue  # it has none of the pages
            samples, rate, cpu = _ask(server, requests, connections)
            measured = results.setdefault((server.name, phase), Measured())
            measured.rates.append(rate)
            measured.cpu.append(cpu)
            too_long |= {sample.path for sample in samples if sample.cut_short}
            faults += [f"{server.name}, {phase}: {fault}" for fault in faults_of(samples)]
        cut |= too_long
    return faults, len(cut)


def _table(results: Results) -> list[str]:
    head = f"|  | {ROW} a second | CPU ms | {FIRST} a second | CPU ms | {AGAIN} a second | CPU ms |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for name in (BARE, BEFORE, ONE, TWO):
        cells = []
        for phase in (ROW, FIRST, AGAIN):
            measured = results.get((name, phase))
            cells += (
                [f"{median(measured.rates):,.1f}", f"{median(measured.cpu):.2f}"] if measured else ["–", "–"]
            )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _ratio(own: list[float], others: list[float]) -> float:
    """Return the median over the rounds of one server's value divided by another's."""
    return median(value / other for value, other in zip(own, others, strict=True))


def _verdict(results: Results) -> list[str]:
    """Print each ratio with what it is to be, and return those that are not."""
    aims = [
        (
            f"{AGAIN}, one worker / {BEFORE}",
            _ratio(results[ONE, AGAIN].rates, results[BEFORE, AGAIN].rates),
            _SEEN_BEFORE,
        ),
        (
            f"{FIRST}, one worker / {BEFORE}",
            _ratio(results[ONE, FIRST].rates, results[BEFORE, FIRST].rates),
            _FIRST_VIEWS,
        ),
        (
            f"{FIRST}, two workers / {BEFORE}",
            _ratio(results[TWO, FIRST].rates, results[BEFORE, FIRST].rates),
            _TWO_WORKERS,
        ),
    ]
    lines = [(name, value, aim, value >= aim, "at least") for name, value, aim in aims]
    row = _ratio(results[ONE, ROW].cpu, results[BARE, ROW].cpu)
    lines.append((f"CPU of a {ROW}, one worker / {BARE}", row, _ROW_PAGE, row <= _ROW_PAGE, "at most"))
    row = _ratio(results[ONE, ROW].cpu, results[BEFORE, ROW].cpu)
    lines.append((f"CPU of a {ROW}, one worker / {BEFORE}", row, 1.0, row <= 1.0, "at most"))
    for name, value, aim, _, word in lines:
        click.echo(f"{name}: {value:.2f} ({word} {aim:g})")
    return [
        f"{name} is {value:.2f}, not {word} {aim:g}" for name, value, aim, holds, word in lines if not holds
    ]


def _flood(server: Server, count: int, connections: int) -> tuple[str, list[str]]:
    """Ask for so many distinct addresses; return the memory in a line, and what failed."""
    before = server.resident_bytes()
    requests = [mix.Request("flood", f"{_FLOODED}?_visit=flood-{number}") for number in range(count)]
    samples, rate, cpu = _ask(server, requests, connections)
    after = server.resident_bytes()
    line = (
        f"{count:,} distinct addresses at {rate:,.0f} a second, {cpu:.2f} ms CPU each: "
        f"memory of one worker {before / MIB:.0f} MiB before, {after / MIB:.0f} MiB after"
    )
    return line, faults_of(samples)


@click.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--before", "commit", default=_BEFORE, show_default=True, help="the commit to compare with")
@click.option(
    "--before-database",
    "database_before",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="the same articles, made by that commit; needed if its schema is another one",
)
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--requests", "count", default=200, show_default=True, help="in each phase of a round")
@click.option("--connections", default=16, show_default=True, type=click.IntRange(1, 100))
@click.option("--flood", default=100_000, show_default=True, type=click.IntRange(0))
@click.option("--seed", default=1, show_default=True)
def main(
    database: Path,
    commit: str,
    database_before: Path | None,
    rounds: int,
    count: int,
    connections: int,
    flood: int,
    seed: int,
) -> None:
    """Compares the servers on DATABASE."""
    stock = mix.read_stock(database)
    mixed, rows = _distinct(mix.requests(stock, seed)), _distinct(mix.row_pages(stock, seed))
    results: Results = {}
    faults: list[str] = []
    left_out = 0
    try:
        with (
            tempfile.TemporaryDirectory(dir=database.parent) as folder,
            running(database.resolve(), Path(folder).resolve(), commit, database_before) as servers,
        ):
            click.echo(
                f"{len(stock.slugs):,} articles; {rounds} rounds of {count} requests over {connections} "
                f"connections; Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
                f"Datasette {version('datasette')}; {os.cpu_count()} cores, "
                f"load {os.getloadavg()[0]:.1f} before\n"
            )
            for number in range(rounds + 1):
                order = list(servers.values())
                order = order[number % len(order) :] + order[: number % len(order)]
                rows_asked, mixed_asked = list(islice(rows, count)), list(islice(mixed, count))
                # In the first round templates are compiled, and the file is read into memory.
                kept = results if number else {}
                failed, slow = _round(order, rows_asked, mixed_asked, connections, kept)
                faults += failed
                left_out += slow
            click.echo("\n".join(_table(results)) + "\n")
            asked_first = (rounds + 1) * count
            click.echo(f"{left_out} of {asked_first:,} pages took too long, and were not asked for again")
            missed = _verdict(results)
            if flood:
                line, failed = _flood(servers[ONE], flood, connections)
                click.echo(f"\n{line}")
                faults += failed
            click.echo(f"load {os.getloadavg()[0]:.1f} after, {len(servers)} servers and the client included")
    except InputError as error:
        raise click.ClickException(str(error)) from error
    for fault in [*faults, *missed]:
        click.echo(f"FAIL: {fault}")
    if faults or missed:
        sys.exit(1)
    click.echo("PASS")


if __name__ == "__main__":
    main()
