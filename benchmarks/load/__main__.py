"""The served site under load: `python -m benchmarks.load build/large.db`, which is `make bench-site`.

Serves the bundle of a database on the loopback and asks for a fixed mixture of pages: first over one
connection, then over more, to see where it saturates; then long, to see whether it fails or grows; last
beside visitors whose queries run until they are stopped. Exits with 1 where a request failed, memory grew, or
the slowest hundredth took too long beside a bare row page of Datasette.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click

from benchmarks.load import mix, report
from benchmarks.load.client import Sample, drive
from benchmarks.load.site import Site, memory_of, served
from loader.errors import InputError

_STEPS = (1, 4, 16, 64)  # connections
_SLOW = 2  # visitors whose queries have no end
_LOOKS = 600  # at the server's memory, through the long run
# The mixed requests' p99 is at most so many times the row pages'. A ratio, because machines differ; about
# twice what it was when this was written.
_MOST_TIMES_PEER = 30.0


@dataclass(frozen=True, slots=True)
class Run:
    """A site under load: the site, what is asked for, how long.

    Attributes:
        site: the running server.
        stock: what addresses are made of.
        requests: the mixture, which goes on from phase to phase.
        seconds: of the long run.
    """

    site: Site
    stock: mix.Stock
    requests: Iterator[mix.Request]
    seconds: float

    @property
    def short(self) -> float:
        """Seconds of each of the short phases."""
        return max(0.2, self.seconds / 40)

    def ask(
        self, requests: Iterator[mix.Request], visitors: int, seconds: float, most: int | None = None
    ) -> list[Sample]:
        """Sends requests to the site."""
        return drive(self.site.host, self.site.port, requests, visitors, seconds, most)

    def peer(self, visitors: int, most: int) -> list[Sample]:
        """Sends as many requests for bare row pages."""
        return self.ask(mix.row_pages(self.stock, most), visitors, self.short, most)

    def beside_endless(self, visitors: int, slow: int) -> tuple[list[Sample], list[Sample]]:
        """Sends the mixture while some visitors send queries without end: the samples of both."""
        seconds = max(self.short, self.seconds / 5)
        stopped: list[Sample] = []
        queries = mix.endless_queries()
        beside = threading.Thread(target=lambda: stopped.extend(self.ask(queries, slow, seconds)))
        beside.start()
        samples = self.ask(self.requests, visitors, seconds)
        beside.join()
        return samples, stopped


def _machine(database: Path, stock: mix.Stock) -> str:
    return (
        f"{len(stock.slugs):,} articles, {database.stat().st_size / report.MIB:,.0f} MiB; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"Datasette {version('datasette')}\n"
        # The site's time limit goes by the clock: beside other work honest queries run into it too.
        f"{os.cpu_count()} cores, on which {os.getloadavg()[0]:.1f} programs were running before"
    )


def _steps(run: Run) -> list[str]:
    """Prints what more and more connections at once do, and returns what failed."""
    click.echo("| connections | a second | p50 ms | p90 ms | p99 ms | max ms | p99 / row page's | errors |")
    click.echo("|---|---|---|---|---|---|---|---|")
    faults = []
    for visitors in _STEPS:
        samples = run.ask(run.requests, visitors, run.short)
        peer = run.peer(visitors, len(samples))
        click.echo(report.step_line(visitors, samples, peer))
        faults += [f"{visitors} connections: {fault}" for fault in report.faults_of([*samples, *peer])]
    return faults


def _long(run: Run, visitors: int, most: float) -> list[str]:
    """Prints the long run, and returns what is wrong with it."""
    peer = run.peer(visitors, 1000)
    with memory_of(run.site.process.pid, run.seconds / _LOOKS) as looks:
        samples = run.ask(run.requests, visitors, run.seconds)
    peer += run.peer(visitors, 1000)
    memory = report.Memory.of(looks) if looks else None
    click.echo(f"\n{visitors} connections for {run.seconds / 60:g} minutes:\n")
    weights = {kind: weight for kind, (weight, _) in mix.KINDS.items()}
    click.echo("\n".join(report.table(samples, weights)))
    click.echo("\n" + report.peer_line(samples, peer))
    if memory:
        click.echo(report.memory_line(memory))
    return report.verdict(samples, memory, peer, most)


def _beside(run: Run, visitors: int, slow: int) -> list[str]:
    """Prints the run beside endless queries, and returns what is wrong with it."""
    samples, stopped = run.beside_endless(visitors, slow)
    click.echo(f"\n{visitors} connections beside {slow} that send queries without end:\n")
    click.echo("\n".join(report.table(samples, {})))
    click.echo("\n" + report.endless_line(stopped))
    return report.verdict_beside(samples, stopped)


@click.command()
@click.argument("database", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--minutes", default=10.0, show_default=True, type=click.FloatRange(min=0, min_open=True, max=1440)
)
@click.option("--connections", default=16, show_default=True, type=click.IntRange(1, 1000))
@click.option("--seed", default=1, show_default=True, help="another one draws other addresses")
@click.option("--most", default=_MOST_TIMES_PEER, show_default=True, help="p99 beside the row page's p99")
def main(database: Path, minutes: float, connections: int, seed: int, most: float) -> None:
    """Measures the site of DATABASE under load; all phases together take half as long again as MINUTES."""
    try:
        stock = mix.read_stock(database)
        requests = mix.requests(stock, seed)
        with (
            tempfile.TemporaryDirectory(dir=database.parent) as folder,
            served(database, Path(folder)) as site,
        ):
            run = Run(site, stock, requests, minutes * 60)
            click.echo(_machine(database, stock))
            run.ask(run.requests, 4, run.short)  # templates are compiled, the file is read into memory
            run.ask(mix.row_pages(stock, seed), 4, run.short / 4)
            ceiling = run.ask(mix.files(), connections, run.short)
            click.echo(report.ceiling_line(ceiling) + "\n")
            faults = _steps(run)
            faults += _long(run, connections, most)
            faults += _beside(run, connections, _SLOW)
            faults += site.fault()
    except InputError as error:
        raise click.ClickException(str(error)) from error
    for fault in faults:
        click.echo(f"FAIL: {fault}")
    if faults:
        sys.exit(1)
    click.echo("PASS: no error, memory is flat, p99 within its bound")


if __name__ == "__main__":
    main()
