"""The same archives give the same bytes, wherever, whenever and however they are built."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cases_files import ROOT

from loader import build
from loader.dataset.digest import digest
from scripts import record

# Names that sort otherwise by locale, by case, by folder or by how an accent is written.
NAMES = ("b.txt", "B.text", "a-b.txt", "a/b.txt", "a b.txt", "é.txt", "e\u0301.txt", "z.txt", "ß/x.TXT")
ARTICLE = """Bees return to the roofs of {town}

Styrian Courier, by Eva Lang, May 3, 2018:

GRAZ, Austria – Bees are back. “They never left,” said Karl Huber of {town}, who keeps twelve hives.
"""


def write_archives(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    """The same archives, whatever the order in which their files are made."""
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(ARTICLE.format(town=f"Linz {name.encode().hex()}"), encoding="utf-8")
    shutil.copyfile(ROOT / "seeds" / "corrections.csv", folder / "corrections.csv")
    shutil.copyfile(ROOT / "seeds" / "000_b51d602057fa6dcc.txt", folder / "000_b51d602057fa6dcc.txt")
    return folder


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_archives(tmp_path_factory.mktemp("reproducible") / "archives")


@pytest.fixture(scope="module")
def expected(archives: Path) -> bytes:
    output = archives.parent / "expected.db"
    build([archives], output)
    return output.read_bytes()


@pytest.mark.parametrize(
    ("options", "environment", "umask"),
    [
        ((), {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "1"}, 0o077),
        # The i of Turkish has another capital; C if the locale is not installed.
        ((), {"LC_ALL": "tr_TR.UTF-8"}, 0o022),
        ((), {"LC_ALL": "C.UTF-8", "LANG": "de_AT", "LANGUAGE": "de", "TZ": "Asia/Damascus"}, 0o002),
        (("--jobs", "2"), {"PYTHONOPTIMIZE": "2", "PYTHONHASHSEED": "4711", "TZ": "Pacific/Apia"}, 0o022),
        (("--jobs", "5"), {"SQLITE_TMPDIR": "here", "PYTHONUTF8": "1", "PYTHONHASHSEED": "random"}, 0o027),
        (("--jobs", "1"), {"PYTHONDEVMODE": "1", "PYTHONIOENCODING": "ascii", "COLUMNS": "7"}, 0o000),
    ],
)
def test_locale_time_zone_hash_seed_jobs_and_rights_change_nothing(
    options: tuple[str, ...],
    environment: dict[str, str],
    umask: int,
    archives: Path,
    expected: bytes,
    tmp_path: Path,
) -> None:
    changed = {key: str(tmp_path) if value == "here" else value for key, value in environment.items()}
    command = [sys.executable, "-m", "loader", "build", str(archives), "-o", "out.db", *options]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT), **changed},
        capture_output=True, check=False, umask=umask,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out.db").read_bytes() == expected


@pytest.mark.parametrize("way", ["relative", "from inside", "symlink", "dotted", "doubled"])
def test_the_way_to_the_folder_changes_nothing(
    way: str, archives: Path, expected: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(archives)
    monkeypatch.chdir(archives if way == "from inside" else archives.parent)
    paths = {
        "relative": ["archives"],
        "from inside": ["."],
        "symlink": [tmp_path / "link"],
        "dotted": [archives / "a" / ".." / "." / ".." / "archives"],
        "doubled": [archives, tmp_path / "link", archives / "b.txt"],
    }[way]
    build(paths, tmp_path / "out.db")
    assert (tmp_path / "out.db").read_bytes() == expected


def test_dates_of_files_and_the_order_in_which_they_were_made_change_nothing(
    expected: bytes, tmp_path: Path
) -> None:
    folder = write_archives(tmp_path / "archives", NAMES[::-1])
    for number, file in enumerate(sorted(folder.rglob("*"))):
        os.utime(file, (number * 1e8, number * 1e8))
    build([folder], tmp_path / "out.db")
    assert (tmp_path / "out.db").read_bytes() == expected


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_in_which_the_file_system_lists_a_folder_changes_nothing(
    seed: int, archives: Path, expected: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archives / "link 1.txt").symlink_to(".hidden")
    (archives / "link 2.txt").symlink_to(".hidden")
    (archives / ".hidden").write_text(ARTICLE, encoding="utf-8")
    try:
        build([archives], tmp_path / "listed.db")
        _shuffle_listings(random.Random(seed), monkeypatch)
        build([archives], tmp_path / "shuffled.db")
    finally:
        for name in ("link 1.txt", "link 2.txt", ".hidden"):
            (archives / name).unlink()
    assert (tmp_path / "listed.db").read_bytes() == (tmp_path / "shuffled.db").read_bytes() != expected


def _shuffle_listings(chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = os.scandir

    class Shuffled(list["os.DirEntry[str]"]):
        def __enter__(self) -> "Shuffled":
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def scandir(folder: Path) -> Shuffled:
        with listed(folder) as entries:
            found = Shuffled(entries)
        chance.shuffle(found)
        return found

    monkeypatch.setattr(os, "scandir", scandir)


def test_the_order_of_paths_changes_nothing(tmp_path: Path) -> None:
    one, two = write_archives(tmp_path / "one", ("1.txt",)), write_archives(tmp_path / "two", ("2.txt",))
    for folder in (one, two):
        (folder / "000_b51d602057fa6dcc.txt").unlink()
        (folder / "corrections.csv").unlink()
    build([one, two], tmp_path / "forth.db")
    build([two, one], tmp_path / "back.db")
    assert (tmp_path / "forth.db").read_bytes() == (tmp_path / "back.db").read_bytes()


def test_the_published_data_set_is_the_recorded_one(database: Path) -> None:
    recorded = record.read()
    renew = "seeds/ or loader/ changed what is built; if that is meant: make record"
    assert digest(database) == recorded.rows, renew
    if record.writes_alike(sqlite3.sqlite_version_info):
        assert record.sha256(database) == recorded.file, renew


def test_the_digest_follows_every_value_and_nothing_else(database: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copyfile(database, tmp_path / "copy.db"))
    before = digest(copy)
    with sqlite3.connect(copy) as connection:
        connection.execute("create index extra on quotes (text)")
        connection.execute("pragma page_size=8192")
    connection.execute("vacuum")
    assert digest(copy) == before
    changes = (
        "update places set latitude = latitude + 0.0001 where id = 1",
        "update quotes set cue = null where id = (select min(id) from quotes where cue > '')",
        "update articles set id = 99 where id = 7",
        "update build_info set value = 'x' where key = 'dataset.licence'",
    )
    digests = {before}
    for change in changes:
        with connection:
            assert connection.execute(change).rowcount == 1
        digests.add(digest(copy))
    connection.close()
    assert len(digests) == 1 + len(changes)


def test_nothing_in_the_file_tells_which_sqlite_wrote_it(database: Path) -> None:
    header = database.read_bytes()[:100]
    # https://www.sqlite.org/fileformat.html: change counter, version-valid-for, version number.
    assert (header[24:28], header[92:96], header[96:100]) == (b"\0\0\0\1", b"\0\0\0\1", b"\0\0\0\0")
    assert sqlite3.sqlite_version.encode() not in database.read_bytes()
