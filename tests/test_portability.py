"""The package on a system without POSIX: simulated, because the tests run on Linux (docs/builds.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cases_files import ROOT

from loader import build
from loader.dataset import output_folder, system_calls
from loader.sharding.build_shards import By, build_shards

# What Windows does not have. Python runs a module of this name first, in spawned processes too.
SITECUSTOMIZE = """
import multiprocessing, os, signal, sys
for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog"):
    sys.modules[name] = None
for name in ("SIGHUP", "SIGQUIT", "SIGUSR1", "SIGALRM"):
    delattr(signal, name)
for name in ("O_NONBLOCK", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "fork", "sched_getaffinity"):
    delattr(os, name)
multiprocessing.set_start_method("spawn")
"""
ARTICLE = (
    "Ferry to {name} runs aground\n\nDalmatian Post, by Ana Kovač, May 3, 2016:\n\n“Nobody was hurt,” said "
    "the captain, Ivo Perić, near Hvar.\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = tmp_path / "in"
    archive.mkdir()
    for name in ("Brač", "Vis", "Šolta"):
        (archive / f"{name}.txt").write_text(ARTICLE.format(name=name), encoding="utf-8", newline="\r\n")
    return archive


def elsewhere(tmp_path: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python as on a system without POSIX."""
    modules = tmp_path / "modules"
    modules.mkdir(exist_ok=True)
    (modules / "sitecustomize.py").write_text(SITECUSTOMIZE, encoding="utf-8")
    return subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(modules), str(ROOT))), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_the_command_is_imported_without_the_modules_of_posix(tmp_path: Path) -> None:
    done = elsewhere(
        tmp_path,
        "-c",
        "import loader.cli, signal, sys; print(hasattr(signal, 'SIGHUP'), sys.modules['fcntl'])",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "False None\n", "")


def test_an_archive_is_built_in_spawned_processes_without_posix(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "expected.db")
    expected = (tmp_path / "expected.db").read_bytes()
    for _ in range(2):  # a new file, and one that is replaced
        done = elsewhere(
            tmp_path, "-m", "loader", "build", str(folder), "-o", "a.db", "--jobs", "2", "--quiet"
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "a.db").read_bytes() == expected
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_an_archive_is_updated_and_split_without_posix(folder: Path, tmp_path: Path) -> None:
    build([folder], tmp_path / "a.db")
    (folder / "Korčula.txt").write_text(ARTICLE.format(name="Korčula"), encoding="utf-8")
    for command in (
        ("build", str(folder), "-o", "a.db", "--update", "--quiet"),
        ("build", str(folder), "-o", "shards", "--shard", "year", "--quiet"),
        ("build", str(folder), "-o", "shards", "--shard", "year", "--quiet"),
        ("verify", "a.db", str(folder)),
        ("verify", "shards", str(folder)),
    ):
        done = elsewhere(tmp_path, "-m", "loader", *command)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_console_without_a_character_gets_its_escape_code(folder: Path, tmp_path: Path) -> None:
    done = elsewhere(
        tmp_path, "-m", "loader", "show", str(folder / "Šolta.txt"), PYTHONIOENCODING="latin-1:strict"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Ferry to \\u0160olta runs aground" in done.stdout
    assert "\\u201cNobody was hurt" in done.stdout


def test_the_old_folder_comes_back_if_the_new_one_cannot_take_its_place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_folder, "exchange", lambda _, __: False)
    shards = tmp_path / "shards"
    build_shards([folder], shards, By("year", 1000))
    before = {path.name: path.read_bytes() for path in shards.iterdir()}
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == output_folder.FINISHED_FOLDER:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(ValueError, match="cannot be written"):
        build_shards([folder], shards, By("year", 1000))
    assert {path.name: path.read_bytes() for path in shards.iterdir()} == before


def test_a_lock_of_msvcrt_tells_whether_another_process_has_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Windows:
        LK_NBLCK = 2
        is_taken = False

        def locking(self, _: int, mode: int, count: int) -> None:
            assert (mode, count) == (2, 1)
            if self.is_taken:
                raise PermissionError(13, "Permission denied")

    windows = Windows()
    monkeypatch.setattr(system_calls, "fcntl", None)
    monkeypatch.setattr(system_calls, "msvcrt", windows)
    with system_calls.locked(tmp_path) as is_ours:
        assert is_ours is True
    windows.is_taken = True
    with system_calls.locked(tmp_path) as is_ours:
        assert is_ours is False
    with system_calls.locked(tmp_path / "gone") as is_ours:
        assert is_ours is False
    (tmp_path / "link").symlink_to(tmp_path)
    windows.is_taken = False
    with system_calls.locked(tmp_path / "link") as is_ours:
        assert is_ours is False
