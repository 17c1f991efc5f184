-- Every row of archive.db as a line of JSON, ids replaced by what they stand for.
-- sqlite3 archive.db < docs/content.sql | sha256sum
-- gives what `press-archive digest --content archive.db` prints.
-- Written by `python -m scripts.data_dictionary`.
create temp table first_publications (id integer not null primary key, user, part_1, part_2, part_3) without rowid;
insert or ignore into first_publications
select this.[publication_id], 'articles', this_archive_id.[path], this_archive_id.[member], this.[position]
from articles as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
where this.[publication_id] is not null
order by this_archive_id.[path], this_archive_id.[member], this.[position];
create temp table first_authors (id integer not null primary key, user, part_1, part_2, part_3, part_4) without rowid;
insert or ignore into first_authors
select this.[author_id], 'article_authors', this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[position]
from article_authors as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
where this.[author_id] is not null
order by this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[position];
create temp table first_speakers (id integer not null primary key, user, part_1, part_2, part_3, part_4, part_5) without rowid;
insert or ignore into first_speakers
select this.[speaker_id], 'quotes', this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end]
from quotes as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
where this.[speaker_id] is not null
order by this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end];
create temp table first_places (id integer not null primary key, user, part_1, part_2, part_3, part_4, part_5) without rowid;
insert or ignore into first_places
select this.[place_id], 'mentioned_places', this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end]
from mentioned_places as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
where this.[place_id] is not null
order by this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end];
select '["files","id","path","sha256","bytes","format","reader","reader_version","status","reason"]';
select json_array('files',
json(case when 1 then json_array(this.[path]) end),
this.[path],
this.[sha256],
this.[bytes],
this.[format],
this.[reader],
this.[reader_version],
this.[status],
this.[reason])
from files as this
order by 1;
select '["archives","id","path","sha256","bytes","characters","encoding","format","curation_sha256","file_id","member","part_sha256"]';
select json_array('archives',
json(case when 1 then json_array(this.[path], this.[member]) end),
this.[path],
this.[sha256],
this.[bytes],
this.[characters],
this.[encoding],
this.[format],
this.[curation_sha256],
json(case when this.[file_id] is not null then json_array(this_file_id.[path]) end),
this.[member],
this.[part_sha256])
from archives as this
left join files as this_file_id on this_file_id.id = this.[file_id]
order by 1;
select '["source_texts","id","archive_id","text"]';
select json_array('source_texts',
json(case when 1 then json_array(this_archive_id.[path], this_archive_id.[member]) end),
json(case when this.[archive_id] is not null then json_array(this_archive_id.[path], this_archive_id.[member]) end),
this.[text])
from source_texts as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
order by 1;
select '["segments","id","archive_id","start","end","part","byte_start","byte_end","transform","encoding"]';
select json_array('segments',
json(case when 1 then json_array(this_archive_id.[path], this_archive_id.[member], this.[start]) end),
json(case when this.[archive_id] is not null then json_array(this_archive_id.[path], this_archive_id.[member]) end),
this.[start],
this.[end],
this.[part],
this.[byte_start],
this.[byte_end],
this.[transform],
this.[encoding])
from segments as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
order by 1;
select '["omitted_ranges","id","file_id","part","byte_start","byte_end","reason"]';
select json_array('omitted_ranges',
json(case when 1 then json_array(this_file_id.[path], this.[part], this.[byte_start]) end),
json(case when this.[file_id] is not null then json_array(this_file_id.[path]) end),
this.[part],
this.[byte_start],
this.[byte_end],
this.[reason])
from omitted_ranges as this
left join files as this_file_id on this_file_id.id = this.[file_id]
order by 1;
select '["publications","id","name"]';
select json_array('publications',
json(case when 1 then json_array(this_first.user, this_first.part_1, this_first.part_2, this_first.part_3) end),
this.[name])
from publications as this
left join first_publications as this_first on this_first.id = this.id
order by 1;
select '["articles","id","slug","archive_id","position","headline","standfirst","publication_id","byline","published","published_as_printed","dateline","url","word_count","start","end"]';
select json_array('articles',
json(case when 1 then json_array(this_archive_id.[path], this_archive_id.[member], this.[position]) end),
case when rtrim(this.[slug], '0123456789') like '%-' then rtrim(rtrim(this.[slug], '0123456789'), '-') else this.[slug] end,
json(case when this.[archive_id] is not null then json_array(this_archive_id.[path], this_archive_id.[member]) end),
this.[position],
this.[headline],
this.[standfirst],
json(case when this.[publication_id] is not null then json_array(this_publication_id.user, this_publication_id.part_1, this_publication_id.part_2, this_publication_id.part_3) end),
this.[byline],
this.[published],
this.[published_as_printed],
this.[dateline],
this.[url],
this.[word_count],
this.[start],
this.[end])
from articles as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
left join first_publications as this_publication_id on this_publication_id.id = this.[publication_id]
order by 1;
select '["authors","id","name"]';
select json_array('authors',
json(case when 1 then json_array(this_first.user, this_first.part_1, this_first.part_2, this_first.part_3, this_first.part_4) end),
this.[name])
from authors as this
left join first_authors as this_first on this_first.id = this.id
order by 1;
select '["article_authors","article_id","author_id","position"]';
select json_array('article_authors',
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
json(case when this.[author_id] is not null then json_array(this_author_id.user, this_author_id.part_1, this_author_id.part_2, this_author_id.part_3, this_author_id.part_4) end),
this.[position])
from article_authors as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
left join first_authors as this_author_id on this_author_id.id = this.[author_id]
order by 1;
select '["paragraphs","id","article_id","position","role","text","word_count","start","end","search_text"]';
select json_array('paragraphs',
json(case when 1 then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[position]) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
this.[position],
this.[role],
this.[text],
this.[word_count],
this.[start],
this.[end],
this.[search_text])
from paragraphs as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
order by 1;
select '["furniture","id","archive_id","article_id","role","text","start","end"]';
select json_array('furniture',
json(case when 1 then json_array(this_archive_id.[path], this_archive_id.[member], this.[start], this.[end]) end),
json(case when this.[archive_id] is not null then json_array(this_archive_id.[path], this_archive_id.[member]) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
this.[role],
this.[text],
this.[start],
this.[end])
from furniture as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
order by 1;
select '["speakers","id","name","kind","description","quote_count"]';
select json_array('speakers',
json(case when 1 then json_array(this_first.user, this_first.part_1, this_first.part_2, this_first.part_3, this_first.part_4, this_first.part_5) end),
this.[name],
this.[kind],
this.[description],
this.[quote_count])
from speakers as this
left join first_speakers as this_first on this_first.id = this.id
order by 1;
select '["speaker_names","id","speaker_id","kind","folded_name","family"]';
select json_array('speaker_names',
null,
json(case when this.[speaker_id] is not null then json_array(this_speaker_id.user, this_speaker_id.part_1, this_speaker_id.part_2, this_speaker_id.part_3, this_speaker_id.part_4, this_speaker_id.part_5) end),
this.[kind],
this.[folded_name],
this.[family])
from speaker_names as this
left join first_speakers as this_speaker_id on this_speaker_id.id = this.[speaker_id]
order by 1;
select '["quotes","id","article_id","paragraph_id","position","utterance","text","kind","speaker_id","speaker_text","speaker_start","speaker_end","speaker_name","speaker_description","cue","cue_start","cue_end","nested_in","rule","start","end","search_text"]';
select json_array('quotes',
json(case when 1 then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end]) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
json(case when this.[paragraph_id] is not null then json_array(this_paragraph_id_article_id_archive_id.[path], this_paragraph_id_article_id_archive_id.[member], this_paragraph_id_article_id.[position], this_paragraph_id.[position]) end),
this.[position],
this.[utterance],
this.[text],
this.[kind],
json(case when this.[speaker_id] is not null then json_array(this_speaker_id.user, this_speaker_id.part_1, this_speaker_id.part_2, this_speaker_id.part_3, this_speaker_id.part_4, this_speaker_id.part_5) end),
this.[speaker_text],
this.[speaker_start],
this.[speaker_end],
this.[speaker_name],
this.[speaker_description],
this.[cue],
this.[cue_start],
this.[cue_end],
json(case when this.[nested_in] is not null then json_array(this_nested_in_article_id_archive_id.[path], this_nested_in_article_id_archive_id.[member], this_nested_in_article_id.[position], this_nested_in.[start], this_nested_in.[end]) end),
this.[rule],
this.[start],
this.[end],
this.[search_text])
from quotes as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
left join paragraphs as this_paragraph_id on this_paragraph_id.id = this.[paragraph_id]
left join articles as this_paragraph_id_article_id on this_paragraph_id_article_id.id = this_paragraph_id.[article_id]
left join archives as this_paragraph_id_article_id_archive_id on this_paragraph_id_article_id_archive_id.id = this_paragraph_id_article_id.[archive_id]
left join first_speakers as this_speaker_id on this_speaker_id.id = this.[speaker_id]
left join quotes as this_nested_in on this_nested_in.id = this.[nested_in]
left join articles as this_nested_in_article_id on this_nested_in_article_id.id = this_nested_in.[article_id]
left join archives as this_nested_in_article_id_archive_id on this_nested_in_article_id_archive_id.id = this_nested_in_article_id.[archive_id]
order by 1;
select '["places","id","name","kind","country_code","country","latitude","longitude","geonames_id","wikidata_id","mention_count"]';
select json_array('places',
json(case when 1 then json_array(this_first.user, this_first.part_1, this_first.part_2, this_first.part_3, this_first.part_4, this_first.part_5) end),
this.[name],
this.[kind],
this.[country_code],
this.[country],
this.[latitude],
this.[longitude],
this.[geonames_id],
this.[wikidata_id],
this.[mention_count])
from places as this
left join first_places as this_first on this_first.id = this.id
order by 1;
select '["mentioned_places","id","place_id","article_id","paragraph_id","quote_id","text","sense","confidence","rule","start","end"]';
select json_array('mentioned_places',
json(case when 1 then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end]) end),
json(case when this.[place_id] is not null then json_array(this_place_id.user, this_place_id.part_1, this_place_id.part_2, this_place_id.part_3, this_place_id.part_4, this_place_id.part_5) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
json(case when this.[paragraph_id] is not null then json_array(this_paragraph_id_article_id_archive_id.[path], this_paragraph_id_article_id_archive_id.[member], this_paragraph_id_article_id.[position], this_paragraph_id.[position]) end),
json(case when this.[quote_id] is not null then json_array(this_quote_id_article_id_archive_id.[path], this_quote_id_article_id_archive_id.[member], this_quote_id_article_id.[position], this_quote_id.[start], this_quote_id.[end]) end),
this.[text],
this.[sense],
this.[confidence],
this.[rule],
this.[start],
this.[end])
from mentioned_places as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
left join first_places as this_place_id on this_place_id.id = this.[place_id]
left join paragraphs as this_paragraph_id on this_paragraph_id.id = this.[paragraph_id]
left join articles as this_paragraph_id_article_id on this_paragraph_id_article_id.id = this_paragraph_id.[article_id]
left join archives as this_paragraph_id_article_id_archive_id on this_paragraph_id_article_id_archive_id.id = this_paragraph_id_article_id.[archive_id]
left join quotes as this_quote_id on this_quote_id.id = this.[quote_id]
left join articles as this_quote_id_article_id on this_quote_id_article_id.id = this_quote_id.[article_id]
left join archives as this_quote_id_article_id_archive_id on this_quote_id_article_id_archive_id.id = this_quote_id_article_id.[archive_id]
order by 1;
select '["links","id","article_id","paragraph_id","footnote","url","start","end"]';
select json_array('links',
json(case when 1 then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position], this.[start], this.[end]) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
json(case when this.[paragraph_id] is not null then json_array(this_paragraph_id_article_id_archive_id.[path], this_paragraph_id_article_id_archive_id.[member], this_paragraph_id_article_id.[position], this_paragraph_id.[position]) end),
this.[footnote],
this.[url],
this.[start],
this.[end])
from links as this
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
left join paragraphs as this_paragraph_id on this_paragraph_id.id = this.[paragraph_id]
left join articles as this_paragraph_id_article_id on this_paragraph_id_article_id.id = this_paragraph_id.[article_id]
left join archives as this_paragraph_id_article_id_archive_id on this_paragraph_id_article_id_archive_id.id = this_paragraph_id_article_id.[archive_id]
order by 1;
select '["data_notes","id","archive_id","article_id","code","message","start","end"]';
select json_array('data_notes',
json(case when 1 then json_array(this_archive_id.[path], this_archive_id.[member], this.[start], this.[end]) end),
json(case when this.[archive_id] is not null then json_array(this_archive_id.[path], this_archive_id.[member]) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
this.[code],
this.[message],
this.[start],
this.[end])
from data_notes as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
order by 1;
select '["corrections","id","archive_id","article_id","field","found","corrected","reason","start","end"]';
select json_array('corrections',
json(case when 1 then json_array(this_archive_id.[path], this_archive_id.[member], this.[start], this.[end]) end),
json(case when this.[archive_id] is not null then json_array(this_archive_id.[path], this_archive_id.[member]) end),
json(case when this.[article_id] is not null then json_array(this_article_id_archive_id.[path], this_article_id_archive_id.[member], this_article_id.[position]) end),
this.[field],
this.[found],
this.[corrected],
this.[reason],
this.[start],
this.[end])
from corrections as this
left join archives as this_archive_id on this_archive_id.id = this.[archive_id]
left join articles as this_article_id on this_article_id.id = this.[article_id]
left join archives as this_article_id_archive_id on this_article_id_archive_id.id = this_article_id.[archive_id]
order by 1;
select '["article_months","month","articles"]';
select json_array('article_months',
this.[month],
this.[articles])
from article_months as this
order by 1;
select '["publication_counts","publication_id","articles"]';
select json_array('publication_counts',
json(case when this.[publication_id] is not null then json_array(this_publication_id.user, this_publication_id.part_1, this_publication_id.part_2, this_publication_id.part_3) end),
this.[articles])
from publication_counts as this
left join first_publications as this_publication_id on this_publication_id.id = this.[publication_id]
order by 1;
select '["rule_counts","found","rule","rows","first_id"]';
select json_array('rule_counts',
this.[found],
this.[rule],
this.[rows],
null)
from rule_counts as this
order by 1;
select '["place_months","place_id","month","mentions","articles"]';
select json_array('place_months',
json(case when this.[place_id] is not null then json_array(this_place_id.user, this_place_id.part_1, this_place_id.part_2, this_place_id.part_3, this_place_id.part_4, this_place_id.part_5) end),
this.[month],
this.[mentions],
this.[articles])
from place_months as this
left join first_places as this_place_id on this_place_id.id = this.[place_id]
order by 1;
select '["place_publications","place_id","publication_id","mentions","articles"]';
select json_array('place_publications',
json(case when this.[place_id] is not null then json_array(this_place_id.user, this_place_id.part_1, this_place_id.part_2, this_place_id.part_3, this_place_id.part_4, this_place_id.part_5) end),
json(case when this.[publication_id] is not null then json_array(this_publication_id.user, this_publication_id.part_1, this_publication_id.part_2, this_publication_id.part_3) end),
this.[mentions],
this.[articles])
from place_publications as this
left join first_places as this_place_id on this_place_id.id = this.[place_id]
left join first_publications as this_publication_id on this_publication_id.id = this.[publication_id]
order by 1;
select '["speaker_months","speaker_id","month","quotations","articles"]';
select json_array('speaker_months',
json(case when this.[speaker_id] is not null then json_array(this_speaker_id.user, this_speaker_id.part_1, this_speaker_id.part_2, this_speaker_id.part_3, this_speaker_id.part_4, this_speaker_id.part_5) end),
this.[month],
this.[quotations],
this.[articles])
from speaker_months as this
left join first_speakers as this_speaker_id on this_speaker_id.id = this.[speaker_id]
order by 1;
select '["speaker_publications","speaker_id","publication_id","quotations","articles"]';
select json_array('speaker_publications',
json(case when this.[speaker_id] is not null then json_array(this_speaker_id.user, this_speaker_id.part_1, this_speaker_id.part_2, this_speaker_id.part_3, this_speaker_id.part_4, this_speaker_id.part_5) end),
json(case when this.[publication_id] is not null then json_array(this_publication_id.user, this_publication_id.part_1, this_publication_id.part_2, this_publication_id.part_3) end),
this.[quotations],
this.[articles])
from speaker_publications as this
left join first_speakers as this_speaker_id on this_speaker_id.id = this.[speaker_id]
left join first_publications as this_publication_id on this_publication_id.id = this.[publication_id]
order by 1;
select '["build_info","key","value"]';
select json_array('build_info',
this.[key],
this.[value])
from build_info as this
where this.[key] not in ('numbering', 'shard', 'shard_by', 'shard_size')
order by 1;
select '["data_dictionary","table_name","column_name","type","description","proof"]';
select json_array('data_dictionary',
this.[table_name],
this.[column_name],
this.[type],
this.[description],
this.[proof])
from data_dictionary as this
order by 1;