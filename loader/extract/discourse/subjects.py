"""Finding a verb's subject, and a noun phrase's edges, in a string of tags.

The search walks left from the verb, token by token, and every walk is bounded, so that time does not
depend on how long a paragraph is.
"""

from __future__ import annotations

from loader.extract.discourse.lexicon import word_set

# Tokens that can be part of a noun phrase, and those at which one can end.
_IN_PHRASE = frozenset("NhnXxg")
_PHRASE_END = frozenset("NhnO)")
# Between a subject and its verb: has repeatedly said, on Tuesday said, went on to say.
_VERB_GROUP = frozenset("aHTVBvGt")
# Prepositions that tie two noun phrases into one: head of the agency, spokesman for the party.
_TIES = word_set("tie")
_CLOSE_TIES = word_set("tie_close")
_WITH = word_set("with")
_OPENERS = word_set("opener")  # after, before: a clause of its own follows
_PRONOMINAL = word_set("pronominal")  # another, some: a subject without a noun
_ADVERBIALS = word_set("adverbial")  # at last, in turn: adverbs of two words
_FLOATING = word_set("floating")  # both, all: after the subject that they count
_LAST = word_set("last")
_BE = word_set("be")
_ARTICLES = word_set("article")
# Pronouns that stand for the readers or for everybody, hardly ever for a source.
_NO_SOURCE = word_set("not_a_source")
# What opens a clause that reports: said that, what he called.
_CONTENT = word_set("content")
# What opens a clause that no participle after its end hangs on; a when or while it does.
_DEPENDENT = _CONTENT | _OPENERS | word_set("relative_object")
_BEFORE_TITLE = frozenset("RXxDnh")  # before a quoted title that ends an apposition: host of "Harbour Hour,"
_ROLE = 4  # words of a role before a name
_REACH = 40  # tokens that one walk may look back
_VERBS = 8  # verbs that the search for a main clause may look at
_COORDINATES = 3  # parts of a subject joined by and
_ABSOLUTE = 10  # tokens of a participle's own subject
_DEPTH = 4  # verbs that one search may go through

Span = tuple[int, int]  # first token, one past the last


def phrase_start(tags: str, words: list[str], last: int, low: int) -> int:
    """The first token of the noun phrase that ends with token `last`."""
    index = last
    low = max(low, last - _REACH)
    if tags[index] == ")":
        index = _skip_parenthesis(tags, index, low)
    start = index + 1
    while index >= low:
        tag = tags[index]
        if tag in _IN_PHRASE:
            start = index
            index -= 1
            continue
        inside = index - 1 >= low
        if tag == "D":
            start = index
            if inside and tags[index - 1] == "D":  # the two lawmakers
                index -= 1
                continue
            if index - 2 < low or not _ties(tags, words, index - 1):
                break
            index -= 2
        elif inside and (
            (index < last and _ties(tags, words, index))
            or (tag == "C" and tags[index - 1] == tags[index + 1] == "N")
            or (tag in "avV" and tags[index - 1] == "D" and index < last)  # a newly elected mayor
            or (tag == "a" and index < last and _ties(tags, words, index - 1))  # a third of likely voters
            or (tag == "t" and index < last)
        ):
            index -= 1
        else:
            break
    return start


def _ties(tags: str, words: list[str], index: int) -> bool:
    if tags[index] not in "RT" or words[index] not in _TIES or index == 0:
        return False
    return tags[index - 1] in "Nhn" or (words[index] == "of" and words[index - 1].lower() in _PRONOMINAL)


def _skip_parenthesis(tags: str, index: int, low: int) -> int:
    opening = tags.rfind("(", max(low, index - 12), index)
    return opening - 1 if opening > low else index - 1


