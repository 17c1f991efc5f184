"""How long an update takes: `python -m benchmarks.update [MEGABYTES]` or `--onto DATABASE`.

Makes an archive, builds it without its last files, about a hundred articles, puts these in, and times
`loader build --update` of the whole: once into a copy, once in place. With `--onto`, the rows of a hundred
made articles are put into a copy of that database, a made-up one of benchmarks.site, say, whose archives are
no files; copying and the rest are timed apart.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

import click

from benchmarks.speed.making import make_archive
from benchmarks.speed.memory import run
from loader.dataset.assign_ids import Numbering
from loader.dataset.update import ChangedDatabase
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES
from loader.pipeline.build import limits_of, plan
from loader.pipeline.parse_file import read

_NEW = 100  # articles
_SEED = 2  # gives other articles than those that are there
_BYTES_AN_ARTICLE = 5_600


@click.command()
@click.argument("megabytes", default=20)
@click.option("--onto", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="DATABASE")
def main(megabytes: int, onto: Path | None) -> None:
    """Time an update of an archive of so many MB, or of a database."""
    with tempfile.TemporaryDirectory() as name:
        if onto:
            _onto(onto, Path(name))
        else:
            _of_archive(megabytes, Path(name))


def _of_archive(megabytes: int, folder: Path) -> None:
    archive, later = folder / "archive", folder / "later"
    made = make_archive(archive, megabytes * 10**6)
    later.mkdir()
    files = sorted(archive.rglob("*.txt"))
    held, count = [], 0
    while count < _NEW * _BYTES_AN_ARTICLE:
        held.append(files.pop())
        count += held[-1].stat().st_size
    for file in held:
        file.rename(later / file.name)
    full = _build(archive, folder / "copy.db")
    shutil.copyfile(folder / "copy.db", folder / "place.db")
    for file in held:
        (later / file.name).rename(file)
    print(f"{made.articles:,} articles, {megabytes} MB, without {len(held)} files: {full:.1f} s; with them")
    print(f"  into a copy {_build(archive, folder / 'copy.db', '--update'):.1f} s", flush=True)
    print(f"  in place    {_build(archive, folder / 'place.db', '--update', '--in-place'):.1f} s")


def _build(archive: Path, output: Path, *options: str) -> float:
    command = [sys.executable, "-m", "loader", "build", str(archive), "-o", str(output), "--quiet", *options]
    return run(command).seconds


def _onto(database: Path, folder: Path) -> None:
    make_archive(folder / "new", _NEW * _BYTES_AN_ARTICLE, _SEED)
    planned = plan(
        [folder / "new"], corrections=True, limits=limits_of(MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES)
    )
    rows = [one.rows for one in map(read, planned.tasks)]
    start = time.perf_counter()
    copy = Path(shutil.copyfile(database, folder / "copy.db"))
    copied = time.perf_counter()
    (folder / "work").mkdir()
    with ChangedDatabase(folder / "work", copy, [1, 2], in_place=True) as changed:
        numbering = Numbering(changed)
        for one in rows:
            numbering.add(one)
        counts = changed.finish({})
    ended = time.perf_counter()
    size = database.stat().st_size / 1e9
    print(f"{counts['articles']:,} articles, {size:.1f} GB: copied in {copied - start:.1f} s")
    print(f"two archives out and {numbering.articles} articles in, in {ended - copied:.1f} s")


if __name__ == "__main__":
    main()
