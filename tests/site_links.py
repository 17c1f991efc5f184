"""Every address that a page of the site names, and whether each is below the site's base path."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
from site_client import SQL_PAGE

# Attributes whose text is no address, though it may begin with a slash.
_TEXT = frozenset(
    ("value", "title", "alt", "placeholder", "aria-label", "d", "name", "id", "class", "data-sql")
)
# For a script that the content security policy stops; the page behind it is closed.
_TEXT |= {"data-parameters-url"}
_TILE = "{z}/{x}/{y}"


class _Addresses(HTMLParser):
    """Collects the values of attributes that are addresses of this site."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._host = host

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if value and name not in _TEXT and re.match(rf"/(?!/)|{re.escape(self._host)}", value):
                self.found.add(value)
        written = dict(attributes)
        if tag in ("a", "form") and (written.get("href") or written.get("action") or "#")[0] not in "#/h?m":
            self.found.add(str(written.get("href") or written.get("action")))


def addresses(answer: httpx.Response, host: str) -> set[str]:
    """Return the addresses of this site that an answer names, in its headers, its HTML and its JSON."""
    kind = answer.headers.get("content-type", "")
    texts = [value for name, value in answer.headers.items() if name in ("link", "location")]
    parser = _Addresses(host)
    if kind.startswith("text/html"):
        parser.feed(answer.text)
    if "json" in kind:
        texts += _strings(json.loads(answer.text))
    elif not kind.startswith(("application/octet", "text/csv")):
        texts.append(unescape(answer.text))
    whole = {
        found for text in texts for found in re.findall(rf"{re.escape(host)}(?:/[^\s\"'<>{{}};)\]]*)?", text)
    }
    whole |= (
        {found for text in texts for found in re.findall(r"^<?(/[^/\s>][^\s>]*)", text)} if texts else set()
    )
    return {found.replace("&amp;", "&").replace(_TILE, "1/0/0") for found in whole | parser.found}


def _strings(value: object) -> Iterator[str]:
    """Yield the whole addresses in JSON; a path alone is a value of the data."""
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in values:
        if isinstance(one, str) and one.startswith("http"):
            yield one
        else:
            yield from _strings(one)


def pages(slug: str) -> list[str]:
    """Return the path of a page of each kind, below the site's base."""
    return [
        "/",
        "/about",
        "/articles",
        f"/read/{slug}",
        f"/read/{slug}/cite",
        "/speakers",
        "/speaker/1",
        "/outlets",
        "/outlet/1",
        "/author/1",
        "/places",
        "/place/1",
        "/map",
        "/map?outlet=1",
        "/search?q=chemical",
        "/search",
        "/feed.atom",
        "/sitemap.xml",
        "/sitemap/1.xml",
        "/robots.txt",
        "/archive",
        "/archive.json",
        "/archive/quotes",
        "/archive/quotes?_facet=kind&_facet=speaker_id&_facet_size=1&_size=2&_sort_desc=position",
        "/archive/quotes?_where=id>1&kind=direct&_search=chemical",
        "/archive/quotes.json?_size=2&_extra=facet_results&_facet=kind",
        "/archive/quote_details?_size=2",
        "/archive/articles?_facet_date=published&_size=2",
        "/archive/places?_size=5",
        "/archive/quotes/1",
        "/archive/quotes/1.json",
        "/archive/timeline",
        "/archive/timeline.json",
        f"{SQL_PAGE}?sql=select+id,latitude,longitude+from+places+limit+3",
        "/-/search?q=chemical",
        "/archive/",
        "/archive/quotes/",
        "/archive?sql=select+1",
        "/archive/quotes?_filter_column=kind&_filter_op=exact&_filter_value=direct",
        "/archive/nothing",
    ]


def _shape(address: str) -> str:
    """Return what is the same of addresses that are made in the same way."""
    parts = urlsplit(address)
    path = re.sub(r"\d+|(?<=/read/)[^/]+", "N", parts.path)
    return f"{path}?{' '.join(sorted(name for name, _ in parse_qsl(parts.query)))}"


def faults(
    get: Callable[[str], httpx.Response], host: str, base: str, slug: str, *, fetched: int
) -> list[str]:
    """Follow the links of a page of each kind, one of each shape.

    Args:
        get: asks for a path as a visitor does, with the base path; redirects are not followed.
        host: scheme and host of the site.
        base: the base path.
        slug: of an article.
        fetched: how many links are to be followed at least; fewer mean that the crawl sees nothing.

    Returns:
        Links that lack the base path, have it twice or lead to no page, with the page they are on.
    """
    found: list[str] = []
    seen: dict[str, str] = {}
    doubled = base + base[1:] if base != "/" else "//"
    for page in pages(slug):
        answer = get(base[:-1] + page)
        assert answer.status_code in (200, 301, 302, 404), (page, answer.status_code, answer.text[:300])
        for link in addresses(answer, host):
            path = link.removeprefix(host)
            if not path.startswith(base) or (path.startswith(doubled) and not _is_inside(doubled)):
                found.append(f"{page}: {link}")
            else:
                seen.setdefault(_shape(path), f"{page}: {path}")
    for where in seen.values():
        path = where.partition(": ")[2].partition("#")[0]
        answer = get(path)
        if answer.status_code in (301, 302):
            answer = get(urljoin(path, answer.headers["location"]).removeprefix(host))
        if answer.status_code != 200:
            found.append(f"{where}: {answer.status_code}")
    assert len(seen) >= fetched, len(seen)
    return found


def _is_inside(doubled: str) -> bool:
    """Tell whether the base path is also the path of something in the site."""
    return doubled.startswith(("/archive/archive/", "/search/search/"))
