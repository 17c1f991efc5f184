"""Whom a quotation is attributed to, and by which words."""
