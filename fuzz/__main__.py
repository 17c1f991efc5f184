"""Fuzzes every target in turn: `python -m fuzz [--seconds 600] [TARGET...]`, which is `make fuzz`.

Prints what each target ran and reached. Exits with 1 on a finding; its input is kept in build/fuzz/, and
`python -m fuzz.engine TARGET --replay FILE` runs it again.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from fuzz.targets import TARGETS

# libFuzzer's lines: how far it came ("#1105 DONE cov: 1159 ft: ..."), and where it kept a finding.
_DONE = re.compile(r"^#(\d+)\s+\w+(?:\s+cov: (\d+))?", re.MULTILINE)
_KEPT = re.compile(r"Test unit written to (\S+)")
# What a finding's report needs of the process's messages.
_LAST_LINES = 40


def main() -> int:
    """Runs the targets and prints a table."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}; all where none is named")
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="where findings are kept")
    parser.add_argument("--seeds", type=int, help="of each target at most so many (default: all)")
    given = parser.parse_args()
    unknown = set(given.targets) - TARGETS.keys()
    if unknown:
        parser.error(f"there is no target {', '.join(sorted(unknown))}; use one of {', '.join(TARGETS)}")
    names = given.targets or list(TARGETS)
    print(f"{'target':12s} {'executions':>10s} {'coverage':>9s}  finding")
    options = ["--seconds", str(max(1, given.seconds // len(names))), "--folder", str(given.folder)]
    options += ["--seeds", str(given.seeds)] if given.seeds else []
    findings = [name for name in names if not _run(name, options)]
    return bool(findings)


def _run(name: str, options: list[str]) -> bool:
    """Fuzzes one target in a process of its own, prints its line, and says whether all held."""
    command = [sys.executable, "-m", "fuzz.engine", name, *options]
    done = subprocess.run(  # noqa: S603 - our own module
        command, check=False, capture_output=True, text=True, errors="replace"
    )
    reached = _DONE.findall(done.stderr)
    runs, coverage = reached[-1] if reached else ("0", "")
    kept = _KEPT.search(done.stderr)
    finding = "none" if done.returncode == 0 else kept[1] if kept else f"ended with {done.returncode}"
    print(f"{name:12s} {int(runs):10,d} {coverage or 'unseen':>9s}  {finding}", flush=True)
    if done.returncode:
        print("\n".join((done.stdout + done.stderr).splitlines()[-_LAST_LINES:]), file=sys.stderr)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
