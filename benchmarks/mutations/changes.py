"""Changes of a database, each with the level of `press-archive verify` that must find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.mutations.archive import Kind
from loader.verify.report import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A change.

    Attributes:
        what: what is changed, in words.
        sql: the statements.
        level: the first level that finds it; in a folder of shards an earlier one may, because the catalogue
            or another shard contradicts it.
        forge: whether all that follows from the rows is made to agree with them.
        otherwise: the level for kinds of databases for which it is another one; None if the change means
            nothing there, and no level finds it.
    """

    what: str
    sql: str
    level: Level
    forge: bool = True
    otherwise: Mapping[Kind, Level | None] = field(default_factory=dict)

    def level_for(self, kind: Kind) -> Level | None:
        """Return the first level that finds it in a kind of database; None if none does."""
        return self.otherwise.get(kind, self.level)

    def is_found_in_time(self, found: Level | None, kind: Kind) -> bool:
        """Tell whether the level that found it is the one declared for a kind of database."""
        declared = self.level_for(kind)
        if kind is Kind.SHARDS and found and declared:
            return list(Level).index(found) <= list(Level).index(declared)
        return found is declared


def _judged(what: str, sql: str, **otherwise: Level | None) -> Mutation:
    return Mutation(what=what, sql=sql, level=Level.REBUILD, otherwise=_by_kind(otherwise))


def _computed(what: str, sql: str, **otherwise: Level | None) -> Mutation:
    """A change that another row or the text contradicts."""
    return Mutation(what=what, sql=sql, level=Level.ROWS, forge=False, otherwise=_by_kind(otherwise))


def _by_kind(levels: Mapping[str, Level | None]) -> Mapping[Kind, Level | None]:
    return {Kind[name.upper()]: level for name, level in levels.items()}


# Which row is changed: the first that fits.
_QUOTE = "id = (select min(id) from quotes where speaker_name is not null)"
_LONGEST = "id = (select id from quotes order by length(text) desc, id limit 1)"
_PLAIN = (
    "id = (select max(id) from paragraphs where role = 'body' "
    "and not exists (select 1 from quotes where paragraph_id = paragraphs.id) "
    "and not exists (select 1 from mentioned_places where paragraph_id = paragraphs.id))"
)
_LAST_MENTION = "id = (select max(id) from mentioned_places where quote_id is null)"
_OPENING = (
    "substr((select text from paragraphs where paragraphs.id = paragraph_id), 1, 4)",
    "(select start from paragraphs where paragraphs.id = paragraph_id)",
)

_JUDGEMENTS = (
    _judged(
        "an outlet's name shortened",
        "update publications set name = substr(name, 1, instr(name, ' ') - 1) "
        "where id = (select min(id) from publications where name like '% %')",
    ),
    _judged(
        "an outlet taken off",
        "update articles set publication_id = null where id = (select max(id) from articles)",
    ),
    _judged(
        "an author's name shortened",
        "update authors set name = substr(name, 1, instr(name, ' ') - 1) "
        "where id = (select min(id) from authors)",
    ),
    _judged(
        "an author taken off",
        "delete from article_authors where position = 2",
    ),
    _judged(
        "a dateline taken off",
        "update articles set dateline = null where id = (select min(id) from articles)",
    ),
    _judged(
        "a date taken off, from the slug too",
        "update articles set published = null, published_as_printed = null, "
        "slug = replace(substr(slug, 12), '-2', '') where slug like '%-2'",
    ),
    _judged("a paragraph's role", f"update paragraphs set role = 'author_bio' where {_PLAIN}"),
    _judged(
        "the role of other text",
        "update furniture set role = 'separator' where role = 'see_also'",
    ),
    _judged(
        "a paragraph split in two",
        f"""
        create temp table split as select *, instr(text, ' ') as at from paragraphs where {_PLAIN};
        update paragraphs set position = -position
          where article_id = (select article_id from split) and position > (select position from split);
        update paragraphs set position = 1 - position where position < 0;
        update paragraphs set id = -id where id > (select id from split);
        update paragraphs set id = 1 - id where id < 0;
        update quotes set paragraph_id = paragraph_id + 1 where paragraph_id > (select id from split);
        update mentioned_places set paragraph_id = paragraph_id + 1
          where paragraph_id > (select id from split);
        update links set paragraph_id = paragraph_id + 1 where paragraph_id > (select id from split);
        insert into paragraphs (id, article_id, position, role, text, word_count, start, end)
          select id + 1, article_id, position + 1, role, substr(text, at + 1),
          word_count - 1, start + at, end from split;
        update paragraphs set text = substr(text, 1, (select at from split) - 1), word_count = 1,
          end = start + (select at from split) - 1 where id = (select id from split);
        """,
    ),
)

