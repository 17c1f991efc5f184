"""What a long build tells of itself, on a terminal and in a log."""

import io

import pytest

from loader.pipeline.progress import Progress
from loader.pipeline.progress_bar import Meter, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


def told(stream, seconds, **options):
    """What is printed when a file of the four is done at each of these seconds."""
    times = iter([0, *seconds])
    meter = Meter(stream, clock=lambda: next(times), **options)
    for files in range(1, len(seconds) + 1):
        meter(
            Progress(
                files=files,
                of=4,
                bytes=files * 1_000_000,
                of_bytes=4_000_000,
                articles=files * 10,
                name=f"{files}.txt",
            )
        )
    return stream.getvalue()


def test_a_log_gets_a_line_a_minute():
    assert told(io.StringIO(), [10, 61, 100, 125]).splitlines() == [
        "2 of 4 files, 20 articles, 0.03 MB/s, 1 min left",
        "4 of 4 files, 40 articles, building indexes and search (125 s)",
    ]


def test_a_short_build_writes_nothing_into_a_log():
    assert told(io.StringIO(), [1, 2, 3, 4]) == ""


def test_a_terminal_gets_one_line_that_is_rewritten():
    printed = told(Terminal(), [1, 1.05, 2])
    assert printed.split("\r\x1b[K") == [
        "",
        "1 of 4 files, 10 articles, 1.00 MB/s, 3 s left: 1.txt",
        "3 of 4 files, 30 articles, 1.50 MB/s, 1 s left: 3.txt",
    ]


def test_a_name_cannot_command_the_terminal():
    stream = Terminal()
    Meter(stream)(Progress(files=1, of=2, bytes=1, of_bytes=2, articles=1, name="a\x1b[2Jb.txt"))
    assert "\x1b[2J" not in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (61, "1 min"), (3600, "1 h 0 min"), (11_100, "3 h 5 min")],
)
def test_a_duration_is_told_in_fitting_units(seconds, words):
    assert duration(seconds) == words


def test_a_terminal_gets_nothing_before_the_delay():
    assert told(Terminal(), [0.2, 0.9], delay=1.0) == ""
    assert told(Terminal(), [0.2, 0.4, 0.6, 0.8], delay=1.0) == ""
    assert told(Terminal(), [0.2, 1.0], delay=1.0).startswith("\r\x1b[K2 of 4 files")


def test_the_last_line_says_what_follows():
    assert "all read (1 s)" in told(Terminal(), [0.2, 0.4, 0.6, 1.2], last="all read", delay=1.0)
