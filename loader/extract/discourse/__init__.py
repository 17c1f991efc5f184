"""What quotations and statements share: tokens, tags, clauses, names, and who a speaker is."""
