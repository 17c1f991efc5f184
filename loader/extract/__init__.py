"""Engines: what a text says, as pure functions of it (quotations, places)."""
