"""Write docs/data.md and docs/content.sql: every table, view and column, and how rows are hashed without ids.

Both follow from the declaration of the columns.

Run it after a column was added: `python -m scripts.data_dictionary`. A test fails if it was forgotten.
"""

from __future__ import annotations

from pathlib import Path

import click

from loader.dataset.columns import DATASET
from loader.dataset.content import content_sql
from loader.dataset.declaration import Table, View

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "data.md"
_HEAD = """# Data dictionary
Every table and view of the SQLite file. The same text is in its table `data_dictionary`. All offsets count
code points of the source text from 0, end exclusive. The column *proof* says how values are proved: `rows`
means that `loader verify` computes them from the sources and the other rows, `rebuild` that only building the
file again shows that they are what the loader finds. Written by `python -m scripts.data_dictionary`.
"""


def page() -> str:
    """Return the text of docs/data.md."""
    parts = [_HEAD]
    dictionary = DATASET.dictionary()
    shapes: dict[str, Table | View] = {**DATASET.all_tables, **DATASET.views}
    for name, shape in shapes.items():
        parts.append(
            f"\n## {name}\n{shape.title}. {shape.description}\n\n| column | type | holds | proof |\n"
        )
        parts.append("|---|---|---|---|\n")
        parts += [
            f"| {one.column_name} | {one.type} | {one.description} | {one.proof} |\n"
            for one in dictionary
            if one.table_name == name
        ]
    return "".join(parts)


@click.command()
def main() -> None:
    """Write docs/data.md and docs/content.sql."""
    OUTPUT.write_text(page(), encoding="utf-8")
    OUTPUT.with_name("content.sql").write_text(content_sql(), encoding="utf-8")
    click.echo(f"{OUTPUT.name}: {len(DATASET.dictionary())} columns")


if __name__ == "__main__":
    main()
