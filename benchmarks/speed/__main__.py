"""Measures and prints one table: `python -m benchmarks.speed --help`; exit code 1 for a missed target."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from benchmarks.speed.making import Made, make_archive
from benchmarks.speed.memory import Ran, run
from benchmarks.speed.report import MB, Build, Measured, Reader, below, missed, table, write_csv
from benchmarks.speed.templates import SEED
from benchmarks.speed.words import INSTALL, pipeline

_ROOT = Path(__file__).parents[2]
_SEED_RUNS = 5
# Bytes on the disk a byte of text: itself, the database twice while it is finished, sorting, and the floor's.
_ROOM = 12
# One processor for each reader of words: what spaCy computes with would take them all.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def measured_module(module: str, folder: Path, *arguments: str | Path) -> tuple[Ran, Any]:
    """Runs a module of this package that writes figures to the file named first.

    Args:
        module: its name.
        folder: where the figures are put.
        arguments: its other arguments.

    Returns:
        What it took, and the figures.
    """
    figures = folder / "figures.json"
    command = [sys.executable, "-m", f"benchmarks.speed.{module}", str(figures), *map(str, arguments)]
    ran = run(command, _ROOT)
    return ran, json.loads(figures.read_text(encoding="utf-8"))


def measure_build(megabytes: int, folder: Path, jobs: int | None) -> Build:
    """Makes an archive, builds it and writes its rows again.

    Args:
        megabytes: its size.
        folder: a folder with room for twelve times as much; it is left empty.
        jobs: how many processes read; None for as many as pay.

    Returns:
        The figures.
    """
    archive, database, again = folder / "archive", folder / "archive.db", folder / "floor.db"
    made = make_archive(archive, megabytes * MB)
    os.sync()  # or the disk would still be busy with the archive while it is read
    arguments = ["--jobs", str(jobs)] if jobs else []
    ran, stages = measured_module("hooks", folder, "build", archive, "-o", database, *arguments)
    _, floor = measured_module("floor", folder, database, again)
    build = Build(
        megabytes,
        made.bytes,
        made.files,
        _articles(database, made),
        ran.seconds,
        ran.processor,
        stages,
        ran.peak,
        database.stat().st_size,
        floor["total"],
    )
    shutil.rmtree(archive)
    database.unlink()
    again.unlink()
    return build


def _articles(database: Path, made: Made) -> int:
    """How many articles the database has; nearly as many as were made, or the rest says nothing."""
    with closing(sqlite3.connect(database)) as connection:
        found = int(connection.execute("select count(*) from articles").fetchone()[0])
    if not 0.95 * made.articles <= found <= 1.05 * made.articles:
        raise click.ClickException(f"{made.articles} articles were made and {found} read; mend the templates")
    return found


def measure_seed(folder: Path) -> float:
    """Gives the seconds from the start of `loader build` to the seed archive's finished file; the median."""
    command = [sys.executable, "-m", "loader", "build", str(SEED.parent), "-o", str(folder / "seed.db")]
    return statistics.median(run(command, _ROOT).seconds for _ in range(_SEED_RUNS))


def measure_words(folder: Path, model: str) -> tuple[Reader, Reader]:
    """Has the loader and a spaCy model read the archive of 1 MB, each in one process.

    Args:
        folder: where the archive is made.
        model: the model's name.

    Returns:
        The loader's words a second, and spaCy's.
    """
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    archive = folder / "words"
    make_archive(archive, MB)
    ours, spacy = (Reader(**measured_module("words", folder, one, archive)[1]) for one in ("ours", model))
    return ours, spacy


def _require_room(megabytes: int, folder: Path) -> None:
    """Raises OSError where a folder has no room for the largest archive and all that is made of it."""
    needed, free = megabytes * MB * _ROOM, shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(
            f"{megabytes:,} MB take {needed / MB:,.0f} MB in {folder.parent}, which has {free / MB:,.0f}; "
            "name another folder with TMPDIR"
        )


def measure(sizes: Sequence[int], jobs: int | None, model: str | None) -> Measured:
    """Measures everything, in a temporary folder.

    Args:
        sizes: of the archives, in MB.
        jobs: how many processes read; None for as many as pay.
        model: spaCy's, to be compared with; None for no comparison.

    Returns:
        The figures.

    Raises:
        RuntimeError: where a process of it fails.
        OSError: where the folder has no room.
    """
    measured = Measured()
    with tempfile.TemporaryDirectory(prefix="speed-") as name:
        folder = Path(name)
        _require_room(max(sizes), folder)
        measured.seed = measure_seed(folder)
        for size in sorted(set(sizes)):
            click.echo(f"{size:,} MB ...", err=True)
            measured.builds.append(measure_build(size, folder, jobs))
        if model:
            click.echo(f"{model} ...", err=True)
            measured.ours, measured.spacy = measure_words(folder, model)
    return measured


@click.command()
@click.argument("megabytes", nargs=-1, type=click.IntRange(min=1))
@click.option("--jobs", type=click.IntRange(min=1), help="Processes that read; as many as pay without it.")
@click.option("--spacy", is_flag=True, help="Compare words a second with spaCy's small English model.")
@click.option(
    "--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write every figure here."
)
def main(megabytes: tuple[int, ...], jobs: int | None, spacy: bool, csv_file: Path | None) -> None:
    """Load made archives of MEGABYTES each (1 and 10 where none is given) and print one table.

    A size takes twelve times as much room in the temporary folder (TMPDIR). Exits with 1 where a target is
    missed.
    """
    model = pipeline() if spacy else None
    if spacy and model is None:
        raise click.ClickException(f"spaCy or its small English model is not installed; use `{INSTALL}`")
    if csv_file and not csv_file.absolute().parent.is_dir():
        raise click.BadParameter(f"there is no folder {csv_file.parent}; make it first", param_hint="--csv")
    try:
        measured = measure(megabytes or (1, 10), jobs, model)
    except (RuntimeError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(table(measured))
    click.echo()
    for line in below(measured, jobs):
        click.echo(line)
    if csv_file:
        write_csv(measured, csv_file)
    failed = list(missed(measured))
    for line in failed:
        click.echo(f"missed: {line}", err=True)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
