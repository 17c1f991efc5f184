"""Regular expressions of the quotation engine: nothing else, and nothing of ours imported.

No expression can backtrack without bound: every repetition either has a limit or cannot match what
follows it. All run on text folded one to one, so spaces are plain and lines end in line feeds.
"""

from __future__ import annotations

import re

from loader.letters import CAPITALS, SMALL

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
    rf"[,?!]['’]?(?P<edge>)\s(?=(?P<inverted>[{SMALL}]{{3,12}})\s(?:[{CAPITALS}]|the\b|an?\b)"
    rf"|(?:he|she|they|(?:[{SMALL}]{{3,14}}\s){{0,2}}(?:[{CAPITALS}][\w.'’-]{{0,24}}\s){{1,6}}"
    r"|(?:the|an?|his|her)\s(?:[\w'’-]{1,24}\s){1,4}?)\s?"
    rf"(?P<plain>[{SMALL}]{{3,12}})\b(?:\s(?P<second>[{SMALL}]{{3,12}})\b)?)"
)

# The end of a clause right behind its verb, or behind a verb and its subject: she said.   said Lena Brandt,
CLOSED_CLAUSE = re.compile(r"\s*(?:[.,;:!?]|\Z)")
CLOSED_NAME = re.compile(
    rf"(?:\s(?:the|an?|[{CAPITALS}][\w.'’-]{{0,24}}|[{SMALL}]{{1,14}})){{1,6}}\s*(?:[.,;]|\Z)"
)

# A word, alone and with the blank after it.
WORD = re.compile(r"\b\w{1,20}\b")
WORD_BEFORE = re.compile(r"\b(\w{1,20})\s")

# Words of the writer before a quotation that lost its opening mark:   Brandt said, we won.”
CUE_BEFORE = re.compile(rf"\b(?P<cue>[{SMALL}]{{3,12}})(?:(?P<colon>:)|,|\sthat[,:]?)\s")
