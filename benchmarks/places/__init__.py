"""Accuracy and speed of `loader.find_places` on text that others annotated."""
