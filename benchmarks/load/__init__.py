"""The served site under load: `python -m benchmarks.load build/large.db`."""
