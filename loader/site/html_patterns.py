"""Regular expressions of the site, each with what it matches, an example, and why it is safe."""

import re

# One term of a search: -"some words"* or -word*. An opening mark without a closing one is skipped.
# Each character is read once: the alternatives begin with different characters.
SEARCH_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"(?P<phrase_star>\*?)|(?P<word>[^\s"]+))')

# A piece of a snippet that the search found: ⟦chemical⟧.
FOUND = re.compile(r"⟦([^⟦⟧]*)⟧")

# A path on this site that a query returns: /read/2017-04-13-a-headline#p4, /place/12.
SITE_PATH = re.compile(r"/(?:read|speaker|place|outlet|author)/[\w.-]+(?:#[\w-]+)?", re.ASCII)

# An address from the site's root in our own HTML: href="/archive/quotes". Not //host.
ROOTED = re.compile(r'\b(href|action|src)="/(?!/)')

# A footnote's number, in the text that refers to it or at the footnote's start: [12].
FOOTNOTE = re.compile(r"\[(\d{1,3})\]")

# A heading of the third level, opening or closing: <h3>, </h3>.
THIRD_HEADING = re.compile(r"(</?)h3\b")

# A script inside a page, with what it holds: <script>window.x = 1;</script>. Not one from a file. Its end is
# the first closing tag, as for browsers.
INLINE_SCRIPT = re.compile(r"<script>.*?</script>\s*", re.DOTALL)

# A button of Datasette 1.0 that sends a POST request:
# <button type="button" class="count-all">count all</button>.
COUNT_BUTTON = re.compile(r'<button type="button" class="count-all"[^>]*>[^<]*</button>')

# A whole date as date fields send it: 2017-04-13.
WHOLE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# A date of which only the first parts may be known: 2017, 2017-04, 2017-04-13.
PARTIAL_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)

# What may stand in a URL that we make a link of: https://example.org/a?b=c.
WEB_URL = re.compile(r"https?://[^\s<>\"']+")

# A select or an input of Datasette's filter form without a label: <select name="_filter_op">.
FORM_FIELD = re.compile(r'<(select|input type="text"|textarea id="sql-editor")( name="(\w+)")')
