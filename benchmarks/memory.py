"""Peak memory and time against the file's size: `python -m benchmarks.memory [MEGABYTES...]`.

Each archive is made in a temporary folder and built by a process of its own, whose largest resident size is
printed. A text of invented news and shapes that a hostile file could have: many of the smallest thing there
is, or one thing as long as the file. A file longer than the limit is read with the limit raised.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fuzz.shapes import SHAPES
from loader import build
from loader.input_files import MAX_ARCHIVE_BYTES

_NAMES = {
    "many articles": "news",
    "an article of paragraphs": "an article of paragraphs",
    "one paragraph": "one paragraph of an article",
    "one line": "long word",
    "one quotation": "one quotation",
    "short lines": "lines of one letter",
    "separators": "separators",
    "quotations of a letter": "straight marks",
    "places": "places",
}
_SIZES = (1, 4, 16, MAX_ARCHIVE_BYTES // 10**6)
_MIB = 2**20


def main() -> int:
    """Prints a row for each shape and size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("megabytes", nargs="*", type=int, default=list(_SIZES))
    parser.add_argument("--shape", action="append", choices=list(_NAMES), help="only this one")
    parser.add_argument("--one", nargs=2, metavar=("FILE", "OUTPUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        return _build(*map(Path, given.one))
    print(f"{'shape':26s} {'MB':>5s} {'peak, MiB':>10s} {'bytes a byte':>13s} {'seconds':>8s}")
    for name in given.shape or _NAMES:
        for megabytes in given.megabytes:
            peak, seconds = measure(name, megabytes * 10**6)
            each = peak * _MIB / (megabytes * 10**6)
            print(f"{name:26s} {megabytes:5d} {peak:10.0f} {each:13.0f} {seconds:8.1f}", flush=True)
    return 0


def measure(name: str, size: int) -> tuple[float, float]:
    """Builds a text of one shape in another process.

    Returns:
        The largest resident size in MiB; the seconds it took.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.txt")
        file.write_text(SHAPES[_NAMES[name]](size), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.memory", "--one", str(file), str(Path(folder, "a.db"))]
        start = time.monotonic()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return float(done.stdout), time.monotonic() - start


def _build(file: Path, output: Path) -> int:
    build([file], output, jobs=1, max_bytes=max(file.stat().st_size, MAX_ARCHIVE_BYTES))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)  # Linux counts in KiB
    return 0


if __name__ == "__main__":
    sys.exit(main())
