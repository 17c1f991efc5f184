"""The command line: arguments, progress, messages, exit codes (0 done, 1 the input is at fault, 2 usage).

`check` may end with 3, `verify` with 4.
"""

from __future__ import annotations

import dataclasses
import errno
import io
import json
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from loader.dataset.content import content_digest
from loader.dataset.digest import digest
from loader.dataset.schema import MINIMUM_SQLITE
from loader.errors import InputError, printable, remedy_of
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES
from loader.metadata_file import read_metadata
from loader.pipeline import build_report
from loader.pipeline.build import Options, build
from loader.pipeline.check import check as check_files
from loader.pipeline.check_report import as_json, many, table
from loader.pipeline.preview import show
from loader.pipeline.processes import collect_seldom
from loader.pipeline.progress_bar import Meter
from loader.publish.parquet import export
from loader.readers.decoding import DecodingChoice, codec_name
from loader.sharding.build_shards import KINDS, SHARD_BYTES, By, ShardsReport, build_shards
from loader.sharding.together import folder_digest
from loader.verify import JUDGED, Check, Sources, exit_code, is_shard, levels, verify, verify_and_rebuild
from loader.verify.rebuild import left_to_a_rebuild

# Any name at all: what is wrong with one is said in our line, with a cure.
_PATH = click.Path(path_type=Path, readable=False)
# Faults printed of one check; a broken file can have a million.
_MOST_FAULTS = 10
_SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(|k|M|G)B?", re.ASCII | re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


# What asks a program to end: the keyboard, the system, a terminal that closes (Windows has no such signal).
_STOPS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class _Stopped(SystemExit):
    """Ends the program as an error does, so that nothing half done is left; the code is the shells'."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.name = signal.Signals(number).name


def _stop(number: int, _: FrameType | None) -> NoReturn:
    for other in _STOPS:
        signal.signal(other, signal.SIG_IGN)  # clearing up is not to be stopped in its turn
    raise _Stopped(number)


@contextmanager
def _stoppable() -> Iterator[None]:
    # A signal that whoever started us wants ignored, as nohup does, stays ignored.
    old = {number: signal.getsignal(number) for number in _STOPS}
    for number, handler in old.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


class _Command(click.Group):
    """Turns the input's faults into lines on standard error and exit code 1."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program; what the console's encoding lacks is printed as an escape code, not an error."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                with suppress(OSError):  # it was led elsewhere after it was opened
                    stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Runs a command."""
        try:
            with _stoppable():
                return super().invoke(ctx)
        except InputError as error:
            for line in error.lines:
                _complain(line)
        except _Stopped as stopped:
            _complain(f"stopped by {stopped.name}; a database is replaced whole or not at all")
            raise
        except MemoryError:
            _complain("memory ran out; read fewer archives at once, or use fewer processes with --jobs")
        except OSError as error:
            if error.errno == errno.EPIPE:  # who reads what is printed has seen enough: click ends quietly
                raise
            remedy = remedy_of(error)
            if remedy is None:
                raise
            _complain(f"{error.filename or 'output'}: {error.strerror}; {remedy}")
        return ctx.exit(1)


def _program() -> str:
    """The name under which the command was started."""
    return "press-archive" if Path(sys.argv[0]).name.startswith("press-archive") else "loader"


def _complain(message: str) -> None:
    over_progress = "\r\x1b[K" if sys.stderr.isatty() else ""
    click.echo(f"{over_progress}{_program()}: {printable(message)}", err=True)


def _size(_: click.Context, __: click.Parameter, value: str) -> int:
    """A number of bytes, as people write it: 500000, 500kB, 64MB, 1.5GB."""
    found = _SIZE.fullmatch(value.strip())
    size = round(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    if size <= 0:
        raise click.BadParameter(f"{value!r} is no size; write it as 64MB")
    return size


_json_option = click.option("--json", "is_json", is_flag=True, help="Print the result as one JSON object.")
_max_size = click.option(
    "--max-size", metavar="SIZE", callback=_size, default=f"{MAX_ARCHIVE_BYTES // 10**6}MB",
    show_default=True, help="How long one text may be.",
)  # fmt: skip
_max_container = click.option(
    "--max-container", metavar="SIZE", callback=_size, default=f"{MAX_CONTAINER_BYTES // 10**6}MB",
    show_default=True, help="How long the unpacked parts of a ZIP archive may be together.",
)  # fmt: skip


def _encoding(context: click.Context, _: click.Parameter, value: str | None) -> str | None:
    """A codec by one of its names; another name is wrong usage, in one line."""
    name = None if value is None else codec_name(value)
    if value is not None and name is None:
        _complain(f"--encoding {value}: Python has no encoding of text of this name; write it as cp1251")
        context.exit(2)
    return name


def _decoding_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --encoding and --repair."""
    encoding = click.option(
        "--encoding", metavar="NAME", callback=_encoding,
        help="The encoding of files, or of paragraphs in them, without a byte-order mark that are not UTF-8, "
        "as cp1251. Other files are read as they say themselves.  [default: a guess for each]",
    )  # fmt: skip
    repair = click.option(
        "--repair", is_flag=True,
        help="Read what was encoded twice (“Ã©”) and HTML entities (“&amp;”) as what they stand for.",
    )  # fmt: skip
    return encoding(repair(command))


