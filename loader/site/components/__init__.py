"""Parts of pages: maps, charts, highlighted text, citations."""
