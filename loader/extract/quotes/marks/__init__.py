"""Quotation marks: which characters are marks, and which two form a pair."""
