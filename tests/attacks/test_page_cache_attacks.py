"""Nobody changes what others are shown from the cache of pages, nor fills its memory; over HTTP."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import httpx
import pytest
from site_client import SQL_PAGE

from loader.site.page_cache.store import Page, PageStore, size_of

Raw = Callable[[bytes], bytes]


_NUMBERS = itertools.count(100_000)  # of one length


def _fresh(path: str) -> str:
    """Return an address that no test has asked for, of the same page."""
    return f"{path}?fresh={next(_NUMBERS)}"


@pytest.mark.parametrize("path", ["/articles", "/feed.atom", "/sitemap/0.xml", "/archive/quotes/1"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"}, {"host": "127.0.0.1"}, {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "https"}, {"forwarded": "host=evil.example;proto=https"},
        {"x-forwarded-for": "10.0.0.1"}, {"x-original-url": "/map"}, {"x-rewrite-url": "/map"},
        {"x-http-method-override": "DELETE"}, {"accept-encoding": "gzip"}, {"accept-encoding": "br"},
        {"accept": "application/json"}, {"accept-language": "<script>"}, {"cookie": "ds_actor=x"},
        {"authorization": "Bearer x"}, {"origin": "https://evil.example"}, {"range": "bytes=0-1"},
        {"if-none-match": "*"}, {"cache-control": "no-store"}, {"user-agent": "<b>"}, {"referer": "//evil"},
    ],
)  # fmt: skip
def test_no_header_changes_what_others_are_shown(
    web: httpx.Client, path: str, method: str, headers: dict[str, str]
) -> None:
    expected = web.get(_fresh(path))
    poisoned = _fresh(path)
    web.request(method, poisoned, headers=headers)
    shown = web.get(poisoned)
    assert _without_number(shown.text) == _without_number(expected.text)
    assert shown.status_code == 200 and "evil" not in str(shown.headers)
    assert _headers(shown) == _headers(expected)


def _without_number(text: str) -> str:
    return re.sub(r"fresh=\d+", "", text)


def _headers(answer: httpx.Response) -> dict[str, str]:
    """The headers, but those that differ by the number in the address."""
    differing = {"etag", "date", "content-length"}
    return {name: _without_number(value) for name, value in answer.headers.items() if name not in differing}


def test_a_stored_page_is_refused_to_a_malformed_request(web: httpx.Client, raw: Raw) -> None:
    stored = _fresh("/articles")
    host = web.base_url.netloc
    assert web.get(stored).status_code == 200
    request = b"GET " + stored.encode() + b" HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
    assert raw(request % host).startswith(b"HTTP/1.1 200")
    assert raw(request % b"evil.example/<b>").startswith(b"HTTP/1.1 400")
    twice = request.replace(b"Connection", b"Host: evil.example\r\nConnection")
    assert raw(twice % host).startswith(b"HTTP/1.1 400")
    assert raw((request % host).replace(b"GET", b"POST", 1)).startswith(b"HTTP/1.1 405")


def test_an_error_is_neither_stored_nor_confirmed(web: httpx.Client) -> None:
    tag = web.get(_fresh("/articles")).headers["etag"]
    for path in ("/read/nothing", "/archive/quotes/999999", "/archive/quotes?_sort=nothing", "/nothing"):
        for headers in ({}, {"if-none-match": tag}, {"if-none-match": "*"}):
            answer = web.get(path, headers=headers)
            assert answer.status_code in (400, 404) and "etag" not in answer.headers


def test_sql_that_visitors_write_is_run_each_time(web: httpx.Client) -> None:
    address = f"{SQL_PAGE}.json?_shape=array&sql=select+hex(randomblob(8))+as+a"
    first, second = web.get(address), web.get(address)
    assert first.status_code == second.status_code == 200
    assert first.text != second.text and "etag" not in first.headers


def _page(size: int) -> Page:
    return Page(
        headers=((b"content-type", b"text/html"),), tag="0" * 32, is_weak=False, body=b"x" * size,
        is_compressed=False, length=size,
    )  # fmt: skip


def test_made_up_addresses_stay_within_the_bound() -> None:
    store = PageStore(1_000_000)
    for number in range(20_000):
        address = b"/" + b"a" * (number % 2_000) + b"%d" % number
        store.get(b"http://example.org", address)
        store.put(b"http://example.org", address, _page(number % 997))
        assert store.size <= 1_000_000
    assert store.size == sum(size_of(key, page) for key, page in store) > 500_000


def test_made_up_hosts_push_out_no_page_of_the_site() -> None:
    store = PageStore(1_000_000)
    pages = [b"/%d" % number for number in range(100)]
    for address in pages * 30:
        store.get(b"http://example.org", address)
        store.put(b"http://example.org", address, _page(5_000))
    for number in range(2_000):
        host = b"http://h%d.example" % number
        store.get(host, b"/")
        store.put(host, b"/", _page(5_000))
        assert store.size <= 1_000_000
    assert all(store.get(b"http://example.org", address) for address in pages)
