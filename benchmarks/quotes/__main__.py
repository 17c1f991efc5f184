"""`python -m benchmarks.quotes [CORPUS.jsonl]`: accuracy by class and rule, variants, speed, floors."""

from __future__ import annotations

import argparse
import csv
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.quotes.full_names import by_name
from benchmarks.quotes.scoring import (
    Article,
    Result,
    by_class,
    by_rule,
    compare,
    read_articles,
    soft_and_joint,
)
from benchmarks.quotes.variants import ALLOWED, VARIANTS
from loader.extract.quotes import find_quotes
from loader.records import Quote

FLOORS = Path(__file__).with_name("floors.csv")
TOLERANCE = 0.3  # points that a figure may fall below its floor
_REPEATS = 3  # speed is the best of so many runs, which is the one least disturbed


def main() -> int:
    """Runs the benchmark and prints it; returns 1 where a figure fell below its floor."""
    arguments = _arguments()
    articles = read_articles(arguments.corpus)
    found = [find_quotes(article.text) for article in articles]
    results = [compare(article, quotes) for article, quotes in zip(articles, found, strict=True)]
    measured: dict[str, float] = {}
    _print_overall(results, measured)
    _print_classes(results, measured)
    _print_names(results, measured)
    _print_rules(results)
    failed = _print_variants(articles, measured)
    _print_speed(articles, measured)
    if arguments.scorer:
        failed |= _print_other_scorer(arguments.scorer, arguments.corpus, articles, found)
    return int(_check_floors(arguments.corpus.stem, measured, pin=arguments.pin) or failed)


def _arguments() -> argparse.Namespace:
    corpora = Path(os.environ.get("CORPORA", "../shared/corpora"))
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quotes", description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", default=corpora / "quotes" / "dev.jsonl")
    parser.add_argument("--scorer", type=Path, help="a scorer of its own to compare this one's figures with")
    parser.add_argument("--pin", action="store_true", help="write the figures as the new floors")
    return parser.parse_args()


def _print_overall(results: list[Result], measured: dict[str, float]) -> None:
    soft, joint = soft_and_joint(results)
    print(f"{'':24}{'precision':>10}{'recall':>10}{'F1':>10}")
    for name, row in (("span", soft), ("span and speaker", joint)):
        print(f"{name:24}{row.precision:10.1f}{row.recall:10.1f}{row.f1:10.1f}")
    measured["soft precision"], measured["soft F1"] = soft.precision, soft.f1
    measured["joint F1"] = joint.f1


def _print_classes(results: list[Result], measured: dict[str, float]) -> None:
    print(f"\n{'class':28}{'quotations':>11}{'found':>9}{'speaker':>9}")
    for name, (count, hits, right) in by_class(results).items():
        print(f"{name:28}{count:11}{100 * hits / count:9.1f}{100 * right / max(1, hits):9.1f}")
        if count >= 100:  # smaller classes jump with one article
            measured[f"recall {name}"] = 100 * hits / count
            measured[f"speaker {name}"] = 100 * right / max(1, hits)


def _print_names(results: list[Result], measured: dict[str, float]) -> None:
    """Prints how often the full name is right, where the mention is and the corpus has names to compare."""
    print(f"\n{'resolution':28}{'quotations':>11}{'right':>9}")
    for name, (count, right) in by_name(results).items():
        print(f"{name:28}{count:11}{100 * right / max(1, count):9.1f}")
        if count >= 100:  # smaller classes jump with one article
            measured[name] = 100 * right / count


def _print_rules(results: list[Result]) -> None:
    print("\n| rule | claims | quotations % | with the right speaker % |\n|---|---|---|---|")
    for name, (claims, hits, right) in by_rule(results).items():
        print(f"| {name} | {claims} | {100 * hits / claims:.1f} | {100 * right / claims:.1f} |")


def _print_variants(articles: list[Article], measured: dict[str, float]) -> bool:
    failed = False
    print(f"\n{'variant':12}{'span F1':>9}{'joint F1':>10}{'loss':>7}{'allowed':>9}")
    for name, change in VARIANTS.items():
        soft, joint = soft_and_joint(compare(article, change(article).quotes()) for article in articles)
        loss = measured["soft F1"] - soft.f1
        print(f"{name:12}{soft.f1:9.1f}{joint.f1:10.1f}{loss:7.1f}{ALLOWED[name]:9.1f}")
        measured[f"soft F1 {name}"] = soft.f1
        failed |= loss > ALLOWED[name]
    return failed


def _print_speed(articles: list[Article], measured: dict[str, float]) -> None:
    words = sum(len(article.text.split()) for article in articles)
    best = min(_seconds(lambda: [find_quotes(article.text) for article in articles]) for _ in range(_REPEATS))
    floor = min(_seconds(lambda: [article.text.split() for article in articles]) for _ in range(_REPEATS))
    print(f"\n{words / best:,.0f} words a second on one core; {best / floor:.0f} times str.split")
    measured["words a second"] = words / best


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()  # of this process alone, so that a busy machine does not count
    work()
    return time.process_time() - start


def _print_other_scorer(path: Path, corpus: Path, articles: list[Article], found: list[list[Quote]]) -> bool:
    """Prints the figures of another scorer; returns whether they differ from ours."""
    spec = importlib.util.spec_from_file_location("other_scorer", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path}: not a Python file")
    scorer: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    claims = {
        article.name: [
            {
                "doc_id": article.name,
                "start": quote.start,
                "end": quote.end,
                "text": quote.text,
                "speaker": quote.speaker_text,
                "speaker_start": quote.speaker_start,
                "speaker_end": quote.speaker_end,
            }
            for quote in quotes
            if quote.nested_in is None and quote.kind not in ("scare", "title")
        ]
        for article, quotes in zip(articles, found, strict=True)
    }
    other = scorer.evaluate(scorer.load_gold(corpus), claims)
    soft, joint = soft_and_joint(
        compare(article, quotes) for article, quotes in zip(articles, found, strict=True)
    )
    print(
        f"\n{path.name}: span F1 {100 * other['soft']['f1']:.2f} (here {soft.f1:.2f}), "
        f"joint F1 {100 * other['joint_strict']['f1']:.2f} (here {joint.f1:.2f})"
    )
    return bool(abs(100 * other["joint_strict"]["f1"] - joint.f1) > 0.05)


def _check_floors(corpus: str, measured: dict[str, float], *, pin: bool) -> bool:
    """Compares the figures with the pinned ones of this corpus; returns whether one fell."""
    rows = []
    if FLOORS.exists():
        with FLOORS.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    if pin:
        kept = [row for row in rows if row["corpus"] != corpus]
        new = [
            {"corpus": corpus, "figure": name, "floor": f"{value:.1f}"}
            for name, value in measured.items()
            if name != "words a second"
        ]
        new.append({"corpus": corpus, "figure": "words a second", "floor": "300000"})
        with FLOORS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ("corpus", "figure", "floor"), lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept + new)
        return False
    fallen = [
        f"{row['figure']}: {measured.get(row['figure'], 0.0):.1f}, floor {row['floor']}"
        for row in rows
        if row["corpus"] == corpus and measured.get(row["figure"], 0.0) < float(row["floor"]) - TOLERANCE
    ]
    for line in fallen:
        print(f"fell below its floor: {line}", file=sys.stderr)
    return bool(fallen)


if __name__ == "__main__":
    sys.exit(main())
