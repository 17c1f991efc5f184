"""Runs a function over many items in several processes that end with the one that started them."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import TypeVar

from loader.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Handed to a process at once: small files together, because each handing over takes a moment.
CHUNK_BYTES = 200_000
# When the collector of circles looks at the young, the older and all objects.
_COLLECTING = (50_000, 20, 100)
# Processes that Windows can wait for at once; concurrent.futures refuses more there.
_MOST_ON_WINDOWS = 61
# Chunks that are under way or wait for their turn, for each process: bounds what waits in memory.
_AHEAD = 4


def run_all(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int,
    sizes: Sequence[int],
    prepare: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Applies a function to every item.

    Args:
        function: a function that a process can be told by its name.
        items: what to apply it to.
        jobs: how many processes; with one, or one item, none is started.
        sizes: how much work each item is, in bytes.
        prepare: what is done once before processes start. Forked processes share what it leaves in memory;
            spawned ones (Windows, macOS) load it again when they need it.

    Yields:
        The results, in the items' order.

    Raises:
        InputError: where a process was killed, as happens for want of memory.
    """
    if jobs <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    prepare()
    gc.collect()
    gc.freeze()  # the collector writes to what it looks at, and what is written to is not shared
    others = multiprocessing.active_children()
    if os.name == "nt":
        jobs = min(jobs, _MOST_ON_WINDOWS)
    pool = ProcessPoolExecutor(jobs, initializer=_start)
    try:
        waiting: deque[Future[list[Result]]] = deque()
        for chunk in chunks(items, sizes):
            waiting.append(pool.submit(_apply, function, chunk))
            if len(waiting) >= jobs * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BaseException as error:  # also where the results are not wanted any more
        _abandon(pool, [process for process in multiprocessing.active_children() if process not in others])
        if isinstance(error, BrokenProcessPool):
            raise InputError(
                "a process that reads files was killed, perhaps for want of memory; use fewer with --jobs"
            ) from error
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _abandon(pool: ProcessPoolExecutor, processes: Sequence[BaseProcess]) -> None:
    """End the processes of a pool whose results are not wanted, or that lost one.

    They hold nothing that has to be cleared up. SIGTERM could get lost: a process that was forked just now
    still has the handler of its parent, and an exception that it raises in a callback after the fork is
    ignored.
    """
    for process in processes:
        process.kill()
    for process in processes:
        process.join()
    # A process that ended while it wrote a result leaves half of it in the pipe, and the pool's thread waits
    # for the rest as long as somebody, this process itself, holds the pipe's other end.
    with suppress(AttributeError, OSError):
        pool._result_queue._writer.close()  # type: ignore[attr-defined]


def _apply(function: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [function(item) for item in items]


def chunks(items: Iterable[Item], sizes: Iterable[int]) -> Iterator[list[Item]]:
    """Parts items into runs of about CHUNK_BYTES."""
    chunk: list[Item] = []
    filled = 0
    for item, size in zip(items, sizes, strict=True):
        chunk.append(item)
        filled += size
        if filled >= CHUNK_BYTES:
            yield chunk
            chunk, filled = [], 0
    if chunk:
        yield chunk


def collect_seldom() -> None:
    """Lets a process that reads or writes archives look for circles of objects less often.

    It makes millions of small objects and no circles: that saves a twentieth of its time.
    """
    gc.set_threshold(*_COLLECTING)


def _start() -> None:
    """Leaves it to the first process to answer a signal, and ends with it even where it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    collect_seldom()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
