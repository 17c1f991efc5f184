"""Entities across articles: speakers and their names."""
