"""The data set as SQLite: schema, ids, new databases, updates, and atomic output."""
