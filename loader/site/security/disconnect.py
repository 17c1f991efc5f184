"""Work for a visitor who has left is stopped.

A server that speaks ASGI tells by a message that the connection is gone, and nothing more: whoever does not
wait for it goes on reading rows and rendering pages for nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


async def run_while_connected(application: Application, scope: Message, receive: Receive, send: Send) -> None:
    """Run an application for one request, and cancel it when the connection is gone.

    Args:
        application: an ASGI application; it is told that the request has no body, for nobody reads one here.
        scope: the request.
        receive: gives the server's messages.
        send: takes the answer.

    Raises:
        Exception: what the application raises.
    """
    gone = asyncio.Event()
    is_complete = False
    is_asked = False

    async def send_noting(message: Message) -> None:
        nonlocal is_complete
        await send(message)
        # After that the server says "disconnect" too, although nobody has left.
        is_complete = message["type"] == "http.response.body" and not message.get("more_body", False)

    async def receive_nothing() -> Message:
        nonlocal is_asked
        if is_asked:
            await gone.wait()
            return {"type": "http.disconnect"}
        is_asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass  # pieces of a body
        gone.set()

    work = asyncio.ensure_future(application(scope, receive_nothing, send_noting))
    listener = asyncio.ensure_future(listen())
    try:
        await asyncio.wait((work, listener), return_when=asyncio.FIRST_COMPLETED)
        if gone.is_set() and not is_complete and not work.done():
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
            return
        await work
    finally:
        listener.cancel()
        if not work.done():  # the server stops
            work.cancel()
