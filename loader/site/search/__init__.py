"""Search: the query language and the results page."""
