import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice, repeat
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.load import mix, report
from benchmarks.load.__main__ import main
from benchmarks.load.client import Sample, drive
from benchmarks.load.report import MIB, Memory
from loader.errors import InputError


def sample(kind: str = "home", seconds: float = 0.1, outcome: str = "200", cut_short: bool = False) -> Sample:
    return Sample(kind, "/", 0.0, seconds, outcome, cut_short)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7], 0.01, 7),
        ([7], 1, 7),
        ([1, 2], 0.5, 1),
        ([1, 2], 0.51, 2),
        (list(range(1, 101)), 0.07, 7),  # 0.07 * 100 is 7.000000000000001
        (list(range(1, 101)), 0.5, 50),
        (list(range(1, 101)), 0.99, 99),
        (list(range(1, 102)), 0.99, 100),
        (list(range(1, 101)), 1, 100),
    ],
)
def test_a_percentile_is_the_least_value_that_the_share_does_not_exceed(
    values: list[float], share: float, expected: float
) -> None:
    assert report.percentile(values, share) == expected


def test_times_are_summed_up_in_any_order() -> None:
    taken = report.times(sample(seconds=second) for second in (4, 1, 3, 2, 10))
    assert taken == report.Times(count=5, p50=3, p90=10, p99=10, longest=10)
    assert report.times([]) is None


def test_memory_is_the_median_of_the_first_and_the_last_tenth() -> None:
    looks = [10, 30, *range(100, 116), 50, 70]  # twenty: a tenth is two
    assert Memory.of(looks) == Memory(first=20, middle=105.5, last=60, peak=115)
    assert Memory.of([5]) == Memory(5, 5, 5, 5)


@pytest.mark.parametrize(
    ("first", "last", "flat"),
    [(50, 69, True), (50, 71, False), (1000, 1099, True), (1000, 1101, False), (100, 40, True)],
)
def test_memory_may_grow_by_twenty_mebibytes_or_a_tenth(first: int, last: int, flat: bool) -> None:
    assert Memory(first * MIB, first * MIB, last * MIB, last * MIB).flat is flat


def test_only_pages_and_redirects_count_as_answers() -> None:
    outcomes = ["200", "304", "302", "404", "500", "500", "timeout", "RemoteDisconnected"]
    counted = report.failures([sample(outcome=outcome) for outcome in outcomes])
    assert counted == {
        ("home", "404"): 1,
        ("home", "500"): 2,
        ("home", "timeout"): 1,
        ("home", "RemoteDisconnected"): 1,
    }


def test_a_good_run_has_no_fault() -> None:
    steady = Memory(80 * MIB, 80 * MIB, 81 * MIB, 90 * MIB)
    assert report.verdict([sample(seconds=1)], steady, [sample(seconds=0.25)], most=4) == []


def test_every_fault_of_a_run_is_named() -> None:
    grown = Memory(80 * MIB, 90 * MIB, 110 * MIB, 110 * MIB)
    first = Sample("map", "/map?outlet=1", 0.0, 1, "503")
    samples = [sample(seconds=1), first, sample("map", 1, "503")]
    peer = [sample(mix.PEER, 0.2), sample(mix.PEER, 0.1, "timeout")]
    assert report.verdict(samples, grown, peer, most=4) == [
        "2 × map: 503, first /map?outlet=1",
        "1 × bare row page: timeout, first /",
        "p99 is 5.0 times the row page's, more than 4",
        "the server's memory grew by 30 MiB",
    ]


def test_a_run_without_answers_or_without_memory_is_no_good_run() -> None:
    steady = Memory(1, 1, 1, 1)
    assert report.verdict([], steady, [sample()], most=4) == ["nothing was answered"]
    assert report.verdict([sample()], steady, [], most=4) == ["nothing was answered"]
    assert report.verdict([sample()], None, [sample()], most=4) == ["the server's memory could not be read"]


def test_endless_queries_must_be_stopped_and_the_others_answered() -> None:
    stopped = sample(mix.STOPPED, 2, "400")
    assert report.verdict_beside([sample()], [stopped]) == []
    assert report.verdict_beside([], [stopped]) == ["nothing was answered beside endless queries"]
    assert report.verdict_beside([sample()], []) == ["no endless query was answered"]
    assert report.verdict_beside([sample(outcome="503")], [stopped, sample(mix.STOPPED, 30, "timeout")]) == [
        "1 × home: 503, first /",
        "1 × endless query: timeout instead of 400",
    ]


