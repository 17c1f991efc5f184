"""docs/integrity.md: every command in it is run, and prints what the page shows."""

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cases_files import ROOT

from benchmarks.mutations.__main__ import head
from benchmarks.mutations.archive import Kind
from benchmarks.mutations.changes import MUTATIONS
from loader.verify import JUDGED, Level

PAGE = (ROOT / "docs" / "integrity.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^```sh\n(.*?)^```\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# The step that compares every slice.
SLICES = next(command for command, _ in STEPS if "create temp table slice" in command)


@pytest.fixture
def folder(database: Path, tmp_path: Path) -> Path:
    """A folder like the repository's after `make build`."""
    if shutil.which("sqlite3") is None:
        pytest.fail("sqlite3 is not installed; apt-get install sqlite3")
    shutil.copy(database, tmp_path / "archive.db")
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "metadata.yml").symlink_to(ROOT / "metadata.yml")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    loader = tmp_path / ".venv" / "bin" / "loader"
    loader.parent.mkdir(parents=True)
    loader.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m loader "$@"\n')
    loader.chmod(0o755)
    return tmp_path


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr


def test_every_block_of_commands_shows_what_it_prints() -> None:
    assert len(STEPS) == PAGE.count("```sh\n") >= 8


@pytest.mark.parametrize(("command", "printed"), STEPS)
def test_a_command_prints_what_the_page_shows(command: str, printed: str, folder: Path) -> None:
    before = sorted(folder.iterdir())
    assert run(command, folder) == printed
    assert sorted(folder.iterdir()) == before


def test_the_commands_find_a_changed_word(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive.db")) as connection:
        connection.execute("update paragraphs set text = replace(text, 'Israel', 'Iceland') where id = 2")
        connection.commit()
    assert "paragraphs|FAULT\n" in run(SLICES, folder)
    lost, whole = run(
        next(command for command, _ in STEPS if "furniture where" in command), folder
    ).splitlines()
    assert lost != whole


def test_the_page_lists_the_columns_of_judgement() -> None:
    assert dict(re.findall(r"^  \| `([a-z_.]+)` \| (.*) \|$", PAGE, re.MULTILINE)) == JUDGED


def test_the_page_shows_what_the_benchmark_of_mutations_prints() -> None:
    lines = PAGE.splitlines()
    shown = lines[lines.index(head()[0]) :]
    assert shown[: len(head())] == head()
    for mutation, line in zip(MUTATIONS, shown[len(head()) :], strict=False):
        what, *levels = line.strip("| ").split(" | ")
        assert what == mutation.what
        for kind, level in zip(Kind, levels, strict=True):
            assert mutation.is_found_in_time(None if level == "–" else Level(level), kind), (what, kind)
    assert not shown[len(head()) + len(MUTATIONS)]


def test_the_files_that_the_page_names_are_there() -> None:
    names = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE)
    assert names
    assert [name for name in names if not (ROOT / "docs" / name).exists()] == []
