"""Quotations: what stands between marks, who said it, and by which words the text says so.

The steps: `marks` pairs quotation marks, `clauses` turns each paragraph that has some into a string of
tags, `attribution` finds speaker and cue, `kinds` tells quotations from scare quotes and titles, `people`
resolves pronouns and surnames over the article.
"""

from loader.extract.quotes.find import find_quotes

__all__ = ["find_quotes"]