# "\b" keeps click from joining the lines below it.
_EXAMPLES = """\b
press-archive check clippings/     what would be read, and what is doubtful
press-archive serve clippings/     build what changed and show the site
press-archive build clippings/ -o archive.db
press-archive verify archive.db clippings/

\b
Completion in the shell (zsh_source or fish_source for the other shells):
eval "$(_PRESS_ARCHIVE_COMPLETE=bash_source press-archive)"
"""


@click.group(cls=_Command, context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(package_name="press-archive", prog_name="press-archive")
def main() -> None:
    """Turn an archive of press articles into one SQLite file and a site."""
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        needed = ".".join(map(str, MINIMUM_SQLITE))
        raise InputError(
            f"SQLite {needed} or newer is needed, this Python has {sqlite3.sqlite_version}; "
            "use a newer Python"
        )


@main.command("build")
@click.argument("paths", nargs=-1, type=_PATH)
@click.option(
    "-o", "--output", type=_PATH,
    help="The SQLite file to write, with --shard the folder; an old one stays until the new one is whole.  "
    "[default: archive.db, shards]",
)  # fmt: skip
@click.option("--no-corrections", is_flag=True, help="Leave out the corrections.csv beside the archives.")
@click.option(
    "--metadata", type=_PATH, metavar="FILE",
    help="The file that says title, source and rights of the data set.  "
    "[default: metadata.yml beside the first of PATHS]",
)  # fmt: skip
@click.option(
    "--update", is_flag=True,
    help="Read only files that are new or changed since OUTPUT was built; rows that stay keep their ids.",
)  # fmt: skip
@click.option(
    "--in-place", is_flag=True,
    help="With --update: change the file itself in one transaction, not a copy. Quick for a file of any "
    "size, but no site may be serving it.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Processes that read files (default: as many as pay).")
@click.option(
    "--dask", metavar="ADDRESS",
    help="Read the files on the workers of the Dask scheduler at ADDRESS, as in tcp://10.0.0.1:8786. "
    "Each must see them under the same paths, as on shared storage, and run the same loader.",
)  # fmt: skip
@click.option(
    "--shard", type=click.Choice(sorted(KINDS)),
    help="Make OUTPUT a folder: a complete database for each year, publication, or --shard-size of text, and "
    "catalogue.db, which tells in which of them an article, place or speaker is.",
)  # fmt: skip
@click.option(
    "--shard-size", metavar="SIZE", callback=_size, default=f"{SHARD_BYTES // 10**6}MB", show_default=True,
    help="How much text goes into a shard with --shard size.",
)  # fmt: skip
@_max_size
@_max_container
@_decoding_options
@click.option("--strict", is_flag=True, help="Stop at a file in a folder that cannot be read.")
@_json_option
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def build_command(  # noqa: PLR0913, PLR0917 - an argument for each option
    paths: tuple[Path, ...],
    output: Path | None,
    no_corrections: bool,
    metadata: Path | None,
    update: bool,
    in_place: bool,
    jobs: int | None,
    dask: str | None,
    shard: str | None,
    shard_size: int,
    max_size: int,
    max_container: int,
    encoding: str | None,
    repair: bool,
    strict: bool,
    is_json: bool,
    quiet: bool,
) -> None:
    """Build the database from PATHS: files, or folders of .txt files (default: seeds/).

    A file in a folder that cannot be read is named and left out, unless --strict is given. A file of PATHS
    that cannot be read ends the build with exit code 1, and nothing is written.
    """
    collect_seldom()
    meter = None if quiet else Meter(sys.stderr)
    how: Options = {
        "corrections": not no_corrections,
        "metadata": metadata,
        "strict": strict,
        "jobs": jobs,
        "dask": dask,
        "max_bytes": max_size,
        "max_container": max_container,
        "decoding": DecodingChoice(encoding, repair),
        "progress": meter,
    }
    paths = paths or (Path("seeds"),)
    output = output or Path("shards" if shard else "archive.db")
    if shard and update:
        raise click.UsageError("--update and --shard do not go together: build the shards again")
    if in_place and not update:
        raise click.UsageError("--in-place goes with --update: a full build is always a new file")
    report = (
        build_shards(paths, output, By(shard, shard_size), **how)
        if shard
        else build(paths, output, update=update, in_place=in_place, **how)
    )
    if meter is not None:
        meter.end()
    for line in build_report.refusals(report):
        _complain(line)
    if is_json:
        further = (
            {"shards": list(report.shards)}
            if isinstance(report, ShardsReport)
            else {"read": report.read, "unchanged": report.kept, "removed": report.removed}
        )
        click.echo(build_report.as_json(report, further))
    elif not quiet:
        for line in build_report.remarks(report, paths, is_update=update):
            click.echo(line, err=True)
        shards = len(report.shards) if isinstance(report, ShardsReport) else None
        click.echo(build_report.summary(report, shards=shards))


# Exit code of a check that found something refused or doubtful.
_DOUBTFUL = 3


@main.command("check")
@click.argument("paths", nargs=-1, required=True, type=_PATH)
@_json_option
@click.option("--all", "show_all", is_flag=True, help="List every file and every doubt.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that read files (default: as many as pay).")
@_max_size
@_max_container
@_decoding_options
@click.pass_context
def check_command(  # noqa: PLR0913, PLR0917 - an argument for each option
    context: click.Context,
    paths: tuple[Path, ...],
    is_json: bool,
    show_all: bool,
    jobs: int | None,
    max_size: int,
    max_container: int,
    encoding: str | None,
    repair: bool,
) -> None:
    """Show what would be read from PATHS, files or folders, worst first; nothing is written.

    The exit code is 0 if everything was read and nothing is doubtful, 3 if a file was refused or something is
    doubtful, 1 if one of PATHS cannot be read.
    """
    collect_seldom()
    meter = Meter(sys.stderr, last="all read", delay=1.0)
    report = check_files(
        paths,
        max_bytes=max_size,
        max_container=max_container,
        decoding=DecodingChoice(encoding, repair),
        jobs=jobs,
        progress=meter,
    )
    meter.end()
    if is_json:
        click.echo(as_json(report))
    else:
        for line in table(report, width=shutil.get_terminal_size().columns, show_all=show_all):
            click.echo(line)
    if not report.is_clean:
        context.exit(_DOUBTFUL)


def _columns_of_judgement() -> str:
    """What `verify --help` says of the columns that only a rebuild proves."""
    listed = "\n".join(f"{column}: {why}" for column, why in JUDGED.items())
    return f"\b\nProved by --rebuild alone; without it only the range is checked:\n{listed}"


@main.command("verify", epilog=_columns_of_judgement())
@click.argument("database", type=_PATH)
@click.argument("seeds", type=_PATH, default=Path("seeds"))
@click.option(
    "--metadata", type=_PATH, metavar="FILE",
    help="The metadata file that DATABASE was built with.  [default: metadata.yml in SEEDS]",
)  # fmt: skip
@click.option(
    "--rebuild", "with_rebuild", is_flag=True,
    help="Also build SEEDS again in a temporary folder, and compare every row.",
)  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help="Processes that read files for --rebuild.")
@_json_option
@click.pass_context
def verify_command(
    context: click.Context,
    database: Path,
    seeds: Path,
    metadata: Path | None,
    with_rebuild: bool,
    jobs: int | None,
    is_json: bool,
) -> None:
    """Prove DATABASE against the archives in SEEDS: every span, every count, every key.

    DATABASE may be a folder of shards: each is proven, and that together they hold every file once.

    SEEDS is the folder that the database was built from (default: seeds/), or the one file. Nothing is
    written. Each check is a line with its level: bytes (of the files), text (that they decode to), rows, and
    rebuild; each fault names table, row and column.

    The exit code is 0 if the levels asked for are proven, 1 if there are faults, 4 if something is not proven
    because another version of the loader built DATABASE, or, with --rebuild, because its metadata file is not
    there.
    """
    sources = Sources(seeds=seeds, metadata=metadata, jobs=jobs)
    found = verify_and_rebuild(database, sources) if with_rebuild else verify(database, seeds, metadata)
    checks = found if with_rebuild else chain(found, [left_to_a_rebuild()])
    kept = []
    for check in checks:
        if not is_json:
            for line in _check_lines(check):
                click.echo(line)
        kept.append(check)
    code = exit_code(kept, with_rebuild=with_rebuild)
    faults = sum(check.found for check in kept)
    if is_json:
        listed = [dataclasses.asdict(check) for check in kept]
        told = {"database": str(database), "faults": faults, "levels": levels(kept), "checks": listed}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    elif faults:
        raise InputError(f"{database}: {many(faults, 'fault')}; build it again with `press-archive build`")
    elif code:
        _complain(f"{database}: not proven, as said above")
    else:
        click.echo(f"{printable(str(database))}: {_proven(database, with_rebuild=with_rebuild)}")
    context.exit(code)


