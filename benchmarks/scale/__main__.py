"""Prints the tables of docs/scale.md: `python -m benchmarks.scale 10`, for ten megabytes of text."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from distributed import LocalCluster

from benchmarks.scale.measuring import measure
from benchmarks.scale.report import computed, measured


@click.command()
@click.argument("megabytes", type=click.IntRange(1), default=10)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where there is room for twelve times as much."
)
def main(megabytes: int, folder: Path | None) -> None:
    """Measures each step on an archive of MEGABYTES, and computes what larger ones take."""
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as two,  # type: ignore[no-untyped-call]
        tempfile.TemporaryDirectory(dir=folder) as place,
    ):
        figures = measure(megabytes, Path(place), two.scheduler_address)
    click.echo("\n".join([*measured(figures), "", *computed(figures)]))


if __name__ == "__main__":
    main()
