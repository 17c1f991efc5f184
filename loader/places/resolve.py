"""Tells namesakes apart: which entry of the gazetteer each mention speaks of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, exp, hypot, log, radians

from loader.gazetteer import Entry, Gazetteer
from loader.gazetteer.keys import plain_key
from loader.places.lexicon import country_words, word_class
from loader.places.recognise import Candidate

# Namesakes looked at for one name, the surest and most populous first.
MOST_NAMESAKES = 60
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
        seats: the first-level regions in which the namesakes lie.
        share: how much the name says for each of them: the less the more they are.
    """

    mentions: list[Candidate]
    entries: list[Entry]
    classes: list[int]
    best: int = 0
    scores: list[float] = field(default_factory=list)
    seats: set[str] = field(default_factory=set)
    share: float = 0.0


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
        self._country_words = country_words()
        self._kind_words = {word: kind for kind in KIND_WORDS for word in word_class(f"kind_{kind}")}

    def resolve(self, mentions: Sequence[Candidate], words: Counter[str]) -> list[tuple[int, float]]:
        """Chooses an entry for each mention.

        Args:
            mentions: accepted candidates of one text, in order.
            words: how often each word that speaks of a country occurs, in small letters.

        Returns:
            For each mention the entry's number and how sure the choice is, from 0 to 1.
        """
        groups, of_mention = self._group(mentions)
        around = self._surroundings(groups, words)
        for group in groups:
            self._choose(group, around, -1)
        for _ in range(2):
            self._locate(groups, around)
            for number, group in enumerate(groups):
                if len(group.entries) > 1:
                    self._choose(group, around, number)
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

    def _kind_asked(self, mention: Candidate) -> str:
        if mention.gap == " " and mention.after in self._kind_words:
            return self._kind_words[mention.after]
        if len(mention.before) > 1 and mention.before[-1] == "of":
            return self._kind_words.get(mention.before[-2], "")
        return ""

    def _surroundings(self, groups: Sequence[Group], words: Counter[str]) -> Surroundings:
        """Counts the countries and regions that the text speaks of by name, demonym or the like."""
        around = Surroundings()
        for word, count in words.items():
            code = self._country_words[word]
            (around.regions if "." in code else around.countries)[code] += count
            if "." in code:
                around.countries[code[:2]] += count
        for group in groups:
            self._count(group, around)
        return around

    def _count(self, group: Group, around: Surroundings) -> None:
        """Counts what one name says about where the text plays."""
        count = len(group.mentions)
        seats = {entry.region for entry in group.entries if entry.region}
        share = 1.0 / (1.0 + log(len(seats))) if seats else 0.0
        for region in sorted(seats):
            around.votes[region] += share
        group.seats, group.share = seats, share
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

    def _choose(self, group: Group, around: Surroundings, number: int) -> None:
        """Scores every namesake and takes the best; the more populous where two are equal."""
        kind = self._kind_asked(group.mentions[0])
        containers = [mention.container for mention in group.mentions if mention.container]
        contains = any(mention.contents for mention in group.mentions)
        contents = [content for mention in group.mentions for content in mention.contents]
        total = sum(around.countries.values())
        weight = self._weight
        group.scores = [
            self._prior(entry, name_class, kind, contains)
            + self._context(entry, around, total, number)
            + (weight["region_votes"] * min(4.0, around.votes[entry.region] - group.share) if entry.region in group.seats else 0.0)
            + (weight["container"] if any(self._inside(entry, box) for box in containers) else 0.0)
            + (weight["contains_named"] if any(self._encloses(entry, content) for content in contents) else 0.0)
            for entry, name_class in zip(group.entries, group.classes, strict=True)
        ]
        group.best = max(range(len(group.scores)), key=lambda at: (group.scores[at], -at))

    def _prior(self, entry: Entry, name_class: int, kind: str, contains: bool) -> float:
        weight = self._weight
        score = weight["size"] * entry.size / 8.0 + weight[f"class_{name_class}"]
        score += weight.get(f"kind_{entry.kind}", 0.0)
        if kind:
            asked = entry.kind in KIND_WORDS[kind]
            score += weight["kind_asked"] if asked else 0.0
        elif entry.kind == "district":
            score += weight["kind_not_asked"]
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
# Which kinds of entry a class of kind words asks for.
KIND_WORDS: dict[str, frozenset[str]] = {
    "region": frozenset({"region", "district"}),
    "district": frozenset({"district", "region"}),
    "city": frozenset({"city", "village"}),
    "facility": frozenset({"facility"}),
    "river": frozenset({"river"}),
    "neighbourhood": frozenset({"neighbourhood"}),
    "island": frozenset({"island"}),
    "lake": frozenset({"lake"}),
    "range": frozenset({"range", "mountain"}),
}


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


def count_country_words(words: Sequence[str]) -> Counter[str]:
    """Counts the words that speak of one country.

    Args:
        words: capitalised words of a text.

    Returns:
        Word in small letters to count, in order of first occurrence.
    """
    known = country_words()
    counted: Counter[str] = Counter()
    for word in words:
        small = word.lower()
        if small in known:
            counted[small] += 1
    return counted


__all__ = ["Resolver", "count_country_words", "distance_km", "plain_key"]
