"""The size of a solved analysis: counted among all that lives, so that solving keeps no books."""

import gc

from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.objects import Object
from chaintrace.pointsto.variables import Variable


def census(analysis: Analysis) -> dict[str, int]:
    """Return how many variables, constraints, objects and facts there are, and the steps they took.

    A constraint is a flow from one variable to another or a handler that waits for objects, a fact is an
    object in a variable's set, a step an object passed on or shown to a handler.
    """
    variables = constraints = facts = objects = 0
    for thing in gc.get_objects():
        if isinstance(thing, Variable):
            variables += 1
            constraints += len(thing.flows) + len(thing.uses)
            facts += len(thing.points_to)
        elif isinstance(thing, Object):
            objects += 1
    return {
        "variables": variables,
        "constraints": constraints,
        "objects": objects,
        "facts": facts,
        "steps": analysis.effort,
    }
