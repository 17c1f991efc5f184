"""How fast archives load, at any size, and how fast they could: `python -m benchmarks.speed [MB ...]`.

An archive of each size is made in a temporary folder (`making`), loaded by a process of its own (`hooks`),
and its rows are written again plainly (`floor`). A MB has 1,000,000 bytes; the folder takes twelve times
the size.

The stages are timed inside the build whose total is given. Reading, quotations and places: processor
seconds, summed over the processes that parse. Rows, FTS, names (which are known, who is whom), indexes and
finish (counts, statistics, the last copy): seconds by the clock in SQLite, in the process that writes, whose
processor seconds follow; with several processes that is writing alone, and the stages add up to more than the
total. Peak memory: of all processes together (`memory`).

With `--spacy`, the words a second of spaCy's small English model stand beside those of the loader (`words`).
"""
