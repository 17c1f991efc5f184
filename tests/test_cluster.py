"""A build on a cluster of processes gives the rows of a build in one, also where a worker is killed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client, LocalCluster
from site_client import free_port

from loader import InputError, build
from loader.dataset.create import NewDatabase
from loader.dataset.digest import digest
from loader.pipeline import dask
from loader.pipeline.build import limits_of, plan, write_rows
from loader.pipeline.dask import run_on_cluster
from loader.pipeline.parse_file import read
from loader.pipeline.progress import Progress

# Numbers make each headline another one, outlets and people some dozens.
ARTICLE = """Bees return to roof {number}

Courier of Town {outlet}, by Eva Lang, May 3, 20{year}:

GRAZ, Austria – Bees are back. “They never left,” said Karl Huber{outlet}, who keeps {number} hives in Vienna.
"""
FILES = 200


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    for number in range(FILES):
        text = ARTICLE.format(number=number, outlet=number % 17, year=10 + number % 7)
        (folder / f"{number:03d}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def alone(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build in one process."""
    output = tmp_path_factory.mktemp("alone") / "a.db"
    build([archive], output, jobs=1)
    return output


@pytest.fixture(scope="module")
def two() -> Iterator[LocalCluster]:
    """A scheduler and two processes."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50) as started:  # type: ignore[no-untyped-call]
        yield started


def test_rows_are_the_same_where_a_worker_is_killed_in_the_middle(
    two: LocalCluster, archive: Path, alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.pipeline.processes.CHUNK_BYTES", 1)  # a task for every file
    killed: list[int] = []

    def kill_one(progress: Progress) -> None:
        if progress.files == FILES // 4:
            with Client(two.scheduler_address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
                process = next(iter(client.run(os.getpid).values()))
            os.kill(process, signal.SIGKILL)
            killed.append(process)

    build([archive], tmp_path / "a.db", dask=two.scheduler_address, progress=kill_one)
    assert len(killed) == 1
    assert digest(tmp_path / "a.db") == digest(alone)
    assert (tmp_path / "a.db").read_bytes() == alone.read_bytes()


def test_a_file_that_a_worker_does_not_see_is_one_clear_line(
    two: LocalCluster, archive: Path, tmp_path: Path
) -> None:
    file = tmp_path / "here.txt"
    file.write_text("Only here.", encoding="utf-8")
    tasks = plan([file], corrections=True, limits=limits_of(100, 100)).tasks
    file.unlink()
    with pytest.raises(
        InputError, match=r"here\.txt: cannot be read .*; worker tcp://.* must see the same files"
    ):
        list(run_on_cluster(read, tasks, [10], two.scheduler_address))


def test_a_worker_that_sees_another_file_of_the_name_is_one_clear_line(
    two: LocalCluster, archive: Path, tmp_path: Path
) -> None:
    planned = plan([archive / "000.txt"], corrections=True, limits=limits_of(1000, 1000))
    longer = [replace(task, size=task.size + 1) for task in planned.tasks]
    with (
        NewDatabase(tmp_path) as database,
        pytest.raises(
            InputError, match=r"000\.txt: has 17\d bytes here and 17\d on a worker; workers must see"
        ),
    ):
        write_rows(planned, longer, database, dask=two.scheduler_address)


def test_another_loader_on_a_worker_is_one_clear_line(
    two: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "identity", lambda: "another loader")
    with pytest.raises(InputError, match=r"worker tcp://.*, the build runs another loader; install the same"):
        list(run_on_cluster(len, ["a"], [1], two.scheduler_address))


def test_a_worker_without_the_loader_is_one_clear_line_before_the_work_begins(
    two: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object, **__: object) -> dict[str, object]:
        return {"tcp://10.0.0.2:1": ModuleNotFoundError("No module named 'loader'")}

    monkeypatch.setattr(Client, "run", lacking)
    with pytest.raises(InputError, match=r"worker tcp://10\.0\.0\.2:1 lacks the loader \(No module named"):
        list(run_on_cluster(len, ["a"], [1], two.scheduler_address))


def test_results_that_are_not_wanted_any_more_are_cancelled(two: LocalCluster) -> None:
    results = run_on_cluster(time.sleep, [0, *[1] * 10], [10**6] * 11, two.scheduler_address)
    assert next(results) is None
    assert two.scheduler.tasks
    results.close()  # type: ignore[attr-defined]
    for _ in range(100):
        if not two.scheduler.tasks:
            break
        time.sleep(0.05)
    assert not two.scheduler.tasks


def test_workers_that_die_of_a_file_again_and_again_end_the_build(
    two: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two.scheduler, "allowed_failures", 0)
    with pytest.raises(InputError, match="workers died again and again while they read 3, perhaps"):
        list(run_on_cluster(os._exit, [3], [1], two.scheduler_address))


def test_a_scheduler_that_ends_is_one_clear_line() -> None:
    with LocalCluster(n_workers=1, processes=False, protocol="tcp", dashboard_address=":0") as ended:  # type: ignore[no-untyped-call]
        results = run_on_cluster(time.sleep, [0, *[0.1] * 100], [10**6] * 101, ended.scheduler_address)
        assert next(results) is None
        ended.close()
        with pytest.raises(InputError, match="the scheduler ended; start it and build again"):
            list(results)


def test_a_scheduler_without_workers_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_PATIENCE", 0.2)
    with (
        LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=":0") as none,  # type: ignore[no-untyped-call]
        pytest.raises(InputError, match="the scheduler has no worker; start some with `dask worker tcp://"),
    ):
        list(run_on_cluster(len, ["a"], [1], none.scheduler_address))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:FREE", "carrier pigeon", "x://y"])
def test_an_address_without_a_scheduler_is_one_clear_line(
    address: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dask, "_PATIENCE", 0.2)
    address = address.replace("FREE", str(free_port()))
    with pytest.raises(InputError, match=f"{address}: no Dask scheduler answers there; start one"):
        list(run_on_cluster(len, ["a"], [1], address))
    assert capfd.readouterr().err == ""


def test_without_the_extra_a_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'press-archive\[dask\]'"):
        list(run_on_cluster(len, ["a"], [1], "tcp://127.0.0.1:1"))
