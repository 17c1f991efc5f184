"""Tells namesakes apart: which entry of the gazetteer each mention speaks of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, exp, hypot, radians

from loader.gazetteer import Entry, Gazetteer
from loader.gazetteer.keys import plain_key
from loader.places.lexicon import KIND_WORDS, word_class
from loader.places.recognise import Candidate

# Namesakes looked at for one name, the surest and most populous first.
MOST_NAMESAKES = 60
# Entry.size of 250,000 people: a region that is called like such a city of its country is rarely meant.
LARGE_CITY = 143
# A namesake that is so far behind, in log odds, before places nearby count, is given up.
HOPELESS = 7.0
# Names beside one in lists that are looked at.
MOST_PEERS = 12
# Two points closer than this, in kilometres, answer the question "where" alike.
SAME_SPOT_KM = 161.0
KM_PER_DEGREE = 111.2


@dataclass(slots=True)
class Group:
    """The mentions of one name in a text: they mean one place, as a rule.

    Attributes:
        mentions: the mentions, in order.
        entries: the namesakes.
        classes: for each, in which class it has the name.
        best: index of the chosen one.
        scores: score of each, in log odds.
        seats: the first-level regions in which the namesakes lie, and how likely each is by itself.
        hints: kind to 1 where an office beside a mention goes with it ("Prime Minister of Georgia").
        peers: numbers of the groups that stand beside this one in a list ("Utah, Washington and Ohio").
    """

    mentions: list[Candidate]
    entries: list[Entry]
    classes: list[int]
    best: int = 0
    scores: list[float] = field(default_factory=list)
    seats: dict[str, float] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    peers: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Surroundings:
    """What the text says about where it plays.

    Attributes:
        countries: country code to how often the text speaks of it.
        regions: "CC.admin1" to the same.
        votes: "CC.admin1" to how many names could lie there, those with few namesakes counting most.
        points: latitude, longitude and weight of the places resolved so far, by group number.
    """

    countries: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    votes: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    points: list[tuple[int, float, float, float]] = field(default_factory=list)


def distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Measures how far two points lie apart, closely enough for comparing namesakes.

    Args:
        latitude: of one point, WGS 84 degrees.
        longitude: of one point.
        other_latitude: of the other.
        other_longitude: of the other.

    Returns:
        Kilometres, on a plane that touches the globe between the two.
    """
    east = (longitude - other_longitude + 180.0) % 360.0 - 180.0
    east *= cos(radians((latitude + other_latitude) / 2))
    return KM_PER_DEGREE * hypot(latitude - other_latitude, east)


