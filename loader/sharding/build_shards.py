"""A build into a folder: a complete database for each year, outlet or so much text, and a catalogue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from loader.dataset.build_info import about
from loader.dataset.create import ROWS, NewDatabase
from loader.dataset.output_folder import FINISHED_FOLDER, check_folder, writing_folder
from loader.dataset.schema import OF_ALL_SHARDS
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES
from loader.pipeline.build import BuildResult, jobs_that_pay, limits_of, plan, require_texts, write_rows
from loader.pipeline.processes import run_all
from loader.pipeline.progress import Progress
from loader.pipeline.tasks import NO_CHOICE, DecodingChoice
from loader.sharding.catalogue import Member, write_catalogue
from loader.sharding.split import KINDS, Cut, assign, cut

__all__ = ["KINDS", "SHARD_BYTES", "By", "ShardsReport", "build_shards"]

# Bytes of text in a shard, where shards are of a size: a database of some two gigabytes.
SHARD_BYTES = 500_000_000


class By(NamedTuple):
    """How articles are parted.

    Attributes:
        kind: one of KINDS: `year`, `publication` or `size`.
        bytes: of text in a shard, where the kind is `size`.
    """

    kind: str
    bytes: int = SHARD_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardsReport(BuildResult):
    """What a build with shards did.

    Attributes:
        shards: their names, in order.
    """

    shards: tuple[str, ...]


def build_shards(  # noqa: PLR0913 - what the command line lets one choose
    paths: Iterable[Path | str],
    output: Path | str,
    by: By,
    *,
    corrections: bool = True,
    metadata: Path | None = None,
    strict: bool = False,
    jobs: int | None = None,
    dask: str | None = None,
    max_bytes: int = MAX_ARCHIVE_BYTES,
    max_container: int = MAX_CONTAINER_BYTES,
    decoding: DecodingChoice = NO_CHOICE,
    progress: Callable[[Progress], None] | None = None,
) -> ShardsReport:
    """Build a folder of databases, split by article, and a catalogue of them.

    Args:
        paths: archive files, and folders that hold some.
        output: the folder to write; an old one of the kind stays whole until the new one is.
        by: how articles are parted.
        corrections: whether the corrections.csv beside the archives are applied.
        metadata: the file that describes the data set; None for metadata.yml beside the first source.
        strict: whether a file in a folder that cannot be read stops the build.
        jobs: how many processes read files and cut shards, None for as many as pay.
        dask: the address of a Dask scheduler whose workers read the files instead.
        max_bytes: how long one text may be.
        max_container: how long the unpacked parts of a container may be together.
        decoding: how texts are decoded that do not say their encoding, and whether damage is repaired.
        progress: called after each file.

    Returns:
        What was done.

    Raises:
        InputError: where the input is at fault; one line that names file, line and cure.
    """
    limits = limits_of(max_bytes, max_container, decoding)
    planned = plan(paths, corrections=corrections, metadata=metadata, limits=limits)
    check_folder(Path(output), planned.before)
    told = {
        **about(corrections=corrections, facts=planned.facts, decoding=decoding.facts),
        "numbering": OF_ALL_SHARDS,
        "shard_by": by.kind,
        **({"shard_size": str(by.bytes)} if by.kind == "size" else {}),
    }
    with writing_folder(Path(output)) as folder:
        with NewDatabase(folder, search=False) as database:
            written = write_rows(
                planned, planned.tasks, database, strict=strict, jobs=jobs, dask=dask, progress=progress
            )
            counts = database.finish_rows()
            require_texts(counts, planned, written)
        finished = folder / FINISHED_FOLDER
        members, cuts, sizes = [], [], []
        for number, name, characters in assign(folder / ROWS, *by):
            members.append(Member(number, name))
            cuts.append(
                Cut(
                    rows=folder / ROWS,
                    number=number,
                    name=name,
                    folder=finished,
                    about={**told, "shard": name},
                )
            )
            sizes.append(characters)
        deque(run_all(cut, cuts, jobs or jobs_that_pay(sizes), sizes), maxlen=0)
        write_catalogue(finished, members, folder / ROWS, told)
    return ShardsReport(
        output=Path(output),
        shards=tuple(one.name for one in members),
        counts=counts,
        idle=written.idle,
        doubts=written.doubts,
        **written.unread._asdict(),
    )
