"""What a run under load says: the arithmetic, the tables, the verdict. No clock and no network here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.load.client import Sample

# Memory is flat where the last tenth's median is within one of the two of the first tenth's.
FLAT_SHARE, FLAT_BYTES = 0.10, 20 * 2**20
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Times:
    """How long answers took, in seconds.

    Attributes:
        count: how many there are.
        p50: half of them took no longer than this; p90 and p99 likewise.
        longest: the longest.
    """

    count: int
    p50: float
    p90: float
    p99: float
    longest: float


def percentile(ordered: Sequence[float], share: float) -> float:
    """Returns the smallest value that at least a share of all do not exceed (nearest rank).

    Args:
        ordered: the values, ascending; at least one.
        share: above 0, at most 1.

    Returns:
        One of the values.
    """
    # Rounded before it is raised: 0.07 * 100 is a little more than 7.
    return ordered[max(0, math.ceil(round(share * len(ordered), 9)) - 1)]


def times(samples: Iterable[Sample]) -> Times | None:
    """Sums up how long answers took; None where there are none."""
    ordered = sorted(sample.seconds for sample in samples)
    if not ordered:
        return None
    p50, p90, p99 = (percentile(ordered, share) for share in (0.5, 0.9, 0.99))
    return Times(len(ordered), p50, p90, p99, ordered[-1])


@dataclass(frozen=True, slots=True)
class Memory:
    """A process's memory through a run, in bytes.

    Attributes:
        first: the median of the first tenth of the looks.
        middle: the median of all.
        last: the median of the last tenth.
        peak: the highest.
    """

    first: float
    middle: float
    last: float
    peak: float

    @classmethod
    def of(cls, looks: Sequence[int]) -> Memory:
        """Sums up looks in order of time, of which there is at least one."""
        tenth = max(1, len(looks) // 10)
        return cls(median(looks[:tenth]), median(looks), median(looks[-tenth:]), max(looks))

    @property
    def flat(self) -> bool:
        """Tells whether it did not grow."""
        return self.last - self.first <= max(FLAT_SHARE * self.first, FLAT_BYTES)


def failures(samples: Iterable[Sample]) -> Counter[tuple[str, str]]:
    """Counts what failed by kind of page and outcome."""
    return Counter((sample.kind, sample.outcome) for sample in samples if sample.failed)


def faults_of(samples: Sequence[Sample]) -> list[str]:
    """Returns a line for each kind of page and outcome that failed, with the first such address."""
    first: dict[tuple[str, str], str] = {}
    for sample in samples:
        if sample.failed:
            first.setdefault((sample.kind, sample.outcome), sample.path)
    return [
        f"{count} × {kind}: {outcome}, first {first[kind, outcome]}"
        for (kind, outcome), count in failures(samples).most_common()
    ]


def verdict(
    samples: Sequence[Sample], memory: Memory | None, peer: Sequence[Sample], most: float
) -> list[str]:
    """Says what is wrong with the long run.

    Args:
        samples: the mixed requests.
        memory: the server's, through the run; None where it could not be read.
        peer: the requests that it is measured against, over as many connections.
        most: how many times the peer's p99 the mixed requests' p99 may be.

    Returns:
        A line for each fault; none where all is well.
    """
    faults = faults_of([*samples, *peer])
    own, other = times(samples), times(peer)
    if own is None or other is None:
        return [*faults, "nothing was answered"]
    ratio = own.p99 / other.p99
    if ratio > most:
        faults.append(f"p99 is {ratio:.1f} times the row page's, more than {most:g}")
    if memory is None:
        faults.append("the server's memory could not be read")
    elif not memory.flat:
        faults.append(f"the server's memory grew by {(memory.last - memory.first) / MIB:.0f} MiB")
    return faults


def verdict_beside(samples: Sequence[Sample], endless: Sequence[Sample]) -> list[str]:
    """Says what is wrong with the run beside endless queries.

    Args:
        samples: the mixed requests.
        endless: the queries without end, which the site must refuse with status 400 when their time is up.

    Returns:
        A line for each fault; none where all is well.
    """
    faults = faults_of(samples) if samples else ["nothing was answered beside endless queries"]
    if not endless:
        faults.append("no endless query was answered")
    others = Counter(one.outcome for one in endless if one.outcome != "400")
    return faults + [
        f"{count} × endless query: {outcome} instead of 400" for outcome, count in others.items()
    ]


def _rate(samples: Sequence[Sample]) -> float:
    """Returns answers a second, from the first request to the last answer."""
    lasted = max(one.began + one.seconds for one in samples) - min(one.began for one in samples)
    return len(samples) / lasted if lasted else 0.0


def _milliseconds(taken: Times) -> str:
    shown = (taken.p50, taken.p90, taken.p99, taken.longest)
    return " | ".join(f"{one * 1000:,.1f}" if one < 0.1 else f"{one * 1000:,.0f}" for one in shown)


def table(samples: Sequence[Sample], weights: Mapping[str, int]) -> list[str]:
    """Writes the table of kinds of pages, and all of them together in the last line.

    Args:
        samples: the requests.
        weights: each kind's share of a hundred requests.

    Returns:
        Lines of Markdown.
    """
    lines = [
        "| kind of page | weight | requests | p50 ms | p90 ms | p99 ms | max ms | errors | cut short |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    kinds = {kind: [one for one in samples if one.kind == kind] for kind in weights}
    for kind, chosen in [*kinds.items(), ("all", list(samples))]:
        taken = times(chosen)
        if taken is not None:
            failed, cut = sum(one.failed for one in chosen), sum(one.cut_short for one in chosen)
            counts = f"{weights.get(kind, 100)} | {taken.count:,}"
            lines.append(f"| {kind} | {counts} | {_milliseconds(taken)} | {failed} | {cut} |")
    return lines


def step_line(visitors: int, samples: Sequence[Sample], peer: Sequence[Sample]) -> str:
    """Writes the line of one number of connections.

    Args:
        visitors: how many connections.
        samples: the mixed requests.
        peer: what they are measured against.

    Returns:
        A line of Markdown.
    """
    own, other = times(samples), times(peer)
    if own is None or other is None:
        return f"| {visitors} | nothing was answered |"
    failed = sum(one.failed for one in samples)
    ratio = own.p99 / other.p99
    return f"| {visitors} | {_rate(samples):.1f} | {_milliseconds(own)} | {ratio:.1f} | {failed} |"


def peer_line(samples: Sequence[Sample], peer: Sequence[Sample]) -> str:
    """Compares the mixed requests with those for bare row pages, in one line."""
    own, other = times(samples), times(peer)
    if own is None or other is None:
        return "nothing was answered"
    return (
        f"{_rate(samples):.1f} requests a second, bare row pages {_rate(peer):.1f}; "
        f"p99 is {own.p99 / other.p99:.1f} times the row page's {other.p99 * 1000:,.0f} ms"
    )


def ceiling_line(files: Sequence[Sample]) -> str:
    """Says how quick client and server are where there is nothing to do, in one line."""
    taken = times(files)
    return (
        "nothing was answered"
        if taken is None
        else (
            f"a static file alone: {_rate(files):,.0f} requests a second, p99 {taken.p99 * 1000:,.0f} ms "
            "(the client can do at least as much)"
        )
    )


def endless_line(endless: Sequence[Sample]) -> str:
    """Says how long queries without end were let run, waiting for a thread included, in one line."""
    taken = times(endless)
    if taken is None:
        return "no endless query was answered"
    return (
        f"{taken.count} endless queries were answered after {taken.p50 * 1000:,.0f} ms (p50), "
        f"{taken.longest * 1000:,.0f} ms (longest)"
    )


def memory_line(memory: Memory) -> str:
    """Writes the server's memory in one line."""
    return (
        f"memory (MiB): first tenth {memory.first / MIB:.0f}, median {memory.middle / MIB:.0f}, "
        f"last tenth {memory.last / MIB:.0f}, peak {memory.peak / MIB:.0f}"
    )
