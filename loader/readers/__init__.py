"""Readers: from the bytes of a file to source text with blocks, articles and data notes."""
