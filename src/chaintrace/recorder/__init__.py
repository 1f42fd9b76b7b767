"""Record a run of the user's own program, which he asks for: nothing else here runs what it is given."""