def phrase_end(tags: str, words: list[str], first: int, high: int) -> int:
    """One past the last token of the noun phrase that starts with token `first`."""
    index = first
    high = min(high, first + _REACH)
    if index < high and tags[index] in "PO":
        return index + 1
    if index < high and tags[index] == "v":  # retired Gen. Lena Brandt
        index += 1
    while index < high:
        tag = tags[index]
        tied = tag in "RT" and words[index] in _CLOSE_TIES and index > first
        described = (
            tag == "v"
            and index == first + 1
            and tags[first] == "D"
            and tags[index + 1 : index + 2] in _IN_PHRASE
        )
        joined = tag == "C" and index + 1 < high and tags[index + 1] == "N" and tags[index - 1] == "N"
        dated = tag == "t" and index > first and tags[index + 1 : index + 2] in _IN_PHRASE  # a Sunday paper
        if not (tag in "NhnXxD" or tied or joined or described or dated):
            break
        index += 1
    while index > first + 1 and tags[index - 1] in "RTDC":
        index -= 1
    return index


def subject(tags: str, words: list[str], verb: int, low: int, *, coordinate: bool = True) -> Span | None:
    """The noun phrase or pronoun that is the subject of the verb at token `verb`.

    Args:
        tags: the paragraph's tags.
        words: its words.
        verb: index of the verb.
        low: the first token that may be looked at.
        coordinate: whether a verb after "and" may take the subject of the one before it.

    Returns:
        First token and one past the last, or None.
    """
    for depth in range(_DEPTH):
        index = _before_verb_group(tags, words, verb, low)
        if index < low:
            return None
        tag = tags[index]
        if tag == "P":
            return (index, index + 1) if words[index].lower() not in _NO_SOURCE else None
        if tag == "W":
            if depth == 0 or index == low or tags[index - 1] not in _PHRASE_END:
                return index, index + 1
            return _plain(tags, words, index - 1, low)  # the groups who wrote to her say
        if tag == "D" and words[index].lower() in _PRONOMINAL:
            return index, index + 1
        if tag == "O" and index - 2 >= low and _ties(tags, words, index - 1):
            return index - 2, index + 1  # one of them said
        if tag in ",-" or (tag == "Q" and index > low and tags[index - 1] in _BEFORE_TITLE):
            found = _interrupted(tags, words, index, low)
            if found is not None:
                return found
        if tag == "," and index > low and tags[index - 1] == ")":  # Brandt (D), said: a comma too many
            index, tag = index - 1, ")"
        if tag == "C" or (tag == "," and index > low and tags[index - 1] not in _PHRASE_END):
            return governor(tags, words, index + 1, low) if coordinate else None
        found = _plain(tags, words, index, low) if tag in _PHRASE_END or tag in "Xx" else None
        other = _other_verb(tags, words, found, low) if found else _previous_verb(tags, index, low)
        if other is None:
            return _named_before(tags, words, found, low) if found else None
        verb = other
    return None


def _named_before(tags: str, words: list[str], phrase: Span, low: int) -> Span:
    """The name that a phrase describes where its closing comma is missing: Lena Brandt, a lawyer told us."""
    first, end = phrase
    last = first - 2
    described = (tags[first] == "h" or words[first].lower() in _ARTICLES) and tags[end - 1] in "hn"
    if not described or last <= low or tags[last:first] != "N,":
        return phrase
    start = phrase_start(tags, words, last, low)
    opens = start == low or tags[start - 1] in ".FK;"
    return (start, last + 1) if opens and tags[start : last + 1].strip("N") == "" and start < last else phrase


def _other_verb(tags: str, words: list[str], phrase: Span, low: int) -> int | None:
    """The verb whose subject to look for where the phrase before a verb is not its subject, or None."""
    first, end = phrase
    before = first - 1
    if before > low and tags[before] in "Ha" and tags[first : end + 1] == "nT":
        return first  # was right to ask, often fail to say: no noun, but part of what is said
    if before > low and tags[before] == "H" and tags[before - 1] in "NhnPO)aH" and words[before] not in _BE:
        return before  # did not release further details: a verb
    if before > low and tags[before] in "RT" and words[before] not in _OPENERS:
        before -= 1
        while before > low and tags[before] == "a":
            before -= 1
        return before if tags[before] in "vVBgG" else None  # the source speaking to the paper said
    # the phrase belongs to an earlier verb: who stayed in the town said
    return before if before >= low and tags[before] in "vVBGg" else None


