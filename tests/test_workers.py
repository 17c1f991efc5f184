"""`press-archive serve --workers` serves one port with several processes, which end and switch together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from site_client import free_port

from loader.cli import main
from loader.publish import workers as workers_module

ARTICLE = "{}\n\nDrava Times, by Eva Lang, May 3, 2018:\n\nFog lay over Graz. “We wait,” said Karl Huber.\n"


class Server:
    """A server with two workers: its address, its processes, and what it printed."""

    def __init__(self, process: subprocess.Popen[bytes], base: str, log: Path) -> None:
        self.process, self.base, self._log = process, base, log

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def workers(self) -> list[int]:
        """The numbers of the processes that serve."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                command = (folder / "cmdline").read_text()
            except (OSError, IndexError, ValueError):
                continue
            if parent == self.process.pid and "spawn_main" in command:
                found.append(int(folder.name))
        return sorted(found)

    def wait_for(self, holds: Callable[[], bool]) -> None:
        for _ in range(600):
            if holds():
                return
            time.sleep(0.1)
        pytest.fail(self.said)

    def headlines(self) -> set[bool]:
        """Whether the second article is shown, asked over so many connections that each worker gets some."""
        pages = {httpx.get(self.base + "/articles", timeout=60).text for _ in range(30)}
        return {"Rain fills the harbour" in page for page in pages}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of clippings with one article."""
    place = tmp_path / "clippings"
    place.mkdir()
    (place / "a.txt").write_text(ARTICLE.format("Fog closes the harbour"), encoding="utf-8")
    return place


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    port = free_port()
    log = folder.parent / "log"
    command = [sys.executable, "-m", "loader", "serve", str(folder), "--workers", "2", "--port", str(port)]
    command += ["-o", str(folder.parent / "clippings.db"), *options]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, start_new_session=True,
            # The tests may run where it is ignored, as under nohup; the server is tried as at a terminal.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no lock is taken
        )  # fmt: skip
    server = Server(process, f"http://127.0.0.1:{port}", log)
    try:
        server.wait_for(lambda: "Open http" in server.said or process.poll() is not None)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_two_processes_answer_on_one_port_and_ctrl_c_ends_all(folder: Path) -> None:
    with serving(folder) as server:
        processes = server.workers
        assert len(processes) == 2
        assert server.headlines() == {False}
        os.killpg(server.process.pid, signal.SIGINT)  # as a terminal does: to the server and its workers
        assert server.process.wait(timeout=60) == 0
        assert not any(Path(f"/proc/{number}").exists() for number in processes)
        assert "Traceback" not in server.said
        with pytest.raises(httpx.ConnectError):
            httpx.get(server.base)


def test_a_worker_that_dies_is_named_and_another_takes_its_place(folder: Path) -> None:
    with serving(folder) as server:
        dead, left = server.workers
        os.kill(dead, signal.SIGKILL)
        server.wait_for(lambda: f"Worker {dead} ended with exit code -9" in server.said)
        server.wait_for(lambda: len(server.workers) == 2)
        assert left in server.workers and dead not in server.workers
        assert server.headlines() == {False}


def test_workers_end_when_the_server_is_killed(folder: Path) -> None:
    with serving(folder) as server:
        processes = server.workers
        server.process.kill()
        server.wait_for(lambda: not any(Path(f"/proc/{number}").exists() for number in processes))


def test_all_workers_switch_to_the_new_database(folder: Path) -> None:
    with serving(folder, "--watch") as server:
        assert server.headlines() == {False}
        (folder / "b.txt").write_text(ARTICLE.format("Rain fills the harbour"), encoding="utf-8")
        server.wait_for(lambda: "the site shows them now" in server.said)
        server.wait_for(lambda: server.headlines() == {True})
        time.sleep(2)  # longer than a worker takes to look
        assert server.headlines() == {True}


def test_a_site_that_cannot_be_opened_ends_the_server_in_one_line() -> None:
    told: list[str] = []
    address = workers_module.Address(host="127.0.0.1", port=free_port())
    with pytest.raises(workers_module.InputError, match="a worker ended with exit code 1 before it served"):
        workers_module.Workers(_no_site, address, 1, told.append).run(lambda: told.append("started"))
    assert told == []


def _no_site() -> None:
    raise LookupError("no site")


def test_where_a_port_cannot_be_shared_one_process_serves_and_a_line_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    served: list[object] = []
    monkeypatch.setattr("loader.publish.serve_archive.can_share_a_port", lambda: False)
    monkeypatch.setattr("loader.publish.serve_archive.serve", lambda *_, **__: served.append(1))
    command = [
        "serve",
        str(folder),
        "--workers",
        "3",
        "-o",
        str(tmp_path / "a.db"),
        "--port",
        str(free_port()),
    ]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert served == [1] and "--workers: on this system one process serves" in done.stderr