_QUOTATIONS = (
    _judged("a quotation's kind", "update quotes set kind = 'title' where kind = 'direct' and position = 1"),
    _judged("a quotation's rule", f"update quotes set rule = 'guessed' where {_QUOTE}"),
    _judged("a quotation's utterance", "update quotes set utterance = 1 where position = 3"),
    _judged(
        "the last character of a quotation cut off",
        f"update quotes set text = substr(text, 1, length(text) - 1), end = end - 1 where {_LONGEST}",
    ),
    _judged(
        "the first word of a quotation cut off",
        "update quotes set start = start + instr(text, ' '), text = substr(text, instr(text, ' ') + 1) "
        f"where {_LONGEST}",
    ),
    _judged(
        "a quotation taken out",
        "delete from quotes where id = (select max(id) from quotes); "
        "update mentioned_places set quote_id = null where quote_id not in (select id from quotes)",
    ),
    _judged(
        "a quotation that nobody printed",
        "insert into quotes "
        "(id, article_id, paragraph_id, position, utterance, text, kind, rule, start, end) "
        "select 1 + (select max(id) from quotes), article_id, id, 1 + (select count(*) from quotes "
        "where article_id = paragraphs.article_id), 1, substr(text, length(text) - 3), 'scare', 'guessed', "
        "end - 4, end from paragraphs where role = 'body' order by id desc limit 1",
    ),
    _judged(
        "a cue moved to other words",
        f"update quotes set cue = {_OPENING[0]}, cue_start = {_OPENING[1]}, cue_end = 4 + {_OPENING[1]} "
        f"where {_QUOTE}",
    ),
    _judged(
        "a cue taken off", f"update quotes set cue = null, cue_start = null, cue_end = null where {_QUOTE}"
    ),
    _judged(
        "a speaker moved to other words",
        f"update quotes set speaker_text = {_OPENING[0]}, speaker_start = {_OPENING[1]}, "
        f"speaker_end = 4 + {_OPENING[1]} where {_QUOTE}",
    ),
    _judged(
        "a speaker taken off",
        "update quotes set speaker_id = null, speaker_text = null, speaker_start = null, speaker_end = null, "
        "speaker_name = null, speaker_description = null "
        "where speaker_id = (select id from speakers where quote_count = 1 order by id desc limit 1)",
    ),
    _judged(
        "a speaker's kind",
        "create temp table one as select max(id) as id from speakers where kind = 'person'; "
        "update speakers set kind = 'group' where id = (select id from one); "
        "update speaker_names set kind = 'group', family = null where speaker_id = (select id from one)",
    ),
    _judged(
        "a speaker's name, wherever it stands",
        "update quotes set speaker_name = 'Karl Hubert' where speaker_name = 'Karl Huber'; "
        "update speakers set name = 'Karl Hubert' where name = 'Karl Huber'; "
        "update speaker_names set folded_name = 'karl hubert', family = 'hubert' "
        "where folded_name = 'karl huber'",
    ),
    _judged(
        "a speaker's description, wherever it stands",
        "update quotes set speaker_description = 'a pirate' where speaker_description is not null; "
        "update speakers set description = 'a pirate' where description is not null",
    ),
    _computed(
        "a quotation given to another speaker",
        f"update quotes set speaker_id = (select max(id) from speakers) where {_QUOTE}",
    ),
)

