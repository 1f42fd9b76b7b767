"""The exceptions chaintrace raises for a caller's mistake; broken input files become diagnostics instead."""


class ChaintraceError(Exception):
    """Report a mistake of the caller: what is wrong, where, and what to do about it."""


class SourceError(ChaintraceError):
    """Report a source that cannot be read, fetched or trusted."""


class TakenError(SourceError):
    """Report a clone that cannot be had because its place holds something else, or work of the user."""


class QueryError(ChaintraceError):
    """Report a question that cannot be asked as put: an unknown symbol, a malformed pattern."""


class ExportError(ChaintraceError):
    """Report an output that cannot be written: an unknown format, a missing renderer."""
