"""Every endpoint for programs, asked as its description allows and otherwise: never an error of the site."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from closed_addresses import CLOSED_ADDRESSES
from datasette.app import Datasette
from endpoint_description import DATABASE, describe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from site_client import IS_DATASETTE_1

from loader.site import hooks

# So many requests of each endpoint, the same in every run. `make attack` asks for more, others each time.
_FEW = 5
_ASKED = os.environ.get("ATTACK_EXAMPLES")
_SETTINGS = settings(
    max_examples=int(_ASKED or _FEW),
    derandomize=_ASKED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
_CHECKS = [not_a_server_error, content_type_conformance, status_code_conformance]
_MOST_PARAMETERS = 3
_REPEATS = (1, 1, 2, 3, 11, 31)  # of one parameter: often one, then several, then more than are read
_PART = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="session")
def description(hostile_bundle: Path) -> dict[str, Any]:
    """The OpenAPI document of the attacked site."""
    return describe(hostile_bundle)


@pytest.fixture(scope="session")
def endpoints(description: dict[str, Any], attacked: str) -> BaseSchema:
    """The same for Schemathesis, with the attacked site's address."""
    schema = schemathesis.openapi.from_dict(description)
    schema.config.update(base_url=attacked)
    return schema


def example(path: str) -> str:
    """An address of a described path."""
    return _PART.sub(lambda part: {"kind": "places"}.get(part[1], "1"), path)


def test_every_table_view_and_ready_question_is_described(
    web: httpx.Client, description: dict[str, Any]
) -> None:
    site = web.get(f"/{DATABASE}.json").json()
    tables = [table["name"] for table in site["tables"]]
    names = [*tables, *(one["name"] for one in (*site["views"], *site["queries"]))]
    assert {"build_info", "quotes_fts", "quote_details"} <= set(names)
    assert "timeline" in names or IS_DATASETTE_1  # which lists five canned queries
    wanted = {f"/{DATABASE}/{name}.json" for name in names}
    wanted |= {f"/{DATABASE}/{name}/{{row}}.json" for name in tables}
    assert wanted - set(description["paths"]) == set()


def test_every_open_route_of_json_is_described(description: dict[str, Any]) -> None:
    addresses = [example(path) for path in description["paths"]]
    datasettes = [route.pattern for route, _ in Datasette([])._routes() if "(?P<format>" in route.pattern]
    assert len(datasettes) > 8
    for pattern in datasettes:
        is_open = any(re.match(pattern, one) for one in addresses)
        assert is_open or any(re.match(pattern, one) for one in CLOSED_ADDRESSES), pattern
    for pattern, _ in hooks._ROUTES:
        forms = re.findall(r"\(\?P<form>([\w|]+)\)", pattern)
        for form in "|".join(forms).split("|") if forms else []:
            assert any(re.match(pattern, one) and one.endswith("." + form) for one in addresses), pattern


def repeated(value: object, times: int) -> object:
    """A parameter's value as the client sends it so many times; an array has its own repeats."""
    return value if times == 1 or isinstance(value, list | dict) else [value] * times


@st.composite
def requests(draw: DrawFn, operation: APIOperation) -> schemathesis.Case:
    """A request with few parameters: of many, the first bad one would answer for all the others.

    Each may stand there several times.
    """
    modes: list[SearchStrategy] = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if operation.query.items or operation.path_parameters.items:  # else nothing can be wrong
        modes.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    case: schemathesis.Case = draw(st.one_of(modes))
    if case.query:
        kept = draw(st.sets(st.sampled_from(sorted(case.query)), max_size=_MOST_PARAMETERS))
        case.query = {
            name: repeated(value, draw(st.sampled_from(_REPEATS)))
            for name, value in case.query.items()
            if name in kept
        }
    return case


def test_no_request_is_an_error_of_the_site(endpoints: BaseSchema) -> None:
    asked: set[str] = set()
    repeats: set[int] = set()
    for found in endpoints.get_all_operations():
        operation = found.ok()

        @_SETTINGS
        @given(requests(operation))
        def ask(case: schemathesis.Case) -> None:
            asked.add(case.path)
            repeats.update(len(value) for value in (case.query or {}).values() if isinstance(value, list))
            case.call_and_validate(checks=_CHECKS)

        ask()
    assert asked == set(endpoints.raw_schema["paths"])
    assert repeats >= set(_REPEATS) - {1}