class Resolver:
    """Resolves the mentions of one text together."""

    def __init__(self, gazetteer: Gazetteer, weights: Mapping[str, float]) -> None:
        """Prepares the resolver.

        Args:
            gazetteer: where the candidates were found.
            weights: evidence to log odds.
        """
        self._gazetteer = gazetteer
        self._weight = weights
        self._hints = {word: kind for kind in ("country", "region", "city") for word in word_class(f"office_{kind}")}
        self._kind_words = {word: kind for kind in KIND_WORDS for word in word_class(f"kind_{kind}")}

    def resolve(self, mentions: Sequence[Candidate], spoken_of: Counter[str]) -> list[tuple[int, float]]:
        """Chooses an entry for each mention.

        Args:
            mentions: accepted candidates of one text, in order.
            words: how often each word that speaks of a country occurs, in small letters.

        Returns:
            For each mention the entry's number and how sure the choice is, from 0 to 1.
        """
        groups, of_mention = self._group(mentions)
        self._hint(groups)
        _join_lists(mentions, of_mention, groups)
        around = self._surroundings(groups, spoken_of)
        for group in groups:
            self._choose(group, around, -1, groups)
            _prune(group)
        for _ in range(2):
            self._locate(groups, around)
            for number, group in enumerate(groups):
                if len(group.entries) > 1:
                    self._choose(group, around, number, groups)
        return [self._answer(groups[number]) for number in of_mention]

    def _group(self, mentions: Sequence[Candidate]) -> tuple[list[Group], list[int]]:
        """Groups mentions by name, and by what kind of place the words around them ask for."""
        at: dict[tuple[str, str], int] = {}
        groups: list[Group] = []
        of_mention = []
        for mention in mentions:
            sort = (mention.key, self._kind_asked(mention))
            if sort not in at:
                at[sort] = len(groups)
                postings = mention.postings[:MOST_NAMESAKES]
                entries = [self._gazetteer.entry(number) for _, number in postings]
                groups.append(Group([], entries, [name_class for name_class, _ in postings]))
            groups[at[sort]].mentions.append(mention)
            of_mention.append(at[sort])
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

    def _surroundings(self, groups: Sequence[Group], spoken_of: Counter[str]) -> Surroundings:
        """Counts the countries and regions that the text speaks of by name, demonym or the like."""
        around = Surroundings()
        for code, count in spoken_of.items():
            (around.regions if "." in code else around.countries)[code] += count
            if "." in code:
                around.countries[code[:2]] += count
        for group in groups:
            self._count(group, around)
        return around

    def _count(self, group: Group, around: Surroundings) -> None:
        """Counts what one name says about where the text plays."""
        count = len(group.mentions)
        seats: dict[str, float] = {}
        total = 0.0
        for other, name_class in zip(group.entries, group.classes, strict=True):
            # The square root of the population, halved for each step from the canonical name.
            likely = 2.0 ** (other.size / 16.0 - name_class)
            total += likely
            if other.region and other.kind != "region":
                seats[other.region] = seats.get(other.region, 0.0) + likely
        group.seats = {region: likely / total for region, likely in seats.items()}
        for region, share in group.seats.items():
            around.votes[region] += share
        entry = group.entries[0]
        wide = [other for other in group.entries if other.kind in ("country", "region")]
        if group.classes[0] > 1:
            return
        if len(wide) == 1 and entry is wide[0]:
            around.countries[entry.country] += count
            if entry.kind == "region":
                around.regions[entry.region] += count
        elif not wide and len({other.country for other in group.entries}) == 1:
            around.countries[entry.country] += 1

    def _locate(self, groups: Sequence[Group], around: Surroundings) -> None:
        """Notes where the groups lie, as chosen so far, and what they add to the surroundings."""
        around.points = []
        for number, group in enumerate(groups):
            entry = group.entries[group.best]
            if entry.latitude is None or entry.longitude is None or entry.kind in _WIDE:
                continue
            sure = _margin(group) / 4.0
            around.points.append((number, entry.latitude, entry.longitude, min(1.0, 0.1 + sure)))

    def _choose(self, group: Group, around: Surroundings, number: int, groups: Sequence[Group]) -> None:
        """Scores every namesake and takes the best; the more populous where two are equal."""
        kind = self._kind_asked(group.mentions[0])
        containers = [mention.container for mention in group.mentions if mention.container]
        contains = any(mention.contents for mention in group.mentions)
        contents = [content for mention in group.mentions for content in mention.contents]
        cities = {
            entry.country
            for entry, name_class in zip(group.entries, group.classes, strict=True)
            if entry.kind == "city" and name_class <= 1 and entry.size >= LARGE_CITY
        }
        total = sum(around.countries.values())
        weight = self._weight
        group.scores = [
            self._prior(entry, name_class, kind, contains, entry.country in cities)
            + (weight["kind_hinted"] * group.hints.get(entry.kind, 0) if group.hints else 0.0)
            + self._context(entry, around, total, number)
            + (weight["region_votes"] * min(3.0, around.votes[entry.region] - group.seats.get(entry.region, 0.0)) if entry.region in around.votes else 0.0)
            + self._among_peers(entry, group, groups)
            + (weight["container"] if any(self._inside(entry, box) for box in containers) else 0.0)
            + (weight["contains_named"] if any(self._encloses(entry, content) for content in contents) else 0.0)
            for entry, name_class in zip(group.entries, group.classes, strict=True)
        ]
        group.best = max(range(len(group.scores)), key=lambda at: (group.scores[at], -at))

    def _among_peers(self, entry: Entry, group: Group, groups: Sequence[Group]) -> float:
        """Weighs how well a namesake goes with what else stands in its list: states beside states."""
        if not group.peers:
            return 0.0
        alike = near = 0
        for number in group.peers:
            peer = groups[number].entries[groups[number].best]
            alike += _LIST_KINDS.get(peer.kind, peer.kind) == _LIST_KINDS.get(entry.kind, entry.kind)
            near += peer.country == entry.country
        return (self._weight["list_kind"] * alike + self._weight["list_country"] * near) / len(group.peers)

    def _prior(self, entry: Entry, name_class: int, kind: str, contains: bool, twin: bool) -> float:
        weight = self._weight
        score = weight["size"] * entry.size / 8.0 + weight[f"class_{name_class}"]
        score += weight.get(f"kind_{entry.kind}", 0.0)
        if kind:
            asked = entry.kind in KIND_WORDS[kind]
            score += weight["kind_asked"] if asked else 0.0
        elif entry.kind == "district":
            score += weight["kind_not_asked"]
        if entry.kind == "region" and twin and not kind:
            score += weight["region_of_city"]
        if contains and entry.kind in ("country", "region"):
            score += weight["contains"]
        return score

    def _context(self, entry: Entry, around: Surroundings, total: int, number: int) -> float:
        weight = self._weight
        score = 0.0
        if total and entry.country and entry.kind not in ("country",):
            score += weight["country"] * around.countries[entry.country] / total
            if around.countries[entry.country]:
                score += weight["country_named"]
        if entry.region and entry.kind != "region" and around.regions[entry.region]:
            score += weight["region_named"]
        if number >= 0 and entry.latitude is not None and entry.longitude is not None:
            near = 0.0
            for other, latitude, longitude, sure in around.points:
                if other != number and abs(latitude - entry.latitude) < 5.0:
                    km = distance_km(entry.latitude, entry.longitude, latitude, longitude)
                    near += sure * exp(-km / 100.0)
            score += weight["near"] * min(near, 3.0)
        return score

    def _inside(self, entry: Entry, container: Candidate) -> bool:
        for name_class, number in container.postings[:8]:
            outside = self._gazetteer.entry(number)
            if name_class > 1 or outside.number == entry.number or entry.kind == "country":
                continue
            if outside.kind == "country" and outside.country == entry.country:
                return True
            if outside.kind == "region" and outside.region == entry.region and entry.kind != "region":
                return True
        return False

    def _encloses(self, entry: Entry, content: Candidate) -> bool:
        if entry.kind not in ("country", "region"):
            return False
        for _, number in content.postings[:MOST_NAMESAKES]:
            inside = self._gazetteer.entry(number)
            if inside.kind == "country" or inside.number == entry.number:
                continue
            if inside.country == entry.country and (entry.kind == "country" or inside.region == entry.region):
                return True
        return False

    def _answer(self, group: Group) -> tuple[int, float]:
        return group.entries[group.best].number, 1.0 / (1.0 + exp(-_margin(group)))


