"""Print which changes `press-archive verify` finds: `python -m benchmarks.mutations`.

The table stands in docs/integrity.md.
Each change is made in a copy of a small archive's database whose header, counts, ids and search indexes are
then made to agree with it. Exits with 1 if one is found at another level than the one declared.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.mutations.archive import Kind, build_kinds, write_sources
from benchmarks.mutations.changes import MUTATIONS
from benchmarks.mutations.finding import find
from loader.verify import Level


def row(what: str, levels: list[Level | None]) -> str:
    """Return a line of the table."""
    return f"| {what} | {' | '.join(level or '–' for level in levels)} |"


def head() -> list[str]:
    """Return the first two lines of the table."""
    return [f"| change | {' | '.join(Kind)} |", f"|---|{'---|' * len(Kind)}"]


def main() -> int:
    """Print the table; return 1 if a change is not found where it is declared to be."""
    wrong = []
    print("\n".join(head()))
    with TemporaryDirectory() as name:
        place = Path(name)
        for folder in ("sources", "good"):
            (place / folder).mkdir()
        write_sources(place / "sources")
        good = build_kinds(place / "sources", place / "good")
        for number, mutation in enumerate(MUTATIONS):
            levels = []
            for kind in Kind:
                copy = place / f"{number}-{kind.name}"
                copy.mkdir()
                levels.append(find(mutation, kind, good, place / "sources", copy))
                if not mutation.is_found_in_time(levels[-1], kind):
                    wrong.append(
                        f"{mutation.what}, {kind}: {levels[-1]}, declared {mutation.level_for(kind)}"
                    )
            print(row(mutation.what, levels), flush=True)
    for line in wrong:
        print(line, file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
