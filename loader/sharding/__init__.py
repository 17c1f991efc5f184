"""Shards: a build into several databases in one folder, and their catalogue."""
