"""Runs a real server of a folder that Datasette serves."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from site_client import free_port


def serve(folder: Path, *options: str) -> Iterator[str]:
    """Runs Datasette on a folder and yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", str(folder), "--port", str(port), *options]
    log = (folder.parent / f"server-{port}.log").open("w+b")
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(address + "/robots.txt", timeout=5)
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        else:
            pytest.fail("the server did not answer")
        if process.poll() is not None:
            pytest.fail("the server stopped: " + (folder.parent / f"server-{port}.log").read_text())
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)
        log.close()
