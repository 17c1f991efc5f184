"""The site below a path: every link has the base path once, whether or not the proxy takes it off."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cases_files import ROOT
from click.testing import CliRunner
from datasette.app import Datasette
from playwright.sync_api import Page, expect
from site_client import free_port
from site_links import faults

from loader.cli import main
from loader.metadata_file import read_metadata
from loader.publish.serve import open_site

HOST = "http://archive.example.org"
_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread


def site_at(base: str, database: Path) -> Datasette:
    return open_site(database, read_metadata(ROOT / "metadata.yml"), base)


def getter(site: Datasette, base: str, *, strips: bool) -> Callable[[str], httpx.Response]:
    """Returns what asks the site as a proxy does that keeps or strips the base path."""
    asyncio_run = lambda task: _THREAD.submit(asyncio.run, task).result(timeout=120)  # noqa: E731
    asyncio_run(site.invoke_startup())
    transport = httpx.ASGITransport(app=site.app())

    def get(path: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            sent = "/" + path.removeprefix(base) if strips else path
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                return await client.get(sent)

        answer: httpx.Response = asyncio_run(ask())
        return answer

    return get


@pytest.mark.parametrize(
    ("base", "strips"),
    [
        ("/", False),
        ("/press/", False),
        ("/press/", True),
        ("/press/news_v1.0/", False),
        ("/press/news_v1.0/", True),
        ("/archive/", False),
    ],
)
def test_every_link_has_the_base_path_once_and_leads_to_a_page(
    base: str, strips: bool, database: Path, slugs: list[str]
) -> None:
    get = getter(site_at(base, database), base, strips=strips)
    assert faults(get, HOST, base, slugs[0], fetched=200) == []


def test_the_base_path_without_its_slash_leads_home(database: Path) -> None:
    get = getter(site_at("/press/", database), "/press/", strips=False)
    answer = get("/press")
    assert (answer.status_code, answer.headers["location"]) == (302, "/press/")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/-/threads", "/archive/-/create", "//-/threads", "/press/-/threads"])
@pytest.mark.parametrize("strips", [False, True])
def test_pages_about_the_machine_are_closed_below_a_base_path_too(
    path: str, strips: bool, database: Path
) -> None:
    get = getter(site_at("/press/", database), "/press/", strips=strips)
    assert get("/press" + path).status_code == 404


@pytest.mark.parametrize(
    ("written", "shown"),
    [("press", "/press/"), ("/press", "/press/"), ("//a/b//", "/a/b/"), ("", "/"), ("/", "/")],
)
def test_slashes_at_the_ends_may_be_missing(
    written: str, shown: str, monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    served: list[str] = []
    monkeypatch.setattr(
        "loader.publish.serve_archive.serve", lambda _, address, **__: served.append(str(address))
    )
    port = str(free_port())
    done = CliRunner().invoke(main, ["serve", str(database), "--port", port, "--base-url", written])
    assert done.exit_code == 0, done.output
    assert served == [f"http://127.0.0.1:{port}{shown}"]


@pytest.mark.parametrize(
    "base",
    [
        "http://x", "https://example.org/press/", "//x//y", "/a?b", "/a#b", "/..", "/a/../b", "/.", "a b",
        "/é", "/a%20b", "/a\\b", "/a//b", "/a\n", "a" * 300, '/"><script>', "/{z}",
    ],
)  # fmt: skip
def test_what_is_no_base_path_is_one_line(base: str, database: Path) -> None:
    done = CliRunner().invoke(main, ["serve", str(database), "--port", str(free_port()), "--base-url", base])
    assert done.exit_code == 1
    [line] = done.stderr.splitlines()
    assert "--base-url: " in line and "is not a path below which a site can lie" in line


@pytest.mark.parametrize("base", ["http://x/", "press", "/press", "/a b/", "/../"])
def test_datasette_does_not_start_with_what_is_no_base_path(base: str, database: Path) -> None:
    command = [sys.executable, "-m", "datasette", "-i", str(database), "--setting", "base_url", base]
    done = subprocess.run([*command, "--get", "/"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "base_url: " in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(("base", "is_said"), [("/archive/", True), ("/search/", True), ("/press/", False)])
def test_a_base_path_that_is_a_part_of_the_site_is_said(
    base: str, is_said: bool, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    getter(site_at(base, database), base, strips=False)
    assert ("the proxy must not take" in capsys.readouterr().err) == is_said


def nginx_configuration(folder: Path, port: int, behind: int, *, strips: bool) -> str:
    """Returns the configuration in docs/public-site.md, for a port of this machine and without TLS."""
    [written] = re.findall(
        r"```nginx\n(.*?)```", (ROOT / "docs/public-site.md").read_text("utf-8"), re.DOTALL
    )
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("http://127.0.0.1:8001;", f"http://127.0.0.1:{behind}{'/' if strips else ''};"),
        ("rate=20r/s", "rate=10000r/s"),
    ):
        assert written.count(old) == 1, old
        written = written.replace(old, new)
    written = re.sub(r"ssl_certificate.*\n", "\n", written)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{paths}{written}}}\n"
    )


@pytest.fixture(scope="module")
def behind(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of `press-archive serve --base-url /press/`."""
    port = free_port()
    log = tmp_path_factory.mktemp("behind") / "log"
    command = [sys.executable, "-m", "loader", "serve", str(database), "--port", str(port)]
    command += ["--base-url", "/press/", "--metadata", str(ROOT / "metadata.yml")]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        wait_for(f"http://127.0.0.1:{port}/press/about", process, log)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module", params=["kept", "stripped"])
