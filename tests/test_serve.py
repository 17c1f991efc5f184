"""`press-archive serve` builds what changed into the cache, serves it, and shows new files on the way."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from site_client import free_port

from loader.cli import main
from loader.publish.serve_archive import cached_database

ARTICLE = "{}\n\nDrava Times, by Eva Lang, May 3, 2018:\n\nFog lay over Graz. “We wait,” said Karl Huber.\n"


class Server:
    """A server that a test started: its address, and what it printed."""

    def __init__(self, process: subprocess.Popen[bytes], base: str, log: Path) -> None:
        self.process, self.base, self._log = process, base, log

    @property
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.base + path, timeout=30)

    def wait_for(self, holds: Callable[[], bool]) -> None:
        for _ in range(200):
            if self.process.poll() is None and holds():
                return
            time.sleep(0.1)
        pytest.fail(self.said)

    def answers(self) -> bool:
        try:
            return self.get("/").status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of clippings with one article."""
    place = tmp_path / "clippings"
    place.mkdir()
    (place / "a.txt").write_text(ARTICLE.format("Fog closes the harbour"), encoding="utf-8")
    return place


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., object]:
    """Starts servers whose cache is this test's own."""

    @contextmanager
    def start(*arguments: object) -> Iterator[Server]:
        port = free_port()
        log = tmp_path / f"log-{port}"
        command = [sys.executable, "-m", "loader", "serve", *map(str, arguments), "--port", str(port)]
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        server = Server(process, f"http://127.0.0.1:{port}", log)
        try:
            server.wait_for(server.answers)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)

    return start


def test_a_folder_is_served_under_its_own_name_and_ctrl_c_ends_it(
    folder: Path, serving: Callable[..., object]
) -> None:
    with serving(folder) as server:
        assert "<title>clippings</title>" in server.get("/").text
        assert "Fog closes the harbour" in server.get("/articles").text
        assert server.get("/clippings.db").content.startswith(b"SQLite format 3")
        assert f"Open {server.base}/ (stop with Ctrl-C)" in server.said
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=20) == 0
        assert "Traceback" not in server.said


