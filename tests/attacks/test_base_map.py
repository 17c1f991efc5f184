"""Drawing the base map takes bounded memory and few turns, whatever edges an address gives."""

from __future__ import annotations

import asyncio
import gc
import random
import re
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette
from site_client import ask

from loader.site.components import basemap
from loader.site.components.text_cache import TextCache
from loader.site.pages import places

_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread


@pytest.fixture
def site(database: Path) -> Datasette:
    return Datasette(immutables=[str(database)])


def address(left: int, top: int, right: int, bottom: int) -> str:
    return f"/base-map.svg?left={left}&top={top}&right={right}&bottom={bottom}"


def test_many_different_base_maps_fill_no_memory(site: Datasette) -> None:
    ask(site, address(0, 0, 100_000, 100_000))
    tracemalloc.start()
    try:
        for step in range(60):
            answer = ask(site, address(step, step, 100_000 - step, 99_000 - step))
            assert answer.status_code == 200 and len(answer.content) > 300_000
            del answer
        gc.collect()  # answers in circles of references are not kept
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 20_000_000


def test_addresses_that_differ_little_share_a_drawing() -> None:
    chance = random.Random(1)
    drawings = set()
    for _ in range(5_000):
        left, top = chance.uniform(0, 0.4), chance.uniform(0, 0.4)
        bounds = basemap.Bounds(left, top, chance.uniform(0.6, 1), chance.uniform(0.6, 1))
        drawings.add(basemap.Drawing.around(bounds, 320))
    assert len(drawings) < 1_000


@pytest.mark.parametrize(
    "bounds",
    [
        (0, 0, 1, 1), (0.25, 0.25, 0.75, 0.5), (0.61, 0.38, 0.63, 0.4), (0, 0, 0.05, 0.9),
        (0.99999, 0.2, 1, 0.20001), (0.1, 0.3, 0.1 + 1 / 3, 0.3 + 1 / 7),
    ],
)  # fmt: skip
def test_a_picture_shows_the_part_of_the_world_that_was_asked_for(
    bounds: tuple[float, float, float, float],
) -> None:
    asked = basemap.Bounds(*bounds)
    drawing = basemap.Drawing.around(asked, 320)
    svg = basemap.draw(asked, 2000, drawing)
    [box] = re.findall(r'viewBox="([^"]+)"', svg)
    left, top, width, height = (float(value) * drawing.step / drawing.detail for value in box.split())
    shown = (
        drawing.left * drawing.step + left,
        drawing.top * drawing.step + top,
        drawing.left * drawing.step + left + width,
        drawing.top * drawing.step + top + height,
    )
    assert shown == pytest.approx(bounds, abs=drawing.step / 1_000)
    assert drawing.left * drawing.step <= asked.left and drawing.right * drawing.step >= asked.right
    [size] = re.findall(r'width="(\d+)" height="(\d+)"', svg)
    assert max(map(int, size)) == 2000


def test_few_are_drawn_at_once_and_whoever_comes_when_too_many_wait_is_sent_away(
    site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "DRAWN_AT_ONCE", 2)
    monkeypatch.setattr(places, "DRAWINGS_WAITING", 3)
    cached = address(0, 0, 100_000, 100_000)
    ask(site, cached)
    go_on, drawing, most = threading.Event(), [0], [0]

    def slow(*_: object) -> str:
        drawing[0] += 1
        most[0] = max(most[0], drawing[0])
        go_on.wait(timeout=30)
        drawing[0] -= 1
        return "<svg/>"

    async def crowd() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=site.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            # Each another drawing: a square of the grid further.
            many = [
                asyncio.create_task(client.get(address(1_000 * step, 0, 1_000 * step + 900, 900)))
                for step in range(20)
            ]
            await asyncio.wait(many, return_when=asyncio.FIRST_COMPLETED)
            with monkeypatch.context() as quick:
                quick.setattr(basemap, "draw", lambda *_: "<svg/>")
                at_once = await client.get(cached)  # takes no turn
            go_on.set()
            return [at_once, *await asyncio.gather(*many)]

    monkeypatch.setattr(basemap, "draw", slow)
    at_once, *answers = _THREAD.submit(asyncio.run, crowd()).result(timeout=60)
    assert at_once.status_code == 200
    assert [one.status_code for one in answers].count(200) == 5 and most[0] == 2
    refused = [one for one in answers if one.status_code != 200]
    assert {one.status_code for one in refused} == {503}
    assert {(one.headers["retry-after"], one.headers["cache-control"]) for one in refused} == {
        ("5", "no-store")
    }


def test_the_cache_drops_what_was_not_used_for_the_longest() -> None:
    cache = TextCache(10)
    for key in "abc":
        cache.put(key, key * 4)
        cache.get("a")
    assert [key for key in "abc" if key in cache] == ["a", "c"] and cache.bytes == 8
    cache.put("a", "é")
    assert cache.bytes == 4 + 4
    cache.put("d", "d" * 11)  # longer than all may be
    assert cache.bytes == 0
