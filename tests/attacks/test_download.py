"""The database's download: ranges, conditions and resuming, over a real server."""

from __future__ import annotations

import asyncio
import gzip
import os
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
from loader.site import compressed_database
from loader.site.compressed_database import CompressedDatabase, state_of
from loader.site.pages import download
from loader.site.pages.download import Version, choose_part, read_range

_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread
VERSION = Version(size=1000, modified=1_700_000_000, tag='"abc"')
PLAIN = {"accept-encoding": "identity"}
BEFORE, SAME, AFTER = (
    "Tue, 14 Nov 2023 22:13:19 GMT",
    "Tue, 14 Nov 2023 22:13:20 GMT",
    "Tue, 14 Nov 2023 22:13:21 GMT",
)


@pytest.fixture(scope="module")
def whole(web: httpx.Client) -> bytes:
    answer = web.get("/archive.db", headers=PLAIN)
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
    answer = web.get("/archive.db", headers=PLAIN | {"range": f"bytes={len(whole)}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(whole)}"


def test_a_visitor_who_has_the_file_does_not_get_it_again(web: httpx.Client, whole: bytes) -> None:
    first = web.get("/archive.db", headers=PLAIN).headers
    assert first["etag"].startswith('"') and first["accept-ranges"] == "bytes"
    for sent in ({"if-none-match": first["etag"]}, {"if-modified-since": first["last-modified"]}):
        answer = web.get("/archive.db", headers=PLAIN | sent)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", first["etag"])
        assert web.head("/archive.db", headers=PLAIN | sent).status_code == 304


def test_head_of_the_database_reads_none_of_it(web: httpx.Client, whole: bytes) -> None:
    answer = web.head("/archive.db", headers=PLAIN | {"range": "bytes=0-9"})
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


def site_of(database: Path, compressed: Path | None = None) -> Datasette:
    metadata = read_metadata(Path(__file__).resolve().parents[2] / "metadata.yml")
    return open_site(database, metadata, compressed=compressed)


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


@pytest.fixture(scope="module")
def site_with_compressed(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """A site that has prepared the compressed form of its file for a visitor before."""
    folder = tmp_path_factory.mktemp("compressed")
    copy = folder / "archive.db"
    shutil.copyfile(database, copy)
    site = site_of(copy, folder)
    first = ask(site, "/archive.db", {"accept-encoding": "gzip"})
    assert "content-encoding" not in first.headers and first.content == database.read_bytes()
    compressed_form(site).wait()
    return site


def compressed_form(site: Datasette) -> CompressedDatabase:
    return compressed_database._FILES[site.get_database("archive")]


def test_the_compressed_form_is_sent_when_it_is_prepared(
    site_with_compressed: Datasette, database: Path
) -> None:
    plain = ask(site_with_compressed, "/archive.db", PLAIN)
    packed = ask(site_with_compressed, "/archive.db", {"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content == database.read_bytes()  # the client decompresses
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] == plain.headers["etag"].removesuffix('"') + '-gzip"'
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["vary"].split(", ")
    assert "content-encoding" not in plain.headers


@pytest.mark.parametrize(
    ("sent", "status", "is_compressed"),
    [
        ({"range": "bytes=0-9"}, 206, False),
        ({"range": "bytes=0-9", "if-range": "PLAIN"}, 206, False),
        ({"range": "bytes=0-9", "if-range": "GZIP"}, 206, True),
        ({"range": "bytes=0-9", "if-range": '"x"'}, 200, False),
        ({"if-none-match": "PLAIN"}, 304, False),
        ({"if-none-match": "GZIP"}, 304, True),
        ({"if-none-match": '"x"'}, 200, True),
        ({"if-match": "PLAIN"}, 200, False),
        ({"if-match": "GZIP"}, 200, True),
        ({"if-match": '"x"'}, 412, True),
        ({"accept-encoding": "gzip;q=0"}, 200, False),
        ({"accept-encoding": "gzip;q=0.1, identity"}, 200, False),
    ],
)
def test_the_compressed_form_has_a_tag_and_parts_of_its_own(
    site_with_compressed: Datasette, sent: dict[str, str], status: int, is_compressed: bool
) -> None:
    tag = ask(site_with_compressed, "/archive.db", PLAIN).headers["etag"]
    tags = {"PLAIN": tag, "GZIP": tag.removesuffix('"') + '-gzip"'}
    headers = {"accept-encoding": "gzip"} | {name: tags.get(value, value) for name, value in sent.items()}
    answer = ask_raw(site_with_compressed, headers)
    assert answer.status_code == status
    assert answer.headers["etag"] == tags["GZIP" if is_compressed else "PLAIN"]
    if status in (200, 206):
        whole = compressed_form(site_with_compressed).open() if is_compressed else None
        with whole or Path(str(site_with_compressed.get_database("archive").path)).open("rb") as file:
            part = file.read()[:10]
        assert b"".join(answer.iter_raw())[:10] == part


def test_workers_prepare_one_compressed_form_together(database: Path, tmp_path: Path) -> None:
    state = state_of(database.stat())
    files = [CompressedDatabase(database, "hash", state, tmp_path) for _ in range(3)]
    assert [file.open() for file in files] == [None] * 3
    for file in files:
        file.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["hash.gz"]
    for file in files:
        with file.open() or pytest.fail("it is not there") as compressed:
            assert gzip.decompress(compressed.read()) == database.read_bytes()


def test_a_worker_that_ended_while_it_compressed_is_replaced(database: Path, tmp_path: Path) -> None:
    unfinished = tmp_path / "hash.gz.unfinished"
    unfinished.write_bytes(b"half")
    file = CompressedDatabase(database, "hash", state_of(database.stat()), tmp_path)
    assert file.open() is None  # another process may be writing it
    file.wait()
    assert unfinished.read_bytes() == b"half"
    os.utime(unfinished, (0, 0))
    for _ in range(2):  # the first removes what the ended process left
        assert file.open() is None
        file.wait()
    with file.open() or pytest.fail("it is not there") as compressed:
        assert gzip.decompress(compressed.read()) == database.read_bytes()


def test_a_replaced_file_is_not_compressed_as_the_one_before(database: Path, tmp_path: Path) -> None:
    file = CompressedDatabase(database, "hash", (0, 0, 0, 0), tmp_path)
    assert file.open() is None
    file.wait()
    assert list(tmp_path.iterdir()) == [] and file.open() is None


def test_a_full_disk_leaves_the_plain_form(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compressed_database, "_SPARE_BYTES", shutil.disk_usage(tmp_path).total)
    file = CompressedDatabase(database, "hash", state_of(database.stat()), tmp_path)
    assert file.open() is None
    file.wait()
    assert file.open() is None and list(tmp_path.iterdir()) == []


def test_a_new_version_removes_the_compressed_form_of_the_one_before(database: Path, tmp_path: Path) -> None:
    for version in ("old", "new"):
        file = CompressedDatabase(database, version, state_of(database.stat()), tmp_path)
        assert file.open() is None
        file.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["new.gz"]


def ask_raw(site: Datasette, headers: dict[str, str]) -> httpx.Response:
    """Ask for the database and leave the answer as it was sent."""

    async def answer() -> httpx.Response:
        await site.invoke_startup()
        transport = httpx.ASGITransport(app=site.app())
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
            client.stream("GET", "/archive.db", headers=headers) as response,
        ):
            raw = b"".join([piece async for piece in response.aiter_raw()])
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(raw))

    return _THREAD.submit(asyncio.run, answer()).result(timeout=60)


def test_a_name_of_other_letters_is_in_the_header(database: Path, tmp_path: Path) -> None:
    named = tmp_path / 'Zeitung "für" alle.db'
    shutil.copyfile(database, named)
    site = site_of(named)
    [path] = [f"/{name}" for name in site.databases if name.startswith("Zeitung")]
    answer = ask(site, site.urls.database(path[1:]) + ".db")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Zeitung _f_r_ alle.db\"; filename*=UTF-8''Zeitung%20%22f%C3%BCr%22%20alle.db"
    )
