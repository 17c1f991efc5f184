"""Headers that keep a page to itself: no inline script, nothing from other hosts, no framing elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# Datasette's own templates carry style attributes and the map plugin a style element, so the styles of
# its pages cannot be held to files. Scripts are, on every page.
STYLES_FROM_FILES = _POLICY.format(style="'self'")
STYLES_INLINE_TOO = _POLICY.format(style="'self' 'unsafe-inline'")

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)


def with_headers(application: Application, is_own_page: Callable[[str], bool]) -> Application:
    """Wraps the site so that every answer carries the headers.

    Args:
        application: the ASGI application.
        is_own_page: tells from a path whether the page is one of ours (with no inline styles).

    Returns:
        The wrapped application.
    """

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        policy = STYLES_FROM_FILES if is_own_page(scope["path"]) else STYLES_INLINE_TOO

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [*_HEADERS, (b"content-security-policy", policy.encode())]
                names = {name for name, _ in added}
                kept = [pair for pair in message.get("headers", []) if bytes(pair[0]).lower() not in names]
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        await application(scope, receive, send_with_headers)

    return wrapped
