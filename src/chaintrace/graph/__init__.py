"""The answer as plain data: edges, the graph, paths, and cutting a graph down."""
