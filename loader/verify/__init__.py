"""Re-proves a finished database: every span against the files, every count, every index.

Nothing of the database is believed: the archives are read and decoded anew, each row's text is compared
with the characters at its offsets, and what follows from other rows is worked out again. One archive is
in memory at a time; rows are streamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from loader.curation import FILE_NAME, read_corrections
from loader.curation import Row as Wanted
from loader.errors import InputError
from loader.sources import beside
from loader.text import one_line
from loader.verify import blocks, contents, names, speakers, whole
from loader.verify.files import Folder, Order, prove_curation, read_archive_text
from loader.verify.judged import JUDGED
from loader.verify.opening import UNREADABLE, Opened, Row, opened
from loader.verify.report import Check, Ledger

__all__ = ["JUDGED", "Check", "verify"]

# Over the file as a whole, in the order in which they are told.
_WHOLE: tuple[Callable[[Opened], Iterator[Check]], ...] = (
    whole.build_info,
    whole.header,
    whole.integrity,
    whole.types,
    whole.foreign_keys,
    whole.statistics,
    whole.counts,
    whole.search,
)


def verify(database: Path | str, seeds: Path | str) -> Iterator[Check]:
    """Proves a database against the archives it was made from.

    Args:
        database: the SQLite file; nothing is written to it or beside it.
        seeds: the folder in which the archives lie by their `path`, or the one archive.

    Yields:
        One check after the other; all are made even where one finds a fault, unless the tables are not
        the loader's.

    Raises:
        InputError: where the file is no database of this kind, or somebody is writing to it.
    """
    with opened(Path(database)) as found:
        yield from _guarded(whole.schema_version, found)
        yield from _guarded(whole.same_schema, found)
        if not whole.has_own_tables(found):
            return  # the rows of other tables prove nothing; the fault above says which
        for check in _WHOLE:
            yield from _guarded(check, found)
        ledger = Ledger()
        try:
            _prove_rows(found, Folder(Path(seeds)), ledger)
        except UNREADABLE as error:
            ledger["rows can be read"].fault(f"{database}: cannot be read ({error})")
        yield from ledger.checks()


def _guarded(check: Callable[[Opened], Iterator[Check]], found: Opened) -> Iterator[Check]:
    try:
        yield from check(found)
    except UNREADABLE as error:
        name = check.__name__.replace("_", " ")
        yield Check(name, 0, (f"{found.file}: cannot be read ({error})",), 1)


def _prove_rows(found: Opened, folder: Folder, ledger: Ledger) -> None:
    """Proves every row, archive by archive, then what the archives share."""
    applied = found.value("select value from build_info where key = 'corrections'") == "applied"
    wanted = _wanted(folder, ledger) if applied else {}
    order = Order(folder, ledger, keeps_ids=found.keeps_ids)
    for archive in found.rows("archives"):
        order.follow(archive)
        text = read_archive_text(archive, folder, ledger)
        prove_curation(archive, wanted.get(archive.path, ()), folder, ledger)
        _prove_archive(found, archive, text, wanted.get(archive.path, ()), ledger)
    order.end()
    names.prove_ids(found, ledger)
    names.prove_counts(found, ledger)
    names.prove_orphans(found, ledger)
    speakers.prove_speakers(found, ledger)
    names.prove_places(found, folder.path, ledger)


def _wanted(folder: Folder, ledger: Ledger) -> Mapping[str, Sequence[Wanted]]:
    """The rows of corrections.csv by archive."""
    by_archive: dict[str, list[Wanted]] = {}
    try:
        file = beside(folder.path, FILE_NAME)
        for row in read_corrections(file) if file else ():
            by_archive.setdefault(row.archive, []).append(row)
    except InputError as error:
        ledger[contents.CONFIRMED].fault(str(error))
    return by_archive


def _prove_archive(
    found: Opened, archive: Row, text: str | None, wanted: Sequence[Wanted], ledger: Ledger
) -> None:
    own = blocks.read_blocks(found, archive.id)
    blocks.prove_roles(own, ledger)
    if text is not None:
        for block in own:
            blocks.prove_slice(block.where, "text", block.text, (block.start, block.end), text, ledger)
        blocks.prove_coverage(archive.id, text, own, ledger)
        blocks.prove_rebuilt(archive.id, text, own, ledger)
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
        ledger[contents.ORDER].expect(
            row.position == position,
            f"articles {row.id}: position is {row.position}, in place {position} of its archive",
        )
        _prove_article(found, row, text, by_article.get(row.id, []), ledger)
    contents.prove_notes(found, archive, articles, ledger)
    contents.prove_corrections(found, archive, articles, wanted, text, ledger)


def _prove_order(found: Opened, archive: Row, ledger: Ledger) -> None:
    """Rows of an archive stand in the order of the file."""
    for table in ("articles", "furniture"):
        last = -1
        for row in found.rows(table, "archive_id = ?", (archive.id,)):
            ledger[contents.ORDER].expect(
                row.start > last, f"{table} {row.id}: start is {row.start}, before the row before it"
            )
            last = row.start


def _prove_article(
    found: Opened, row: Row, text: str | None, own: Sequence[blocks.Block], ledger: Ledger
) -> None:
    corrected = {
        correction.field: correction for correction in found.rows("corrections", "article_id = ?", (row.id,))
    }
    blocks.prove_article(found, row, own, text, corrected, ledger)
    blocks.prove_paragraphs(found, row, ledger)
    source = one_line(" ".join(block.text for block in own if block.role == "source_line"))
    names.prove_signed(found, row, source, corrected, ledger)
    article = contents.Article(found, row)
    contents.prove_quotes(article, text, ledger)
    contents.prove_mentions(found, article, text, ledger)
    contents.prove_links(found, article, text, ledger)
