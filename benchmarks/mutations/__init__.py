"""Which changes of a finished database `press-archive verify` finds, and at which level."""
