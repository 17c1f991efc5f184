"""Groups the mentions of a text by name, and notes what the text says about each name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loader.gazetteer import Entry, Gazetteer
from loader.places.candidates import Candidate
from loader.places.lexicon import KIND_WORDS, word_class

# Namesakes looked at for one name, the surest and most populous first.
MOST_NAMESAKES = 60
# Names on either side of one in a list that are looked at.
NEAREST_PEERS = 6
# Peers kept for a name that stands in many lists.
MOST_PEERS = 24
# Evidence that the next mention is the next item of a list.
_LISTED = frozenset({"comma_place_after", "and_place_after"})
_LOOSELY_LISTED = frozenset({"and_the_place_after"})


@dataclass(slots=True)
class Group:
    """The mentions of one name in a text: they mean one place, as a rule.

    Attributes:
        kind: which kind of place the words around them ask for, or "".
        mentions: the mentions, in order.
        entries: the namesakes.
        classes: for each, in which class it has the name.
        namesakes: how many places have the name.
        best: index of the chosen one.
        scores: score of each, in log odds.
        seats: the first-level regions in which the namesakes lie, and how likely each is by itself.
        hints: kind to 1 where an office beside a mention goes with it ("Prime Minister of Georgia").
        containers: what the text names as the country or region around it, one candidate a name.
        contents: what the text names as lying in it, one candidate a name.
        peers: numbers of the groups that stand beside this one in a list ("Utah, Washington and Ohio").
    """

    kind: str
    mentions: list[Candidate]
    entries: list[Entry]
    classes: list[int]
    namesakes: int
    best: int = 0
    scores: list[float] = field(default_factory=list)
    seats: dict[str, float] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    containers: list[Candidate] = field(default_factory=list)
    contents: list[Candidate] = field(default_factory=list)
    peers: list[int] = field(default_factory=list)


class Grouper:
    """Groups the mentions of texts against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Prepares the grouper.

        Args:
            gazetteer: where the candidates were found.
        """
        self._gazetteer = gazetteer
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
            sort = (mention.key, self._kind_asked(mention))
            if sort not in at:
                at[sort] = len(groups)
                postings = mention.postings[:MOST_NAMESAKES]
                entries = [self._gazetteer.entry(number) for _, number in postings]
                groups.append(
                    Group(sort[1], [], entries, [name_class for name_class, _ in postings], len(postings))
                )
            groups[at[sort]].mentions.append(mention)
            of_mention.append(at[sort])
        self._hint(groups)
        _contain(groups)
        _join_lists(mentions, of_mention, groups)
        return groups, of_mention

    def _hint(self, groups: Sequence[Group]) -> None:
        """Notes for all mentions of a name which kind of place the offices beside any of them go with."""
        by_key: dict[str, dict[str, int]] = {}
        for group in groups:
            for mention in group.mentions:
                hint = self._hints.get(mention.after, "") if mention.gap in (" ", "") else ""
                if not hint and len(mention.before) > 1 and mention.before[-1] == "of":
                    hint = self._hints.get(mention.before[-2], "")
                if hint:
                    by_key.setdefault(mention.key, {})[hint] = 1
        for group in groups:
            group.hints = by_key.get(group.mentions[0].key, {})

    def _kind_asked(self, mention: Candidate) -> str:
        if mention.kind:
            return mention.kind
        if len(mention.before) > 1 and mention.before[-1] == "of":
            return self._kind_words.get(mention.before[-2], "")
        return ""


def _contain(groups: Sequence[Group]) -> None:
    """Collects for each group the distinct names of what is around it and in it."""
    for group in groups:
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
    listed = _LISTED | _LOOSELY_LISTED if loosely else _LISTED
    # Neighbours in the text, not two ends of a gap that a rejected name left.
    return following.start - mention.end <= len(", and the ") and not listed.isdisjoint(mention.evidence)
