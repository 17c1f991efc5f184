"""Finds the level of `press-archive verify` that names a change."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from benchmarks.mutations.archive import SHARD, Kind
from benchmarks.mutations.changes import Mutation
from benchmarks.mutations.forging import mutate
from loader.verify import Check, Level, verify
from loader.verify.rebuild import compare


def first_level(checks: Iterable[Check]) -> Level | None:
    """Return the first level with a fault; None if there is none."""
    faulty = {check.level for check in checks if check.found}
    return next((level for level in Level if level in faulty), None)


def find(mutation: Mutation, kind: Kind, good: dict[Kind, Path], sources: Path, place: Path) -> Level | None:
    """Change a copy of a database and verify it.

    Args:
        mutation: the change.
        kind: which database.
        good: the databases by kind, of `build_kinds`.
        sources: what they were built from.
        place: an empty folder for the copy.

    Returns:
        The first level with a fault; None if there is none.

    Raises:
        ValueError: the change changed nothing.
    """
    of_shards = kind in {Kind.SHARDS, Kind.SHARD}
    if of_shards:
        shutil.copytree(good[Kind.SHARDS], place / "shards")
        changed = place / "shards" / SHARD
        verified = changed if kind is Kind.SHARD else place / "shards"
    else:
        changed = verified = place / "archive.db"
        shutil.copyfile(good[kind], changed)
    if not mutate(changed, mutation.sql, forge=mutation.forge):
        raise ValueError(f"{mutation.what}: changes nothing in the {kind}")
    found = first_level(verify(verified, sources))
    # The good databases are what a rebuild would give.
    rebuilt = good[Kind.SHARDS] if of_shards else good[Kind.FULL]
    return found or first_level(compare(verified, rebuilt))