def test_the_table_shows_each_kind_and_all_together() -> None:
    samples = [
        sample("map", 0.0123),
        sample("map", 1.5, "500"),
        sample("feed", 0.2, cut_short=True),
    ]
    assert report.table(samples, {"map": 60, "feed": 40, "never asked": 0})[2:] == [
        "| map | 60 | 2 | 12.3 | 1,500 | 1,500 | 1,500 | 1 | 0 |",
        "| feed | 40 | 1 | 200 | 200 | 200 | 200 | 0 | 1 |",
        "| all | 100 | 3 | 200 | 1,500 | 1,500 | 1,500 | 1 | 1 |",
    ]


def test_a_line_of_connections_gives_answers_a_second_and_the_ratio() -> None:
    samples = [Sample("home", "/", 1.0, 0.5, "200"), Sample("home", "/", 1.5, 0.5, "500")]
    line = report.step_line(4, samples, [sample(seconds=0.25)])
    assert line == "| 4 | 2.0 | 500 | 500 | 500 | 500 | 2.0 | 1 |"


def test_the_shares_of_the_kinds_make_a_hundred() -> None:
    assert sum(weight for weight, _ in mix.KINDS.values()) == 100


def test_the_same_seed_asks_for_the_same_pages_of_every_kind(database: Path) -> None:
    stock = mix.read_stock(database)
    first, again, other = (list(islice(mix.requests(stock, seed), 1000)) for seed in (1, 1, 2))
    assert first == again != other
    assert {request.kind for request in first} == set(mix.KINDS)


def test_words_that_nobody_searches_for_are_left_out(database: Path) -> None:
    words = set(mix.read_stock(database).words)
    assert "chemical" in words or "damascus" in words
    assert not words & {"that", "with", "have"}


def test_a_file_that_is_no_archive_is_refused_in_a_line(tmp_path: Path) -> None:
    other, empty = tmp_path / "notes.db", tmp_path / "empty.db"
    other.write_text("no database, though it is long enough to look like one. " * 20)
    sqlite3.connect(empty).close()
    for file in (other, empty):
        result = CliRunner().invoke(main, [str(file)])
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: {file}: ")
        assert "make build/large.db" in result.output
        assert result.output.count("\n") == 1


def test_an_archive_without_articles_is_refused(database: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.db"
    bare.write_bytes(database.read_bytes())
    with sqlite3.connect(bare) as connection:
        connection.execute("delete from articles")
    connection.close()
    with pytest.raises(InputError, match=r"bare\.db: it holds no articles"):
        mix.read_stock(bare)


class _Server(BaseHTTPRequestHandler):
    """Answers as the address says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/gone":
            self.close_connection = True
            return
        body = b'<p class="message-error">Too much</p>' if self.path == "/cut" else b"well"
        self.send_response(500 if self.path == "/broken" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_client_tells_answers_from_failures_and_goes_on_after_them(port: int) -> None:
    asked = ["/well", "/broken", "/gone", "/cut", "/well"]
    requests = (mix.Request(path[1:], path) for path in asked)
    samples = drive("127.0.0.1", port, requests, visitors=1, seconds=60, most=5)
    assert [(one.kind, one.outcome, one.failed, one.cut_short) for one in samples] == [
        ("well", "200", False, False),
        ("broken", "500", True, False),
        ("gone", "RemoteDisconnected", True, False),
        ("cut", "200", False, True),
        ("well", "200", False, False),
    ]


def test_the_client_stops_in_time_and_sends_no_more_than_asked(port: int) -> None:
    endless = repeat(mix.Request("well", "/well"))
    assert len(drive("127.0.0.1", port, endless, visitors=4, seconds=60, most=10)) == 10
    assert drive("127.0.0.1", port, endless, visitors=4, seconds=0) == []


def test_the_site_of_a_small_archive_stands_a_second_of_load(database: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive.db"
    copy.write_bytes(database.read_bytes())
    # The ratio is left open: of so few requests the slowest hundredth is the slowest one.
    options = ["--minutes", "0.02", "--connections", "4", "--most", "1000"]
    result = CliRunner().invoke(main, [str(copy), *options])
    assert result.exit_code == 0, result.output
    assert "PASS" in result.output
    assert "| article | 26 | " in result.output
    assert "4 connections beside 2 that send queries without end" in result.output
    assert "endless queries were answered after" in result.output
    assert list(tmp_path.iterdir()) == [copy]
