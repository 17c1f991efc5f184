"""Regular expressions of the place engine.

Each runs over text in which single line ends count as spaces. None can backtrack without bound: every
repetition either cannot overlap what follows it or has a small upper limit.
"""

from __future__ import annotations

import re

from loader.letters import CAPITALS, SMALL

# An Arabic article glued to its noun: "al-Bab", "ez-Zor", "ash-Shaddadi". Before _WORD, whose capital it
# would otherwise hide.
_ARTICLE = r"(?:[AaEe](?:l|d|r|s|sh|t|n|z)|[Uu]l)[-‑]"
GLUED_ARTICLE = re.compile(rf"^{_ARTICLE}")
# Capitals with full stops: "U.S.", "D.C.", "W.Va.", the initial in "George W. Bush". Before _WORD, which
# would end at the first full stop.
_INITIALS = rf"[{CAPITALS}]\.(?:[{CAPITALS}][{SMALL}]?\.){{0,4}}(?!\w)"
# A shortened saint, mountain or fort, whose full stop ends no sentence: "St. Louis".
_SHORT_FORM = r"(?:St|Ste|Mt|Ft)\."
# A capitalised word with what apostrophes and figures tie to it: "Syria's", "O'Hare", "T-4", "Ma’arrat".
_TIED = r"(?:['’`ʿʾʼ‑-](?:\d+|(?<![‑-])\w+))*"
_WORD = rf"[{CAPITALS}]\w*{_TIED}"
_TOKEN = rf"(?:(?:{_ARTICLE})?(?:{_INITIALS}|{_SHORT_FORM}|{_WORD}))"
# What joins the words of a name: a space, a hyphen, a hyphenated particle ("Stratford-upon-Avon"), the mark
# of a plural possessor ("Farmers' Union"), or one or two small words ("Bosnia and Herzegovina", "Rio de
# Janeiro", "University of the West"). Joints with a space come first, as most are, and together, so that the
# space is looked for once; particles are told by their first letter, as most words behind a run are none.
_PARTICLES = (
    "of|the|y|&|and?|[ae]l|a[drstzm]|ash|abu|e[zn]?|d(?:el?|ella|[iau]|os?|as|es|er|en)|l(?:as?|es?|os)"
    "|upon|ul|sur|bint?|ibn|v[ao]n"
)
_JOIN = (
    rf"(?:[ ](?:(?:(?:{_PARTICLES})[ ]){{1,2}}|[ ]?(?=[{CAPITALS}AaEeUu])|[dl]['’])"
    rf"|(?<=s)['’][ ]|-[dl]['’]|[-‑](?:[{SMALL}]{{1,5}}[-‑]){{0,2}})"
)

