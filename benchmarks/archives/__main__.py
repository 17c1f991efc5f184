"""`python -m benchmarks.archives`: how well, and how fast, archives made of real articles are read."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks import floors
from benchmarks.archives.corpus import RealArticle, read_articles
from benchmarks.archives.making import MadeArchive, make_archive
from benchmarks.archives.scoring import FIELDS, Tally
from loader.readers.roundup import read_bytes

FLOORS = Path(__file__).with_name("floors.csv")
# How far a figure may fall below its floor before the benchmark fails: 0.3 points.
TOLERANCE = 0.3
MOST_ARTICLES = 16


def main() -> int:
    """Runs the benchmark and prints it; returns 1 where a figure fell below its floor."""
    arguments = _arguments()
    articles = read_articles(arguments.corpora)
    made = list(archives(articles, arguments.seed, arguments.articles or len(articles)))
    if arguments.write:
        arguments.write.mkdir(parents=True, exist_ok=True)
        for number, archive in enumerate(made):
            (arguments.write / f"{number:04}.txt").write_bytes(archive.data)
    tally = Tally()
    seconds = 0.0
    for number, archive in enumerate(made):
        start = time.perf_counter()
        found = read_bytes(archive.data, f"{number:04}.txt")
        seconds += time.perf_counter() - start
        tally.add(archive, found)
    figures = _figures(tally)
    megabytes = sum(len(archive.data) for archive in made) / 1e6
    print(f"{tally.articles} articles in {len(made)} archives, {megabytes:.1f} MB, seed {arguments.seed}")
    _print_figures(tally, figures)
    print(f"speed: {megabytes / seconds:.2f} MB/s")
    _print_differences(tally, arguments.errors, arguments.examples)
    if arguments.pin:
        floors.pin(FLOORS, figures, decimals=2)
    # Floors hold for the corpora as a whole, as drawn with the default seed.
    whole = not arguments.articles and arguments.seed == 0
    return floors.check(FLOORS, figures, tolerance=TOLERANCE, decimals=2) if whole else 0


def archives(articles: list[RealArticle], seed: int, most: int) -> Iterator[MadeArchive]:
    """Archives of 1 to MOST_ARTICLES articles each, in an order and with forms that a seed decides.

    Args:
        articles: the real articles; taken again from the start where more are asked for.
        seed: any number; the same one gives the same bytes.
        most: how many articles all archives hold together.
    """
    random = Random(seed)
    left = most
    shuffled: list[RealArticle] = []
    while left:
        if not shuffled:
            shuffled = random.sample(articles, len(articles))
        size = min(random.randint(1, MOST_ARTICLES), left, len(shuffled))
        yield make_archive([shuffled.pop() for _ in range(size)], random)
        left -= size


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.archives", description=__doc__)
    default = Path(os.environ.get("CORPORA_DIR", "../shared/corpora"))
    parser.add_argument("--corpora", type=Path, default=default, help="folder of the corpora")
    parser.add_argument("--articles", type=int, help="how many articles (default: each once)")
    parser.add_argument("--seed", type=int, default=0, help="what decides every form (default 0)")
    parser.add_argument("--errors", type=int, default=30, help="how many classes of error to list")
    parser.add_argument("--examples", type=int, default=2, help="how many examples of each class")
    parser.add_argument("--write", type=Path, help="folder to keep the made archives in")
    parser.add_argument("--pin", action="store_true", help="make this run's figures the new floors")
    return parser.parse_args()


def _figures(tally: Tally) -> dict[str, float]:
    """Percentages by name."""
    figures = {name: 100 * tally.right[name] / tally.articles for name in ("exact", *FIELDS)}
    for role, (number, right) in sorted(tally.paragraphs.items()):
        figures[f"role {role}"] = 100 * right / number
    figures["no false start"] = 100 - 100 * tally.false_starts / tally.articles
    return figures


def _print_figures(tally: Tally, figures: dict[str, float]) -> None:
    print("articles right: " + ", ".join(f"{name} {figures[name]:.2f}%" for name in ("exact", *FIELDS)))
    print(f"false starts: {tally.false_starts}")
    print("paragraphs with span, role and article right:")
    for role, (number, right) in sorted(tally.paragraphs.items(), key=lambda item: -item[1][0]):
        print(f"  {role:12} {right:6} of {number:6}  {100 * right / number:6.2f}%")
    for part in ("source line", "date", "separator", "layout"):
        print(f"articles exact by {part}:")
        for (name, form), (number, exact) in sorted(tally.by_form.items()):
            if name == part:
                print(f"  {form:28} {exact:5} of {number:5}  {100 * exact / number:6.2f}%")


def _print_differences(tally: Tally, classes: int, examples: int) -> None:
    counts = Counter(difference.kind for difference in tally.differences)
    for kind, number in counts.most_common(classes):
        print(f"{number:5}  {kind}")
        for difference in [one for one in tally.differences if one.kind == kind][:examples]:
            paragraph = "" if difference.paragraph is None else f" paragraph {difference.paragraph}"
            found = f" => {difference.found[:110]}" if difference.found else ""
            print(f"         {difference.doc_id}{paragraph}: {difference.wanted[:110]}{found}")


if __name__ == "__main__":
    sys.exit(main())
