"""Tells namesakes apart: which entry of the gazetteer each mention speaks of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import cos, exp, floor, hypot, radians
from operator import add
from typing import NamedTuple

from loader.extract.places.candidates import Candidate
from loader.extract.places.homonyms import CONTAINERS, NamesakeTable
from loader.extract.places.mention_groups import MOST_NAMESAKES, Group, Grouper
from loader.gazetteer import Entry, Gazetteer
from loader.gazetteer.layout import ALIAS

# A name whose best namesake is so far ahead, in log odds, is not looked at again.
SETTLED = 5.0
# The lead of a name without a rival elsewhere, and that of a name whose place has no point, in log odds.
UNRIVALLED = 6.0
POINTLESS = 4.0
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
# Pairs of points whose nearness is kept: the second look at a text asks for those of the first.
KEPT_PAIRS = 8_000


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


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What the text says about where it plays.

    Attributes:
        countries: country code to how often the text speaks of it.
        regions: "CC.admin1" to the same.
        votes: "CC.admin1" to how many names could lie there, those with few namesakes counting most.
        total: how often it speaks of any country.
        bands: which places resolved so far may be near the latitudes of a band of NEAR_DEGREES: group
            number, latitude, longitude and weight of each, the surest first.
    """

    countries: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    votes: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    total: int = 0
    bands: dict[int, list[tuple[int, float, float, float]]] = field(default_factory=dict)


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