# A run of capitalised words that one name, or several side by side, may fill: "Bashar al-Assad",
# "University of Aleppo", "U.S. President Barack Obama". At most 40 words, so that a page of capitals is
# many runs rather than one. A full stop at its end belongs to it, for "Ky." and "Calif.". This says what a
# run is; the two below, which are searched for, find the same by test.
_REST_OF_RUN = rf"(?:{_JOIN}{_TOKEN}){{0,39}}\.?"
RUN = re.compile(rf"(?=[{CAPITALS}AaEeUu])(?<!\w){_TOKEN}{_REST_OF_RUN}")
# The same runs: a pattern that begins with a character class is searched for up to twice as fast. What _TOKEN
# is, told by its first letter once that is read; a small one can only be an article's.
_NAMED = rf"(?:{_INITIALS}|{_SHORT_FORM}|{_WORD})"
_AFTER_FIRST = (
    rf"(?<!\w.)(?:(?:(?<=[AEae])(?:l|d|r|s|sh|t|n|z)|(?<=[Uu])l)[-‑]{_NAMED}"
    rf"|(?<=[{CAPITALS}])\.(?:[{CAPITALS}][{SMALL}]?\.){{0,4}}(?!\w)"
    rf"|(?:(?<=S)te?|(?<=[MF])t)\."
    rf"|(?<![aeu])\w*{_TIED}){_REST_OF_RUN}"
)
ARTICLE_RUN = re.compile(rf"[{CAPITALS}aeu]{_AFTER_FIRST}")
# The same again where none begins with a small letter, as in most texts.
CAPITAL_RUN = re.compile(rf"[{CAPITALS}]{_AFTER_FIRST}")
# The hyphen of an article in small letters with which a run may begin: "al-Bab". Sought by its plain hyphen,
# as a single character is found fastest; texts with RARE_HYPHEN are taken to hold it.
SMALL_ARTICLE = re.compile(rf"-(?=[{CAPITALS}])(?:(?<=\b[aeu][ldrsztn]-)|(?<=\b[ae]sh-))")
RARE_HYPHEN = "‑"
# The words of a run, with the article that is glued to them.
TOKEN = re.compile(_TOKEN)
# The possessive at a word's end: "Syria's", "Arab States’" loses its mark with the next character.
POSSESSIVE = re.compile(r"['’]s?$")
# Web addresses, e-mail addresses and account names: no place is mentioned in them.
ADDRESS = re.compile(
    r"(?:https?://|www\.)\S{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}|(?<!\w)@\w{1,64}"
)
# Words in small letters, as evidence that a capitalised one at a sentence's start is no name.
SMALL_WORD = re.compile(rf"(?<![\w'’-])[{SMALL}]{{3,}}(?![\w])")
# The word after a run, with the mark that parts it from the run: " province", ", Syria", "-backed".
AFTER = re.compile(r"([^\w]{0,4})([\w’'-]{0,30})")
# The word after that one: " base" of " military base".
SECOND = re.compile(r" ([\w-]{1,20})")
# An age behind a person's name: "Jackson, 34,".
AGE = re.compile(r", (?:aged )?\d{1,2}(?=[,.;)]| of )")
# The words that follow a mention in its clause: " has also vetoed" of "Russia has also vetoed, ...".
FOLLOWING = re.compile(rf"(?:['’]s?)?((?: [{CAPITALS}{SMALL}][\w'-]{{0,20}}){{1,5}})")
# Nouns made of verbs and adjectives, which name what somebody does or shows: "intervention",
# "involvement", "reliance", "refusal", "willingness".
ABSTRACT = re.compile(rf"[{SMALL}-]{{3,20}}(?:tion|sion|ment|ance|ence|sal|val|ness|ship)s?$")
# A relative clause about a place, "Russia, which has vetoed ...", up to its first word.
RELATIVE = re.compile(r", (?:which|who)(?= )")
# Words set off behind a subject: "Russia, for its part, ...".
ASIDE = re.compile(r", (?:meanwhile|however|too|in turn|itself|for (?:its|their) part|on the other hand)\b")
# An organisation's name that ends in small letters behind a possessor: "Workers' party" of "Kurdistan
# Workers' party", "Farmers union".
ORGANISATION_AFTER = re.compile(rf"['’]? ([{SMALL}]{{4,20}})(?!\w)")
# A name in capitals that a bracket or "or" introduces behind the long name: "(SOHR)", ", or SOHR,"; by the
# mark before it, as a pattern that begins with a single character is found fastest.
INTRODUCED = {
    mark: re.compile(rf"{re.escape(mark)}(?: or )?(?:the )?([{CAPITALS}]{{3,8}})(?=[)\],.;])")
    for mark in "([,"
}
# A bracket that may hold the long name of what stands before it: "SOHR (Syrian Observatory for Human
# Rights)"; by the bracket.
EXPLAINED = {
    mark: re.compile(rf"\{mark}(?<=[{CAPITALS}]{{3}} \{mark})([^()\[\]\n]{{8,100}})[)\]]") for mark in "(["
}
# The words of a long name, for their initials: "Syrian", "Arab", "News", "Agency".
LETTERS = re.compile(r"[^\W\d_]+")
# Names parted by slashes, as under a photograph: "Ali Smith/AFP/Getty Images". Words are not given back
# once read, so that a list without a slash costs no more than its length.
_NAMES = rf"(?>{_TOKEN}(?: {_TOKEN}){{0,4}})"
SLASHED = re.compile(rf"(?<!\w){_NAMES}(?: ?/ ?{_NAMES}){{1,8}}")
# A slash that such names may stand around.
SLASH = re.compile(rf"/(?<! /)(?= ?[{CAPITALS}aeu])|/(?<=[\w.] /)(?= ?[{CAPITALS}aeu])")
# What somebody who is set off behind a name is: "Jordan, an important U.S. ally", "Chile, long a rival of".
APPOSITION = re.compile(
    rf", (?:long )?(?:an?|the|its|their) (?:[\w.’'-]{{1,20}} ){{0,3}}?([{SMALL}]{{3,12}})"
    r"(?=[,.;)]| (?:of|in|to|for)\b)"
)
# A participle behind a subject: "Moscow, hoping that ...".
PARTICIPLE = re.compile(rf", ([{SMALL}]{{3,14}})(?= )")
# What parts the blocks of a text.
BLANK_LINES = re.compile(r"\n\n+")
# A word of five letters or more in small letters, which a heading in capitals does not have.
SMALL_LONG_WORD = re.compile(rf"(?<![\w'’-])[{SMALL}]{{5,}}")
