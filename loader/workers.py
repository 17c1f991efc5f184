"""Runs a function over many items in several processes that end with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import TypeVar

from loader.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Items handed to a process at once, at most: their results wait in memory for the items before them.
_MOST_AT_ONCE = 64


def run_all(function: Callable[[Item], Result], items: Sequence[Item], jobs: int) -> Iterator[Result]:
    """Applies a function to every item.

    Args:
        function: a function that a process can be told by its name.
        items: what to apply it to.
        jobs: how many processes; with one, or one item, none is started.

    Yields:
        The results, in the items' order.

    Raises:
        InputError: where a process was killed, as happens for want of memory.
    """
    if jobs <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    chunk = min(_MOST_AT_ONCE, max(1, len(items) // (jobs * 8)))
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(jobs, initializer=_start)
    try:
        yield from pool.map(function, items, chunksize=chunk)
    except BaseException as error:  # also where the results are not wanted any more
        for process in multiprocessing.active_children():
            if process not in others:
                process.terminate()
        if isinstance(error, BrokenProcessPool):
            raise InputError(
                "a process that reads files was killed, perhaps for want of memory; use fewer with --jobs"
            ) from error
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _start() -> None:
    """Leaves it to the first process to answer a signal, and ends with it even where it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
