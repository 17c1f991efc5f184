"""Hostile input: coverage-guided fuzzing of the loader, and texts that would make a step too slow."""