def proxied(
    request: pytest.FixtureRequest, behind: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of an nginx in front of the site, which keeps or strips the base path."""
    wanted = os.environ.get("NGINX", "nginx")
    executable = shutil.which(wanted, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin")
    if executable is None:
        pytest.fail(f"{wanted} is not installed; apt-get install nginx-light, or set NGINX")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    file = folder / "nginx.conf"
    file.write_text(nginx_configuration(folder, port, behind, strips=request.param == "stripped"), "utf-8")
    process = subprocess.Popen(
        [executable, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)]
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/press/about", process, folder / "error.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            if process.poll() is None and httpx.get(address, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(log.read_text(encoding="utf-8"))


def test_links_are_right_behind_nginx(proxied: str, slugs: list[str]) -> None:
    with httpx.Client(base_url=proxied, timeout=60) as client:
        assert faults(client.get, proxied, "/press/", slugs[0], fetched=200) == []


def test_a_download_can_be_continued_behind_nginx(proxied: str, database: Path) -> None:
    # Offsets count the bytes of the form that is sent: here that of the plain file.
    plain = {"accept-encoding": "identity"}
    with httpx.Client(base_url=proxied, timeout=60, headers=plain) as client:
        whole = client.get("/press/archive.db")
        assert whole.content == database.read_bytes()
        tag = whole.headers["etag"]
        rest = client.get("/press/archive.db", headers={"range": "bytes=100000-", "if-range": tag})
        assert (rest.status_code, rest.content) == (206, whole.content[100_000:])
        assert client.get("/press/archive.db", headers={"if-none-match": tag}).status_code == 304
        head = client.head("/press/archive.db")
        assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole.content)))


def test_links_behind_tls_are_https(proxied: str, behind: int) -> None:
    headers = {"x-forwarded-proto": "https", "host": "archive.example.org"}
    page = httpx.get(f"http://127.0.0.1:{behind}/press/about", headers=headers).text
    assert '<link rel="canonical" href="https://archive.example.org/press/about"' in page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/map", "svg.map circle"),
        ("/archive/places", ".leaflet-container img.leaflet-tile-loaded"),
        ("/-/search?q=chemical", "main li a[href*='_search=chemical'], main a[href*='_search=chemical']"),
    ],
)
def test_scripts_ask_below_the_base_path(proxied: str, path: str, shown: str, page: Page) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{proxied}/press{path}", wait_until="networkidle")
    expect(page.locator(shown).first).to_be_attached()
    ours = [url for url in asked if url.startswith("http")]
    assert ours and [url for url in ours if not url.startswith(f"{proxied}/press/")] == []
    assert [url for url in ours if "/press/press/" in url] == [] and failed == []
