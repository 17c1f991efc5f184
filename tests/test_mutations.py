"""verify finds every change of a database at its level, however well the rest was made to agree with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutations.archive import Kind, build_kinds, write_sources
from benchmarks.mutations.changes import MUTATIONS, Mutation
from benchmarks.mutations.finding import find, first_level
from loader.verify import JUDGED, Level, Sources, verify, verify_and_rebuild


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    write_sources(folder)
    return folder


@pytest.fixture(scope="module")
def good(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, Path]:
    return build_kinds(sources, tmp_path_factory.mktemp("good"))


@pytest.mark.parametrize("kind", Kind)
def test_a_good_database_is_proven_at_every_level(kind: Kind, good: dict[Kind, Path], sources: Path) -> None:
    checks = list(verify_and_rebuild(good[kind], Sources(seeds=sources)))
    assert [fault for check in checks for fault in check.faults] == []
    assert {check.level for check in checks} == set(Level)
    assert [check.name for check in checks if check.unproven] == []


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_change_is_found_at_its_level(
    mutation: Mutation, kind: Kind, good: dict[Kind, Path], sources: Path, tmp_path: Path
) -> None:
    found = find(mutation, kind, good, sources, tmp_path)
    assert mutation.is_found_in_time(found, kind), found


def test_every_column_of_judgement_is_changed_by_a_mutation() -> None:
    changed = " ".join(mutation.sql for mutation in MUTATIONS if mutation.level is Level.REBUILD)
    for column in JUDGED:
        table, _, name = column.partition(".")
        assert f"update {table} set" in changed, table
        assert f"{name} = " in changed, column


def test_a_change_of_a_judgement_passes_without_a_rebuild(good: dict[Kind, Path], sources: Path) -> None:
    # What docs/integrity.md says of the levels below.
    of_rebuild = [mutation for mutation in MUTATIONS if mutation.level is Level.REBUILD]
    assert len(MUTATIONS) > len(of_rebuild) > 17
    assert first_level(verify(good[Kind.FULL], sources)) is None