def _check_lines(check: Check) -> Iterator[str]:
    """What is printed of a check: a line, and one for each of its first faults."""
    if check.unproven:
        state = click.style("not proven", fg="yellow")
        yield f"{state} {check.level}: {printable(f'{check.name}: {check.unproven}')}"
        return
    state = click.style("FAIL", fg="red") if check.found else click.style("ok", fg="green")
    yield f"{state:4s} {check.level}: {check.name} ({check.checked:,})"
    for fault in check.faults[:_MOST_FAULTS]:
        yield f"     {printable(fault)}"
    if check.found > _MOST_FAULTS:
        yield f"     and {check.found - _MOST_FAULTS:,} more"


def _proven(database: Path, *, with_rebuild: bool) -> str:
    """The last line of a proof that found no fault."""
    if is_shard(database):
        rest = "`press-archive verify` of the folder of this shard proves that nothing is missing"
    else:
        rest = "every character is covered"
    if with_rebuild:
        return f"every span slices, every row is that of a rebuild, {rest}"
    return f"every span slices, {'and ' if is_shard(database) else ''}{rest}"


@main.command("digest")
@click.argument("database", type=_PATH)
@click.option(
    "--content", is_flag=True,
    help="Leave out ids: the same for an update and a full build, and for a folder of shards.",
)  # fmt: skip
def digest_command(database: Path, content: bool) -> None:
    """Print the SHA-256 of all rows of DATABASE: the same for the same rows, whatever SQLite wrote them."""
    if content:
        hashed = folder_digest(database) if database.is_dir() else content_digest(database)
    else:
        hashed = digest(database)
    click.echo(f"{hashed}  {printable(str(database))}")


