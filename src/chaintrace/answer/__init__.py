"""What a user holds after an analysis: the graph with its questions, chains, and hops.

This room joins `query` (what is found) and `export` (how it is shown), which know nothing of each other.
"""

from chaintrace.answer.answer import Answer
from chaintrace.answer.chain import Chain
from chaintrace.answer.hop import Hop, Listing
from chaintrace.answer.why import Why
from chaintrace.answer.whynot import WhyNot
from chaintrace.answer.windows import Outlines, Windows

__all__ = ["Answer", "Chain", "Hop", "Listing", "Outlines", "Why", "WhyNot", "Windows"]
