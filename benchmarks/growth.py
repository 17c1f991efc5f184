"""How time grows with the length of hostile texts: `python -m benchmarks.growth [KILOBYTES] [SHAPE...]`.

Each shape is read at one length and at four times that length, from bytes to the rows of the database.
Work that grows with the length takes four times as long, work that grows with its square sixteen times.
Exits with 1 where a shape takes more than _MOST times as long.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise

from fuzz.shapes import SHAPES
from loader.dataset.rows import Parsed, archive_rows
from loader.extract.annotate import read_content
from loader.readers.roundup import read_bytes

_LENGTHS = 4
# Between four and sixteen: leaves room for what a larger text costs in memory.
_MOST = 8.0
# Below this the clock and the machine's other work say more than the loader does.
_LEAST_SECONDS = 0.05
_STEPS = ("read", "content", "rows")


def seconds(text: str) -> dict[str, float]:
    """Processor time of each step from bytes to rows, the better of two runs."""
    runs = []
    for _ in range(2):
        times = [time.process_time()]
        archive = read_bytes(text.encode("utf-8", "surrogatepass"), "a.txt")
        times.append(time.process_time())
        contents = read_content(archive)
        times.append(time.process_time())
        archive_rows(Parsed(archive, contents))
        times.append(time.process_time())
        runs.append([after - before for before, after in pairwise(times)])
    return dict(zip(_STEPS, map(min, *runs), strict=True))


def main() -> int:
    """Prints a line for each shape; 1 where one grows too fast."""
    size = 1000 * int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    names = sys.argv[2:] or list(SHAPES)
    seconds("“Warm,” Lena Brandt said in Graz.")
    failed = []
    print(f"{'shape':42s} {'MB/s':>6s}  " + "  ".join(f"{step:>16s}" for step in _STEPS))
    for name in names:
        small, large = (seconds(SHAPES[name](length)) for length in (size, _LENGTHS * size))
        cells = []
        for step in _STEPS:
            ratio = large[step] / max(small[step], 1e-9)
            bad = ratio > _MOST and large[step] > _LEAST_SECONDS
            if bad:
                failed.append(f"{name}: {step}")
            cells.append(f"{large[step]:7.3f} s {ratio:5.1f}{'!' if bad else ' '}")
        rate = _LENGTHS * size / 1e6 / max(sum(large.values()), 1e-9)
        print(f"{name:42s} {rate:6.2f}  " + "  ".join(cells), flush=True)
    for name in failed:
        print(f"more than {_MOST:g} times as long for {_LENGTHS} times the text: {name}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
