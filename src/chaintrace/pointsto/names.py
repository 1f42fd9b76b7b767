"""Names: globals, builtins, modules and imports."""

from typing import TYPE_CHECKING

from chaintrace.ir.operations import Import, ImportFrom, ImportStar
from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import ModuleObject
from chaintrace.pointsto.variables import Reason, Variable
from chaintrace.project.modules import Module

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis


class Names:
    """Resolve names outside function bodies."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis

    def load_global(self, module: Module, name: str, target: Variable, reason: Reason) -> None:
        """`target = name`, looked up in the module and then among the builtins."""
        analysis = self.analysis
        if name in module.names:
            analysis.flow(analysis.field(analysis.module(module.name), name), target, reason)
            self._from_stars(module, name, target, reason, set())
        elif name == "__name__":
            analysis.add(target, analysis.string(module.name), reason)
        elif module.star_external and not analysis.is_builtin(name):
            for path in module.star_external:
                analysis.add(target, analysis.external(f"{path}.{name}"), reason)
        else:
            self.load_builtin(name, target, reason)

    def load_builtin(self, name: str, target: Variable, reason: Reason) -> None:
        """`target = name` among the builtins; an unknown name stays empty."""
        if self.analysis.is_builtin(name):
            self.analysis.add(target, self.analysis.external(f"builtins.{name}"), reason)

    def _from_stars(
        self, module: Module, name: str, target: Variable, reason: Reason, seen: set[str]
    ) -> None:
        """Add what star imports bring under a name, through chains of them."""
        if name in module.facts.blocks[0].bindings:
            return
        for origin in module.star_from:
            if origin.name not in seen and name in origin.names:
                seen.add(origin.name)
                self.analysis.flow(
                    self.analysis.field(self.analysis.module(origin.name), name), target, reason
                )
                self._from_stars(origin, name, target, reason, seen)

    def of_module(self, obj: ModuleObject, name: str, target: Variable, reason: Reason) -> None:
        """`target = module.name`: a global, a submodule, or what the module's `__getattr__` gives."""
        analysis = self.analysis
        module = obj.module
        if module is not None and name in module.names:
            self.load_global(module, name, target, reason)
            return
        if name == "__name__":
            analysis.add(target, analysis.string(obj.name), reason)
            return
        submodule = f"{obj.name}.{name}"
        if analysis.program.is_known(submodule):
            analysis.add(target, analysis.module(submodule), reason)
        elif module is not None and "__getattr__" in module.names:
            self._lazy(obj, name, target, reason)
        elif module is not None and module.star_external:
            for path in module.star_external:
                analysis.add(target, analysis.external(f"{path}.{name}"), reason)
        else:
            analysis.flow(analysis.field(obj, name), target, reason)

    def _lazy(self, obj: ModuleObject, name: str, target: Variable, reason: Reason) -> None:
        """Call the module's `__getattr__` (PEP 562)."""
        activation = reason.activation
        if not isinstance(activation, Activation):
            return
        named = activation.temporary(("name", name))
        self.analysis.add(named, self.analysis.string(name), reason)
        call = Call(activation, reason.site, Arguments.of(named), target, flags=("implicit",))
        self.analysis.calls.through(self.analysis.field(obj, "__getattr__"), call)

    def import_module(self, op: Import, activation: Activation) -> None:
        """`import a.b.c` and `import a.b.c as x`."""
        analysis = self.analysis
        reason = Reason("imported", activation, op.site)
        target = activation.register(op.target)
        bound = op.module if op.whole else op.module.partition(".")[0]
        analysis.record_import(activation, op.site, op.module)
        if analysis.program.is_known(bound):
            analysis.add(target, analysis.module(bound), reason)
        else:
            analysis.add(target, analysis.external(bound), reason)

    def import_from(self, op: ImportFrom, activation: Activation) -> None:
        """`from m import n`: a name of the module, else a submodule."""
        analysis = self.analysis
        reason = Reason("imported", activation, op.site)
        target = activation.register(op.target)
        path = analysis.program.absolute(activation.code.module, op.module, op.level)
        found = analysis.program.modules.get(path)
        submodule = f"{path}.{op.name}"
        own = found is not None and op.name in found.names and found is not activation.code.module
        if not analysis.program.is_known(submodule):
            analysis.record_import(activation, op.site, path)
        elif own:
            analysis.later.append(lambda: self._record_taken(op.site, activation, path, submodule, target))
        else:
            analysis.record_import(activation, op.site, submodule)
            analysis.add(target, analysis.module(submodule), reason)
            return
        if analysis.program.is_known(path):
            self.of_module(analysis.module(path), op.name, target, reason)
        elif not analysis.program.is_internal(path):
            analysis.add(target, analysis.external(f"{path}.{op.name}"), reason)

    def _record_taken(
        self, site: int, activation: Activation, path: str, submodule: str, target: Variable
    ) -> bool:
        """Record what `from m import n` imports where `m` binds a name that a submodule of it has too.

        A package that contains the importing module is being imported anyway: it counts where the name means
        something else than its submodule.
        """
        module = self.analysis.module(submodule)
        takes_module = module in target.points_to or not target.points_to
        takes_name = any(obj is not module for obj in target.points_to)
        inside = f"{activation.code.module.name}.".startswith(f"{path}.")
        if takes_module:
            self.analysis.record_import(activation, site, submodule)
        if takes_name or not inside:
            self.analysis.record_import(activation, site, path)
        return takes_module and takes_name

    def import_star(self, op: ImportStar, activation: Activation) -> None:
        """`from m import *`; the names themselves were settled when the program was linked."""
        path = self.analysis.program.absolute(activation.code.module, op.module, op.level)
        self.analysis.record_import(activation, op.site, path)
