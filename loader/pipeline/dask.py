"""Runs a function over many items on the workers of a Dask scheduler that is there already.

The scheduler sends items to workers, and again where a worker is lost; here is only what it cannot know: the
order of the results, how many may wait in memory, and that every worker runs the same loader.
"""

from __future__ import annotations

import logging
import pickle
import time
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import cache
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from loader.errors import InputError
from loader.pipeline.processes import chunks

if TYPE_CHECKING:
    from distributed import Client, Future

Item = TypeVar("Item")
Result = TypeVar("Result")

# Chunks that are under way or wait for their turn, for each thread of a worker: bounds what waits in memory.
_AHEAD = 4
# Seconds in which a scheduler answers, and in which it has a worker.
_PATIENCE = 20
# Seconds between two looks at how many workers there are.
_LOOK_AGAIN = 5
_LOGS = ("distributed", "distributed.client", "distributed.core", "distributed.comm", "tornado.application")
# The loader's caches are made for one thread; more of them in one process would not be quicker either.
_one_at_a_time = Lock()


def run_on_cluster(
    function: Callable[[Item], Result], items: Iterable[Item], sizes: Iterable[int], address: str
) -> Iterator[Result]:
    """Applies a function to every item on the workers of a cluster.

    Args:
        function: a function that a worker can be told by its name.
        items: what to apply it to.
        sizes: how much work each item is, in bytes.
        address: the scheduler's, as in tcp://10.0.0.1:8786.

    Yields:
        The results, in the items' order.

    Raises:
        InputError: where there is no scheduler, no worker, or another loader on one; where workers died of
            an item again and again, or the scheduler ended; and what the function raises.
    """
    with _connected(address) as client:
        yield from _run(client, function, items, sizes, address)


def _run(
    client: Client, function: Callable[[Item], Result], items: Iterable[Item], sizes: Iterable[int], at: str
) -> Iterator[Result]:
    from distributed.scheduler import KilledWorker  # noqa: PLC0415 - an extra

    window = _Window(client)
    waiting: deque[tuple[Future[bytes], list[Item]]] = deque()

    def first() -> list[Result]:
        future, chunk = waiting[0]
        try:
            results: list[Result] = pickle.loads(future.result())  # noqa: S301 - our own workers'
        except KilledWorker as error:
            raise InputError(
                f"{at}: workers died again and again while they read {_named(chunk)}, perhaps for want of "
                "memory; give them more, or take the file out"
            ) from error
        except ImportError as error:
            raise _other_loader("that came later", error, identity()) from error
        waiting.popleft()  # the last reference: the scheduler forgets the result
        return results

    try:
        for chunk in chunks(items, sizes):
            while len(waiting) >= window.size():
                yield from first()
            waiting.append((client.submit(_apply, function, chunk, identity(), pure=False), chunk))
        while waiting:  # where results are not wanted any more, closing the client cancels what is under way
            yield from first()
    except (CancelledError, OSError) as error:
        raise InputError(f"{at}: the scheduler ended; start it and build again") from error


def _named(chunk: Sequence[object]) -> str:
    names = [str(getattr(getattr(item, "source", None), "file", item)) for item in chunk]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


class _Window:
    """How many chunks may be under way: workers come and go."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._looked = -float(_LOOK_AGAIN)
        self._size = _AHEAD

    def size(self) -> int:
        now = time.monotonic()
        if now - self._looked >= _LOOK_AGAIN:
            self._looked = now
            threads: dict[str, int] = self._client.nthreads()  # type: ignore[no-untyped-call]
            self._size = max(1, sum(threads.values())) * _AHEAD
        return self._size


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError(
            "a cluster is reached with Dask's client, which is not installed; "
            "run `pip install 'press-archive[dask]'`"
        ) from error
    with ExitStack() as stack:
        stack.enter_context(_quiet())
        try:
            client = Client(address, timeout=_PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:  # a ValueError is an address of no known kind
            raise InputError(
                f"{address}: no Dask scheduler answers there; start one with `dask scheduler`, or give its "
                "address, as in tcp://10.0.0.1:8786"
            ) from error
        stack.callback(client.close, timeout=_PATIENCE)
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except OSError as error:
            raise InputError(
                f"{address}: the scheduler has no worker; start some with `dask worker {address}`"
            ) from error
        _require_same_loader(client)
        yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps Dask's own messages off the terminal: what matters of them is said in one line of ours."""
    logs = [logging.getLogger(name) for name in _LOGS]
    before = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for log, level in zip(logs, before, strict=True):
            log.setLevel(level)


def _require_same_loader(client: Client) -> None:
    answers: dict[str, Any] = client.run(identity, on_error="return")
    for worker, answer in sorted(answers.items()):
        if answer != identity():
            raise _other_loader(worker, answer, identity())


def _other_loader(worker: str, answer: object, wanted: str) -> InputError:
    found = f"runs {answer}" if isinstance(answer, str) else f"lacks the loader ({answer})"
    return InputError(f"worker {worker} {found}, the build runs {wanted}; install the same on both")


@cache
def identity() -> str:
    """What this loader is, by the bytes of its files: two that agree give the same rows for the same file."""
    digest = sha256()
    pending = [resources.files("loader")]
    while pending:
        for entry in sorted(pending.pop().iterdir(), key=lambda entry: entry.name):
            if entry.is_dir() and entry.name != "__pycache__":
                pending.append(entry)
            elif entry.is_file():
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    number, letters = version("press-archive"), unicodedata.unidata_version
    return f"press-archive {number} ({digest.hexdigest()[:12]}, Unicode {letters})"


def _apply(function: Callable[[Item], Result], items: Sequence[Item], wanted: str) -> bytes:
    """Runs on a worker.

    Returns:
        The results, pickled: else Dask would look through a million tuples for what it might pickle better.
    """
    from distributed import get_worker  # noqa: PLC0415 - an extra

    worker = get_worker().address
    if identity() != wanted:  # it came after the build began
        raise _other_loader(worker, identity(), wanted)
    try:
        with _one_at_a_time:
            return pickle.dumps([function(item) for item in items], protocol=pickle.HIGHEST_PROTOCOL)
    except InputError as error:
        if isinstance(error.__cause__, OSError):
            raise InputError(
                f"{error}; worker {worker} must see the same files under the same paths"
            ) from None
        raise
