"""Proves every row of a database against the archives, one archive in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from loader.curation import FILE_NAME, WrittenRow, read_corrections
from loader.errors import InputError
from loader.input_files import beside
from loader.readers.decoding import DecodingChoice
from loader.text import one_line
from loader.verify import annotation_checks, block_checks, shared_row_checks, speaker_checks
from loader.verify.report import Check, Ledger
from loader.verify.source_checks import (
    Folder,
    Order,
    prove_bytes,
    prove_curation,
    prove_file,
    prove_same_file,
    prove_stored_text,
    prove_text,
)
from loader.verify.untrusted_database import UNREADABLE, Opened, Row


def prove_rows(found: Opened, folder: Folder) -> Iterator[Check]:
    """Proves every row, archive by archive, then what the archives share.

    Of a shard everything that its own rows can tell: whether they are all that the files hold, and whether
    speakers are joined as all quotations tell, is proven of all shards together.
    """
    ledger = Ledger()
    try:
        _prove_rows(found, folder, ledger)
    except UNREADABLE as error:
        ledger["rows can be read"].fault(f"{found.file}: cannot be read ({error})")
    yield from ledger.checks()


def _prove_rows(found: Opened, folder: Folder, ledger: Ledger) -> None:
    applied = found.value("select value from build_info where key = 'corrections'") == "applied"
    wanted = _wanted(folder, ledger) if applied else {}
    order = Order(folder, ledger, keeps_ids=found.keeps_ids)
    for file in found.rows("files"):
        order.follow(file)
        _prove_file(found, file, folder, wanted, ledger)
    if not found.is_shard:
        order.end()
    shared_row_checks.prove_ids(found, ledger)
    shared_row_checks.prove_counts(found, ledger)
    shared_row_checks.prove_orphans(found, ledger)
    if not found.is_shard:
        speaker_checks.prove_speakers(found, ledger)
    shared_row_checks.prove_places(found, folder.path, ledger)


def _prove_file(
    found: Opened,
    file: Row,
    folder: Folder,
    wanted: Mapping[tuple[str, str], Sequence[WrittenRow]],
    ledger: Ledger,
) -> None:
    archives = list(found.rows("archives", "file_id = ?", (file.id,)))
    data = prove_file(file, folder, len(archives), ledger)
    decoding = DecodingChoice.recorded(found.build_info)
    ranges = list(found.rows("omitted_ranges", "file_id = ?", (file.id,)))
    for archive in archives:
        segments = list(found.rows("segments", "archive_id = ?", (archive.id,)))
        ranges.extend(segments)
        text = prove_text(archive, data, segments, decoding, ledger)
        prove_same_file(archive, file, ledger)
        prove_stored_text(found, archive, text, segments, ledger)
        rows = wanted.get((archive.path, archive.member), ())
        prove_curation(archive, rows, folder.places, ledger)
        _prove_archive(found, archive, text, rows, ledger)
    if data is not None:
        prove_bytes(file, data, ranges, ledger)


def _wanted(folder: Folder, ledger: Ledger) -> Mapping[tuple[str, str], Sequence[WrittenRow]]:
    """The rows of corrections.csv by path and member of the source text."""
    by_archive: dict[tuple[str, str], list[WrittenRow]] = {}
    try:
        file = beside(folder.path, FILE_NAME)
        for row in read_corrections(file) if file else ():
            by_archive.setdefault((row.archive, row.member), []).append(row)
    except InputError as error:
        for line in error.lines:
            ledger[annotation_checks.CONFIRMED].fault(line)
    return by_archive


def _prove_archive(
    found: Opened, archive: Row, text: str | None, wanted: Sequence[WrittenRow], ledger: Ledger
) -> None:
    own = block_checks.read_blocks(found, archive.id)
    block_checks.prove_roles(own, ledger)
    if text is not None:
        for block in own:
            block_checks.prove_slice(block.where, "text", block.text, (block.start, block.end), text, ledger)
        if not found.is_shard:
            block_checks.prove_coverage(archive.id, text, own, ledger)
            block_checks.prove_rebuilt(archive.id, text, own, ledger)
    _prove_order(found, archive, ledger)
    by_article = {
        number: list(group)
        for number, group in groupby(
            sorted(
                (block for block in own if block.article_id is not None), key=lambda one: one.article_id or 0
            ),
            key=lambda one: one.article_id,
        )
    }
    articles: dict[int, Row] = {}
    for position, row in enumerate(found.rows("articles", "archive_id = ?", (archive.id,)), start=1):
        articles[row.id] = row
        ledger[annotation_checks.ORDER].expect(
            row.position == position or found.is_shard,
            f"articles {row.id}: position is {row.position}, in place {position} of its archive",
        )
        _prove_article(found, row, text, by_article.get(row.id, []), ledger)
    annotation_checks.prove_notes(found, archive, articles, ledger)
    annotation_checks.prove_corrections(found, archive, articles, wanted, text, ledger)


def _prove_order(found: Opened, archive: Row, ledger: Ledger) -> None:
    """Rows of an archive stand in the order of the file."""
    for table in ("articles", "furniture"):
        last = -1
        for row in found.rows(table, "archive_id = ?", (archive.id,)):
            ledger[annotation_checks.ORDER].expect(
                row.start > last, f"{table} {row.id}: start is {row.start}, before the row before it"
            )
            last = row.start


def _prove_article(
    found: Opened, row: Row, text: str | None, own: Sequence[block_checks.Block], ledger: Ledger
) -> None:
    corrections = list(found.rows("corrections", "article_id = ?", (row.id,)))
    corrected = {correction.field: correction for correction in corrections}
    block_checks.prove_article(found, row, own, text, corrected, ledger)
    block_checks.prove_paragraphs(found, row, ledger)
    source = one_line(" ".join(block.text for block in own if block.role == "source_line"))
    shared_row_checks.prove_signed(found, row, source, corrections, ledger)
    article = annotation_checks.Article(found, row)
    annotation_checks.prove_quotes(article, text, ledger)
    annotation_checks.prove_mentions(found, article, text, ledger)
    annotation_checks.prove_links(found, article, text, ledger)
