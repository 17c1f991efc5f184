"""Measures the steps of a build with shards, in seconds of the processor: they hold on a busy machine."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.speed.making import make_archive
from loader.dataset.assign_ids import Numbering
from loader.dataset.build_info import about
from loader.dataset.create import ROWS, NewDatabase
from loader.dataset.schema import OF_ALL_SHARDS
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES
from loader.pipeline.build import Plan, limits_of, plan
from loader.pipeline.dask import run_on_cluster
from loader.pipeline.parse_file import read
from loader.pipeline.processes import CHUNK_BYTES
from loader.publish.parquet import export
from loader.sharding.catalogue import Member, write_catalogue
from loader.sharding.split import Cut, assign, cut

MB = 1_000_000
# Tasks that do nothing, to see what handing one over takes.
_EMPTY_TASKS = 2_000


class Figures(NamedTuple):
    """What was measured; times in seconds of one processor, sizes in bytes.

    Attributes:
        text: how much text was loaded.
        articles: how many articles it holds.
        read: time to turn files into rows, which any number of processes share.
        written: time of the one writer to take the rows in and write them.
        assigned: time to give each article a shard, which is one process too.
        cut: time to cut and finish the shards, which as many processes share as there are shards.
        catalogued: time to write the catalogue.
        exported: time to write Parquet.
        results: bytes of rows that go from worker to writer.
        rows: bytes of the database of all rows, which is thrown away.
        shards: bytes of the finished shards.
        catalogue: bytes of the catalogue.
        parquet: bytes of the export.
        task: time by the clock that the scheduler takes for one task.
    """

    text: int
    articles: int
    read: float
    written: float
    assigned: float
    cut: float
    catalogued: float
    exported: float
    results: int
    rows: int
    shards: int
    catalogue: int
    parquet: int
    task: float


def measure(megabytes: int, folder: Path, address: str) -> Figures:
    """Makes an archive and loads it step by step, in this process.

    Args:
        megabytes: how much text.
        folder: an empty folder with room for twelve times as much.
        address: a Dask scheduler's, with workers.
    """
    archive = folder / "archive"
    text = make_archive(archive, megabytes * MB).bytes
    planned = plan([archive], corrections=True, limits=limits_of(MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES))
    reading, results, articles, writing = _read_and_write(planned, folder)
    with _Timer() as assigning:
        shards = assign(folder / ROWS, "size", text // 4)
    finished = folder / "finished"
    finished.mkdir()
    told = about(corrections=True) | {"numbering": OF_ALL_SHARDS, "shard_by": "size"}
    with _Timer() as cutting:
        for number, name, _ in shards:
            cut(
                Cut(
                    rows=folder / ROWS,
                    number=number,
                    name=name,
                    folder=finished,
                    about=told | {"shard": name},
                )
            )
    of_shards = _size(finished)
    with _Timer() as cataloguing:
        write_catalogue(finished, [Member(number, name) for number, name, _ in shards], folder / ROWS, told)
    with _Timer() as exporting:
        export(finished, folder / "parquet")
    return Figures(
        text, articles, reading, writing, assigning.seconds, cutting.seconds, cataloguing.seconds,
        exporting.seconds, results, (folder / ROWS).stat().st_size, of_shards,
        _size(finished) - of_shards, _size(folder / "parquet"), _per_task(address),
    )  # fmt: skip


def _read_and_write(planned: Plan, folder: Path) -> tuple[float, int, int, float]:
    reading, writing, results = _Timer(), _Timer(), 0
    with NewDatabase(folder, search=False) as database:
        numbering = Numbering(database)
        for task in planned.tasks:
            with reading:
                one = read(task)
            sent = pickle.dumps(one, protocol=pickle.HIGHEST_PROTOCOL)
            results += len(sent)
            with writing:
                numbering.add(pickle.loads(sent).rows)
        with writing:
            database.finish_rows()
    return reading.seconds, results, numbering.articles, writing.seconds


def _per_task(address: str) -> float:
    """Seconds by the clock for a task that does nothing, with as many on their way as in a build."""
    first = list(run_on_cluster(len, [""], [CHUNK_BYTES], address))  # the workers load what they need
    began = time.perf_counter()
    done = list(run_on_cluster(len, [""] * _EMPTY_TASKS, [CHUNK_BYTES] * _EMPTY_TASKS, address))
    seconds = time.perf_counter() - began
    assert len(done) == _EMPTY_TASKS * len(first)
    return seconds / _EMPTY_TASKS


class _Timer:
    """Adds up the processor's seconds of this process between entering and leaving."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0

    def __enter__(self) -> _Timer:
        self._began = time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.process_time() - self._began


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