@main.command("export")
@click.argument("database", type=_PATH)
@click.option(
    "--parquet", "output", type=_PATH, required=True, metavar="FOLDER",
    help="The folder to write: TABLE/year=2016/part-0.parquet, zstd. An earlier export there is replaced.",
)  # fmt: skip
def export_command(database: Path, output: Path) -> None:
    """Write every table of DATABASE, a file or a folder of shards, for DuckDB, Spark or ClickHouse."""
    counts = export(database, output)
    click.echo(f"{printable(str(output))}: {many(len(counts), 'table')}, {many(sum(counts.values()), 'row')}")


@main.command("show")
@click.argument("path", type=_PATH)
@click.option(
    "--offsets", is_flag=True,
    help="Print every block, author, quotation and place mention with its offset and whole text, as rows of "
    "corrections.csv take them; each line feed is printed as a space.",
)  # fmt: skip
@_max_size
@_max_container
@_decoding_options
def show_command(
    path: Path, offsets: bool, max_size: int, max_container: int, encoding: str | None, repair: bool
) -> None:
    """Show how the file, or each file of the folder, at PATH would be read, with nothing written."""
    width = shutil.get_terminal_size().columns
    for line in show(
        path,
        width=width,
        offsets=offsets,
        max_bytes=max_size,
        max_container=max_container,
        decoding=DecodingChoice(encoding, repair),
    ):
        click.echo(line)


