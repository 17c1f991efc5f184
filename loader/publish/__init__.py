"""What is handed on: exports and bundles."""
