"""Time and memory for a folder of many small files: `python -m benchmarks.many_files [FILES]`.

Each file holds one short article, 1,000 files a folder. `check`, `build` and `build --update` after one file
changed run as commands of their own; their wall-clock time and the largest resident size of a process are
printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_FILES_OF_A_FOLDER = 1000
_ARTICLE = """Pier number {number} closes

The Drava Times, by Eva Lang, May {day}, 2018:

The pier in Graz will close. “The timber is rotten,” said Karl Huber, the harbour master.
"""


def main() -> int:
    """Print a row for each command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_files", description=__doc__)
    parser.add_argument("files", nargs="?", type=int, default=100_000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as folder:
        archive, output = Path(folder, "archive"), Path(folder, "archive.db")
        first = write_files(archive, count)
        print(f"{count:,} files\n{'command':16s} {'seconds':>8s} {'files/s':>8s} {'peak, MiB':>10s}")
        for name, arguments in (
            ("check", ["check", archive]),
            ("build", ["build", archive, "-o", output]),
            ("build --update", ["build", archive, "-o", output, "--update"]),
        ):
            if name == "build --update":
                first.write_text(_ARTICLE.format(number="one", day=9), encoding="utf-8")
            seconds, peak = measure([str(argument) for argument in arguments])
            print(f"{name:16s} {seconds:8.1f} {count / seconds:8.0f} {peak:10.0f}", flush=True)
    return 0


def write_files(folder: Path, count: int) -> Path:
    """Write invented articles, one a file; return the first file."""
    for number in range(count):
        place = folder / f"{number // _FILES_OF_A_FOLDER:04d}"
        if number % _FILES_OF_A_FOLDER == 0:
            place.mkdir(parents=True)
        text = _ARTICLE.format(number=number, day=number % 28 + 1)
        (place / f"{number:07d}.txt").write_text(text, encoding="utf-8")
    return folder / "0000" / "0000000.txt"


def measure(arguments: list[str]) -> tuple[float, float]:
    """Run a command of the loader.

    Returns:
        The seconds it took; the largest resident size of one of its processes in MiB.

    Raises:
        CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", "loader", *arguments]
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code:
        raise subprocess.CalledProcessError(code, command)
    return time.monotonic() - start, usage.ru_maxrss / 1024  # Linux counts in KiB


if __name__ == "__main__":
    sys.exit(main())
