"""Scores place mentions against annotated text: recognition, resolution, both together, sense."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

from benchmarks.places.demonyms import is_demonym
from loader.records import Mention

# A place is right if it lies within 161 km (100 miles) of the annotated one: Leidner 2007 and after.
RIGHT_KM = 161.0
EARTH_KM = 6371.0

Document = Mapping[str, Any]
Span = tuple[int, int]


def read_documents(path: Path) -> list[Document]:
    """Reads a corpus.

    Args:
        path: one JSON object a line: doc_id, text, toponyms.

    Returns:
        The documents in order.
    """
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def part_of(document: Document) -> str:
    """Says which part a document belongs to: "seen" may be read for errors, "unseen" is only scored."""
    return "unseen" if crc32(document["doc_id"].encode()) % 2 else "seen"


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Measures the great-circle distance between two points in WGS 84 degrees (haversine).

    Args:
        latitude: of one point.
        longitude: of one point.
        other_latitude: of the other.
        other_longitude: of the other.

    Returns:
        Kilometres.
    """
    north = math.sin(math.radians(other_latitude - latitude) / 2) ** 2
    east = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    chord = north + math.cos(math.radians(latitude)) * math.cos(math.radians(other_latitude)) * east
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord)))


@dataclass
class Tally:
    """Counts over documents; its properties are the figures.

    Attributes:
        gold: annotated spans that count.
        predicted: predictions that count.
        exact: predictions whose span is annotated.
        gold_located: annotated spans with a point.
        predicted_located: predictions but those on spans without a point.
        located: predictions whose span is annotated with a point.
        right: of those, the ones within RIGHT_KM.
        false_alarms: texts of predictions that are not annotated.
        missed: texts of annotations that were not predicted.
        misplaced: texts of predictions that lie elsewhere.
        kinds: kind of the predicted place to [predicted, exact, right].
        sure: [right, all] of the predictions given a confidence of .9 or more.
    """

    gold: int = 0
    predicted: int = 0
    exact: int = 0
    gold_located: int = 0
    predicted_located: int = 0
    located: int = 0
    right: int = 0
    false_alarms: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    misplaced: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, list[int]] = field(default_factory=dict)
    sure: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, document: Document, mentions: Sequence[Mention], view: str) -> None:
        """Counts one document.

        Args:
            document: with its annotations.
            mentions: what was found in its text.
            view: "all", or "nodemonym", which neither asks for demonyms nor counts them as wrong.
        """
        spans = {(item["start"], item["end"]): item for item in document["toponyms"]}
        left_out = {span for span, item in spans.items() if view == "nodemonym" and is_demonym(item)}
        counted = {span: item for span, item in spans.items() if span not in left_out}
        found = {(mention.start, mention.end): mention for mention in reversed(mentions)}
        self.gold += len(counted)
        self.gold_located += sum(item["lat"] is not None for item in counted.values())
        self.missed.update(item["text"] for span, item in counted.items() if span not in found)
        for span, mention in sorted(found.items()):
            item = counted.get(span)
            if item is None and overlaps(span, left_out) and not overlaps(span, counted):
                continue
            self._count(mention, item)

    def _count(self, mention: Mention, item: Mapping[str, Any] | None) -> None:
        kind = self.kinds.setdefault(mention.place.kind, [0, 0, 0])
        sure = mention.confidence >= 0.9
        self.predicted += 1
        kind[0] += 1
        if item is None:
            self.predicted_located += 1
            self.sure[1] += sure
            self.false_alarms[mention.text] += 1
            return
        self.exact += 1
        kind[1] += 1
        if item["lat"] is None:
            return
        self.predicted_located += 1
        if mention.place.latitude is None:
            return
        right = is_right(mention, item)
        self.located += 1
        self.right += right
        kind[2] += right
        self.sure[0] += sure and right
        self.sure[1] += sure
        if not right:
            self.misplaced[mention.text] += 1

    @property
    def recognition(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of exact spans."""
        return _f1(self.exact, self.predicted, self.exact, self.gold)

    @property
    def accuracy(self) -> float:
        """Share of exact spans with a point that lie within RIGHT_KM."""
        return self.right / self.located if self.located else 0.0

    @property
    def end_to_end(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of exact spans within RIGHT_KM."""
        return _f1(self.right, self.predicted_located, self.right, self.gold_located)


def is_right(mention: Mention, item: Mapping[str, Any]) -> bool:
    """Tells whether a mention resolves to the annotated place: the same GeoNames id or within RIGHT_KM."""
    place = mention.place
    if place.geonames_id is not None and str(place.geonames_id) == str(item.get("geonames_id")):
        return True
    if place.latitude is None or place.longitude is None:
        return False
    return distance_km(item["lat"], item["lon"], place.latitude, place.longitude) <= RIGHT_KM


def overlaps(span: Span, spans: Iterator[Span] | set[Span] | Mapping[Span, object]) -> bool:
    """Tells whether a span shares a character with one of others."""
    return any(start < span[1] and span[0] < end for start, end in spans)


def _f1(true_predicted: int, predicted: int, true_gold: int, gold: int) -> tuple[float, float, float]:
    precision = true_predicted / predicted if predicted else 0.0
    recall = true_gold / gold if gold else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0
