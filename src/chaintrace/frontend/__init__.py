"""The front end: source bytes to facts.

Computes the `FileFacts` of one file from its bytes alone: a libcst tree, surveyed once in code order for
offsets and scopes, then lowered block by block to operations over versioned registers. Nothing is imported or
run. The only package that knows libcst.
"""

from chaintrace.frontend.extract import extract

__all__ = ["extract"]
