"""Addresses, methods, hosts and headers that no visitor's browser sends; and the headers of every answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from closed_addresses import CLOSED_ADDRESSES, CLOSED_BELOW, CLOSED_PAGES, OPEN_PAGES
from datasette.app import Datasette
from site_client import IS_DATASETTE_1, SQL_PAGE
from site_hostile import SLUG

from loader.site import hooks
from loader.site.security import middleware

Raw = Callable[[bytes], bytes]

HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# An address for each route of the plugin, in their order.
ROUTES = [
    "/",
    "/about",
    "/articles",
    f"/read/{SLUG}",
    f"/read/{SLUG}/cite.bib",
    "/speakers",
    "/speaker/1",
    "/outlets",
    "/outlet/1",
    "/author/1",
    "/places",
    "/place/1",
    "/map",
    "/base-map.svg?left=0&top=0&right=9&bottom=9",
    "/base-map/1/0/0.svg",
    "/search?q=zebra",
    "/export/places.geojson",
    "/export/search/quotes.csv?q=zebra",
    "/feed.atom",
    "/sitemap.xml",
    "/sitemap/1.xml",
    "/archive.db",
    "/-/static-plugins/press-archive/site.css",
    "/-/threads",
    "/archive/-/create",
]
OTHERS = [
    "/archive",
    "/archive.json",
    "/archive/quotes",
    "/archive/quotes.csv?_stream=on",
    "/archive/quotes/1",
    "/archive/timeline?from=&until=",
    f"{SQL_PAGE}?sql=select+1",
    f"{SQL_PAGE}?sql=nonsense",
    "/archive/quotes?_sort=nothing",
    "/-/search?q=x",
    "/-/static/app.css",
    "/robots.txt",
    "/favicon.ico",
    "/nothing",
    "/articles/",
    "/%zz",
    "/read/nothing",
]
STRANGE = [
    "../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "%c0%ae%c0%ae/etc/passwd",
    "....//....//etc/passwd",
    "~2E~2E~2Fetc~2Fpasswd",
    "%00",
    "a%00b",
    "~00",
    "%",
    "%zz",
    "%ff%fe",
    "%e2%80%ae",
    "%0d%0aX-Injected:%201",
    "a" * 300,
    "a" * 5_000,
    "site.css/x",
    "app.css/x",
    ";",
    "//",
    "'",
    "<b>",
    "{{7*7}}",
]


@pytest.mark.parametrize("path", [*ROUTES, *OTHERS])
def test_every_answer_has_the_headers(web: httpx.Client, path: str) -> None:
    headers = web.get(path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    policy = headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert "camera=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert "set-cookie" not in headers
    assert "access-control-allow-origin" not in headers


def test_each_route_has_an_address_here() -> None:
    patterns = [re.compile(pattern) for pattern, _ in hooks._ROUTES]
    assert len(patterns) == len(ROUTES)
    for pattern, path in zip(patterns, ROUTES, strict=True):
        assert pattern.match(path.partition("?")[0]), path


@pytest.mark.parametrize(
    "before",
    [
        "/read/",
        "/speaker/",
        "/place/",
        "/outlet/",
        "/author/",
        "/export/",
        "/base-map/",
        "/-/static-plugins/press-archive/",
        "/-/static/",
        "/-/static-plugins/datasette-cluster-map/",
        "/archive/",
        "/archive/quotes/",
        "/-/",
        "/",
        "//",
    ],
)
def test_a_strange_path_leads_nowhere(raw: Raw, before: str) -> None:
    for path in STRANGE:
        answer = raw(f"GET {before}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert answer[9:12] in (b"302", b"400", b"403", b"404"), (before, path)
        assert b"root:" not in answer
        assert b"\r\nx-injected" not in answer.lower()


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "//\\evil.example/",
        "/%5cevil.example/",
        "/%2f%2fevil.example/",
        "//evil.example/%2e%2e",
        "/:memory:.evil.example/",
        "/-/config",
        "/articles/",
    ],
)
def test_no_redirect_leads_to_another_host(raw: Raw, path: str) -> None:
    answer = raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    for location in re.findall(rb"(?im)^location: *(.*?)\r$", answer):
        assert urlsplit(location.decode()).netloc == ""
        assert re.match(rb"/(?![/\\])", location)


@pytest.mark.parametrize("host", ["a/b", "a b", "a@b", "<script>", 'a"b', "a?b", "a\\b", "[x", "a:b", ""])
def test_a_host_that_is_none_is_refused(raw: Raw, host: str) -> None:
    answer = raw(f"GET /read/{SLUG} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer[9:12] == b"400"


@pytest.mark.parametrize("host", ["example.org", "example.org:8001", "127.0.0.1", "[::1]:80", "a_b-c.d"])
def test_a_host_is_accepted(raw: Raw, host: str) -> None:
    answer = raw(f"GET /about HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer[9:12] == b"200"


def test_forwarded_headers_change_no_host(web: httpx.Client) -> None:
    sent = {
        "x-forwarded-host": "evil.example",
        "forwarded": "host=evil.example",
        "x-original-url": "/-/threads",
    }
    answer = web.get("/about", headers={**sent, "x-rewrite-url": "/-/threads"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/archive", "/archive/quotes", "/-/messages", "/search?q=x"])
def test_nothing_but_reading_is_understood(web: httpx.Client, method: str, path: str) -> None:
    answer = web.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", f"/read/{SLUG}", "/archive/quotes", "/export/places.csv"])
def test_head_tells_what_get_would(web: httpx.Client, path: str) -> None:
    answer = web.head(path)
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["content-type"] == web.get(path).headers["content-type"]


@pytest.mark.parametrize("name", CLOSED_PAGES.split())
def test_pages_about_the_machine_are_closed(web: httpx.Client, name: str) -> None:
    assert web.get(f"/-/{name}").status_code == 404


@pytest.mark.parametrize("name", ["-", *CLOSED_BELOW.split()])
def test_what_is_for_writing_is_closed(web: httpx.Client, name: str) -> None:
    assert web.get(f"/archive/{name}").status_code == 404
    answer = web.post(f"/archive/{name}", json={"rows": [{"id": 1}], "sql": "delete from quotes"})
    assert answer.status_code == 405


def test_each_route_of_datasette_is_a_page_or_closed() -> None:
    assert [path for path in CLOSED_ADDRESSES if not _is_closed(path)] == []
    for route, _ in Datasette([])._routes():
        internal = "/-" in route.pattern.replace("/-/static", "")
        is_open = any(route.match(path) for path in OPEN_PAGES)
        is_tried = any(route.match(path) for path in CLOSED_ADDRESSES)
        assert not internal or is_open or is_tried, route.pattern


def _is_closed(path: str) -> bool:
    return bool(middleware.CLOSED.match(path) or middleware.CLOSED_BELOW.match(path))


@pytest.mark.parametrize(
    "path",
    [
        "/-/search?q=x",
        "/-/static/app.css",
        "/-/static-plugins/press-archive/site.css",
        *(["/archive/-/query?sql=select+1", "/archive/-/schema"] if IS_DATASETTE_1 else ["/-/metadata.json"]),
    ],
)
def test_what_the_pages_need_is_open(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 200


@pytest.mark.parametrize(
    "cookie", ["ds_actor=x", "ds_messages=x; ds_csrftoken=y", "\x7f;=,a b=c", "a=" + "x" * 5_000, '"']
)
def test_cookies_and_passwords_change_nothing(web: httpx.Client, cookie: str) -> None:
    sent = {"cookie": cookie, "authorization": "Bearer x"}
    answer = web.get("/articles", headers=sent)
    assert answer.status_code == 200
    assert answer.text == web.get("/articles").text
    assert "private" not in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\nhello",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
    ],
)
def test_a_malformed_request_is_refused(raw: Raw, web: httpx.Client, head: bytes) -> None:
    answer = raw(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
    assert answer[9:12] in (b"400", b"404", b""), answer[:80]
    assert web.get("/about").status_code == 200


def test_a_second_request_hidden_in_a_body_is_not_answered_as_the_first(raw: Raw) -> None:
    hidden = b"GET /-/threads HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n"
    head += b"Connection: close\r\n\r\n0\r\n\r\n"
    answer = raw(head % (len(hidden) + 5) + hidden)
    assert answer[9:12] in (b"400", b"405")
    assert b"HTTP/1.1 200" not in answer


def test_a_range_of_the_database_is_no_error(web: httpx.Client) -> None:
    for value in ("bytes=0-9", "bytes=-1", "bytes=9-0", "x=y", "bytes=" + "0-1," * 500):
        assert web.get("/archive.db", headers={"range": value}).status_code in (200, 206, 416)


def test_an_error_shows_the_address_escaped(web: httpx.Client) -> None:
    for path in (
        f"{SQL_PAGE}?sql=<script>hit</script>",
        "/archive/quotes?_sort=<script>hit</script>",
        "/<script>",
    ):
        answer = web.get(path, follow_redirects=True)
        assert answer.status_code in (400, 404)
        assert "<script>hit" not in answer.text
