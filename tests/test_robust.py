"""Whatever happens during a build, the old database stays whole, one line says what, and nothing is left."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cases_files import ROOT
from command import Command, Result

from loader import InputError, build, input_files
from loader.dataset import atomic_output, system_calls
from loader.dataset.digest import digest
from loader.pipeline.processes import run_all
from loader.pipeline.progress import Progress

ARTICLE = """Bees return to {town}

Styrian Courier, by Eva Lang, May 3, 2018:

GRAZ, Austria – Bees are back. “They never left,” said Karl Huber, who keeps twelve hives in Graz.
"""
LONGEST_WAIT = 30.0  # seconds, after which what should end has hung
HEADLINES = "select headline from articles order by id"


@pytest.fixture(scope="module")
def loader() -> Iterator[Command]:
    """The command line, each time in a process of its own."""
    command = Command(ROOT)
    yield command
    command.close()


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database that an earlier build made."""
    folder = tmp_path_factory.mktemp("old")
    (folder / "a.txt").write_text(ARTICLE.format(town="Wels"), encoding="utf-8")
    build([folder], folder / "a.db")
    return (folder / "a.db").read_bytes()


@pytest.fixture
def place(tmp_path: Path, old: bytes) -> Path:
    """A folder with archives in `in/` and the earlier build's database."""
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(ARTICLE.format(town=name), encoding="utf-8")
    (tmp_path / "a.db").write_bytes(old)
    return tmp_path


def headlines(file: Path) -> list[str]:
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        return [headline for (headline,) in connection.execute(HEADLINES)]
    finally:
        connection.close()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def refusal(result: Result, code: int = 1) -> str:
    """The one line of a command that was refused."""
    assert (result.code, result.stdout) == (code, ""), result
    assert result.stderr.startswith("loader: ")
    assert result.stderr.endswith("\n")
    line = result.stderr[:-1]
    assert line.isprintable(), line
    return line


def spread(result: Result, count: int) -> list[int]:
    """As many points, spread evenly over a build from its first event to the swap."""
    assert result.code == 0
    assert result.points > count
    return [1 + (result.points - 1) * number // (count - 1) for number in range(count)]


@pytest.mark.parametrize(
    ("name", "code", "count"), [("SIGTERM", 143, 20), ("SIGINT", 130, 20), ("SIGHUP", 129, 3)]
)
def test_stopped_at_any_point_a_build_leaves_everything_as_it_was(
    name: str, code: int, count: int, loader: Command, place: Path, old: bytes
) -> None:
    for at in spread(loader("build", place / "in", "-o", place / "other.db", send=name), count):
        line = refusal(loader("build", place / "in", "-o", place / "a.db", at=at, send=name), code)
        assert f"stopped by {name}" in line
        assert (place / "a.db").read_bytes() == old
        assert names(place) == ["a.db", "in", "other.db"]


def test_killed_at_any_of_twenty_points_a_build_leaves_the_old_file_and_the_next_one_clears_up(
    loader: Command, place: Path, old: bytes
) -> None:
    notes = place / ".a.db.notes.unfinished"  # somebody's own, however it is called
    notes.mkdir()
    leftovers = 0
    for at in spread(loader("build", place / "in", "-o", place / "other.db"), 20):
        killed = loader("build", place / "in", "-o", place / "a.db", at=at)
        assert (killed.code, killed.stdout, killed.stderr) == (-signal.SIGKILL, "", "")
        assert (place / "a.db").read_bytes() == old
        leftovers += len(list(place.glob(".*")))
    assert leftovers > 30
    assert loader("build", place / "in", "-o", place / "a.db").code == 0
    assert names(place) == [notes.name, "a.db", "in", "other.db"]
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]