_metadata_option = click.option(
    "--metadata", type=_PATH, metavar="FILE",
    help="The file that says title, source and rights of the data set.",
)  # fmt: skip


@main.command("metadata")
@click.argument("database", type=_PATH)
@_metadata_option
@click.option(
    "--plain", "is_plain", is_flag=True,
    help="For a Datasette without this package: leave out the queries that call SQL functions of it.",
)  # fmt: skip
def metadata_command(database: Path, metadata: Path | None, is_plain: bool) -> None:
    """Print the complete metadata.yml of DATABASE: every description, setting and canned query.

    What the package says of any archive comes first, then what DATABASE says of itself, then --metadata. With
    the result of --plain a Datasette without this package shows the same descriptions:
    datasette -i archive.db -m metadata.yml
    """
    from loader.site.metadata.of_file import metadata_text  # noqa: PLC0415 - few commands need the site

    stated = read_metadata(metadata) if metadata else {}
    click.echo(metadata_text(database, stated, is_plain=is_plain), nl=False)


@main.command("serve")
@click.argument("paths", nargs=-1, type=_PATH, required=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@_metadata_option
@click.option(
    "--base-url",
    default="/",
    metavar="PATH",
    help="The path below which a proxy shows the site, whether or not the proxy takes it off the address.",
)
@click.option("-o", "--output", type=_PATH, help="Keep the database here, not in the cache folder.")
@click.option("--watch", is_flag=True, help="Show new and changed files without a restart.")
@click.option("--open", "open_browser", is_flag=True, help="Open the home page in a browser.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that read files (default: number of CPUs).")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True,
    help="Processes that serve the site on one port; memory and limits count for each.",
)  # fmt: skip
@_max_size
@_max_container
@_decoding_options
def serve_command(paths: tuple[Path, ...], **options: Any) -> None:
    """Build the archive at PATHS and serve it as a site until Ctrl-C.

    PATHS are source files or folders of them; what did not change since the last time is not read again. Or
    one database file that was built before.
    """
    from loader.publish.serve_archive import ServeOptions, serve_archive  # noqa: PLC0415 - as above

    with suppress(_Stopped):  # Ctrl-C is how it ends
        serve_archive(paths, ServeOptions(**options), _tell)


def _tell(message: str) -> None:
    click.echo(printable(message), err=True)
