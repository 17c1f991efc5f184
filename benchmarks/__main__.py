"""All measurements, one after the other: `python -m benchmarks`, which is `make bench`.

The corpora lie in ../shared/corpora, or in the folder that the environment variable CORPORA names. Exits with
1 where a figure fell below its floor.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CORPORA = Path(os.environ.get("CORPORA", "../shared/corpora"))
# What is measured, and the command that does it.
MEASUREMENTS: tuple[tuple[str, list[str]], ...] = (
    ("The seed archive, corrections left out", ["benchmarks.seed"]),
    ("Reading archives", ["benchmarks.archives", "--corpora", str(CORPORA)]),
    ("Quotations and speakers (dev part)", ["benchmarks.quotes", str(CORPORA / "quotes" / "dev.jsonl")]),
    (
        "Full names of speakers",
        ["benchmarks.quotes.speaker_names", str(CORPORA / "quotes" / "train.jsonl")],
    ),
    ("Places", ["benchmarks.places", str(CORPORA)]),
    ("Speed", ["benchmarks.speed", "1"]),
)


def main() -> int:
    """Runs every measurement and says which fell below its floor."""
    if not CORPORA.is_dir():
        print(
            f"{CORPORA}: no such folder; name the one that holds the corpora with CORPORA=...",
            file=sys.stderr,
        )
        return 1
    failed = []
    for title, module in MEASUREMENTS:
        print(f"\n== {title}: python -m {' '.join(module)}", flush=True)
        if subprocess.run([sys.executable, "-m", *module], check=False).returncode:
            failed.append(title)
    for title in failed:
        print(f"below its floor: {title}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
