"""Questions over a finished graph: what a pattern means, paths, slices, callers, readers and writers.

Paths are searched over activations (a function for one receiver class or call site), so a path cannot leak
from one receiver into another. What this room does not do is replay a path with its arguments: two
activations that the analysis merged stay merged here.
"""
