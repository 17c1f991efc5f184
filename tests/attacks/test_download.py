"""The database's download: ranges, conditions and resuming, over a real server."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from datasette.app import Datasette
from site_client import ask

from loader.metadata_file import read_metadata
from loader.publish.serve import open_site
from loader.site.pages import download
from loader.site.pages.download import Version, choose_part, read_range

_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread
VERSION = Version(size=1000, modified=1_700_000_000, tag='"abc"')
BEFORE, SAME, AFTER = (
    "Tue, 14 Nov 2023 22:13:19 GMT",
    "Tue, 14 Nov 2023 22:13:20 GMT",
    "Tue, 14 Nov 2023 22:13:21 GMT",
)


@pytest.fixture(scope="module")
def whole(web: httpx.Client) -> bytes:
    answer = web.get("/archive.db")
    assert answer.status_code == 200 and answer.content.startswith(b"SQLite format 3\0")
    assert answer.headers["content-length"] == str(len(answer.content))
    return answer.content


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-9", (0, 10)),
        ("bytes=990-", (990, 1000)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-10", (990, 1000)),
        ("bytes=-5000", (0, 1000)),
        ("BYTES=5-5", (5, 6)),
        ("bytes=0-999999999999999999", (0, 1000)),
    ],
)
def test_one_range_is_read(text: str, part: tuple[int, int]) -> None:
    assert read_range(text, 1000) == range(*part)


@pytest.mark.parametrize("text", ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_beyond_the_end_is_empty(text: str) -> None:
    assert read_range(text, 1000) == range(0)


@pytest.mark.parametrize(
    "text",
    [
        "", "bytes=", "bytes=-", "bytes=9-0", "bytes=0-1,5-6", "bytes=a-b", "bytes=0x0-9", "bytes= 0-9",
        "lines=0-9", "bytes=--5", "bytes=5--", "bytes=1_0-20", "bytes=٣-٤", "bytes=" + "9" * 50 + "-",
        "bytes=" + "0-1," * 500,
    ],
)  # fmt: skip
def test_what_is_not_one_range_means_the_whole_file(text: str) -> None:
    assert read_range(text, 1000) is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 200),
        ({"if-none-match": '"abc"'}, 304),
        ({"if-none-match": 'W/"abc"'}, 304),
        ({"if-none-match": '"x", "abc"'}, 304),
        ({"if-none-match": "*"}, 304),
        ({"if-none-match": '"ab"'}, 200),
        ({"if-none-match": "abc"}, 200),
        ({"if-modified-since": SAME}, 304),
        ({"if-modified-since": AFTER}, 304),
        ({"if-modified-since": BEFORE}, 200),
        ({"if-modified-since": "yesterday"}, 200),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, 200),
        ({"if-match": '"abc"'}, 200),
        ({"if-match": 'W/"abc"'}, 412),
        ({"if-match": '"x"'}, 412),
        ({"if-unmodified-since": BEFORE}, 412),
        ({"if-unmodified-since": SAME}, 200),
        ({"range": "bytes=0-9"}, 206),
        ({"range": "bytes=1000-"}, 416),
        ({"range": "bytes=0-9", "if-range": '"abc"'}, 206),
        ({"range": "bytes=0-9", "if-range": 'W/"abc"'}, 200),
        ({"range": "bytes=0-9", "if-range": '"x"'}, 200),
        ({"range": "bytes=0-9", "if-range": SAME}, 206),
        ({"range": "bytes=0-9", "if-range": AFTER}, 200),
        ({"range": "bytes=0-9", "if-range": "nonsense"}, 200),
        ({"range": "bytes=1000-", "if-range": '"x"'}, 200),
        ({"range": "bytes=0-9", "if-none-match": '"abc"'}, 304),
    ],
)
def test_conditions_are_met_in_the_order_of_the_standard(asked: dict[str, str], status: int) -> None:
    assert choose_part(VERSION, asked, is_get=True)[0] == status


def test_a_date_of_the_last_minute_does_not_name_one_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download.time, "time", lambda: VERSION.modified + 30)
    assert choose_part(VERSION, {"range": "bytes=0-9", "if-range": SAME}, is_get=True)[0] == 200


@pytest.mark.parametrize(
    ("text", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
def test_a_range_of_the_database_is_answered(
    web: httpx.Client, whole: bytes, text: str, first: int, last: int | None
) -> None:
    answer = web.get("/archive.db", headers={"range": text})
    start = first % len(whole)
    stop = len(whole) if last is None else last + 1
    assert answer.status_code == 206 and answer.content == whole[start:stop]
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(stop - start)


def test_a_range_that_the_database_does_not_have_is_416(web: httpx.Client, whole: bytes) -> None:
    answer = web.get("/archive.db", headers={"range": f"bytes={len(whole)}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_visitor_who_has_the_file_does_not_get_it_again(web: httpx.Client, whole: bytes) -> None:
    first = web.get("/archive.db").headers
    assert first["etag"].startswith('"') and first["accept-ranges"] == "bytes"
    for sent in ({"if-none-match": first["etag"]}, {"if-modified-since": first["last-modified"]}):
        answer = web.get("/archive.db", headers=sent)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", first["etag"])
        assert web.head("/archive.db", headers=sent).status_code == 304


def test_head_of_the_database_reads_none_of_it(web: httpx.Client, whole: bytes) -> None:
    answer = web.head("/archive.db", headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(whole))


def test_curl_continues_a_download_that_broke_off(attacked: str, whole: bytes, tmp_path: Path) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.fail("curl is not installed; apt-get install curl")
    part = tmp_path / "archive.db"
    part.write_bytes(whole[:100_000])
    done = subprocess.run(
        [
            curl, "-sS", "-f", "-C", "-", "-o", str(part), "-w", "%{http_code} %{size_download}",
            attacked + "/archive.db",
        ],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == f"206 {len(whole) - 100_000}"
    assert part.read_bytes() == whole


def site_of(database: Path) -> Datasette:
    return open_site(database, read_metadata(Path(__file__).resolve().parents[2] / "metadata.yml"))


def test_a_file_that_was_replaced_has_no_tag_and_no_parts(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive.db"
    shutil.copyfile(database, copy)
    site = site_of(copy)
    tag = ask(site, "/archive.db").headers["etag"]
    fresh = tmp_path / "fresh"
    fresh.write_bytes(database.read_bytes() + bytes(4096))
    fresh.replace(copy)
    answer = ask(site, "/archive.db")
    assert answer.status_code == 200 and answer.content == copy.read_bytes()
    assert "etag" not in answer.headers and answer.headers["accept-ranges"] == "none"
    assert ask(site_of(copy), "/archive.db").headers["etag"] != tag


def test_the_tag_is_the_same_in_every_way_of_serving(database: Path, tmp_path: Path) -> None:
    copies = [tmp_path / "a" / "archive.db", tmp_path / "b" / "archive.db"]
    for copy in copies:
        copy.parent.mkdir()
        shutil.copyfile(database, copy)
    tags = {ask(site_of(copies[0]), "/archive.db").headers["etag"]}
    tags.add(ask(Datasette(immutables=[str(copies[1])]), "/archive.db").headers["etag"])
    assert len(tags) == 1


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"files": True}, 403),
        ({"settings": {"allow_download": False}}, 403),
        ({"metadata": {"allow": False}}, 403),
        ({"metadata": {"databases": {"archive": {"allow": False}}}}, 403),
    ],
)
def test_a_file_that_is_not_offered_is_not_given_out(
    options: dict[str, Any], status: int, database: Path
) -> None:
    if options.pop("files", False):
        site = Datasette([str(database)])
    else:
        if "metadata" in options and hasattr(
            Datasette, "allowed"
        ):  # Datasette 1.0 has it in its configuration
            options["config"] = options.pop("metadata")
        site = Datasette(immutables=[str(database)], **options)
    for sent in ("/archive.db", "/archive.db?x=1"):
        assert ask(site, sent).status_code == status
    assert ask(site, "/nothing.db").status_code == 404


def test_a_large_file_is_not_read_into_memory(database: Path, tmp_path: Path) -> None:
    large = tmp_path / "archive.db"
    shutil.copyfile(database, large)
    with large.open("r+b") as file:
        file.truncate(200_000_000)
    site = site_of(large)
    sent = [0]

    async def fetch() -> None:
        await site.invoke_startup()

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent[0] += len(message.get("body", b""))

        await site.app()(scope("/archive.db"), receive, send)

    tracemalloc.start()
    try:
        _THREAD.submit(asyncio.run, fetch()).result(timeout=120)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent[0] == 200_000_000 and peak < 30_000_000


def test_a_file_is_read_no_further_than_until_the_visitor_goes(database: Path) -> None:
    site = site_of(database)
    sent = [0]

    async def fetch() -> None:
        await site.invoke_startup()
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent[0] += len(message.get("body", b""))
            if sent[0]:
                gone.set()
                await asyncio.sleep(0.05)

        await site.app()(scope("/archive.db"), receive, send)

    _THREAD.submit(asyncio.run, fetch()).result(timeout=60)
    assert 0 < sent[0] < 200_000 < database.stat().st_size


def scope(path: str) -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"localhost")],
    }  # fmt: skip


def test_a_download_that_is_left_again_and_again_closes_its_files(attacked: str, whole: bytes) -> None:
    url = urlsplit(attacked)
    for _ in range(20):
        with socket.create_connection((str(url.hostname), int(url.port or 0)), timeout=30) as connection:
            connection.sendall(b"GET /archive.db HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(1000)
    assert httpx.get(attacked + "/archive.db", timeout=60).content == whole


def test_a_name_of_other_letters_is_in_the_header(database: Path, tmp_path: Path) -> None:
    named = tmp_path / 'Zeitung "für" alle.db'
    shutil.copyfile(database, named)
    site = site_of(named)
    [path] = [f"/{name}" for name in site.databases if name.startswith("Zeitung")]
    answer = ask(site, site.urls.database(path[1:]) + ".db")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Zeitung _f_r_ alle.db\"; filename*=UTF-8''Zeitung%20%22f%C3%BCr%22%20alle.db"
    )