def _before_verb_group(tags: str, words: list[str], verb: int, low: int) -> int:
    index = verb - 1
    low = max(low, verb - _REACH)
    while index >= low:
        tag = tags[index]
        ties_time = tag == "R" and tags[index + 1] == "t"
        last_week = tag in "nD" and tags[index + 1] == "t" and words[index].lower() in _LAST
        if (
            tag == "n"
            and index > low
            and tags[index - 1] == "R"
            and f"{words[index - 1]} {words[index]}" in _ADVERBIALS
        ):
            index -= 2  # at last described
            continue
        went_on = tag == "R" and tags[index + 1] == "T" and index > low and tags[index - 1] in "vV"
        if not (tag in _VERB_GROUP or ties_time or last_week or went_on):
            break
        index -= 1
    if index + 1 < verb and words[index + 1] == "ago":  # less than two weeks ago said
        index = phrase_start(tags, words, max(index, low), low) - 1
        if index > low and words[index] == "than":
            index -= 2
    if index > low and tags[index] == "D" and tags[index - 1] in "NhnPO" and words[index] in _FLOATING:
        index -= 1  # Brandt and Ohlsson both said
    if index >= low and tags[index] == ")":
        index = _skip_parenthesis(tags, index, low)
    return index


def _plain(tags: str, words: list[str], last: int, low: int) -> Span:
    return phrase_start(tags, words, last, low), last + 1


def _previous_verb(tags: str, index: int, low: int) -> int | None:
    for other in range(index, max(low, index - _REACH) - 1, -1):
        tag = tags[other]
        if tag in "VvH":
            return other
        if tag in ".FK;":
            return None
    return None


def _interrupted(tags: str, words: list[str], comma: int, low: int) -> Span | None:
    """The subject before an apposition or aside: Brandt, a spokesman for the army, said."""
    found: Span | None = None
    low = max(low, comma - 2 * _REACH)
    closing = tags[comma] if tags[comma] in ",-" else ","  # host of "Harbour Hour," said
    for _ in range(6):
        before = max(tags.rfind(mark, low, comma) for mark in ",;:.FK-")
        if closing == "-":
            before = tags.rfind("-", low, comma)
        if before < low or tags[before] != closing or before - 1 < low:
            break
        last = before - 1
        while last > low and tags[last] == "a":  # Brandt herself, who is here, said
            last -= 1
        if tags[last] in "PW":  # he, a lawyer, said; who, on Monday, said
            return last, last + 1
        if tags[last] in _PHRASE_END:
            start = phrase_start(tags, words, last, low)
            if found is None and _is_described(tags, start, before) and _is_name(tags[before + 1 : comma]):
                return before + 1, comma  # A spokesman for the army, Capt. Lena Brandt, said
            at_boundary = start == low or tags[start - 1] in ",.;:QFKCS-(aB" or words[start - 1] in _OPENERS
            names = "N" in tags[start : last + 1]
            if tags[start] == "g" and words[start - 1] in _OPENERS:
                break  # after winning the vote, Brandt (R), said
            if at_boundary and (names or tags[last] == "h") and (found is None or tags[start] == "N"):
                found = (start, last + 1)
                if start == low or tags[start - 1] != ",":
                    break
            elif found is not None:
                break
        elif found is not None:
            break
        comma = before
    return found


def _is_described(tags: str, start: int, end: int) -> bool:
    """Whether a phrase describes a person: its head, or what stands before "for", is a noun of persons."""
    return tags[start] in "DXN" and tags[end - 1] in "hnN" and "h" in tags[start:end]


