"""How many parameters an address may have, and how much of it Datasette's links may repeat.

Every value of a facet and every column of a table is a link that repeats the whole address, so a page grows
with the address's length times the number of facets in it. Datasette limits neither.
"""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl

from loader.site.search.query_syntax import LONGEST_SEARCH

MOST_PARAMETERS = 100  # a filter of Datasette's form takes three, and no table has more than thirty columns
MOST_REPEATS = 30  # of one name, as of _col or of a filter
MOST_FACETS = 10  # besides those that the table's settings ask for
MOST_CONDITIONS = 10  # of _where and of _through: each is SQL of its own
# What the facets' links may add up to: values times what it takes to write the link of one. So many take
# about a second.
MOST_LINKED = 50_000_000

# The names that parameters go by; everything else that begins so is another parameter.
_SIZE = "_facet_size"
_CONDITIONS = ("_where", "_through")
_FACETS_OF_A_TABLE = 5  # what a table's own settings ask for at most
_VALUES = 30  # of a facet, unless the address says how many
_MOST_VALUES = 1_000  # max_returned_rows of settings.json, which _facet_size=max means
# What takes as long as so many bytes of an address, for each link: a parameter of it, and the link itself.
_BYTES_OF_A_PARAMETER = 100
_BYTES_OF_A_LINK = 4_800


def refusal(query_string: bytes) -> str | None:
    """Say what is too much in an address.

    Args:
        query_string: what follows the question mark, as it was sent.

    Returns:
        A sentence for the visitor; None if nothing is too much.
    """
    number = query_string.count(b"&") + 1
    if number > MOST_PARAMETERS:
        return f"This address has {number:,} parameters; at most {MOST_PARAMETERS} are read."
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    counted = Counter(name for name, _ in pairs)
    name, repeats = max(counted.items(), key=lambda item: item[1], default=("", 0))
    if repeats > MOST_REPEATS:
        return f"This address repeats one parameter {repeats} times; at most {MOST_REPEATS} times are read."
    facets = sum(times for name, times in counted.items() if _is_facet(name))
    if facets > MOST_FACETS:
        return f"This address asks for {facets} facets; at most {MOST_FACETS} are counted at a time."
    for name in _CONDITIONS:
        if counted[name] > MOST_CONDITIONS:
            return f"This address has {counted[name]} times {name}; at most {MOST_CONDITIONS} are read."
    if any(len(value) > LONGEST_SEARCH for name, value in pairs if name.startswith("_search")):
        return f"The words to search for are too long; at most {LONGEST_SEARCH:,} characters are read."
    links = (facets + _FACETS_OF_A_TABLE) * _values(pairs)
    link = len(query_string) + _BYTES_OF_A_PARAMETER * number + _BYTES_OF_A_LINK
    if "sql" not in counted and links * link > MOST_LINKED:
        return "This address is too long for the facets that it asks for; leave out facets or parameters."
    return None


def _is_facet(name: str) -> bool:
    return name.startswith("_facet") and name != _SIZE


def _values(pairs: list[tuple[str, str]]) -> int:
    """The largest number of values of a facet that an address may mean."""
    asked = [value for name, value in pairs if name == _SIZE]
    sizes = [
        min(int(value), _MOST_VALUES)
        if value.isdecimal() and len(value) < len(str(_MOST_VALUES))
        else _MOST_VALUES
        for value in asked
    ]
    return max([_VALUES, *sizes])
