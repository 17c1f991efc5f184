"""Joins mentions into speakers as a build does, for tests of the rules: mentions in, speakers out."""

import sqlite3
from contextlib import closing
from itertools import groupby

from loader.dataset.link_speakers import Identities
from loader.entities.speakers import Voices


def numbered(said, identities):
    """The number of each mention's voice in one article, None where it has none."""
    voices = Voices()
    indexes = [voices.index(one.printed, one.name, one.kind, one.description) for one in said]
    numbers = [identities.number(*told) for told in zip(voices.voices, voices.evidence, strict=True)]
    return [None if index is None else numbers[index] for index in indexes]


def identify(mentions):
    """Joins mentions, each a pair of its article's number and what is said there, article by article.

    Returns:
        For each speaker, by first mention, what it is called and the indexes of its mentions.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("attach ':memory:' as work")
        identities = Identities(connection)
        voices = []
        for _, said in groupby(mentions, key=lambda mention: mention[0]):
            voices += numbered([one for _, one in said], identities)
        identities.join()
        speakers = dict(connection.execute("select voice, speaker from work.speakers"))
        return [
            (
                told,
                tuple(index for index, voice in enumerate(voices) if voice and speakers[voice] == number),
            )
            for number, told in identities.introduced()
        ]
