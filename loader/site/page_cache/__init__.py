"""Rendered pages of an immutable archive: their ETags, and a bounded cache in each process that serves."""
