"""Computes from measured figures what larger archives take, as tables of docs/scale.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.scale.measuring import MB, Figures

# Bytes of an article of the first data set, with its share of what stands between articles.
ARTICLE = 5_400
SIZES = (1_000_000, 100_000_000, 10_000_000_000)
# What a computed machine has: processors for reading, and hours that somebody is ready to wait.
CORES = 32
HOURS = 8
_CHUNK = 200_000  # bytes of text in a task


def measured(figures: Figures) -> list[str]:
    """The table of what was measured."""
    text = figures.text / MB

    def rate(seconds: float) -> str:
        return f"{text / seconds:.1f} MB/s"

    def size(count: int) -> str:
        return f"{count / figures.text:.2f} bytes a byte of text"

    return _table(
        (f"of {text:.0f} MB of text, {figures.articles:,} articles", "measured", "who does it"),
        (
            ("read files into rows", rate(figures.read), "any number of processes"),
            ("number and write rows", rate(figures.written), "one process"),
            ("give each article a shard", rate(figures.assigned), "one process"),
            ("cut and finish shards", rate(figures.cut), "as many processes as shards"),
            ("write the catalogue", rate(figures.catalogued), "one process"),
            ("write Parquet", rate(figures.exported), "one process a database"),
            ("hand a task over", f"{figures.task * 1000:.1f} ms", "the scheduler, by the clock"),
            ("rows on their way to the writer", size(figures.results), "network"),
            ("database of rows, thrown away", size(figures.rows), "disk"),
            ("shards", size(figures.shards), "disk"),
            ("catalogue", f"{figures.catalogue / figures.articles:.0f} bytes an article", "disk"),
            ("Parquet", size(figures.parquet), "disk"),
        ),
    )


def computed(figures: Figures) -> list[str]:
    """The table of what follows for larger archives, if each step goes on as it was measured."""
    rows = []
    for label, value in _LINES:
        rows.append((label, *(value(figures, articles * ARTICLE, articles) for articles in SIZES)))
    return _table(("articles", *(f"{articles:,}" for articles in SIZES)), rows)


def _hours(seconds: float) -> str:
    hours = seconds / 3600
    if hours < 1:
        return f"{seconds / 60:.0f} min"
    return f"{hours:,.0f} h" if hours < 100 else f"{hours / 24:,.0f} days"


def _bytes(count: float) -> str:
    for unit in ("GB", "TB"):
        count /= 1000 if unit == "TB" else 10**9
        if count < 1000:
            break
    return f"{count:,.1f} {unit}"


_LINES: tuple[tuple[str, Callable[[Figures, float, int], str]], ...] = (
    ("text", lambda one, text, _: _bytes(text)),
    ("reading, one core", lambda one, text, _: _hours(one.read * text / one.text)),
    (
        f"machines of {CORES} cores that read it in {HOURS} h",
        lambda one, text, _: f"{max(1, -(-one.read * text / one.text // (HOURS * 3600 * CORES))):,.0f}",
    ),
    ("tasks, and what the scheduler takes for them",
     lambda one, text, _: f"{text / _CHUNK:,.0f}, {_hours(one.task * text / _CHUNK)}"),
    ("the one writer", lambda one, text, _: _hours((one.written + one.assigned) * text / one.text)),
    (f"cutting shards, {CORES} cores", lambda one, text, _: _hours(one.cut * text / one.text / CORES)),
    ("the catalogue", lambda one, text, count: _hours(one.catalogued * count / one.articles)),
    ("over the network to the writer", lambda one, text, _: _bytes(one.results * text / one.text)),
    ("disk while it is built", lambda one, text, _: _bytes((one.rows + one.shards) * text / one.text)),
    ("shards of 500 MB of text", lambda one, text, _: f"{max(1, text / 500 / MB):,.0f}"),
    ("databases", lambda one, text, _: _bytes(one.shards * text / one.text)),
    ("catalogue", lambda one, text, count: _bytes(one.catalogue * count / one.articles)),
    ("Parquet", lambda one, text, _: _bytes(one.parquet * text / one.text)),
)  # fmt: skip


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return [f"| {' | '.join(cells)} |" for cells in lines]