_WIDE = frozenset({"country", "continent", "world_region", "ocean", "sea"})


def _prune(group: Group) -> None:
    """Drops the namesakes that nothing nearby could bring up again."""
    floor = group.scores[group.best] - HOPELESS
    kept = [at for at, score in enumerate(group.scores) if score >= floor]
    if len(kept) < len(group.entries):
        group.best = kept.index(group.best)
        group.entries = [group.entries[at] for at in kept]
        group.classes = [group.classes[at] for at in kept]
        group.scores = [group.scores[at] for at in kept]


# Kinds that stand for one another in a list.
_LIST_KINDS = {"village": "city", "neighbourhood": "city", "world_region": "continent"}
# Evidence that the next mention is the next item of a list.
_LISTED = frozenset({"comma_place_after", "and_place_after"})


def _join_lists(mentions: Sequence[Candidate], of_mention: Sequence[int], groups: Sequence[Group]) -> None:
    """Notes which names stand in one list."""
    run: list[int] = []
    for at, mention in enumerate(mentions):
        run.append(of_mention[at])
        following = mentions[at + 1] if at + 1 < len(mentions) else None
        # Neighbours in the text, not two ends of a gap that a rejected name left.
        if following is not None and following.start - mention.end <= 6 and not _LISTED.isdisjoint(mention.evidence):
            continue
        for number in run if len(run) > 1 else ():
            others = [other for other in run if other != number][:MOST_PEERS]
            groups[number].peers.extend(others[: MOST_PEERS - len(groups[number].peers)])
        run = []


def _margin(group: Group) -> float:
    """Measures how far the best namesake is ahead of the next that lies elsewhere, in log odds."""
    best = group.entries[group.best]
    if best.latitude is None or best.longitude is None:
        return 4.0
    lead = 6.0
    for entry, score in zip(group.entries, group.scores, strict=True):
        if entry.latitude is None or entry.longitude is None:
            continue
        if distance_km(best.latitude, best.longitude, entry.latitude, entry.longitude) > SAME_SPOT_KM:
            lead = min(lead, group.scores[group.best] - score)
    return max(0.0, lead)
