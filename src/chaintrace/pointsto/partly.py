"""Partly known: whether a variable may hold what the analysis did not see beside what it saw.

`x = unread() or y` holds what `y` does, and perhaps more: what is known of it refutes nothing.
"""

from chaintrace.ir import operations as ops
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.receivers import writers
from chaintrace.pointsto.variables import Variable


def is_literal(activation: Activation, variable: Variable) -> bool:
    """Say whether a variable only ever holds literals, such as None: no object of interest."""
    owner, register = variable.what
    if owner is not activation or not isinstance(register, int):
        return False
    written = writers(activation.code).get(register, [])
    return bool(written) and all(isinstance(op, ops.Constant) for op in written)


def is_partly_known(activation: Activation, variable: Variable) -> bool:
    """Say whether one of the ways on which a variable got what it holds brings nothing that is known."""
    owner, register = variable.what
    if not variable.points_to:
        return not is_literal(activation, variable)
    if owner is not activation or not isinstance(register, int):
        return False
    pending, seen = [register], {register: None}
    while pending:
        register = pending.pop()
        written = writers(activation.code).get(register, [])
        if not written and not activation.register(register).points_to:
            return True
        for op in written:
            if isinstance(op, ops.Copy | ops.Narrow):
                if op.source not in seen and op.source >= 0:
                    seen[op.source] = None
                    pending.append(op.source)
            elif not isinstance(op, ops.Constant) and not activation.register(register).points_to:
                return True
    return False
