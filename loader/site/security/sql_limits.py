"""What SQL that a visitor writes may do: read the archive's tables, with bounded memory.

Datasette opens the file read only, takes select statements alone and stops them by time. The limits here
close what that leaves open: functions and virtual tables that reach beyond the archive, single steps of
SQLite that no time limit interrupts, and results that fill the memory.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Sequence
from typing import Any

LONGEST_VALUE = 1_000_000  # bytes of one text or row; a newspaper's longest paragraph has some thousand
LONGEST_RESULT = 32_000_000  # characters and bytes of all the rows of one query
_HEAP = 512 * 2**20  # bytes that SQLite may take in the whole process

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST_VALUE,
    # A function is never interrupted, nor are several in one row: their number goes with the SQL's length.
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,  # the time of LIKE goes with pattern times text
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}

# Pragmas that only tell of the schema, which Datasette's pages and FTS5 itself ask; sqlite-utils, which
# Datasette 1.0 uses, sets recursive_triggers, and nothing is written here.
_PRAGMA_NAMES = """
    data_version database_list encoding foreign_key_list function_list index_info index_list index_xinfo
    max_page_count page_count page_size recursive_triggers schema_version table_info table_list table_xinfo
"""
_PRAGMAS = frozenset(_PRAGMA_NAMES.split())
# SQLite's documented functions that compute from their arguments alone, FTS5's, Datasette's and ours. What is
# missing is so on purpose: fts3_tokenizer reads and sets addresses in memory, load_extension runs code.
_FUNCTION_NAMES = """
    -> ->> abs acos acosh asin asinh atan atan2 atanh avg bm25 ceil ceiling changes char coalesce concat
    concat_ws convert_units cos cosh count cume_dist current_date current_time current_timestamp date
    datetime degrees dense_rank distance_km escape_fts exp first_value floor format fts_name fts_query glob
    group_concat has_name hex highlight ifnull iif instr json json_array json_array_length json_each
    json_error_position json_extract json_group_array json_group_object json_insert json_object json_patch
    json_quote json_remove json_replace json_set json_tree json_type json_valid julianday lag
    last_insert_rowid last_value lead length like likelihood likely ln log log10 log2 lower ltrim match max
    min mod nth_value ntile nullif octet_length percent_rank pi pow power printf quote radians random
    randomblob rank replace round row_number rtrim search_snippet sign sin sinh snippet soundex
    sqlite_version sqrt strftime string_agg substr substring subtype sum tan tanh time timediff total
    total_changes trim trunc typeof unhex unicode unixepoch unlikely upper zeroblob
"""
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
# Virtual tables that exist without being created and tell of more than the archive: other visitors' SQL,
# pages of the file, SQLite's memory.
_HIDDEN_TABLES = frozenset(
    ("bytecode", "dbstat", "sqlite_dbpage", "sqlite_memstat", "sqlite_stmt", "tables_used")
)


def harden(connection: sqlite3.Connection) -> None:
    """Sets all limits on a connection through which visitors' SQL is read."""
    connection.execute("pragma trusted_schema = off")
    connection.execute(f"pragma hard_heap_limit = {_HEAP}")
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    _replace_slow_functions(connection)
    connection.row_factory = _Budget().row
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Decides, when SQLite compiles a statement, on each thing that it would do.

    Writing is not decided here: the file is opened immutable, and FTS5 declares its tables by a statement
    that would look like a write.
    """
    allowed = {
        sqlite3.SQLITE_READ: (first or "").lower() not in _HIDDEN_TABLES,
        sqlite3.SQLITE_FUNCTION: (second or "").lower() in _FUNCTIONS,
        sqlite3.SQLITE_PRAGMA: (first or "").lower() in _PRAGMAS,
        sqlite3.SQLITE_ATTACH: False,
        sqlite3.SQLITE_DETACH: False,
    }
    return sqlite3.SQLITE_OK if allowed.get(action, True) else sqlite3.SQLITE_DENY


class _Budget:
    """Counts the size of what a query gives, and stops it where that grows beyond the limit.

    The number of rows is limited elsewhere, but a thousand of the longest values are a gigabyte.
    """

    def __init__(self) -> None:
        self._cursor: weakref.ref[sqlite3.Cursor] | None = None  # a strong one would keep the query open
        self._size = 0

    def row(self, cursor: sqlite3.Cursor, values: Sequence[Any]) -> sqlite3.Row:
        """Makes a row by name, as a connection's row_factory.

        Raises:
            OperationalError: the rows so far are larger than the limit.
        """
        if self._cursor is None or self._cursor() is not cursor:
            self._cursor, self._size = weakref.ref(cursor), 0
        self._size += sum(len(value) for value in values if isinstance(value, str | bytes))
        if self._size > LONGEST_RESULT:
            raise sqlite3.OperationalError(
                f"the result is larger than {LONGEST_RESULT // 1_000_000} MB; ask for fewer rows or columns"
            )
        return sqlite3.Row(cursor, tuple(values))


def _replace_slow_functions(connection: sqlite3.Connection) -> None:
    """Gives functions whose time goes with the product of two lengths one that goes with their sum.

    SQLite's own keep a thread for minutes on two long values, and are not interrupted by the time limit.
    """
    connection.create_function("instr", 2, _instr, deterministic=True)
    connection.create_function("replace", 3, _replace, deterministic=True)
    connection.create_function("trim", 2, _trim, deterministic=True)
    connection.create_function("ltrim", 2, _ltrim, deterministic=True)
    connection.create_function("rtrim", 2, _rtrim, deterministic=True)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _instr(text: object, wanted: object) -> int | None:
    """Where a text first holds another, from 1; 0 if it does not."""
    if text is None or wanted is None:
        return None
    if isinstance(text, bytes) and isinstance(wanted, bytes):
        return text.find(wanted) + 1
    return _text(text).find(_text(wanted)) + 1


def _replace(text: object, old: object, new: object) -> str | None:
    """The text with every occurrence of one text replaced by another."""
    if text is None or old is None or new is None:
        return None
    whole, found, instead = _text(text), _text(old), _text(new)
    if not found:
        return whole
    grown = len(whole) + whole.count(found) * (len(instead) - len(found))
    if grown > LONGEST_VALUE:
        raise ValueError("string or blob too big")
    return whole.replace(found, instead)


def _edges(text: str, characters: frozenset[str], left: bool, right: bool) -> str:
    start, end = 0, len(text)
    while left and start < end and text[start] in characters:
        start += 1
    while right and end > start and text[end - 1] in characters:
        end -= 1
    return text[start:end]


def _trim(text: object, characters: object) -> str | None:
    """The text without the characters at both ends."""
    if text is None or characters is None:
        return None
    return _edges(_text(text), frozenset(_text(characters)), left=True, right=True)


def _ltrim(text: object, characters: object) -> str | None:
    """The text without the characters at its start."""
    if text is None or characters is None:
        return None
    return _edges(_text(text), frozenset(_text(characters)), left=True, right=False)


def _rtrim(text: object, characters: object) -> str | None:
    """The text without the characters at its end."""
    if text is None or characters is None:
        return None
    return _edges(_text(text), frozenset(_text(characters)), left=False, right=True)