def test_a_second_start_reads_no_file_again(
    folder: Path, tmp_path: Path, serving: Callable[..., object]
) -> None:
    with serving(folder) as server:
        assert ": 1 archive, 1 article, " in server.said
    [database] = (tmp_path / "cache").rglob("clippings.db")
    before = database.stat()
    (folder / "b.txt").write_text(ARTICLE.format("Rain fills the harbour"), encoding="utf-8")
    with serving(folder) as server:
        assert "1 file read, 1 unchanged, 0 removed" in server.said
    after = database.stat()
    assert after.st_ino != before.st_ino
    with serving(folder) as server:
        assert "0 files read, 2 unchanged, 0 removed" in server.said
        assert ": 2 archives, 2 articles, " in server.said
    assert (database.stat().st_ino, database.stat().st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_new_metadata_and_corrections_are_shown_at_the_next_start(
    folder: Path, serving: Callable[..., object]
) -> None:
    with serving(folder) as server:
        assert "<title>clippings</title>" in server.get("/").text
    (folder / "metadata.yml").write_text("title: Harbour news\nlicense: CC0\n", encoding="utf-8")
    (folder / "places.csv").write_text(
        "name,kind,country_code,latitude,longitude,geonames_id,wikidata_id,admin1,population,aliases,source,note\n"
        "Fog,city,AT,47.1,15.4,,,,,,me,\n",
        encoding="utf-8",
    )
    with serving(folder) as server:
        assert "<title>Harbour news</title>" in server.get("/").text
        assert "1 file read, 0 unchanged, 0 removed" in server.said
        database = server.get("/clippings.db").content
    (folder / "out.db").write_bytes(database)
    with closing(sqlite3.connect(folder / "out.db")) as connection:
        assert connection.execute(
            "select value from build_info where key = 'dataset.licence'"
        ).fetchone() == ("CC0",)


def test_watch_shows_new_and_changed_files_while_an_open_download_keeps_the_old_one(
    folder: Path, serving: Callable[..., object]
) -> None:
    with serving(folder, "--watch") as server:
        old = server.get("/clippings.db").content
        with httpx.stream("GET", server.base + "/clippings.db") as download:
            parts = download.iter_bytes(4096)
            first = next(parts)
            (folder / "b.txt").write_text(ARTICLE.format("Rain fills the harbour") * 9, encoding="utf-8")
            server.wait_for(lambda: "Rain fills the harbour" in server.get("/articles").text)
            assert first + b"".join(parts) == old
        (folder / "b.txt").unlink()
        server.wait_for(lambda: "Rain fills the harbour" not in server.get("/articles").text)
        (folder / "corrections.csv").write_text("nonsense\n", encoding="utf-8")
        server.wait_for(lambda: "the columns must be" in server.said)
        assert server.get("/articles").status_code == 200


def test_a_finished_database_is_served_as_it_is(
    folder: Path, tmp_path: Path, serving: Callable[..., object]
) -> None:
    done = CliRunner().invoke(main, ["build", str(folder), "-o", str(tmp_path / "pier.db"), "--quiet"])
    assert done.exit_code == 0, done.output
    with serving(tmp_path / "pier.db", "--base-url", "/press/") as server:
        page = server.get("/press/").text
        assert 'href="/press/articles"' in page and "<title>pier</title>" in page


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere: no such file or folder; check the name"),
        (["clippings", "--metadata", "no.yml"], "no.yml: no such file; name a metadata file"),
        (["clippings/a.txt", "clippings/metadata.yml"], ""),
        (["other.db"], "other.db: is not a database of this version; build it again from its sources"),
        (["other.db", "--watch"], "other.db: is a finished database; name its sources to watch them"),
    ],
)
def test_what_cannot_be_served_is_one_line(
    arguments: list[str], words: str, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (folder / "metadata.yml").write_bytes(b"\x89PNG\0\0")
    with closing(sqlite3.connect("other.db")) as connection:
        connection.execute("create table t (x)")
    done = CliRunner().invoke(main, ["serve", *arguments, "--port", str(free_port())])
    assert done.exit_code == 1 and words in done.stderr
    assert done.stderr.strip().count("\n") == 0 and "Traceback" not in done.stderr


def test_a_database_under_the_name_of_a_page_is_one_line(folder: Path, tmp_path: Path) -> None:
    database = str(tmp_path / "search.db")
    assert CliRunner().invoke(main, ["build", str(folder), "-o", database, "--quiet"]).exit_code == 0
    done = CliRunner().invoke(main, ["serve", database, "--port", str(free_port())])
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert "search.db: its name is the address of a page of the site; rename the file" in line


def test_a_port_that_is_taken_is_one_line_before_anything_is_built(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["serve", str(folder), "--port", str(port)])
    assert done.exit_code == 1
    assert f"127.0.0.1:{port}: cannot be used" in done.stderr and f"--port {port + 1}" in done.stderr
    assert not (tmp_path / "cache").exists()


class TestCachedDatabase:
    @pytest.fixture(autouse=True)
    def _cache(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def test_other_paths_have_other_databases_and_the_same_paths_the_same(self, tmp_path: Path) -> None:
        one, two = tmp_path / "one", tmp_path / "two"
        found = {cached_database(paths, None) for paths in ([one], [two], [one, two], [two, one])}
        found.add(cached_database([one], tmp_path / "m.yml"))
        assert len(found) == 5
        assert cached_database([tmp_path / "two" / ".." / "one"], None) == cached_database([one], None)

    @pytest.mark.parametrize(
        ("name", "stem"),
        [
            ("articles", "articles-archive"), ("Search", "Search-archive"), ("...", "archive"),
            ("Zeitung für alle", "Zeitung-für-alle"), ("a" * 200, "a" * 60), ("a/../b", "b"),
        ],
    )  # fmt: skip
    def test_its_name_is_that_of_the_folder_unless_a_page_has_that_address(
        self, name: str, stem: str, tmp_path: Path
    ) -> None:
        assert cached_database([tmp_path / name], None).stem == stem


def test_the_command_is_called_press_archive_and_loader() -> None:
    for name in ("press-archive", "loader"):
        command = shutil.which(name, path=str(Path(sys.executable).parent))
        assert command, name
        done = subprocess.run([command, "--help"], capture_output=True, text=True, check=True)
        assert "serve" in done.stdout


@pytest.mark.parametrize(
    ("host", "is_said"),
    [
        ("127.0.0.1", False),
        ("127.0.0.2", False),
        ("localhost", False),
        ("::1", False),
        ("0.0.0.0", True),
        ("::", True),
    ],
)
def test_what_a_public_site_needs_is_said_if_others_can_connect(
    host: str, is_said: bool, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("loader.publish.serve.Address.require_free", lambda _: None)
    monkeypatch.setattr("loader.publish.serve_archive.serve", lambda *_, started, **__: started())
    done = CliRunner().invoke(main, ["serve", str(folder), "--host", host])
    assert done.exit_code == 0, done.output
    assert ("docs/public-site.md" in done.stderr) == is_said
    assert (Path(__file__).resolve().parents[1] / "docs/public-site.md").is_file()
