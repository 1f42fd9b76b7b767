"""Outputs of a finished graph: one module and one function a format.

Every function takes a graph and, to show chains, some of its paths; with paths, only their edges are
written. The same graph gives the same bytes. Text from analysed code is escaped for the format it goes
into.
"""
