"""docs/your-archive.md, from an empty folder to a served archive: each command prints what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from cases_files import ROOT
from site_client import free_port

PAGE = (ROOT / "docs" / "your-archive.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder, and a command press-archive."""
    folder = tmp_path_factory.mktemp("your-archive")
    command = folder / "bin" / "press-archive"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m loader "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    (folder / "work").mkdir()
    return folder


def environment(place: Path) -> dict[str, str]:
    path = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    home = {"XDG_CACHE_HOME": str(place / "cache"), "COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    return {**os.environ, "PATH": path, **home}


def test_the_way_from_an_empty_folder_to_a_served_corrected_archive(place: Path) -> None:
    assert len(STEPS) == 5
    for command, printed in STEPS:
        done = subprocess.run(
            ["bash", "-c", command], cwd=place / "work", env=environment(place), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.stdout == printed, done.stdout + done.stderr
    port = free_port()
    [serve] = re.findall(r"^    (press-archive serve clippings)$", PAGE, re.MULTILINE)
    server = subprocess.Popen(
        [*serve.split(), "--port", str(port)], cwd=place / "work", env=environment(place),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                home = httpx.get(f"http://127.0.0.1:{port}/", timeout=30).text
                break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            pytest.fail("the site did not answer")
        assert "<title>Harbour news</title>" in home and "All rights reserved by the publishers" in home
        speakers = httpx.get(f"http://127.0.0.1:{port}/speakers", timeout=30).text
        assert "Anna Berg" in speakers
    finally:
        server.terminate()
        server.communicate(timeout=20)
