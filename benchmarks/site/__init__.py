"""How fast the site answers over a large archive: `python -m benchmarks.site build/large.db`."""
