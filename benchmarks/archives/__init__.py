"""Accuracy and speed of `loader.read_archive` on round-up archives made of real articles."""