_PLACES = (
    _judged(
        "a mention's sense",
        "update mentioned_places set sense = 'government' "
        "where id = (select min(id) from mentioned_places where sense = 'location')",
    ),
    _judged(
        "a mention's confidence",
        "update mentioned_places set confidence = round(confidence - 0.01, 2) where "
        "id = (select min(id) from mentioned_places)",
    ),
    _judged(
        "a mention's rule",
        "update mentioned_places set rule = 'guessed' where id = (select min(id) from mentioned_places)",
    ),
    _judged(
        "a mention taken out",
        f"delete from mentioned_places where {_LAST_MENTION}",
    ),
    _judged(
        "a mention of another place",
        "update mentioned_places set place_id = (select place_id from mentioned_places order by id limit 1) "
        f"where {_LAST_MENTION}",
    ),
    _judged(
        "the last character of a mention cut off",
        "update mentioned_places set text = substr(text, 1, length(text) - 1), end = end - 1 "
        f"where {_LAST_MENTION}",
    ),
    _judged(
        "a mention that is none",
        "insert into mentioned_places "
        "(id, place_id, article_id, paragraph_id, text, sense, confidence, rule, start, end) "
        "select 1 + (select max(id) from mentioned_places), place_id, article_id, paragraph_id, "
        "substr((select text from paragraphs where id = paragraph_id), -4), sense, confidence, rule, "
        "(select end - 4 from paragraphs where id = paragraph_id), "
        "(select end from paragraphs where id = paragraph_id) from mentioned_places order by id desc limit 1",
    ),
)

_OTHERS = (
    _judged("a link taken out", "delete from links"),
    _judged(
        "the last character of a link cut off",
        "update links set url = substr(url, 1, length(url) - 1), end = end - 1",
    ),
    _judged("a note's article", "update data_notes set article_id = null where article_id is not null"),
    _judged(
        "a note's code", "update data_notes set code = 'misprint' where id = (select min(id) from data_notes)"
    ),
    _judged(
        "a note's message",
        "update data_notes set message = 'All is well.' where id = (select min(id) from data_notes)",
    ),
    _judged(
        "a note's start",
        "update data_notes set start = start + 1 where id = (select min(id) from data_notes)",
    ),
    _judged(
        "a note's end", "update data_notes set end = end - 1 where id = (select min(id) from data_notes)"
    ),
    _judged("another format of a file", "update files set format = 'a book' where path = 'z.zip'"),
    _judged("another reader of a file", "update files set reader = 'roundup' where path = 'z.zip'"),
    _judged("another version of a reader", "update files set reader_version = '9' where path = 'z.zip'"),
    _judged("another reason of a file", "update files set reason = 'is cut' where path = 'z.zip'"),
    _judged("another reason to leave bytes out", "update omitted_ranges set reason = 'duplicate'"),
    _judged("a note taken out", "delete from data_notes where id = (select max(id) from data_notes)"),
    _judged(
        "what a correction replaced",
        "update corrections set found = 'x' where id = (select id from corrections where field <> 'note')",
    ),
    _judged("a correction taken out", "delete from corrections where field = 'note'"),
)

