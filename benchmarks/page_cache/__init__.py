"""What the cache of pages and several workers are worth, beside bare Datasette and an earlier commit."""
