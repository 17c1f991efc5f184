"""Which encoding of a page a visitor accepts, and the compressed form that is stored.

Compressed pages with a secret in them can leak it to whoever adds text to the page and watches its length
(BREACH). No page here holds a secret: nobody signs in, and cookies never reach the site.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

Headers = Iterable[tuple[bytes, bytes]]

_GZIP_WINDOW = 31  # zlib's name for: a gzip header and checksum around the largest window
# Level 6, gzip's own default, takes four times as long for a tenth less.
_LEVEL = 3
# One element of Accept-Encoding: gzip;q=0.5. Matched against one element of bounded length.
_CODING = re.compile(
    r"\s*([\w.+*-]{1,40})\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.ASCII | re.I
)
_MOST_CODINGS = 20
_SAME_AS_GZIP = "x-gzip"


def accepts_gzip(headers: Headers) -> bool:
    """Tell whether gzip is accepted and not less welcome than the plain form.

    An element that is malformed counts as absent. Without Accept-Encoding the answer is False: such clients
    are programs that may not decompress.
    """
    lines = [value for name, value in headers if name.lower() == b"accept-encoding"]
    elements = b",".join(lines).decode("latin-1").split(",", _MOST_CODINGS)[:_MOST_CODINGS]
    quality: dict[str, float] = {}
    for element in elements:
        if match := _CODING.fullmatch(element):
            name = match[1].lower()
            quality["gzip" if name == _SAME_AS_GZIP else name] = float(match[2] or 1)
    gzip = quality.get("gzip", quality.get("*", 0.0))
    # identity needs no mention to be acceptable; mentioned with a higher quality it is preferred.
    return gzip > 0 and gzip >= quality.get("identity", 0.0)


def gzip_compressor() -> zlib._Compress:
    """Return a compressor that writes a gzip file without a time: the same bytes for the same content."""
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)


def compress(body: bytes) -> bytes:
    """Return a gzip file of a page."""
    compressor = gzip_compressor()
    return compressor.compress(body) + compressor.flush()


def decompress(body: bytes) -> bytes:
    """Return the page of a gzip file that `compress` wrote."""
    return zlib.decompress(body, _GZIP_WINDOW)
