"""Annotated fixtures: read them, run them, compare them with a graph; for this project and for plugins."""
