"""A database whose every text tries to break out of the page it is shown on."""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.build_info import about
from loader.dataset.columns import DATASET

SCRIPT = "<script>window.broken=1</script><img src=x onerror=window.broken=1>\"'>"
TEMPLATE = "{{ 7*7 }}{% raw %}${7*7}"
SQL = "'; drop table articles; --"
RIGHT_TO_LEFT = "\u202eabc\u202c\u200f"
LONG_WORD = "x" * 10_000
MARKED = "⟦<b>⟧</script></textarea>"
NASTY = f"{SCRIPT} {TEMPLATE} {SQL} {RIGHT_TO_LEFT} {MARKED}"
LINK = "javascript:window.broken=1"
SECOND = f"{NASTY} second"
SLUG = "2017-01-01-hostile"
PARAGRAPH = f"“{NASTY}” said {NASTY} near Nowhere{SCRIPT} [1] {LINK} {LONG_WORD} zebra"
FOOTNOTE = f"[1] {LINK} {NASTY}"


def _source_rows() -> dict[str, list[dict[str, object]]]:
    """The article and what it consists of."""
    length = len(PARAGRAPH)
    return {
        "files": [
            {
                "id": 1,
                "path": NASTY,
                "sha256": "0" * 64,
                "bytes": 1,
                "format": NASTY,
                "reader": NASTY,
                "status": "partly",
                "reason": NASTY,
            }
        ],
        "source_texts": [{"id": 1, "archive_id": 1, "text": NASTY}],
        "segments": [
            {
                "id": 1,
                "archive_id": 1,
                "start": 0,
                "end": 1,
                "part": NASTY,
                "byte_start": 0,
                "byte_end": 1,
                "transform": NASTY,
                "encoding": NASTY,
            }
        ],
        "omitted_ranges": [
            {"id": 1, "file_id": 1, "part": NASTY, "byte_start": 0, "byte_end": 1, "reason": NASTY}
        ],
        "archives": [
            {
                "file_id": 1,
                "member": NASTY,
                "path": NASTY,
                "sha256": "0" * 64,
                "bytes": 1,
                "characters": 1,
                "encoding": "utf-8",
                "format": NASTY,
            }
        ],
        "publications": [{"id": 1, "name": NASTY}],
        "articles": [
            {
                "id": 1,
                "slug": SLUG,
                "archive_id": 1,
                "position": 1,
                "headline": NASTY,
                "standfirst": NASTY,
                "publication_id": 1,
                "byline": NASTY,
                "published": "2017-01-01",
                "published_as_printed": NASTY,
                "dateline": NASTY,
                "word_count": 3,
                "start": 0,
                "end": length + 2000,
            }
        ],
        "authors": [{"id": 1, "name": NASTY}],
        "article_authors": [{"article_id": 1, "author_id": 1, "position": 1}],
        "furniture": [
            {
                "archive_id": 1,
                "article_id": 1,
                "role": "headline",
                "text": NASTY,
                "start": 0,
                "end": len(NASTY),
            }
        ],
        "paragraphs": [
            _paragraph(1, "body", PARAGRAPH, 1000),
            _paragraph(2, "subheading", NASTY, 1000 + length),
            _paragraph(3, "list_item", NASTY, 2000 + length),
            _paragraph(4, "caption", LONG_WORD, 3000 + length),
            _paragraph(5, "footnote", FOOTNOTE, 20_000 + length),
        ],
    }


def _found_rows() -> dict[str, list[dict[str, object]]]:
    """What was found in it, with spans that cross each other and leave the paragraph."""
    return {
        "speakers": [{"id": 1, "name": NASTY, "kind": "person", "description": NASTY, "quote_count": 3}],
        "speaker_names": [{"id": 1, "speaker_id": 1, "kind": NASTY, "folded_name": NASTY, "family": NASTY}],
        "quotes": [_quote(1, 1001, 1100), _quote(2, 1050, 1150), _quote(3, 1000, 40_000)],
        "places": [
            {
                "id": 1,
                "name": NASTY,
                "kind": NASTY,
                "country": NASTY,
                "country_code": "XX",
                "latitude": 35.0,
                "longitude": 38.0,
                "wikidata_id": NASTY,
                "mention_count": 2,
            }
        ],
        "mentioned_places": [_mention(1, 1090, 1110), _mention(2, 1095, 1200)],
        "links": [
            {"article_id": 1, "paragraph_id": 1, "footnote": "1", "url": LINK, "start": 1120, "end": 1140}
        ],
        "data_notes": [
            {"archive_id": 1, "article_id": 1, "code": NASTY, "message": NASTY, "start": 1001, "end": 1002}
        ],
        "corrections": [
            {
                "archive_id": 1,
                "article_id": 1,
                "field": NASTY,
                "found": NASTY,
                "corrected": NASTY,
                "reason": NASTY,
                "start": 1,
                "end": 2,
            }
        ],
    }


def _paragraph(number: int, role: str, text: str, start: int) -> dict[str, object]:
    return {
        "id": number,
        "article_id": 1,
        "position": number,
        "role": role,
        "text": text,
        "word_count": 3,
        "start": start,
        "end": start + len(text),
    }


def _quote(number: int, start: int, end: int) -> dict[str, object]:
    return {
        "id": number,
        "article_id": 1,
        "paragraph_id": 1,
        "position": number,
        "utterance": number,
        "text": NASTY,
        "kind": "direct",
        "speaker_id": 1,
        "speaker_text": NASTY,
        "cue": NASTY,
        "rule": NASTY,
        "start": start,
        "end": end,
    }


def _mention(number: int, start: int, end: int) -> dict[str, object]:
    return {
        "id": number,
        "place_id": 1,
        "article_id": 1,
        "paragraph_id": 1,
        "text": NASTY,
        "sense": "location",
        "confidence": 1.0,
        "rule": NASTY,
        "start": start,
        "end": end,
    }


def _second_rows() -> dict[str, list[dict[str, object]]]:
    """A second row of each table: every column of text hostile, also those that the loader fills itself."""
    # 100 is each row's number, and so what every reference leads to.
    values: dict[type, object] = {str: SECOND, int: 100, float: 36.0}
    return {
        name: [{column: values[kind] for column, kind in table.types.items()}]
        for name, table in DATASET.tables.items()
    }


def write_hostile_database(path: Path) -> Path:
    """Writes the database and returns its path."""
    database = Database(path)
    schema.create_tables(database)
    for table, rows in {**_source_rows(), **_found_rows()}.items():
        database.table(table).insert_all(rows)
    for table, rows in _second_rows().items():
        database.table(table).insert_all(rows)
    schema.create_indexes(database)
    summaries.create(database, frequent=0)
    schema.create_search(database)
    schema.create_views(database)
    told = {**about(corrections=True), "loader": f"press-archive {NASTY}", NASTY: NASTY}
    told |= {f"dataset.{name}": NASTY for name in ("title", "description", "source", "licence", "about")}
    schema.create_information(database, told)
    database.close()
    return path
