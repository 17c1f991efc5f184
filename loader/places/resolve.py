"""Tells namesakes apart: which entry of the gazetteer each mention speaks of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, exp, hypot, radians
from typing import NamedTuple

from loader.gazetteer import Entry, Gazetteer
from loader.gazetteer.layout import ALIAS
from loader.places.candidates import Candidate
from loader.places.groups import MOST_NAMESAKES, Group, Grouper
from loader.places.lexicon import KIND_WORDS

# Entry.size of 250,000 people: a region that is called like such a city of its country is rarely meant.
LARGE_CITY = 143
# A name whose best namesake is so far ahead, in log odds, is not looked at again.
SETTLED = 5.0
# Entry.size of 1,000,000 people: readers everywhere take the bare name for this city.
WORLD_CITY = 159
# A namesake that is so far behind, in log odds, before places nearby count, is given up.
HOPELESS = 7.0
# Places of a text, the surest first, whose nearness is looked at.
MOST_POINTS = 150
# The margins are surer of themselves than they should be; scaled so, their confidence is calibrated.
MARGIN_SCALE = 0.8
# Other names in the same region, or places close by, beyond which more of them add nothing.
MOST_VOTES = 3.0
# At this distance, in kilometres, nearness counts for 1/e; places further apart in latitude do not count.
NEAR_KM = 100.0
NEAR_DEGREES = 5.0
# So many degrees of longitude are as far up to the latitude of 75 degrees, where few people live.
NEAR_LONGITUDE = 20.0
# Two points closer than this, in kilometres, answer the question "where" alike.
SAME_SPOT_KM = 161.0
KM_PER_DEGREE = 111.2


class Answer(NamedTuple):
    """What a mention resolves to.

    Attributes:
        entry: the chosen entry.
        sure: how sure the choice is, from 0 to 1.
        reason: "container" where the text names what it lies in, "kind" where a kind word stands beside
            it, "only" where there are no namesakes, else "likeliest".
    """

    entry: Entry
    sure: float
    reason: str


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
        self._grouper = Grouper(gazetteer)

    def resolve(self, mentions: Sequence[Candidate], spoken_of: Counter[str]) -> list[Answer]:
        """Chooses an entry for each mention.

        Args:
            mentions: accepted candidates of one text, in order.
            spoken_of: country or region to how often demonyms and the like speak of it.

        Returns:
            For each mention, its answer.
        """
        groups, of_mention = self._grouper.group(mentions)
        around = self._surroundings(groups, spoken_of)
        for group in groups:
            self._choose(group, around, -1, groups)
            _prune(group)
        for _ in range(2):
            self._locate(groups, around)
            for number, group in enumerate(groups):
                if len(group.entries) > 1 and _margin(group) < SETTLED:
                    self._choose(group, around, number, groups)
        return [self._answer(groups[number]) for number in of_mention]

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
        wide = [other for other in group.entries if other.kind in _CONTAINERS]
        if group.classes[0] > ALIAS:
            return
        if len(wide) == 1 and entry is wide[0]:
            around.countries[entry.country] += count
            if entry.kind == "region":
                around.regions[entry.region] += count
        elif not wide and len({other.country for other in group.entries}) == 1:
            around.countries[entry.country] += 1

    def _locate(self, groups: Sequence[Group], around: Surroundings) -> None:
        """Notes where the groups lie, as chosen so far, and what they add to the surroundings."""
        points = []
        for number, group in enumerate(groups):
            entry = group.entries[group.best]
            if entry.latitude is None or entry.longitude is None or entry.kind in _WIDE:
                continue
            sure = _margin(group) / 4.0
            points.append((number, entry.latitude, entry.longitude, min(1.0, 0.1 + sure)))
        # Only so many, or a text of nothing but names would take time that grows with its square.
        around.points = sorted(points, key=lambda point: -point[3])[:MOST_POINTS]

    def _choose(self, group: Group, around: Surroundings, number: int, groups: Sequence[Group]) -> None:
        """Scores every namesake and takes the best; the more populous where two are equal."""
        cities = _countries_of_cities(group)
        total = sum(around.countries.values())
        group.scores = [
            self._prior(entry, name_class, group, entry.country in cities)
            + self._said(entry, group)
            + self._context(entry, around, total)
            + self._votes(entry, group, around)
            + self._near(entry, around, number)
            + self._among_peers(entry, group, groups, entry.country in cities)
            for entry, name_class in zip(group.entries, group.classes, strict=True)
        ]
        group.best = max(range(len(group.scores)), key=lambda at: (group.scores[at], -at))

    def _said(self, entry: Entry, group: Group) -> float:
        """Weighs what the text says beside the name: its container, its contents, its offices."""
        weight = self._weight
        score = 0.0
        if any(self._inside(entry, container) for container in group.containers):
            score += weight["container"]
        if any(self._encloses(entry, content) for content in group.contents):
            score += weight["contains_named"]
        if entry.kind in group.hints:
            score += weight["kind_hinted"]
        return score

    def _votes(self, entry: Entry, group: Group, around: Surroundings) -> float:
        """Weighs how many other names could lie in a namesake's region."""
        votes = around.votes.get(entry.region, 0.0) - group.seats.get(entry.region, 0.0)
        return self._weight["region_votes"] * min(MOST_VOTES, votes)

    def _among_peers(self, entry: Entry, group: Group, groups: Sequence[Group], twin: bool) -> float:
        """Weighs how well a namesake goes with what else stands in its list: states beside states.

        A region that is called after its city ("Homs, Hama and Idlib") is no evidence for the next one.
        """
        if not group.peers:
            return 0.0
        alike = near = 0
        for number in group.peers:
            peer = groups[number].entries[groups[number].best]
            same = _LIST_KINDS.get(peer.kind, peer.kind) == _LIST_KINDS.get(entry.kind, entry.kind)
            namesakes = (
                twin and peer.kind == "region" and peer.country in _countries_of_cities(groups[number])
            )
            alike += same and not namesakes
            near += peer.country == entry.country
        return (self._weight["list_kind"] * alike + self._weight["list_country"] * near) / len(group.peers)

    def _prior(self, entry: Entry, name_class: int, group: Group, twin: bool) -> float:
        """Weighs a namesake by itself and by the kind of place that the words around the name ask for."""
        weight = self._weight
        score = weight["size"] * entry.size / 8.0 + weight[f"class_{name_class}"]
        score += weight.get(f"kind_{entry.kind}", 0.0)
        if entry.kind == "city" and entry.size >= WORLD_CITY and name_class <= ALIAS:
            score += weight["world_city"]
        if group.kind:
            score += weight["kind_asked"] if entry.kind in KIND_WORDS[group.kind] else 0.0
        elif entry.kind == "district":
            score += weight["kind_not_asked"]
        elif entry.kind == "region" and twin:
            score += weight["region_of_city"]
        if group.contents and entry.kind in _CONTAINERS:
            score += weight["contains"]
        return score

    def _context(self, entry: Entry, around: Surroundings, total: int) -> float:
        """Weighs how much the text speaks of a namesake's country and region."""
        weight = self._weight
        score = 0.0
        named = around.countries.get(entry.country, 0)
        if named and entry.kind != "country":
            score += weight["country"] * named / total + weight["country_named"]
        if entry.kind != "region" and around.regions.get(entry.region):
            score += weight["region_named"]
        return score

    def _near(self, entry: Entry, around: Surroundings, number: int) -> float:
        """Weighs how many of the places resolved so far lie close to a namesake."""
        if entry.latitude is None or entry.longitude is None:
            return 0.0
        near = 0.0
        here, east = entry.latitude, entry.longitude
        for other, latitude, longitude, sure in around.points:
            if (
                -NEAR_DEGREES < latitude - here < NEAR_DEGREES
                and not NEAR_LONGITUDE < abs(longitude - east) < 360.0 - NEAR_LONGITUDE
                and other != number
            ):
                km = distance_km(here, east, latitude, longitude)
                near += sure * exp(-km / NEAR_KM)
        return self._weight["near"] * min(near, MOST_VOTES)

    def _inside(self, entry: Entry, container: Candidate) -> bool:
        for name_class, number in container.postings[:8]:
            outside = self._gazetteer.entry(number)
            if name_class > ALIAS or outside.number == entry.number or entry.kind == "country":
                continue
            if outside.kind == "country" and outside.country == entry.country:
                return True
            if outside.kind == "region" and outside.region == entry.region and entry.kind != "region":
                return True
        return False

    def _encloses(self, entry: Entry, content: Candidate) -> bool:
        if entry.kind not in _CONTAINERS:
            return False
        for _, number in content.postings[:MOST_NAMESAKES]:
            inside = self._gazetteer.entry(number)
            if inside.kind == "country" or inside.number == entry.number:
                continue
            if inside.country == entry.country and (entry.kind == "country" or inside.region == entry.region):
                return True
        return False

    def _answer(self, group: Group) -> Answer:
        if group.containers:
            reason = "container"
        elif group.kind:
            reason = "kind"
        else:
            reason = "only" if group.namesakes == 1 else "likeliest"
        sure = 1.0 / (1.0 + exp(-MARGIN_SCALE * _margin(group)))
        return Answer(group.entries[group.best], sure, reason)


_CONTAINERS = frozenset({"country", "region"})
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


def _countries_of_cities(group: Group) -> set[str]:
    """The countries in which a large city bears a group's name."""
    return {
        entry.country
        for entry, name_class in zip(group.entries, group.classes, strict=True)
        if entry.kind == "city" and name_class <= ALIAS and entry.size >= LARGE_CITY
    }


def _margin(group: Group) -> float:
    """Measures how far the best namesake is ahead of the next that lies elsewhere, in log odds."""
    best = group.entries[group.best]
    if best.latitude is None or best.longitude is None:
        return 4.0
    lead = 6.0
    top = group.scores[group.best]
    for entry, score in zip(group.entries, group.scores, strict=True):
        # The distance is looked at last: it costs the most and matters only for a close rival.
        if top - score >= lead or entry.latitude is None or entry.longitude is None:
            continue
        if distance_km(best.latitude, best.longitude, entry.latitude, entry.longitude) > SAME_SPOT_KM:
            lead = top - score
    return max(0.0, lead)
