"""What `press-archive verify --rebuild` costs: `python -m benchmarks.rebuild [MEGABYTES]`.

Makes an archive, and measures its build, its proof without and with a rebuild, and both digests: CPU time and
the most memory of each, with one process that reads.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from benchmarks.speed.making import make_archive
from benchmarks.speed.memory import run


@click.command()
@click.argument("megabytes", default=5)
def main(megabytes: int) -> None:
    """Measure a build, a proof and a proof with a rebuild of an archive of so many MB."""
    with tempfile.TemporaryDirectory() as name:
        archive, database = Path(name) / "archive", Path(name) / "a.db"
        made = make_archive(archive, megabytes * 10**6)
        print(f"{made.articles:,} articles, {megabytes} MB, one process")
        built = _timed("build", "build", archive, "-o", database, "--jobs", "1", "--quiet")
        proven = _timed("verify", "verify", database, archive)
        rebuilt = _timed("verify --rebuild", "verify", database, archive, "--rebuild", "--jobs", "1")
        _timed("digest", "digest", database)
        _timed("digest --content", "digest", "--content", database)
        alone = (rebuilt - proven) / built
        print(
            f"verify --rebuild takes {rebuilt / built:.2f} builds; the rebuild and its comparison {alone:.2f}"
        )


def _timed(what: str, *arguments: object) -> float:
    result = run([sys.executable, "-m", "loader", *map(str, arguments)])
    print(f"  {what:17s} {result.processor:6.1f} s of CPU  {result.peak / 1e6:5.0f} MB", flush=True)
    return result.processor


if __name__ == "__main__":
    main()
