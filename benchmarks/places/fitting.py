"""`python -m benchmarks.places.fitting [CORPORA_DIR]`: fits the weights of the recognition's evidence.

Logistic regression by Newton's method on the seen part of the corpora, drawn towards the priors in
data/place_weights.csv. Rows whose source is "definition" stay as they are: what is part of an
organisation's or a person's name is no place by definition, whatever a corpus annotates.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence
from math import exp
from pathlib import Path

from benchmarks.places.demonyms import is_demonym
from benchmarks.places.scoring import Document, overlaps, part_of, read_documents
from loader.extract.places.candidates import Candidate
from loader.extract.places.place_lexicon import weights
from loader.extract.places.recognise import Recogniser, folded_for_search
from loader.gazetteer import default_gazetteer
from loader.vocabulary import DATA

TABLE = DATA / "place_weights.csv"
# How strongly a weight is drawn to its prior, in pseudo-examples.
PULL = 0.5
STEPS = 25
# How much an example of each corpus counts: local news has many small towns that other news has not.
CORPORA = {"gwn": 1.0, "geovirus": 1.0, "lgl": 0.6}
# Places inside names of organisations are annotated in one corpus and by type in another; left out.
EMBEDDED = frozenset({"Embedded_Non_Lit", "Homonym"})
ORGANISATIONS = frozenset(
    {"right_organisation", "of_organisation", "right_organisation_later", "left_organisation"}
)

Example = tuple[list[int], float, float]


def main() -> None:
    """Fits the weights and writes them into the table."""
    corpora = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CORPORA_DIR", "../shared/corpora"))
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    fitted = [row for row in rows if row["stage"] == "recognise"]
    examples = read_examples(corpora / "places", {row["evidence"]: at for at, row in enumerate(fitted)})
    priors = [float(row["prior"]) for row in fitted]
    pulls = [1e9 if row["source"] == "definition" else PULL for row in fitted]
    for row, weight in zip(fitted, newton(examples, priors, pulls), strict=True):
        row["weight"] = f"{weight:.2f}"
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(examples)} examples, {len(fitted)} weights written to {TABLE.name}")


def read_examples(folder: Path, numbers: dict[str, int]) -> list[Example]:
    """Reads the candidates of the seen documents.

    Args:
        folder: where the corpora are.
        numbers: evidence to its number.

    Returns:
        For each candidate the numbers of its evidence, 1.0 for a place and 0.0 for none, and its weight.
    """
    recogniser = Recogniser(default_gazetteer(), weights("recognise"))
    examples = []
    for name, counts in CORPORA.items():
        for document in read_documents(folder / f"{name}.jsonl"):
            if part_of(document) != "seen":
                continue
            candidates, _ = recogniser.candidates(folded_for_search(document["text"])[1])
            for candidate in candidates:
                label = label_of(candidate, document, name)
                if label is not None:
                    evidence = [numbers[item] for item in candidate.evidence if item in numbers]
                    examples.append((evidence, label, counts))
    return examples


def label_of(candidate: Candidate, document: Document, corpus: str) -> float | None:
    """Says whether a candidate is a place; None where the annotation does not tell by our definitions."""
    gold = {(item["start"], item["end"]): item for item in document["toponyms"]}
    span = (candidate.start, candidate.end)
    if corpus == "lgl" and not ORGANISATIONS.isdisjoint(candidate.evidence):
        return None
    item = gold.get(span)
    if item is not None:
        return None if is_demonym(item) or item.get("type") in EMBEDDED else 1.0
    touched = [other for other in gold if overlaps(span, {other})]
    if touched and all(is_demonym(gold[other]) for other in touched):
        return None
    # This corpus often annotates only the first mentions of a name.
    text = document["text"]
    if corpus == "geovirus" and any(text[a:b] == text[span[0] : span[1]] for a, b in gold):
        return None
    return 0.0


def newton(examples: Sequence[Example], priors: Sequence[float], pulls: Sequence[float]) -> list[float]:
    """Finds the weights that make the examples most likely, drawn towards the priors.

    Args:
        examples: from `read_examples`.
        priors: a weight for each evidence.
        pulls: how strongly each is drawn to its prior.

    Returns:
        The weights.
    """
    found = list(priors)
    size = len(found)
    for _ in range(STEPS):
        slope = [pull * (weight - prior) for weight, prior, pull in zip(found, priors, pulls, strict=True)]
        curve = [[pulls[row] if row == column else 0.0 for column in range(size)] for row in range(size)]
        for evidence, label, counts in examples:
            score = sum(found[number] for number in evidence)
            likely = 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))
            bend = counts * likely * (1.0 - likely)
            for number in evidence:
                slope[number] += counts * (likely - label)
                for other in evidence:
                    curve[number][other] += bend
        step = solve(curve, slope)
        farthest = max(map(abs, step))
        # Far from the goal a whole step may overshoot.
        damping = min(1.0, 1.0 / farthest) if farthest else 1.0
        found = [weight - damping * change for weight, change in zip(found, step, strict=True)]
        if farthest < 1e-6:
            break
    return found


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solves a system of linear equations with a positive definite matrix, by elimination.

    Args:
        matrix: its rows; changed.
        right: the right-hand sides; changed.

    Returns:
        The unknowns.
    """
    size = len(right)
    for pivot in range(size):
        for row in range(pivot + 1, size):
            factor = matrix[row][pivot] / matrix[pivot][pivot]
            if factor:
                right[row] -= factor * right[pivot]
                for column in range(pivot, size):
                    matrix[row][column] -= factor * matrix[pivot][column]
    unknowns = [0.0] * size
    for row in range(size - 1, -1, -1):
        known = sum(matrix[row][column] * unknowns[column] for column in range(row + 1, size))
        unknowns[row] = (right[row] - known) / matrix[row][row]
    return unknowns


if __name__ == "__main__":
    main()
