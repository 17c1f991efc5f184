"""`python -m benchmarks.places [CORPORA_DIR]`: accuracy, sense, speed, start and memory of find_places."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks import floors
from benchmarks.places.scoring import Document, Tally, part_of, read_documents
from loader.extract.places import find_places
from loader.records import Mention

CORPORA = ("gwn", "geovirus", "lgl")
PARTS = ("seen", "unseen")
VIEWS = ("nodemonym", "all")
FLOORS = Path(__file__).with_name("floors.csv")
# How far a figure may fall below its floor before the benchmark fails, as a share (0.3 points).
TOLERANCE = 0.003
START = (
    "import time; start = time.perf_counter(); from loader.extract.places import find_places;"
    "find_places('Fighting in Aleppo, Syria.'); print(time.perf_counter() - start)"
)


def main() -> int:
    """Runs the benchmark and prints it; returns 1 where a figure fell below its floor."""
    arguments = _arguments()
    folder = arguments.corpora / "places"
    corpora = {name: read_documents(folder / f"{name}.jsonl") for name in CORPORA}
    found = {
        name: [find_places(document["text"]) for document in documents] for name, documents in corpora.items()
    }
    figures: dict[str, float] = {}
    tallies = _score(corpora, found)
    _print_table(tallies, figures)
    _print_kinds(tallies)
    figures |= _sense(folder / "relocar.jsonl")
    if not arguments.no_speed:
        _speed(arguments.corpora)
    _print_errors(tallies, arguments.errors)
    if arguments.pin:
        floors.pin(FLOORS, figures, decimals=4)
    print()
    return floors.check(FLOORS, figures, tolerance=TOLERANCE, decimals=4)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.places", description=__doc__)
    default = os.environ.get("CORPORA_DIR", "../shared/corpora")
    parser.add_argument("corpora", nargs="?", type=Path, default=Path(default), help="folder of the corpora")
    parser.add_argument("--errors", type=int, default=15, help="how many errors of each sort to list")
    parser.add_argument("--no-speed", action="store_true", help="leave speed, start and memory out")
    parser.add_argument("--pin", action="store_true", help="make this run's figures the new floors")
    return parser.parse_args()


def _score(
    corpora: dict[str, list[Document]], found: dict[str, list[list[Mention]]]
) -> dict[tuple[str, str, str], Tally]:
    tallies = {(name, part, view): Tally() for name in corpora for part in PARTS for view in VIEWS}
    for name, documents in corpora.items():
        for document, mentions in zip(documents, found[name], strict=True):
            for view in VIEWS:
                tallies[name, part_of(document), view].add(document, mentions, view)
    return tallies


def _print_table(tallies: dict[tuple[str, str, str], Tally], figures: dict[str, float]) -> None:
    print(
        f"{'corpus':9} {'part':7} {'view':10} {'gold':>5}   found P     R    F1  <=161km"
        "  both P     R    F1  right of those sure >= .9"
    )
    for (name, part, view), tally in tallies.items():
        precision, recall, f1 = tally.recognition
        both_precision, both_recall, both_f1 = tally.end_to_end
        right, sure = tally.sure
        print(
            f"{name:9} {part:7} {view:10} {tally.gold:5}  "
            f" {precision:5.3f} {recall:5.3f} {f1:5.3f}    {tally.accuracy:5.3f}   "
            f"{both_precision:5.3f} {both_recall:5.3f} {both_f1:5.3f}   {right / max(1, sure):5.3f} of {sure}"
        )
        if view == "nodemonym":
            figures[f"{name} {part} recognition F1"] = f1
            figures[f"{name} {part} end-to-end F1"] = both_f1


def _print_kinds(tallies: dict[tuple[str, str, str], Tally]) -> None:
    kinds: dict[str, list[int]] = {}
    for (_, _, view), tally in tallies.items():
        if view == "nodemonym":
            for kind, counts in tally.kinds.items():
                kinds[kind] = [
                    one + other for one, other in zip(kinds.get(kind, [0, 0, 0]), counts, strict=True)
                ]
    print(f"\n{'kind of place':15} found  of these annotated  within 161 km")
    for kind, (predicted, exact, right) in sorted(kinds.items(), key=lambda item: -item[1][0]):
        print(f"{kind:15} {predicted:5}  {exact / predicted:18.3f}  {right / max(1, exact):13.3f}")


def _sense(path: Path) -> dict[str, float]:
    """Scores the sense of the annotated mentions that were found: literal against metonymic."""
    figures = {}
    print()
    for part in PARTS:
        counts: Counter[tuple[str, str]] = Counter()
        for document in read_documents(path):
            if part_of(document) != part:
                continue
            mentions = {mention.start: mention for mention in find_places(document["text"])}
            for item in document["toponyms"]:
                if item["reading"] != "mix" and item["start"] in mentions:
                    counts[item["reading"], mentions[item["start"]].sense] += 1
        right = counts["lit", "location"] + counts["met", "government"]
        accuracy = right / max(1, counts.total())
        figures[f"relocar {part} sense accuracy"] = accuracy
        counted = ", ".join(
            f"{reading} as {sense} {count}" for (reading, sense), count in sorted(counts.items())
        )
        print(f"sense, relocar {part:7} accuracy {accuracy:.3f} of {counts.total()}: {counted}")
    return figures


def _speed(corpora: Path) -> None:
    """Measures words a second over long texts, once with empty and once with filled caches."""
    texts = [document["text"] for document in read_documents(corpora / "quotes" / "train.jsonl")]
    words = sum(len(text.split()) for text in texts)
    for run in ("first", "second"):
        start = time.perf_counter()
        for text in texts:
            find_places(text)
        print(
            f"speed, {run} reading of {words:,} words: {words / (time.perf_counter() - start):,.0f} words/s"
        )
    started = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    print(f"start to first answer: {float(started.stdout):.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: {peak:.0f} MiB at most, corpora included")


def _print_errors(tallies: dict[tuple[str, str, str], Tally], most: int) -> None:
    """Lists the most frequent errors of the part that may be read."""
    for name in CORPORA:
        tally = tallies[name, "seen", "nodemonym"]
        for label, errors in (
            ("false alarms", tally.false_alarms), ("missed", tally.missed), ("misplaced", tally.misplaced),
        ):  # fmt: skip
            print(
                f"\n{name} {label}: "
                + ", ".join(f"{text} {count}" for text, count in errors.most_common(most))
            )


if __name__ == "__main__":
    sys.exit(main())