_COMPUTED = (
    Mutation(
        what="a source file's hash",
        sql="update archives set sha256 = replace(sha256, 'a', 'b')",
        level=Level.BYTES,
        forge=False,
    ),
    Mutation(
        what="a source file's length in characters",
        sql="update archives set characters = characters + 1",
        level=Level.TEXT,
        forge=False,
    ),
    Mutation(
        what="other text taken out",
        sql="delete from furniture where role = 'headline'",
        level=Level.TEXT,
        otherwise={Kind.SHARD: Level.ROWS},
    ),
    Mutation(
        what="a word of a paragraph",
        sql=f"update paragraphs set text = replace(text, 'Nobody', 'Anyone') where {_PLAIN}",
        level=Level.TEXT,
        forge=False,
        otherwise={Kind.SHARD: Level.ROWS},
    ),
    _computed("a paragraph's count of words", f"update paragraphs set word_count = 9 where {_PLAIN}"),
    _computed(
        "a headline",
        "update articles set headline = headline || '!' where id = (select min(id) from articles)",
    ),
    _computed(
        "a byline", "update articles set byline = 'Anonymous' where id = (select min(id) from articles)"
    ),
    _computed("a slug", "update articles set slug = slug || '-a' where id = (select min(id) from articles)"),
    _computed(
        "a place moved", "update places set latitude = latitude + 0.1 where id = (select min(id) from places)"
    ),
    _computed(
        "a count of quotations",
        "update speakers set quote_count = 9 where id = (select min(id) from speakers)",
    ),
    _computed(
        "a name of a speaker",
        "update speaker_names set family = 'x' where id = (select min(id) from speaker_names)",
        shard=Level.REBUILD,
    ),
    _computed("a reference to no row", f"update quotes set speaker_id = 999 where {_QUOTE}"),
    _computed("a reason of a correction", "update corrections set reason = 'Because.'"),
    _computed("a count of articles by month", "update article_months set articles = articles + 1"),
    _computed("a count of rows by rule", "update rule_counts set rows = rows + 1"),
    _computed(
        "the title of the data set",
        "update build_info set value = 'Three rivers' where key = 'dataset.title'",
    ),
    _computed("a fact about the build", "update build_info set value = 'mine' where key = 'gazetteer'"),
    _computed(
        "a description of a column", "update data_dictionary set description = 'x' where column_name = 'cue'"
    ),
    _computed("a view's SQL", "drop view quote_details; create view quote_details as select * from quotes"),
    _computed("an index dropped", "drop index idx_quotes_kind"),
    _computed("a trigger", "create trigger t after insert on quotes begin delete from quotes; end"),
    _computed("a table more", "create table t (x)"),
    _computed("the version of the schema", "pragma user_version = 9"),
    _computed(
        "the ranking of a search index",
        "insert into quotes_fts(quotes_fts, rank) values ('rank', 'bm25(0)')",
    ),
    _computed(
        "a setting of a search index", "insert into quotes_fts(quotes_fts, rank) values ('automerge', 8)"
    ),
    _computed("a search index emptied", "insert into quotes_fts(quotes_fts) values ('delete-all')"),
    _computed(
        "a word more in a search index",
        "insert into paragraphs_fts(rowid, text) select min(id), 'treason' from paragraphs",
    ),
    _computed(
        "the length of a text in a search index",
        "update paragraphs_fts_docsize set sz = x'7f' where id = (select min(id) from paragraphs)",
    ),
    _computed(
        "a count of rows for the query planner",
        "update sqlite_stat1 set stat = '9' || stat where tbl = 'paragraphs'",
    ),
    Mutation(
        what="how keys spread, for the query planner",
        sql="update sqlite_stat1 set stat = stat || '0' where idx = 'idx_quotes_kind'",
        level=Level.REBUILD,
        forge=False,
        otherwise={Kind.UPDATED: None},
    ),
    Mutation(
        what="the ids of two authors exchanged",
        sql="create temp table old as select id, name from authors where id < 3; "
        "update authors set name = name || '!' where id < 3; "
        "update authors set name = (select name from old where old.id = 3 - authors.id) where id < 3; "
        "update article_authors set author_id = author_id + 100 where author_id < 3; "
        "update article_authors set author_id = 103 - author_id where author_id > 100",
        level=Level.ROWS,
        otherwise={Kind.UPDATED: None, Kind.SHARDS: Level.REBUILD, Kind.SHARD: Level.REBUILD},
    ),
)

MUTATIONS: tuple[Mutation, ...] = (*_JUDGEMENTS, *_QUOTATIONS, *_PLACES, *_OTHERS, *_COMPUTED)