def wait_until_unlocked(place: Path) -> None:
    """Waits for the last process of a killed build: it closes its errors a moment before its lock."""
    for left in place.glob(".*.unfinished"):
        descriptor = os.open(left, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.close(descriptor)


@pytest.mark.parametrize("send", ["SIGKILL", "SIGTERM"])
def test_the_processes_of_a_stopped_build_end_with_it(
    send: str, loader: Command, place: Path, old: bytes
) -> None:
    (place / "in" / "c.txt").write_text(ARTICLE.format(town="c"), encoding="utf-8")
    # Stopped when two processes run and the third is about to. The answer comes when the last of them is
    # gone, as they hold the command's standard error.
    ended = loader(
        "build", place / "in", "-o", place / "a.db", "--jobs", "3", event="os.fork", at=3, send=send
    )
    assert ended.code in {-signal.SIGKILL, 128 + signal.SIGTERM}
    assert (place / "a.db").read_bytes() == old
    if send == "SIGKILL":  # who is killed leaves its folder to the next build
        wait_until_unlocked(place)
        build([place / "in"], place / "a.db")
    assert names(place) == ["a.db", "in"]


def test_another_program_s_database_is_not_replaced(place: Path) -> None:
    with closing(sqlite3.connect(place / "photos.db")) as connection, connection:
        connection.execute("create table photos (name)")
    before = (place / "photos.db").read_bytes()
    for update in (False, True):
        with pytest.raises(InputError, match="is another program's database"):
            build([place / "in"], place / "photos.db", update=update)
    assert (place / "photos.db").read_bytes() == before


def _much(_: int) -> bytes:
    return bytes(8_000_000)


def test_processes_that_end_while_they_write_a_result_hold_nothing_up() -> None:
    for _ in range(5):
        ended = threading.Event()

        def stop_early(ended: threading.Event = ended) -> None:
            results = run_all(_much, list(range(12)), 2, [10**6] * 12)
            next(results)
            results.close()  # type: ignore[attr-defined]
            ended.set()

        threading.Thread(target=stop_early, daemon=True).start()
        assert ended.wait(LONGEST_WAIT)


def test_a_reading_process_that_is_killed_is_one_line() -> None:
    with pytest.raises(InputError, match="was killed, perhaps for want of memory; use fewer with --jobs"):
        list(run_all(os._exit, [1, 2], 2, [1, 1]))


def test_an_update_in_place_that_is_killed_is_undone_when_the_file_is_next_opened(
    loader: Command, place: Path, old: bytes
) -> None:
    command = ("build", place / "in", "-o", place / "a.db", "--update", "--in-place")
    new = ["Bees return to a", "Bees return to b"]
    killed = 0
    for at in range(40, 400, 30):
        (place / "a.db").write_bytes(old)
        ended = loader(*command, at=at)
        if headlines(place / "a.db") == new:  # killed after the commit, or not at all
            break
        assert ended.code == -signal.SIGKILL
        killed += 1
        assert headlines(place / "a.db") == ["Bees return to Wels"]
        assert (place / "a.db").read_bytes() == old
    assert killed > 3
    assert loader(*command).code == 0
    assert headlines(place / "a.db") == new
    assert names(place) == ["a.db", "in"]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_out_of_disk_is_one_line_and_nothing_is_left(
    share: float, loader: Command, place: Path, old: bytes
) -> None:
    limit = int(len(old) * share)
    line = refusal(loader("build", place / "in", "-o", place / "a.db", file_limit=limit))
    assert "a.db: cannot be written (" in line
    assert "make room" in line
    assert names(place) == ["a.db", "in"]
    assert (place / "a.db").read_bytes() == old


@pytest.mark.parametrize("options", [("--update",), ("--update", "--in-place")])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_an_update_out_of_disk_leaves_the_old_file(
    share: float, options: tuple[str, ...], loader: Command, place: Path
) -> None:
    rows = digest(place / "a.db")
    for number in range(40):
        text = ARTICLE.format(town=f"town {number}") + "The bees flew on. " * 200
        (place / "in" / f"new{number}.txt").write_text(text, encoding="utf-8")
    limit = int((place / "a.db").stat().st_size * share)
    line = refusal(loader("build", place / "in", "-o", place / "a.db", *options, file_limit=limit))
    assert "a.db: cannot be written (" in line
    journal = place / "a.db-journal"  # SQLite may leave it if not even its first byte can be written
    assert not journal.exists() or journal.stat().st_size == 0
    assert digest(place / "a.db") == rows
    assert loader("build", place / "in", "-o", place / "a.db", *options).code == 0
    assert names(place) == ["a.db", "in"]


def test_a_report_that_cannot_be_printed_is_one_line(loader: Command, place: Path) -> None:
    line = refusal(loader("build", place / "in", "-o", place / "a.db", stdout="/dev/full"))
    assert "No space left on device" in line
    assert names(place) == ["a.db", "in"]


def test_a_folder_without_the_right_to_write_is_one_line(loader: Command, place: Path, old: bytes) -> None:
    closed = place / "closed"
    closed.mkdir()
    shutil.copyfile(place / "a.db", closed / "a.db")
    closed.chmod(0o555)
    try:
        line = refusal(loader("build", place / "in", "-o", closed / "a.db", obey_modes=True))
        assert "its folder is read-only" in line
        assert (names(closed), (closed / "a.db").read_bytes()) == (["a.db"], old)
    finally:
        closed.chmod(0o755)


@pytest.mark.parametrize("name", ["in/a.txt", "in/sub", "in/corrections.csv", "in/places.csv", "in"])
def test_what_cannot_be_read_is_named_and_never_left_out(
    name: str, loader: Command, place: Path, old: bytes
) -> None:
    file = place / name
    if name == "in/sub":
        file.mkdir()
    elif not file.exists():
        file.write_text("", encoding="utf-8")
    mode = file.stat().st_mode
    file.chmod(0)
    try:
        line = refusal(loader("build", place / "in", "-o", place / "a.db", "--strict", obey_modes=True))
    finally:
        file.chmod(mode)
    assert f"{file}: " in line
    assert "Permission denied" in line
    assert (place / "a.db").read_bytes() == old


def test_a_reader_in_the_middle_of_a_query_keeps_the_old_rows(loader: Command, place: Path) -> None:
    reader = sqlite3.connect(place / "a.db")
    cursor = reader.execute("select name from sqlite_master union all select headline from articles")
    first = cursor.fetchone()
    assert loader("build", place / "in", "-o", place / "a.db").code == 0
    assert [first, *cursor][-1] == ("Bees return to Wels",)
    assert reader.execute(HEADLINES).fetchall() == [("Bees return to Wels",)]
    reader.close()
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]


