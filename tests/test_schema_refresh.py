"""The schema of an immutable database is read once; a mutable one is asked each time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.database import Database

from loader.publish.serve import open_site
from loader.site.schema_refresh import remember_schema

_THREAD = ThreadPoolExecutor(max_workers=1)  # Playwright keeps a loop running in the tests' thread
_METHOD = "_execute_fn" if hasattr(Database, "_execute_fn") else "execute_fn"
QUESTIONS = [
    ("primary_keys", "quotes"),
    ("table_columns", "quotes"),
    ("table_column_details", "quotes"),
    ("foreign_keys_for_table", "quotes"),
    ("get_all_foreign_keys",),
    ("fts_table", "quotes"),
    ("label_column_for_table", "quotes"),
]


def answers(site: Datasette, question: tuple[str, ...], times: int) -> tuple[list[Any], int]:
    """Ask a database of a site several times; return the answers and how often its file was read."""
    database = next(one for one in site.databases.values() if one.path and "archive" in Path(one.path).name)
    reads = 0

    async def ask() -> list[Any]:
        await site.invoke_startup()
        execute = getattr(database, _METHOD)

        async def counted(read: Any) -> Any:
            nonlocal reads
            reads += 1
            return await execute(read)

        setattr(database, _METHOD, counted)
        name, *tables = question
        return [await getattr(database, name)(*tables) for _ in range(times)]

    return _THREAD.submit(asyncio.run, ask()).result(timeout=60), reads


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[0])
def test_the_schema_of_an_immutable_database_is_read_once(database: Path, question: tuple[str, ...]) -> None:
    plain, each_time = answers(Datasette([str(database)]), question, 3)
    remembered, once = answers(open_site(database, {}), question, 3)
    assert remembered == plain and all(answer == plain[0] for answer in plain)
    assert once * 3 == each_time


def test_who_changes_an_answer_changes_no_other() -> None:
    class Asked:
        is_mutable = False

        async def get_all_foreign_keys(self) -> dict[str, dict[str, list[str]]]:
            return {"quotes": {"incoming": ["speakers"]}}

        primary_keys = table_columns = table_column_details = get_all_foreign_keys
        foreign_keys_for_table = fts_table = label_column_for_table = get_all_foreign_keys

    asked: Any = Asked()
    remember_schema(asked)

    async def change() -> Any:
        first = await asked.get_all_foreign_keys()
        first["quotes"]["incoming"].append("articles")
        first["new"] = {}
        return await asked.get_all_foreign_keys()

    assert _THREAD.submit(asyncio.run, change()).result(timeout=60) == {"quotes": {"incoming": ["speakers"]}}
