"""Every command, query, link and line of Python in README is run."""

import re
import shlex
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from cases_files import ROOT
from click.testing import CliRunner
from site_client import free_port

from loader.cli import main

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


_OURS = (".venv/bin/loader ", ".venv/bin/press-archive ")
COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]
LINKS = sorted(set(re.findall(r"\]\(http://127\.0\.0\.1:8001(/[^)]*)\)", README)))


@pytest.mark.parametrize("sql", blocks("sql"))
def test_every_query_gives_rows(sql: str, database: Path) -> None:
    connection = sqlite3.connect(database)
    try:
        assert connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("path", LINKS)
def test_every_link_to_the_site_leads_somewhere(path: str, server: str) -> None:
    with urllib.request.urlopen(server + path, timeout=30) as answer:
        assert answer.status == 200
        assert answer.read()


def test_every_loader_command_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    (tmp_path / "metadata.yml").symlink_to(ROOT / "metadata.yml")
    monkeypatch.chdir(tmp_path)
    commands = [command for command in COMMANDS if command.startswith(_OURS)]
    assert len(commands) >= 3
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, result.output


def test_every_other_command_is_a_make_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    others = [command for command in COMMANDS if not command.startswith(_OURS)]
    assert others == [f"make {target}" for target in ("serve", "test")]
    assert {command.split()[1] for command in others} <= targets
    assert set(re.findall(r"`make ([a-z]+)`", README)) <= targets


def test_make_serve_builds_prints_the_address_and_serves() -> None:
    port = free_port()
    prefix = Path(sys.prefix)
    # The environment that runs the tests is the one to serve with: it must not be installed anew.
    command = ["make", "serve", f"PORT={port}", f"VENV={prefix}", "-o", f"{prefix}/.serve"]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        assert _answers(address, process)
    finally:
        process.terminate()
        printed = process.communicate(timeout=20)[0]
    assert address in printed


def _answers(address: str, process: "subprocess.Popen[str]") -> bool:
    for _ in range(300):
        if process.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    return False


def test_the_lines_of_python_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for block in blocks("python"):
        exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "Israeli airstrikes target suspected chemical weapons facility in Syria" in printed
    assert "Ann Lee said We shall see," in printed
    assert "Geneva CH" in printed


def test_files_that_readme_names_are_there() -> None:
    names = re.findall(r"\]\(([^)#:]+)\)", README)
    assert names
    assert [name for name in names if not (ROOT / name).exists()] == []
