"""Regular expressions for blocks, tokens and tags: nothing else.

No expression can backtrack without bound: every repetition either has a limit or cannot match what
follows it. All run on text folded one to one, so spaces are plain and lines end in line feeds.
"""

from __future__ import annotations

import re

from loader.letters import CAPITALS, SMALL

# The end of a block: one or more blank lines.
BLOCK_BREAK = re.compile(r"\n[ ]*\n\s*")

# A line end inside a block at which a new paragraph starts, in text that is not hard-wrapped:
# after a full stop, a mark or a colon, and before a quotation that stands under a name.
#   ... of the port.”\nThe council met        — Lena Brandt, in Malmo\n“We shall ...
LINE_BREAK = re.compile(r"(?<=[.!?:;”\"’…)]) {0,3}\n(?=\S)|\n(?=[“”„‟\"«»‘‹›])")

# A token: initials with their full stops (U.S., J.R.), a word with what joins its parts (Al-Nour, don't,
# O’Brian, Malmo.com, $20), a run of dots or hyphens, or one other character. Initials come before the word,
# since the word would stop at their first full stop; before them a plain word, as most tokens are. All
# begin with the same class, so that blanks are skipped at the speed of a search for it, and each kind then
# looks back at what that character is. The group makes split() return tokens as well as blanks.
_JOINED = r"(?:[-‑'’&/.@,]\w+){0,12}"
TOKEN = re.compile(
    rf"(\S(?:(?<=[{CAPITALS}{SMALL}])[{SMALL}]*+(?=[,.]? )"
    rf"|(?<=[{CAPITALS}])\.(?:[{CAPITALS}]\.){{1,7}}(?:-\w+){{0,3}}"
    rf"|(?<=\w)\w*{_JOINED}|(?<=[@#$£€])\w+{_JOINED}|(?<=\.)\.+|(?<=-)-+|))"
)

# A tag that ends a sentence: a full stop, or a quotation that is a sentence.
SENTENCE_END_TAG = re.compile(r"[.FK]")

# The codes of words whose tag the tokens before them decide (see `word_codes`).
UNDECIDED = re.compile(r"[!'#$0^*+]")

# The next two run on tags (see `lexicon`), one letter a token, "m", "M" and "j" for words that several
# classes share. The letter itself comes first, and then what must stand before it: a search for a letter
# is several times quicker than one that looks around at every token.

# A verb that is a noun here: after a determiner, a genitive, a preposition or an adjective (the cuts); and a
# plain form that opens a clause before a name of several words, or follows a relative pronoun after a
# preposition.   "...," state Sen. Lena Brandt said   at which point the crew left
NOUN_NOT_VERB = re.compile(r"[MB](?:(?<=[DXxRj]M)|(?<=[QFK,]B)(?=NN)|(?<=RWB))")

# A noun that is a verb here: after a subject pronoun (she plans, who also works), or after a name, a noun,
# "to" or an auxiliary where an object follows.   Brandt heads the council, to board a ship
VERB_NOT_NOUN = re.compile(r"m(?:(?<=[PW]m)|(?<=[PW]am)|(?<=[NhTH]m)(?=[DOPX]))")