def test_two_builds_at_once_both_end_well(
    loader: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "other").mkdir()
    (place / "other" / "c.txt").write_text(ARTICLE.format(town="c"), encoding="utf-8")
    swap_in = atomic_output._swap_in
    seen = []

    def swap_in_after_the_other(file: Path, target: Path) -> None:
        assert loader("build", place / "other", "-o", target).code == 0
        seen.append(headlines(target))
        swap_in(file, target)

    monkeypatch.setattr(atomic_output, "_swap_in", swap_in_after_the_other)
    build([place / "in"], place / "a.db")
    assert seen == [["Bees return to c"]]
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]
    assert names(place) == ["a.db", "in", "other"]


def test_where_nothing_can_be_locked_a_build_works_and_leaves_other_builds_alone(
    loader: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        loader("build", place / "in", "-o", place / "a.db", event="os.rename", at=1).code == -signal.SIGKILL
    )
    before = names(place)
    assert len(before) == 3

    def refuse(_: int, __: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(system_calls.fcntl, "flock", refuse)
    build([place / "in"], place / "a.db")
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]
    assert names(place) == before


CHANGES: dict[str, Callable[[Path], object]] = {
    "new.txt": lambda folder: (folder / "new.txt").write_text(ARTICLE, encoding="utf-8"),
    "a.txt": lambda folder: (folder / "a.txt").unlink(),
    "b.txt": lambda folder: os.truncate(folder / "b.txt", 40),
    "./a.txt": lambda folder: shutil.copyfile(folder / "a.txt", folder / "_").replace(folder / "a.txt"),
    "corrections.csv": lambda folder: (folder / "corrections.csv").write_text("x", encoding="utf-8"),
    "places.csv": lambda folder: (folder / "places.csv").write_text("x", encoding="utf-8"),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("after", [1, 2])
def test_a_folder_that_changes_during_the_build_is_refused(
    name: str, after: int, place: Path, old: bytes
) -> None:
    def change(progress: Progress) -> None:
        if progress.files == after:
            CHANGES[name](place / "in")

    with pytest.raises(InputError) as caught:
        build([place / "in"], place / "a.db", progress=change)
    assert str(place / "in" / name) in str(caught.value)
    assert (place / "a.db").read_bytes() == old
    assert names(place) == ["a.db", "in"]


def test_a_file_that_grows_while_it_is_read_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fstat = os.fstat

    def fstat_and_grow(descriptor: int) -> os.stat_result:
        found = fstat(descriptor)
        with (place / "in" / "a.txt").open("a") as file:
            file.write("x")
        return found

    monkeypatch.setattr(input_files.os, "fstat", fstat_and_grow)
    with pytest.raises(InputError, match=r"a\.txt: was changed while it was read"):
        build([place / "in"], place / "a.db")


def listening(file: Path) -> None:
    """Leaves a socket's name in the file system; the path may be longer than an address can be."""
    with socket.socket(socket.AF_UNIX) as server:
        short = Path(f"/tmp/{os.getpid()}.socket")  # moved at once
        server.bind(str(short))
        shutil.move(short, file)


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "pipe": (os.mkfifo, "is no plain file"),
    "socket": (listening, "is no plain file"),
    "link to nothing": (lambda file: file.symlink_to("nothing"), "leads nowhere"),
    "link to itself": (lambda file: file.symlink_to(file.name), "leads nowhere"),
    "link out": (lambda file: file.symlink_to("/etc/passwd"), "leads out of the folder"),
    "link to a device": (lambda file: file.symlink_to("/dev/zero"), "leads out of the folder"),
    "link to a folder outside": (lambda file: file.symlink_to("/etc"), "leads out of the folder"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_plain_file_of_the_folder_is_named_and_left_out(
    name: str, loader: Command, place: Path
) -> None:
    make, words = STRANGE[name]
    file = place / "in" / "strange.txt"
    make(file)
    done = loader("build", place / "in", "-o", place / "a.db")
    assert (done.code, done.stderr.count(f"{file}: ")) == (0, 1)
    assert words in done.stderr
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]
    assert words in refusal(loader("build", place / "in", "-o", place / "b.db", "--strict"))
    assert not (place / "b.db").exists()
    assert loader("verify", place / "a.db", place / "in").code == 0
    assert words in loader("show", place / "in").stdout


@pytest.mark.parametrize("name", STRANGE)
def test_a_folder_of_nothing_but_what_is_no_plain_file_is_refused(
    name: str, loader: Command, place: Path
) -> None:
    make, words = STRANGE[name]
    (place / "only").mkdir()
    make(place / "only" / "strange.txt")
    assert words in refusal(loader("build", place / "only", "-o", place / "a.db"))


@pytest.mark.parametrize("name", ["corrections.csv", "places.csv"])
@pytest.mark.parametrize("kind", ["pipe", "link to nothing", "folder"])
def test_a_table_that_is_no_plain_file_is_refused(name: str, kind: str, loader: Command, place: Path) -> None:
    make = Path.mkdir if kind == "folder" else STRANGE[kind][0]
    make(place / "in" / name)
    assert f"{name}: is " in refusal(loader("build", place / "in", "-o", place / "a.db"))


@pytest.mark.parametrize("command", [("build", "-o", "a.db"), ("show",)])
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "pipe", "x" * 5000, "in/a.txt/b.txt", "loop"])
def test_a_path_that_is_no_archive_is_refused(
    path: str, command: tuple[str, ...], loader: Command, place: Path
) -> None:
    os.mkfifo(place / "pipe")
    (place / "loop").symlink_to("loop")
    assert path in refusal(loader(command[0], path, *command[1:], cwd=place))


