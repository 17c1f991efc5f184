"""The way from files to a database: what is read, by how many processes, and progress."""
