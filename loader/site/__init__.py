"""The reading room: the pages, searches and exports that this site adds to Datasette."""