def test_links_inside_a_folder_and_folders_named_like_files_are_read_once(
    loader: Command, place: Path
) -> None:
    (place / "in" / "round").symlink_to(".")
    (place / "in" / "0.txt").symlink_to("b.txt")
    (place / "in" / "c.txt").mkdir()
    (place / "in" / "c.txt" / "d.txt").write_text(ARTICLE.format(town="d"), encoding="utf-8")
    (place / "in" / ".kept").write_text(ARTICLE.format(town="kept"), encoding="utf-8")
    (place / "in" / "e.txt").symlink_to(".kept")
    assert loader("build", place / "in", "-o", place / "a.db").code == 0
    connection = sqlite3.connect(place / "a.db")
    found = [path for (path,) in connection.execute("select path from archives order by id")]
    connection.close()
    assert found == ["a.txt", "b.txt", "c.txt/d.txt", "e.txt"]


AWKWARD = (
    " leading and trailing .txt", "it's \"quoted\".txt", "two\nlines\r.txt", "tab\t.txt",
    "bell\x07 \x1b[31mred.txt", "'); drop table archives; --.txt", "<img src=x onerror=alert(1)>.txt",
    "\u202etxt.exe.txt", "%s%n{0}$(true)`true`.txt", "-o.txt", "*?[a].txt", "é" * 125 + "x.txt",
    "\u2028.txt", "𝔘🐝.txt",
)  # fmt: skip


