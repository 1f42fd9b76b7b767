"""Points-to analysis: what each variable may hold, and so which function each call reaches."""
