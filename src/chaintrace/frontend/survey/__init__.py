"""The survey: one walk over a module in code order, before anything is lowered.

It yields offsets (`spans`), scopes and what loops assign. Trees carry no positions, but they carry every
character, so adding up lengths gives exact ones at a small part of the parser's cost.
"""

import libcst as cst

from chaintrace.frontend.scopes import find_cells
from chaintrace.frontend.survey.compounds import CompoundSurvey
from chaintrace.frontend.survey.displays import DisplaySurvey


class Survey(CompoundSurvey, DisplaySurvey):
    """Walk a whole module; afterwards names can be resolved."""

    def __init__(self, module: cst.Module) -> None:
        super().__init__(module)
        self.lines(module.header)
        for statement in module.body:
            self.table[statement.__class__](statement)
        self.lines(module.footer)
        if not module.has_trailing_newline:
            self.at -= self.newline
        find_cells(self.scopes)


__all__ = ["Survey"]
