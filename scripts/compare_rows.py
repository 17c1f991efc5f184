"""Write every row that the loader extracts, one line each, to compare two versions of the code with `diff`.

Run it in two checkouts and compare the files:

    python -m scripts.compare_rows before.txt --corpora ../shared/corpora
    python -m scripts.compare_rows after.txt --corpora ../shared/corpora
    diff before.txt after.txt
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from loader import InputError, build, find_places, find_quotes

ROOT = Path(__file__).resolve().parent.parent
# What a file says of itself changes with each version of the code; search indexes follow from the rows.
_NOT_EXTRACTED = ("build_info", "data_dictionary")


def database_rows(database: Path) -> Iterator[str]:
    """Yield every row of every table and view that holds extracted data, as `table {column: value}`."""
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute(
            "select name from sqlite_master where type in ('table', 'view') "
            "and name not like 'sqlite%' and name not like '%\\_fts%' escape '\\' order by name"
        ).fetchall()
        for (name,) in names:
            if name not in _NOT_EXTRACTED:
                rows = connection.execute(f"select * from [{name}]")  # noqa: S608 - a name of the schema
                yield from sorted(f"{name} {json.dumps(dict(row), sort_keys=True)}" for row in rows)


def case_rows(paths: list[Path]) -> Iterator[str]:
    """Build each archive by itself and yield its rows; an archive that is refused gives one line."""
    for path in paths:
        yield f"== {path.name}"
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "archive.db"
            try:
                build([path], output, jobs=1)
            except InputError as error:
                yield f"refused: {str(error).replace(str(path.parent), '')}"
            else:
                yield from database_rows(output)


def text_rows(file: Path) -> Iterator[str]:
    """Yield the quotations and place mentions of every text of a JSON Lines file with a key `text`."""
    for number, line in enumerate(file.read_text("utf-8").split("\n"), start=1):
        if not line:
            continue
        text = json.loads(line)["text"]
        records = [dataclasses.asdict(quote) for quote in find_quotes(text)]
        records += [dataclasses.asdict(mention) for mention in find_places(text)]
        for record in records:
            yield f"{file.name}:{number} {json.dumps(record, sort_keys=True)}"


@click.command()
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--corpora", type=click.Path(path_type=Path, exists=True), help="Folder of annotated corpora.")
def main(output: Path, corpora: Path | None) -> None:
    """Write the rows of seeds/, of the cases of the tests, and of the corpora, to OUTPUT."""
    cases = sorted((ROOT / "tests" / "cases").rglob("*.txt"))
    texts = sorted({file.resolve() for file in corpora.rglob("*.jsonl")}) if corpora else []
    count = 0
    with output.open("w", encoding="utf-8") as written:
        for rows in (case_rows([ROOT / "seeds", *cases]), *map(text_rows, texts)):
            for row in rows:
                written.write(row + "\n")
                count += 1
    click.echo(f"{output}: {count:,} lines", err=True)


if __name__ == "__main__":
    sys.exit(main())
