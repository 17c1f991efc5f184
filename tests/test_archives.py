"""Every archive case is read as its author, a person, read it."""

import pytest
from cases_files import Case, cases

from loader.readers.roundup import read_bytes
from loader.records import Archive, Article
from loader.text import fold, one_line


def outline(archive: Archive) -> dict[str, object]:
    """The archive in the terms of the case files."""
    inside = {block.start for article in archive.articles for block in article.blocks}
    return {
        "articles": [_article(archive, article) for article in archive.articles],
        "outside": [
            (block.role, one_line(archive.text[block.start : block.end]))
            for block in archive.blocks
            if block.start not in inside and one_line(archive.text[block.start : block.end])
        ],
        "notes": [note.code for note in archive.notes],
    }


def _article(archive: Archive, article: Article) -> dict[str, object]:
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "publication": article.publication,
        "authors": "; ".join(author.name for author in article.authors) or None,
        "byline": article.byline,
        "published": article.published,
        "published_as_printed": article.published_as_printed,
        "dateline": article.dateline,
        "blocks": [(block.role, one_line(archive.text[block.start : block.end])) for block in article.blocks],
    }


def expectation(case: Case) -> dict[str, object]:
    """The expected part of a case file."""
    articles: list[dict[str, object]] = []
    wanted: dict[str, object] = {"articles": articles}
    target: list[tuple[str, str]] = []
    for line in case.expected.splitlines():
        if not line.strip():
            continue
        key, _, value = line.strip().partition(":")
        value = one_line(value)
        if line == "article":
            articles.append({})
        elif line.startswith("outside"):
            target = wanted["outside"] = []
        elif line.startswith("notes"):
            wanted["notes"] = [] if value == "(none)" else value.split(", ")
        elif line.startswith("  blocks:"):
            target = articles[-1]["blocks"] = []
        elif line.startswith("    ") or (line.startswith("  ") and "outside" in wanted):
            target.append((key, value))
        else:
            articles[-1][key] = None if value == "(none)" else value
    return wanted


def matches(wanted: object, found: object) -> bool:
    if isinstance(wanted, str) and isinstance(found, str):
        return (
            found.startswith(wanted.removesuffix("...").rstrip())
            if wanted.endswith("...")
            else wanted == found
        )
    if isinstance(wanted, list | tuple) and isinstance(found, list | tuple):
        return len(wanted) == len(found) and all(map(matches, wanted, found))
    return wanted == found


@pytest.mark.parametrize("case", cases("archives"), ids=lambda case: case.name)
def test_archive_is_read_as_a_person_reads_it(case: Case) -> None:
    found = outline(read_bytes(case.data(), case.name))
    wanted = expectation(case)
    assert len(wanted["articles"]) == len(found["articles"]), found["articles"]
    for expected, article in zip(wanted["articles"], found["articles"], strict=True):
        for field, value in expected.items():
            assert matches(value, article[field]), f"{field}: {article[field]}"
    for part in ("outside", "notes"):
        if part in wanted:
            assert matches(wanted[part], found[part]), f"{part}: {found[part]}"


@pytest.mark.parametrize("case", cases("archives"), ids=lambda case: case.name)
def test_every_visible_character_is_in_exactly_one_block(case: Case) -> None:
    archive = read_bytes(case.data(), case.name)
    covered = [0] * len(archive.text)
    for block in archive.blocks:
        for offset in range(block.start, block.end):
            covered[offset] += 1
    assert max(covered, default=0) <= 1
    missed = [
        offset
        for offset, character in enumerate(archive.text)
        if not character.isspace() and not covered[offset]
    ]
    assert missed == []
    assert len(fold(archive.text)) == len(archive.text)
