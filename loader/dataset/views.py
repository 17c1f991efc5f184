"""The views of the data set: what readers want side by side, without joins. Columns may be added."""

from __future__ import annotations

from loader.dataset.declaration import Hints, View, shown, view_columns

_AUTHORS = """(select group_concat(name, '; ') from (
select authors.name from article_authors join authors on authors.id = article_authors.author_id
where article_authors.article_id = articles.id order by article_authors.position))"""


def _count_of(table: str, what: str = "*") -> str:
    return f"(select count({what}) from {table} where {table}.article_id = articles.id)"  # noqa: S608 - ours


VIEWS: dict[str, View] = {
    "article_overview": View(
        title="Articles at a glance",
        description="Articles with outlet, authors and counts.",
        rows_of="articles",
        columns=view_columns(
            shown("id", "articles.id"),
            shown("slug", "articles.slug"),
            shown("published", "articles.published"),
            shown("publication", "publications.name", "The outlet.", facet=True),
            shown("headline", "articles.headline"),
            shown("authors", _AUTHORS, "Who signs, in printed order.", type=str),
            shown("standfirst", "articles.standfirst"),
            shown("dateline", "articles.dateline"),
            shown("published_as_printed", "articles.published_as_printed"),
            shown("word_count", "articles.word_count"),
            shown(
                "paragraph_count",
                _count_of("paragraphs"),
                "Number of blocks except headline and source line.",
                type=int,
            ),
            shown("quote_count", _count_of("quotes"), "Number of quotations.", type=int),
            shown(
                "speaker_count",
                _count_of("quotes", "distinct speaker_id"),
                "Number of different speakers quoted.",
                type=int,
            ),
            shown("mention_count", _count_of("mentioned_places"), "Number of mentions of places.", type=int),
            shown("note_count", _count_of("data_notes"), "Number of data quality notes.", type=int),
        ),
        source="from articles left join publications on publications.id = articles.publication_id",
        searched_by="articles",
        hints=Hints(sort="-published", page_size=50, facet_size=20),
    ),
    "quote_details": View(
        title="Quotations with speaker, article and paragraph",
        description="One row for each quotation, without joins.",
        rows_of="quotes",
        columns=view_columns(
            shown("id", "quotes.id"),
            shown("text", "quotes.text"),
            shown("kind", "quotes.kind", facet=True),
            shown("speaker", "speakers.name", "The speaker's name.", facet=True),
            shown(
                "speaker_kind",
                "speakers.kind",
                "What the speaker is: person, organisation, document or group.",
            ),
            shown("speaker_description", "speakers.description"),
            shown("speaker_text", "quotes.speaker_text"),
            shown("cue", "quotes.cue"),
            shown("headline", "articles.headline", "The article's headline."),
            shown("publication", "publications.name", "The outlet.", facet=True),
            shown("published", "articles.published", "The article's date."),
            shown("role", "paragraphs.role", "What the paragraph is."),
            shown("paragraph", "paragraphs.text", "The whole paragraph."),
            shown("utterance", "quotes.utterance"),
            shown("nested_in", "quotes.nested_in"),
            shown("rule", "quotes.rule"),
            shown("article_id", "quotes.article_id"),
            shown("paragraph_id", "quotes.paragraph_id"),
            shown("speaker_id", "quotes.speaker_id", "Number of the speaker."),
            shown("slug", "articles.slug", "The article's readable name."),
            shown("start", "quotes.start"),
            shown("end", "quotes.end"),
        ),
        source="""
from quotes
  join articles on articles.id = quotes.article_id
  left join publications on publications.id = articles.publication_id
  left join paragraphs on paragraphs.id = quotes.paragraph_id
  left join speakers on speakers.id = quotes.speaker_id
""",
        searched_by="quotes",
        hints=Hints(sort="id", page_size=25, facet_size=15),
    ),
    "place_mention_details": View(
        title="Mentions with place, article and paragraph",
        description="One row for each mention of a place, without joins.",
        rows_of="mentioned_places",
        columns=view_columns(
            shown("id", "mentioned_places.id"),
            shown("place", "places.name", "The place's English name.", facet=True),
            shown("as_printed", "mentioned_places.text"),
            shown("kind", "places.kind", "What the place is."),
            shown("country", "places.country", facet=True),
            shown("country_code", "places.country_code"),
            shown("latitude", "places.latitude"),
            shown("longitude", "places.longitude"),
            shown("geonames_id", "places.geonames_id"),
            shown("sense", "mentioned_places.sense", facet=True),
            shown("confidence", "mentioned_places.confidence"),
            shown("headline", "articles.headline", "The article's headline."),
            shown("publication", "publications.name", "The outlet.", facet=True),
            shown("published", "articles.published", "The article's date."),
            shown("role", "paragraphs.role", "What the paragraph is."),
            shown("paragraph", "paragraphs.text", "The whole paragraph."),
            shown("quote", "quotes.text", "The innermost quotation that holds it."),
            shown("rule", "mentioned_places.rule"),
            shown("place_id", "mentioned_places.place_id", "Number of the place."),
            shown("article_id", "mentioned_places.article_id"),
            shown("paragraph_id", "mentioned_places.paragraph_id"),
            shown("quote_id", "mentioned_places.quote_id", "Number of that quotation."),
            shown("slug", "articles.slug", "The article's readable name."),
            shown("start", "mentioned_places.start"),
            shown("end", "mentioned_places.end"),
        ),
        source="""
from mentioned_places
  join places on places.id = mentioned_places.place_id
  join articles on articles.id = mentioned_places.article_id
  left join publications on publications.id = articles.publication_id
  left join paragraphs on paragraphs.id = mentioned_places.paragraph_id
  left join quotes on quotes.id = mentioned_places.quote_id
""",
        hints=Hints(sort="id", page_size=50, facet_size=15),
    ),
}
