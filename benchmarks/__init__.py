"""Measurements of accuracy and speed, each a command; `python -m benchmarks` runs them all."""
