"""What a visitor reads of an archive: defaults of the package, facts of the file, and metadata.yml."""