def test_any_name_that_is_text_is_kept_as_it_is(loader: Command, place: Path) -> None:
    shutil.rmtree(place / "in")
    (place / "in").mkdir()
    for name in AWKWARD:
        (place / "in" / name).write_text(ARTICLE.format(town="x"), encoding="utf-8")
    done = loader("build", place / "in", "-o", place / "a.db")
    assert (done.code, done.stderr) == (0, "")
    connection = sqlite3.connect(place / "a.db")
    found = {path for (path,) in connection.execute("select path from archives")}
    connection.close()
    assert found == set(AWKWARD)
    proved = loader("verify", place / "a.db", place / "in")
    assert (proved.code, proved.stderr) == (0, "")


@pytest.mark.parametrize("name", AWKWARD)
def test_a_message_about_any_name_is_one_printable_line(name: str, loader: Command, place: Path) -> None:
    (place / "in" / name).write_bytes(b"\0")
    assert "control character" in refusal(loader("build", place / "in", "-o", place / "a.db", "--strict"))
    assert "control character" in refusal(loader("show", place / "in" / name))


def test_a_name_that_is_no_text_is_left_out_and_shown_byte_by_byte(loader: Command, place: Path) -> None:
    (place / "in" / os.fsdecode(b"caf\xe9.txt")).write_text(ARTICLE, encoding="utf-8")
    done = loader("build", place / "in", "-o", place / "a.db")
    assert done.code == 0
    assert "caf\\xe9.txt: its name is not UTF-8" in done.stderr
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]


def test_a_folder_below_that_may_not_be_read_is_left_out(loader: Command, place: Path) -> None:
    closed = place / "in" / "closed"
    closed.mkdir(mode=0)
    try:
        done = loader("build", place / "in", "-o", place / "a.db", obey_modes=True)
    finally:
        closed.chmod(0o755)
    assert done.code == 0
    assert f"{closed}: cannot be read (Permission denied)" in done.stderr
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]


def test_what_is_printed_of_an_archive_cannot_steer_the_terminal(loader: Command, place: Path) -> None:
    text = ARTICLE.format(town="\x1b]0;owned\x07Graz\u202e").replace("Bees are", "Bees \x1b[2J are")
    (place / "in" / "a.txt").write_text(text + "Bees. " * 500, encoding="utf-8")
    shown = loader("show", place / "in" / "a.txt")
    assert shown.code == 0
    assert "\\x1b]0;owned\\x07Graz" in shown.stdout
    assert {character for character in shown.stdout if not character.isprintable()} == {"\n"}


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n\xc2\xa0", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_archive_without_articles(data: bytes, loader: Command, place: Path) -> None:
    (place / "in" / "empty.txt").write_bytes(data)
    assert loader("build", place / "in", "-o", place / "a.db").code == 0
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("in", "is a folder"),
        (".", "is a folder"),
        ("nowhere/a.db", "no folder"),
        ("in/a.txt/a.db", "no folder"),
        ("in/a.txt", "is one of the archives or tables"),
        ("hard link", "is one of the archives or tables"),
        ("link", "is one of the archives or tables"),
        ("in/corrections.csv", "is one of the archives or tables"),
        ("in/places.csv", "is one of the archives or tables"),
        ("notes.md", "is no SQLite database"),
        ("/dev/null", "is no plain file"),
        ("pipe", "is no plain file"),
        ("loop", "cannot be written"),
        ("x" * 256, "cannot be written"),
    ],
)
def test_an_output_that_must_stay_is_refused(
    output: str, words: str, loader: Command, place: Path, old: bytes
) -> None:
    (place / "in" / "corrections.csv").write_text("archive,start,text,field,corrected,reason\n")
    (place / "in" / "places.csv").write_text("name,kind,country_code,latitude,longitude\n")
    (place / "notes.md").write_text("years of work")
    (place / "hard link").hardlink_to(place / "in" / "a.txt")
    (place / "link").symlink_to("in/places.csv")
    (place / "loop").symlink_to("loop")
    os.mkfifo(place / "pipe")
    before = state(place)
    assert words in refusal(loader("build", "in", "-o", output, cwd=place))
    assert state(place) == before


