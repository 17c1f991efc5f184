"""Scores the engine alone, corrections left out, on the seed archive against its annotation by hand.

`python -m benchmarks.seed` prints a figure a line; `--errors` prints each case that differs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.places.scoring import RIGHT_KM, Span, distance_km
from loader.extract.annotate import read_content
from loader.readers.roundup import read_archive
from loader.records import Archive, Mention, Quote

GOLD = Path("tests/gold")
ARCHIVE = Path("seeds/000_b51d602057fa6dcc.txt")


def gold_rows(name: str) -> dict[Span, dict[str, str]]:
    """The annotated rows of one table by their span."""
    with (GOLD / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {(int(row["start"]), int(row["end"])): row for row in csv.DictReader(lines)}


def differing_quotes(found: dict[Span, Quote], gold: dict[Span, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Every difference between found and annotated quotations: what differs, and the case."""
    for span in gold.keys() - found.keys():
        yield "span", f"{span} missed: {gold[span]['text'][:60]}"
    for span in found.keys() - gold.keys():
        yield "span", f"{span} false: {found[span].text[:60]}"
    for span in gold.keys() & found.keys():
        row, quote = gold[span], found[span]
        for field, value in (
            ("kind", quote.kind),
            ("speaker", str(quote.speaker_start if quote.speaker_start is not None else "")),
            ("speaker_name", quote.speaker_name or ""),
            ("speaker_kind", quote.speaker_kind or ""),
            ("cue", quote.cue or ""),
        ):
            wanted = row["speaker_start"] if field == "speaker" else row[field]
            if value != wanted:
                shown = (
                    f"{quote.speaker_text} / {row['speaker_text']}"
                    if field == "speaker"
                    else f"{value} / {wanted}"
                )
                yield field, f"{span} {row['text'][:50]!r}: {shown} [{quote.rule}]"


def differing_places(
    found: dict[Span, Mention], gold: dict[Span, dict[str, str]]
) -> Iterator[tuple[str, str]]:
    """Every difference between found and annotated place mentions."""
    for span in gold.keys() - found.keys():
        yield "missed", f"{span} {gold[span]['text']}"
    for span in found.keys() - gold.keys():
        yield "false", f"{span} {found[span].text} [{found[span].rule}]"
    for span in gold.keys() & found.keys():
        row, mention = gold[span], found[span]
        place = mention.place
        near = (
            place.latitude is not None
            and place.longitude is not None
            and distance_km(place.latitude, place.longitude, float(row["latitude"]), float(row["longitude"]))
            <= RIGHT_KM
        )
        if not near:
            yield (
                "resolved",
                f"{span} {row['text']}: {place.name}, {place.kind} / {row['place']}, {row['kind']}",
            )
        if mention.sense != row["sense"]:
            yield "sense", f"{span} {row['text']}: {mention.sense} / {row['sense']} [{mention.rule}]"


def same_blocks(archive: Archive, gold: dict[Span, dict[str, str]]) -> int:
    """How many annotated blocks were found with their role and in their article."""
    owners = {
        (block.start, block.end): str(article.position)
        for article in archive.articles
        for block in article.blocks
    }
    found = {
        (block.start, block.end): (block.role, owners.get((block.start, block.end), ""))
        for block in archive.blocks
    }
    return sum(found.get(span) == (row["role"], row["article"]) for span, row in gold.items())


@click.command()
@click.option("--errors", is_flag=True, help="Print each case that differs: found / annotated.")
def main(errors: bool) -> None:
    """Score the engine, without corrections, on the annotated seed archive."""
    archive = read_archive(ARCHIVE)
    contents = read_content(archive)
    quotes = {(quote.start, quote.end): quote for content in contents for quote in content.quotes}
    mentions = {(one.start, one.end): one for content in contents for one in content.mentions}
    gold_quotes, gold_places = gold_rows("quotes"), gold_rows("places")
    quote_faults = list(differing_quotes(quotes, gold_quotes))
    place_faults = list(differing_places(mentions, gold_places))
    common = len(gold_quotes.keys() & quotes.keys())
    gold_blocks = gold_rows("blocks")
    click.echo(
        f"blocks: {len(gold_blocks)} annotated, {same_blocks(archive, gold_blocks)} with role and article"
    )
    click.echo(f"quotations: {len(gold_quotes)} annotated, {len(quotes)} found, {common} with the same span")
    for field in ("kind", "speaker", "speaker_name", "speaker_kind", "cue"):
        wrong = sum(kind == field for kind, _ in quote_faults)
        click.echo(f"  {field:14s} {common - wrong:4d} of {common}")
    hits = len(gold_places.keys() & mentions.keys())
    score = 2 * hits / (len(gold_places) + len(mentions))
    click.echo(f"places: {len(gold_places)} annotated, {len(mentions)} found, {hits} with the same span")
    click.echo(f"  F1             {score:.3f}")
    for field in ("resolved", "sense"):
        wrong = sum(kind == field for kind, _ in place_faults)
        click.echo(f"  {field:14s} {hits - wrong:4d} of {hits} ({(hits - wrong) / hits:.3f})")
    if errors:
        for kind, case in sorted(quote_faults) + sorted(place_faults):
            click.echo(f"{kind}: {case}")


if __name__ == "__main__":
    main()