def _is_name(tags: str) -> bool:
    """Whether a phrase is a name of two words or more, perhaps behind a role: former banker Ann Lee."""
    role = tags.rstrip("N")
    names = len(tags) - len(role)
    if not 2 <= names <= 5:
        return False
    return not role or (len(role) <= _ROLE and role[-1] == "h" and not role.strip("nhjav"))


def genitive_source(
    tags: str, words: list[str], noun: int, low: int, possessives: frozenset[str]
) -> Span | None:
    """The possessor before a noun of saying: Brandt's claim, her message."""
    for index in range(noun - 1, max(low, noun - 5) - 1, -1):
        tag = tags[index]
        if tag in "Xx":
            return phrase_start(tags, words, index, low), index + 1
        if tag == "D":
            return (index, index + 1) if words[index].lower() in possessives else None
        if tag not in "nNhat":
            return None
    return None


def is_reported(tags: str, words: list[str], first: int, low: int) -> bool:
    """Whether the clause whose subject starts at token `first` depends on an earlier verb or preposition."""
    index = _first_coordinate(tags, words, first, low) - 1
    while index >= low and tags[index] in "at":
        index -= 1
    if index < low:
        return False
    if tags[index] == "R":
        return words[index].lower() not in _OPENERS and words[index].lower() not in _WITH
    if tags[index] in "VGB":
        return True
    if tags[index] in "hNOn" and tags[first] == "P":  # told reporters he, denied rumours he
        return not set("Vv").isdisjoint(tags[max(low, index - 3) : index])
    return tags[index] == "S" and words[index] in _CONTENT


def _first_coordinate(tags: str, words: list[str], first: int, low: int) -> int:
    """Where a subject begins whose last part starts at token `first`: the port and its tenants."""
    for _ in range(_COORDINATES):
        last = first - 2
        if last < low or tags[last + 1] != "C":
            break
        if tags[last] == "P":
            return last
        if tags[last] not in _PHRASE_END:
            break
        first = phrase_start(tags, words, last, low)
    return first


def _absolute(tags: str, words: list[str], last: int, low: int) -> int | None:
    """The start of a subject that a participle has for itself: with one of her ads (asking).

    It follows "with", or is a name after a dash or a quotation: - Brandt (saying), and Ohlsson (calling).
    """
    index = last
    low = max(low, last - _ABSOLUTE)
    while index >= low and words[index].lower() not in _WITH:
        if tags[index] not in "NXxhnDaC" and words[index] not in _TIES:
            break
        index -= 1
    if index >= low and words[index].lower() in _WITH:
        return index + 1 if index < last else None
    start = phrase_start(tags, words, last, low)
    before = tags[max(low, start - 2) : start]
    named = tags[last] == "N" and (before.endswith("-") or before == "QC")
    return start if named else None


def governor(tags: str, words: list[str], verb: int, low: int) -> Span | None:
    """The subject of the main clause that a participle or a second verb hangs on: Brandt left, saying."""
    first: Span | None = None
    before = verb - 1
    while before > low and tags[before] == "a":
        before -= 1
    if before == verb - 1 and tags[before] in "Vv":  # he keeps saying
        return subject(tags, words, before, low, coordinate=False)
    if before >= low and tags[before] in "HP":  # he is saying
        return subject(tags, words, verb, low, coordinate=False)
    if before >= low and tags[before] in "Nhn":
        start = _absolute(tags, words, before, low)
        if start is not None:
            return start, before + 1
    verbs = 0
    outside = before
    for index in range(before, max(low, verb - 2 * _REACH) - 1, -1):
        if tags[index] == ")":
            outside = min(outside, _skip_parenthesis(tags, index, low))
        if index > outside or tags[index] not in "VvH" or (index > low and tags[index - 1] in "VvHT"):
            continue
        found = subject(tags, words, index, low, coordinate=False)
        if found is not None:
            dependent = found[0] > low and words[found[0] - 1] in _DEPENDENT
            if not dependent and not is_reported(tags, words, found[0], low) and tags[found[0]] != "W":
                return found
            first = first or found
        verbs += 1
        if verbs == _VERBS:
            break
    return first