def state(folder: Path) -> dict[str, bytes]:
    """What is in a folder: every plain file's bytes, and of the rest that it is there."""
    return {
        str(file): file.read_bytes() if file.is_file() and not file.is_symlink() else b""
        for file in sorted(folder.rglob("*"))
    }


def test_of_a_link_the_file_behind_it_is_replaced(loader: Command, place: Path) -> None:
    (place / "disk").mkdir()
    (place / "site.db").symlink_to("disk/a.db")
    for _ in range(2):  # a file that is not there yet, and one that is
        assert loader("build", place / "in", "-o", place / "site.db").code == 0
        assert (place / "site.db").is_symlink()
        assert headlines(place / "disk" / "a.db") == ["Bees return to a", "Bees return to b"]
    assert names(place / "disk") == ["a.db"]


def test_the_new_file_has_the_rights_of_the_old_one(loader: Command, place: Path) -> None:
    (place / "a.db").chmod(0o640)
    assert loader("build", place / "in", "-o", place / "a.db").code == 0
    assert (place / "a.db").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "name", ["x" * 252 + ".db", "é" * 120, "[a]*.db", "a\nb.db", os.fsdecode(b"\xff.db")]
)
def test_the_output_may_have_any_name(name: str, loader: Command, place: Path) -> None:
    done = loader("build", "in", "-o", name, cwd=place)
    assert (done.code, done.stderr) == (0, "")
    assert done.stdout[:-1].isprintable()
    assert headlines(place / name) == ["Bees return to a", "Bees return to b"]
    assert names(place) == sorted(["a.db", "in", name])


def test_a_database_that_a_program_is_changing_is_not_replaced(loader: Command, place: Path) -> None:
    """SQLite would read the old database's log as the new one's, and mix the two."""
    writer = sqlite3.connect(place / "a.db")
    writer.execute("pragma journal_mode=wal")
    writer.execute("update articles set headline = 'changed'")
    writer.commit()
    before = state(place)
    assert "a.db-wal: a program has the old database open" in refusal(
        loader("build", place / "in", "-o", place / "a.db")
    )
    assert state(place) == before
    writer.close()
    assert loader("build", place / "in", "-o", place / "a.db").code == 0
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]


def test_a_journal_of_an_interrupted_change_is_not_left_to_the_new_file(loader: Command, place: Path) -> None:
    (place / "a.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(504))
    before = state(place)
    assert "a.db-journal: " in refusal(loader("build", place / "in", "-o", place / "a.db"))
    assert state(place) == before


def test_datasette_goes_on_answering_from_the_old_file_or_the_new(loader: Command, place: Path) -> None:
    script = (
        "import asyncio, json, sys\n"
        "from datasette.app import Datasette\n"
        "site = Datasette([sys.argv[1]], settings={'sql_time_limit_ms': 60_000})\n"
        "for _ in sys.stdin:\n"
        "    answer = asyncio.run(site.client.get('/a.json?sql=select+headline+from+articles'))\n"
        "    print(json.dumps([answer.status_code, answer.text.count('Bees return to')]), flush=True)\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(place / "a.db")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1,
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    try:
        answers = []
        for _ in range(2):
            server.stdin.write("ask\n")
            answers.append(server.stdout.readline())
            assert loader("build", place / "in", "-o", place / "a.db").code == 0
        assert answers[0] == "[200, 1]\n"
        # Each of its threads keeps the file that it opened; one that had nothing to do yet opens the new one.
        assert answers[1] in {"[200, 1]\n", "[200, 2]\n"}
    finally:
        server.communicate()
    assert headlines(place / "a.db") == ["Bees return to a", "Bees return to b"]
