"""Rendered pages in memory, within a bound in bytes: the least recently used leave first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

Headers = tuple[tuple[bytes, bytes], ...]

# What Python takes for an entry beside its bytes: the page, its tuples of headers, its place in the mapping.
# Measured with tracemalloc; tests/test_page_cache.py measures it again.
OVERHEAD = 600
_OF_A_HEADER = 150
# The share of the origin that most requests name; all other origins together have the rest.
_LEADING_SHARE = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A rendered page.

    Attributes:
        headers: those that all its forms have, Vary and Cache-Control among them.
        tag: its entity tag without quotation marks and form.
        is_weak: whether two renderings may differ in bytes that do not matter.
        body: compressed by gzip if `is_compressed`.
        is_compressed: whether the body is compressed.
        length: bytes of the body before compression.
    """

    headers: Headers
    tag: str
    is_weak: bool
    body: bytes
    is_compressed: bool
    length: int


def size_of(key: bytes, page: Page) -> int:
    """Return the bytes that an entry counts for: key, body, headers and what Python needs to hold them."""
    headers = sum(len(name) + len(value) + _OF_A_HEADER for name, value in page.headers)
    return len(key) + len(page.tag) + len(page.body) + headers + OVERHEAD


class _LeastRecentlyUsed:
    """Entries within a bound."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.size = 0
        self._pages: OrderedDict[bytes, Page] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pages)

    def __iter__(self) -> Iterator[tuple[bytes, Page]]:
        return iter(self._pages.items())

    def get(self, key: bytes) -> Page | None:
        page = self._pages.get(key)
        if page is not None:
            self._pages.move_to_end(key)
        return page

    def remove(self, key: bytes) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.size -= size_of(key, page)

    def put(self, key: bytes, page: Page) -> None:
        size = size_of(key, page)
        self.remove(key)
        if size > self.bound:
            return
        while self.size + size > self.bound:
            oldest, removed = self._pages.popitem(last=False)
            self.size -= size_of(oldest, removed)
        self._pages[key] = page
        self.size += size


class PageStore:
    """Pages by origin (scheme and host) and address, within a bound in bytes.

    Pages hold the host of their address in links, so each host has pages of its own, and whoever asks can
    name any host. The origin of the majority of requests is found by the vote of Boyer and Moore, which takes
    one counter; it has three quarters of the bytes, and all other origins together can fill no more than the
    last quarter.
    """

    def __init__(self, bound: int) -> None:
        """Take the bound in bytes, keys and overhead included."""
        leading = int(bound * _LEADING_SHARE)
        self._leading = _LeastRecentlyUsed(leading)
        self._others = _LeastRecentlyUsed(bound - leading)
        self._leader = b""
        self._votes = 0

    @property
    def size(self) -> int:
        """The bytes that all entries count for."""
        return self._leading.size + self._others.size

    def __len__(self) -> int:
        return len(self._leading) + len(self._others)

    def __iter__(self) -> Iterator[tuple[bytes, Page]]:
        yield from self._leading
        yield from self._others

    def get(self, origin: bytes, address: bytes) -> Page | None:
        """Return the page at an address, None if it is not stored."""
        self._count(origin)
        key = _key(origin, address)
        return self._leading.get(key) or self._others.get(key)

    def put(self, origin: bytes, address: bytes, page: Page) -> None:
        """Store a page; one that is larger than its origin's share is not stored."""
        key = _key(origin, address)
        self._leading.remove(key)
        self._others.remove(key)
        (self._leading if origin == self._leader else self._others).put(key, page)

    def _count(self, origin: bytes) -> None:
        if origin == self._leader:
            self._votes += 1
        elif self._votes == 0:
            self._leader, self._votes = origin, 1
        else:
            self._votes -= 1


def _key(origin: bytes, address: bytes) -> bytes:
    return origin + b" " + address  # neither holds a space: middleware.check refuses such requests