@lru_cache(maxsize=KEPT_PAIRS)
def _nearness(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Tells how much nearness counts: 1 for the same point, 1/e at NEAR_KM."""
    return exp(-distance_km(latitude, longitude, other_latitude, other_longitude) / NEAR_KM)


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
        self._namesakes = NamesakeTable(gazetteer)
        self._grouper = Grouper(self._namesakes)

    def resolve(self, mentions: Sequence[Candidate], spoken_of: Counter[str]) -> list[Answer]:
        """Chooses an entry for each mention.

        Args:
            mentions: accepted candidates of one text, in order.
            spoken_of: country or region to how often demonyms and the like speak of it.

        Returns:
            For each mention, its answer.
        """
        groups, of_mention = self._grouper.group(mentions)
        around = _surroundings(groups, spoken_of)
        for group in groups:
            if group.count > 1:
                self._prune(group, self._choose(group, around, -1, groups))
            else:
                group.margin = UNRIVALLED if _has_point(group.namesakes.entries[0]) else POINTLESS
        for _ in range(2):
            unsettled = [
                number
                for number, group in enumerate(groups)
                if group.margin < SETTLED and len(group.namesakes.entries) > 1
            ]
            if not unsettled:
                break
            around.bands = _bands(groups)
            for number in unsettled:
                self._choose(groups[number], around, number, groups)
        answers = [_answer(group) for group in groups]
        return [answers[number] for number in of_mention]

    def _choose(
        self, group: Group, around: Surroundings, number: int, groups: Sequence[Group]
    ) -> Sequence[float]:
        """Scores every namesake and takes the best; the more populous where two are equal."""
        entries = group.namesakes.entries
        scores = group.base = group.base or self._base(group, around)
        if around.bands:
            scores = list(map(add, scores, [self._near(entry, around, number) for entry in entries]))
        if group.peers:
            scores = list(map(add, scores, self._among_peers(group, groups)))
        group.best = scores.index(max(scores))
        group.margin = _margin(entries, scores, group.best)
        return scores

    def _base(self, group: Group, around: Surroundings) -> Sequence[float]:
        """Scores every namesake by all that hangs on no other name's place."""
        entries = group.namesakes.entries
        scores: Sequence[float] = group.namesakes.priors(group.kind, bool(group.contents), self._weight)
        # What speaks neither for nor against any of them is left out.
        if group.containers or group.contents or group.hints:
            scores = list(map(add, scores, [self._said(entry, group) for entry in entries]))
        return self._in_context(scores, group, around)

    def _prune(self, group: Group, scores: Sequence[float]) -> None:
        """Drops the namesakes that nothing nearby could bring up again."""
        least = scores[group.best] - HOPELESS
        kept = [at for at, score in enumerate(scores) if score >= least]
        if len(kept) < len(scores):
            group.base = ()  # a region is weighed by the cities that are left
            group.best = kept.index(group.best)
            postings = group.namesakes.postings
            group.namesakes = self._namesakes.of(tuple([postings[at] for at in kept]))

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

    def _among_peers(self, group: Group, groups: Sequence[Group]) -> list[float]:
        """Weighs how well each namesake goes with what else stands in its list: states beside states.

        A region that is called after its city ("Homs, Hama and Idlib") is no evidence for the next one.
        """
        peers = []
        for number in group.peers:
            namesakes, best = groups[number].namesakes, groups[number].best
            peer = namesakes.entries[best]
            called_after_city = peer.kind == "region" and namesakes.twins[best]
            peers.append((namesakes.list_kinds[best], called_after_city, peer.country))
        by_kind, by_country = self._weight["list_kind"], self._weight["list_country"]
        weighed = []
        own = group.namesakes
        for entry, kind, twin in zip(own.entries, own.list_kinds, own.twins, strict=True):
            alike = near = 0
            for peer_kind, called_after_city, country in peers:
                alike += peer_kind == kind and not (twin and called_after_city)
                near += country == entry.country
            weighed.append((by_kind * alike + by_country * near) / len(peers))
        return weighed

    def _in_context(self, scores: Sequence[float], group: Group, around: Surroundings) -> list[float]:
        """Adds how much the text speaks of the country and region of each, and of what may lie there too."""
        weight, countries, regions = self._weight, around.countries, around.regions
        by_share, by_country, by_region = weight["country"], weight["country_named"], weight["region_named"]
        by_votes, votes, own = weight["region_votes"], around.votes, group.seats
        weighed = []
        for entry, score in zip(group.namesakes.entries, scores, strict=True):
            kind, country, region = entry.kind, entry.country, entry.region
            context = 0.0
            named = countries.get(country)
            if named and kind != "country":
                context += by_share * named / around.total + by_country
            if regions and kind != "region" and regions.get(region):
                context += by_region
            others = votes.get(region, 0.0) - own.get(region, 0.0)
            weighed.append(score + context + by_votes * (others if others < MOST_VOTES else MOST_VOTES))
        return weighed

    def _near(self, entry: Entry, around: Surroundings, number: int) -> float:
        """Weighs how many of the places resolved so far lie close to a namesake."""
        here, east = entry.latitude, entry.longitude
        if here is None or east is None:
            return 0.0
        near = 0.0
        for other, latitude, longitude, sure in around.bands.get(floor(here / NEAR_DEGREES), ()):
            if (
                -NEAR_DEGREES < latitude - here < NEAR_DEGREES
                and not NEAR_LONGITUDE < abs(longitude - east) < 360.0 - NEAR_LONGITUDE
                and other != number
            ):
                near += sure * _nearness(here, east, latitude, longitude)
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
        if entry.kind not in CONTAINERS:
            return False
        for _, number in content.postings[:MOST_NAMESAKES]:
            inside = self._gazetteer.entry(number)
            if inside.kind == "country" or inside.number == entry.number:
                continue
            if inside.country == entry.country and (entry.kind == "country" or inside.region == entry.region):
                return True
        return False


_WIDE = frozenset({"country", "continent", "world_region", "ocean", "sea"})


def _surroundings(groups: Sequence[Group], spoken_of: Counter[str]) -> Surroundings:
    """Counts the countries and regions that the text speaks of by name, demonym or the like."""
    around = Surroundings()
    for code, count in spoken_of.items():
        (around.regions if "." in code else around.countries)[code] += count
        if "." in code:
            around.countries[code[:2]] += count
    for group in groups:
        for region, share in group.seats.items():
            around.votes[region] += share
        claims, entry = group.namesakes.claims, group.namesakes.entries[0]
        if claims == "wide":
            around.countries[entry.country] += len(group.mentions)
            if entry.kind == "region":
                around.regions[entry.region] += len(group.mentions)
        elif claims:
            around.countries[entry.country] += 1
    around.total = sum(around.countries.values())
    return around


def _bands(groups: Sequence[Group]) -> dict[int, list[tuple[int, float, float, float]]]:
    """Says where the groups lie, as chosen so far, as Surroundings.bands."""
    points = []
    for number, group in enumerate(groups):
        entry = group.namesakes.entries[group.best]
        if entry.latitude is None or entry.longitude is None or entry.kind in _WIDE:
            continue
        points.append((number, entry.latitude, entry.longitude, min(1.0, 0.1 + group.margin / 4.0)))
    bands: defaultdict[int, list[tuple[int, float, float, float]]] = defaultdict(list)
    # Only so many, or a text of nothing but names would take time that grows with its square.
    for point in sorted(points, key=lambda point: -point[3])[:MOST_POINTS]:
        band = floor(point[1] / NEAR_DEGREES)
        for near in (band - 1, band, band + 1):
            bands[near].append(point)
    return bands


def _answer(group: Group) -> Answer:
    if group.containers:
        reason = "container"
    elif group.kind:
        reason = "kind"
    else:
        reason = "only" if group.count == 1 else "likeliest"
    sure = 1.0 / (1.0 + exp(-MARGIN_SCALE * group.margin))
    return Answer(group.namesakes.entries[group.best], sure, reason)


def _has_point(entry: Entry) -> bool:
    return entry.latitude is not None and entry.longitude is not None


def _margin(entries: Sequence[Entry], scores: Sequence[float], best: int) -> float:
    """Measures how far the best namesake is ahead of the next that lies elsewhere, in log odds."""
    latitude, longitude = entries[best].latitude, entries[best].longitude
    if latitude is None or longitude is None:
        return POINTLESS
    lead = UNRIVALLED
    top = scores[best]
    for entry, score in zip(entries, scores, strict=True):
        # The distance is looked at last: it costs the most and matters only for a close rival.
        if top - score >= lead or entry.latitude is None or entry.longitude is None:
            continue
        if distance_km(latitude, longitude, entry.latitude, entry.longitude) > SAME_SPOT_KM:
            lead = top - score
    return max(0.0, lead)
