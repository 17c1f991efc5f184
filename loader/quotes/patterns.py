"""Regular expressions of the quotation engine: nothing else, and nothing of ours imported.

No expression can backtrack without bound: every repetition either has a limit or cannot match what
follows it. All run on text folded one to one, so spaces are plain and lines end in line feeds.
"""

from __future__ import annotations

import re

# A character that can be a quotation mark where it stands.
#   double marks      "  “ ” „ ‟ « » ＂ ″  anywhere
#   single, opening   ' ‘ ‚ ‛ ‹ › `        before a word, not after one:   the 'soft' line, ("'Yes
#   single, closing   ' ’ ‘ › ‹            after something, not before a word:   soft' line, no.'   now.' '
#   single, turned    ’                    before a word at a line's start or after a comma, colon or mark
# An apostrophe inside a word (don't) never matches; one before or after a word ('90s, soldiers') does
# and is told apart when marks are paired.
# The class of all marks comes first, so that text without any is skipped at the speed of a search for them.
MARK = re.compile(
    r"""["“”„‟«»＂″'‘’‚‛‹›`](?:(?<=["“”„‟«»＂″])"""
    r"""|(?<=['‘‚‛‹›`])(?<![\w'’].)(?=[\w…$£€#@(\[“"])"""
    r"""|(?<=‘)(?=’\w)"""
    r"""|(?<=[^\s‘].)(?<=['’‘›‹])(?!\w)|(?<=['’] ['’])(?!\w)"""
    r"""|(?<=’)(?:(?<=[“"„\n]’)|(?<=[,:] ’)|(?<![\s\S]’))(?=\w))""",
)

# The double marks alone.
DOUBLE_MARK = re.compile(r"""["“”„‟«»＂″]""")

# Two apostrophes that stand for one double mark:   ''If they closed the port,'' Ms. Brandt said
# What stands before them is looked at after them, so that a search for them need not stop anywhere else.
DOUBLED_APOSTROPHES = re.compile(r"''(?<![\w']'')(?=\w)")

# The two halves of a quotation in such marks, for replacement by a straight mark and a blank.
DOUBLED_OPENING = re.compile(r"''(?<![\w']'')(?=[^\s'])")
DOUBLED_CLOSING = re.compile(r"''(?<=[^\s']'')(?![\w'])")

# Two commas that stand for one low double mark:   ,,If they closed the port,'' Ms. Brandt said
DOUBLED_COMMAS = re.compile(r",,(?<![\w,],,)(?=\w)")

# The end of a block: one or more blank lines.
BLOCK_BREAK = re.compile(r"\n[ ]*\n\s*")

# A line end inside a block at which a new paragraph starts, in text that is not hard-wrapped:
# after a full stop, a mark or a colon, and before a quotation that stands under a name.
#   ... of the port.”\nThe council met        — Lena Brandt, in Malmo\n“We shall ...
LINE_BREAK = re.compile(r"(?<=[.!?:;”\"’…)]) {0,3}\n(?=\S)|\n(?=[“”„‟\"«»‘‹›])")

# Feet and inches: the marks of  6'2"  or  5’ 11”
FEET_AND_INCHES = re.compile(r"\d['’] ?\d{1,2}(?:\.\d)?\Z")

# The word after a mark and a blank:   ' and left
WORD_AHEAD = re.compile(r"\s([\w’'-]{1,20})")

# Where a sentence ends inside a quotation whose closing mark is missing.   late. Then
SENTENCE_END = re.compile(r"[.!?…][)\]]?(?=\s|\Z)")

# Words of the writer after a quotation that lost its closing mark:   we won, Brandt said.   , said Brandt
# , harbour spokeswoman Lena Brandt has said.   The comma's side is the quotation's end. The verb, which
# may be the second word, is checked against the cue verbs.
ATTRIBUTION_INSIDE = re.compile(
    r"[,?!]['’]?(?P<edge>)\s(?=(?P<inverted>[a-z]{3,12})\s(?:[A-Z]|the\b|an?\b)"
    r"|(?:he|she|they|(?:[a-z]{3,14}\s){0,2}(?:[A-Z][\w.'’-]{0,24}\s){1,6}"
    r"|(?:the|an?|his|her)\s(?:[\w'’-]{1,24}\s){1,4}?)\s?"
    r"(?P<plain>[a-z]{3,12})\b(?:\s(?P<second>[a-z]{3,12})\b)?)"
)

# A word, alone and with the blank after it.
WORD = re.compile(r"\b\w{1,20}\b")
WORD_BEFORE = re.compile(r"\b(\w{1,20})\s")

# Words of the writer before a quotation that lost its opening mark:   Brandt said, we won.”
CUE_BEFORE = re.compile(r"\b(?P<cue>[a-z]{3,12})(?:(?P<colon>:)|,|\sthat[,:]?)\s")

# A token: initials with their full stops (U.S., J.R.), a word with what joins its parts (Al-Nour, don't,
# O’Brian, Malmo.com, $20), a run of dots or hyphens, or one other character. Initials come before the word,
# since the word would stop at their first full stop; before them a plain word, as most tokens are. All
# begin with the same class, so that blanks are skipped at the speed of a search for it, and each kind then
# looks back at what that character is. The group makes split() return tokens as well as blanks.
_JOINED = r"(?:[-‑'’&/.@,]\w+){0,12}"
TOKEN = re.compile(
    r"(\S(?:(?<=[A-Za-z])[a-z]*+(?=[,.]? )|(?<=[A-Z])\.(?:[A-Z]\.){1,7}(?:-\w+){0,3}"
    rf"|(?<=\w)\w*{_JOINED}|(?<=[@#$£€])\w+{_JOINED}|(?<=\.)\.+|(?<=-)-+|))"
)

# A tag that ends a sentence: a full stop, or a quotation that is a sentence.
SENTENCE_END_TAG = re.compile(r"[.FK]")

# The codes of words whose tag the tokens before them decide (see `word_codes`).
UNDECIDED = re.compile(r"[!'#$0^*+]")

# An abbreviation in brackets after the name it stands for:   Harbour Guard Council (HGC)
BRACKETED_ABBREVIATION = re.compile(r" \(([A-Z][A-Za-z]?[A-Z]{1,6})\)")

# What introduces a person after the name:   Lena Brandt, the head of a research institute,
APPOSITION_AFTER = re.compile(
    r",\s((?:an?|the|his|her|their|its|one of|[A-Z][\w’'.]{1,20}’s|[a-z-]{3,20})"
    r"\s[^,.;:!?\n“”\"()]{2,120})(?=\s?[,.;:()\n])"
)

# What introduces a person before the name:   A Harbour Office spokeswoman, Navy Capt. Lena Brandt
APPOSITION_BEFORE = re.compile(
    r"(?<![\w,])([Aa]n?|[Tt]he|[A-Z][\w’'-]{1,30}[’']s)\s([^,.;:!?\n“”\"()]{3,100}),\s\Z"
)

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
