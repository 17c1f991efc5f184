"""What the tests of the site share: the built database, the folder that is served, a server, a browser."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from site_client import Get, ask
from site_hostile import write_hostile_database
from site_server import serve

from loader.pipeline.build import build
from loader.publish import bundle as site_bundle

ROOT = Path(__file__).resolve().parent.parent

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published data set: archive.db, built from seeds/."""
    path = tmp_path_factory.mktemp("database") / "archive.db"
    build([ROOT / "seeds"], path, metadata=ROOT / "metadata.yml")
    return path


@pytest.fixture(scope="session")
def bundle(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that Datasette serves."""
    return site_bundle.assemble(database, tmp_path_factory.mktemp("bundle") / "site")


@pytest.fixture(scope="session")
def get(bundle: Path) -> Get:
    """Asks the site for a path."""
    site = Datasette(config_dir=bundle)

    def answer(path: str) -> httpx.Response:
        return ask(site, path)

    return answer


@pytest.fixture(scope="session")
def slugs(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    found = [row[0] for row in connection.execute("select slug from articles order by id")]
    connection.close()
    return found


@pytest.fixture(scope="session")
def hostile_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for an archive whose every text tries to break out of the page."""
    folder = tmp_path_factory.mktemp("hostile")
    return site_bundle.assemble(write_hostile_database(folder / "hostile.db"), folder / "site")


@pytest.fixture(scope="session")
def server(bundle: Path) -> Iterator[str]:
    """The address of a real server of the published data set."""
    yield from serve(bundle)


@pytest.fixture(scope="session")
def hostile_server(hostile_bundle: Path) -> Iterator[str]:
    """The address of a real server of the hostile archive."""
    yield from serve(hostile_bundle)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    wanted = os.environ.get("CHROMIUM", "chromium")
    executable = shutil.which(wanted)
    if executable is None:
        pytest.fail(f"{wanted} is not installed; apt-get install chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages that fail the test on a script error, a blocked resource or a request to another host."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opened(width: int = 1280, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda one: faults.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: (faults.append("dialog: " + dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: None if _is_local(request.url) else faults.append("foreign: " + request.url),
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:"))


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One page, wide."""
    return open_page()
