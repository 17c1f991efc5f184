"""Limits on requests and on visitors' SQL."""
