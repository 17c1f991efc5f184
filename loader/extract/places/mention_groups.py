"""Groups the mentions of a text by name, and notes what the text says about each name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from loader.extract.places.candidates import Candidate
from loader.extract.places.homonyms import Namesakes, NamesakeTable
from loader.extract.places.place_lexicon import KIND_WORDS, word_class

# Namesakes looked at for one name, the surest and most populous first.
MOST_NAMESAKES = 60
# Names on either side of one in a list that are looked at.
NEAREST_PEERS = 6
# Peers kept for a name that stands in many lists.
MOST_PEERS = 24
# Evidence that the next mention is the next item of a list.
_LISTED = frozenset({"comma_place_after", "and_place_after"})
_LOOSELY_LISTED = _LISTED | {"and_the_place_after"}
# Characters between two items of a list, at most.
_FARTHEST = len(", and the ")
_NO_HINTS: Mapping[str, int] = MappingProxyType({})


class Group:
    """The mentions of one name in a text: they mean one place, as a rule.

    Attributes:
        kind: which kind of place the words around them ask for, or "".
        mentions: the mentions, in order.
        namesakes: the places to choose from.
        count: how many places have the name.
        seats: the first-level regions in which these lie, and how likely each is by itself.
        base: score of each before the places chosen for other names count, or () where not known.
        best: index of the chosen one in namesakes.
        margin: how far it is ahead of the next that lies elsewhere, in log odds.
        hints: kind to 1 where an office beside a mention goes with it ("Prime Minister of Georgia").
        containers: what the text names as the country or region around it, one candidate a name.
        contents: what the text names as lying in it, one candidate a name.
        peers: numbers of the groups that stand beside this one in a list ("Utah, Washington and Ohio").
    """

    __slots__ = (
        "base", "best", "containers", "contents", "count", "hints", "kind", "margin", "mentions", "namesakes",
        "peers", "seats",
    )  # fmt: skip

    def __init__(self, kind: str, namesakes: Namesakes) -> None:
        """Begins a group.

        Args:
            kind: which kind of place the words around its mentions ask for, or "".
            namesakes: the places of this name.
        """
        self.kind = kind
        self.mentions: list[Candidate] = []
        self.namesakes = namesakes
        self.count = len(namesakes.entries)
        self.seats = namesakes.seats
        self.base: Sequence[float] = ()
        self.best = 0
        self.margin = 0.0
        self.hints: Mapping[str, int] = _NO_HINTS
        self.containers: Sequence[Candidate] = ()
        self.contents: Sequence[Candidate] = ()
        self.peers: list[int] = []


class Grouper:
    """Groups the mentions of texts against one gazetteer."""

    def __init__(self, namesakes: NamesakeTable) -> None:
        """Prepares the grouper.

        Args:
            namesakes: of the gazetteer where the candidates were found.
        """
        self._namesakes = namesakes
        kinds = ("country", "region", "city")
        self._hints = {word: kind for kind in kinds for word in word_class(f"office_{kind}")}
        self._kind_words = {word: kind for kind in KIND_WORDS for word in word_class(f"kind_{kind}")}

    def group(self, mentions: Sequence[Candidate]) -> tuple[list[Group], list[int]]:
        """Groups mentions by name, and by what kind of place the words around them ask for.

        Args:
            mentions: accepted candidates of one text, in order.

        Returns:
            The groups in order of their first mention, and for each mention its group's number.
        """
        at: dict[tuple[str, str], int] = {}
        groups: list[Group] = []
        of_mention = []
        for mention in mentions:
            kind = mention.kind or self._kind_before(mention)
            sort = (mention.key, kind)
            number = at.get(sort)
            if number is None:
                number = at[sort] = len(groups)
                groups.append(Group(kind, self._namesakes.of(mention.postings[:MOST_NAMESAKES])))
            groups[number].mentions.append(mention)
            of_mention.append(number)
        self._hint(mentions, groups)
        _contain(groups)
        _join_lists(mentions, of_mention, groups)
        return groups, of_mention

    def _hint(self, mentions: Sequence[Candidate], groups: Sequence[Group]) -> None:
        """Notes for all mentions of a name which kind of place the offices beside any of them go with."""
        by_key: dict[str, dict[str, int]] = {}
        for mention in mentions:
            hint = self._hints.get(mention.after, "") if mention.gap in (" ", "") else ""
            before = mention.before
            if not hint and len(before) > 1 and before[-1] == "of":
                hint = self._hints.get(before[-2], "")
            if hint:
                by_key.setdefault(mention.key, {})[hint] = 1
        for group in groups if by_key else ():
            group.hints = by_key.get(group.mentions[0].key, _NO_HINTS)

    def _kind_before(self, mention: Candidate) -> str:
        """Says which kind of place the words before a name ask for: "province of Hama"."""
        before = mention.before
        if len(before) > 1 and before[-1] == "of":
            return self._kind_words.get(before[-2], "")
        return ""


def _contain(groups: Sequence[Group]) -> None:
    """Collects for each group the distinct names of what is around it and in it."""
    for group in groups:
        if not any(mention.container is not None or mention.contents for mention in group.mentions):
            continue
        containers: dict[str, Candidate] = {}
        contents: dict[str, Candidate] = {}
        for mention in group.mentions:
            if mention.container is not None:
                containers.setdefault(mention.container.key, mention.container)
            for content in mention.contents:
                contents.setdefault(content.key, content)
        group.containers = list(containers.values())[:MOST_NAMESAKES]
        group.contents = list(contents.values())[:MOST_NAMESAKES]


def _join_lists(mentions: Sequence[Candidate], of_mention: Sequence[int], groups: Sequence[Group]) -> None:
    """Notes which names stand in one list."""
    run: list[int] = []
    for at, mention in enumerate(mentions):
        run.append(of_mention[at])
        if at + 1 < len(mentions) and stand_in_list(mention, mentions[at + 1]):
            continue
        for place, number in enumerate(run) if len(run) > 1 else ():
            peers = groups[number].peers
            near = run[max(0, place - NEAREST_PEERS) : place + NEAREST_PEERS + 1]
            peers.extend([other for other in near if other != number][: MOST_PEERS - len(peers)])
        run = []


def stand_in_list(mention: Candidate, following: Candidate, *, loosely: bool = False) -> bool:
    """Tells whether two mentions that follow each other are items of one list.

    Args:
        mention: an accepted candidate.
        following: the next accepted one.
        loosely: whether an article before the second may tell them apart as kinds of places.

    Returns:
        True for "Homs, Hama" and "Homs and Hama"; loosely, for "Britain and the Baltic" too.
    """
    # Neighbours in the text, not two ends of a gap that a rejected name left.
    if following.start - mention.end > _FARTHEST:
        return False
    return not (_LOOSELY_LISTED if loosely else _LISTED).isdisjoint(mention.evidence)
