"""Which kind of quotation a marked segment is."""
