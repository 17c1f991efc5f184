"""Regular expressions for names and how a text introduces them: nothing else.

No expression can backtrack without bound: every repetition has a limit. All run on text folded one to
one, so spaces are plain and lines end in line feeds.
"""

from __future__ import annotations

import re

from loader.letters import CAPITALS, SMALL

# One word of a name: initials with their full stops (U.S., H.R.), or a capital first, an Arabic article or
# a European particle joined to one (al-Wadi, O’Malley, Jean-Marc), an initial (J.), an address
# (Boston.com). Initials come first, since the word would stop at their first full stop.
_MORE_INITIALS = rf"(?:-[{CAPITALS}][\w-]{{0,20}})?"
_AFTER_CAPITAL = rf"[\w’'‑-]{{0,30}}(?:(?<=\b[{CAPITALS}])\.|\.(?:com|org|net)\b)?"
_WORD = (
    rf"(?:(?:[{CAPITALS}]\.){{2,5}}{_MORE_INITIALS}"
    rf"|(?:(?:al|el|as|ad|ar|an|ash|at|ul|bin|d|l)[-’'])?[{CAPITALS}]{_AFTER_CAPITAL})"
)
# Particles between the words of a name (Lena van Brandt, Omar bin Wadi).
_PARTICLE = r"(?:(?:de|del|della|la|le|van|von|der|den|di|da|dos|bin|ibn|abu|al|el|ben) )"

# A run of name words on one line, at most seven:   Navy Capt. Ann Lee   Malmo Harbour Council
# A short title's full stop is let through (Capt. Jeff); a sentence's is not.
# The look ahead at a letter that a further word can begin with spares the trial of each alternative.
_MORE_WORDS = (
    rf"(?:(?= [{CAPITALS}abdeiluv])(?: [{CAPITALS}][{SMALL}]{{1,4}}\.)? {_PARTICLE}{{0,2}}{_WORD}){{0,6}}"
)
NAME_RUN = re.compile(rf"(?<![\w’'])(?:[{CAPITALS}][{SMALL}]{{1,4}}\. )?{_WORD}{_MORE_WORDS}")

# The same from the run's first capital on, since a search for a capital passes over most of a text at once.
# Group 1, which is empty, tells that an article joined to the capital stands before the match (al-[Wadi).
_AFTER_ARTICLE = (
    r"(?<=[-’'].)(?:(?<=[dl]..)(?<![\w’']...)"
    r"|(?<=(?:al|el|as|ad|ar|an|at|ul)..)(?<![\w’']....)|(?<=(?:ash|bin)..)(?<![\w’'].....))()"
)
NAME_RUN_FROM_CAPITAL = re.compile(
    rf"[{CAPITALS}](?:{_AFTER_ARTICLE}{_AFTER_CAPITAL}"
    rf"|(?<![\w’'].)(?:[{SMALL}]{{1,4}}\. {_WORD}"
    rf"|\.(?:[{CAPITALS}]\.){{1,4}}{_MORE_INITIALS}|{_AFTER_CAPITAL}))"
    rf"{_MORE_WORDS}"
)
JOINED_ARTICLE = re.compile(rf"(?<![\w’'])[{SMALL}]{{1,3}}[-’']\Z")

# A name whose words need no rule, one letter a word (see `names`); group 1 is what is none of it.
PLAIN_NAME = re.compile(r"(a*)(?:p|[pn]+[pno])")

# What an organisation's name goes on with after its head:   (Institute) for the Study of War
# "and" joins only two words of what the preposition governs (Ministry of Health and Welfare).
ORGANISATION_TAIL = re.compile(
    rf"(?: (?:of|for|on|against) (?:the )?{_WORD}(?: {_WORD}){{0,4}}(?: and {_WORD}){{0,1}}){{1,3}}"
)

# An abbreviation in brackets after the name it stands for:   Malmo Harbour Council (MHC)
BRACKETED_ABBREVIATION = re.compile(rf" \(([{CAPITALS}][{CAPITALS}{SMALL}]?[{CAPITALS}]{{1,6}})\)")

# An age after a name, with the comma before it:   Lena Brandt, 50, a sailor
AGE = re.compile(r", \d{1,3}(?=,)")

# A word, for a walk from a phrase to a name:   goes by the pseudonym Adam
WORD = re.compile(r"[\w’'-]{1,40}")

# The first word after a name, over one comma; group 1 is the comma.   Brandt, pleaded   Brandt said
NEXT_WORD = re.compile(r"(,)? ?([\w’'-]{1,40})?")

# A sentence's or a paragraph's end.   left. He   ... left.”\n\nHe
# What it begins with comes first, for a quick search.
SENTENCE_END = re.compile(r"[.!?…\n](?:(?<!\n)[\"”“’'‘»«›‹)\]]{0,3}(?=\s)|(?<=\n)\n*)")

# What introduces a person after the name:   Lena Brandt, the head of a research institute,
APPOSITION_AFTER = re.compile(
    rf",\s((?:an?|the|his|her|their|its|one of|[{CAPITALS}][\w’'.]{{1,20}}’s|[{SMALL}-]{{3,20}})"
    r"\s[^,.;:!?\n“”\"()]{2,120})(?=\s?[,.;:()\n])"
)

# What introduces a person before the name:   A Harbour Office spokeswoman, Navy Capt. Lena Brandt
APPOSITION_BEFORE = re.compile(
    rf"(?<![\w,])([Aa]n?|[Tt]he|[{CAPITALS}][\w’'-]{{1,30}}[’']s)\s([^,.;:!?\n“”\"()]{{3,100}}),\s\Z"
)
