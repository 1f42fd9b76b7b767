"""The program: every module by name, and what an import statement means in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from chaintrace.ir.diagnostics import Diagnostic
from chaintrace.ir.operations import Call, Copy, Import, ImportFrom, ImportStar, MakeClass, MakeFunction
from chaintrace.project.modules import Code, Module


@dataclass(eq=False)
class Program:
    """Hold all modules by dotted name.

    `namespaces` are the dotted names of packages without an `__init__.py`. `codes` lists every block in a
    fixed order: by module name, then by position. `left_out` are the names that only code uses which
    assumptions contradict: nothing of such a name is an entry point.
    """

    modules: dict[str, Module]
    namespaces: frozenset[str]
    codes: list[Code]
    left_out: frozenset[str] = frozenset()

    def absolute(self, module: Module, name: str, level: int) -> str:
        """Return the absolute dotted name that `from <level dots><name> import …` in `module` refers to."""
        if level == 0:
            return name
        package = module.package
        for _ in range(level - 1):
            package = package.rpartition(".")[0]
        return f"{package}.{name}" if name and package else package or name

    def is_known(self, name: str) -> bool:
        """Say whether `name` is a module or namespace package of the program."""
        return name in self.modules or name in self.namespaces

    def children(self, package: str) -> list[str]:
        """Return the last names of the modules and packages right below a package, sorted."""
        prefix = f"{package}."
        tails = (name[len(prefix) :] for name in (*self.modules, *self.namespaces) if name.startswith(prefix))
        return sorted(tail for tail in tails if "." not in tail)

    def is_internal(self, name: str) -> bool:
        """Say whether the top package of `name` belongs to the program."""
        return self.is_known(name.partition(".")[0])


def link(modules: Iterable[Module]) -> tuple[Program, list[Diagnostic]]:
    """Assemble modules into a program and settle their star imports.

    The order of `modules` does not matter. Of two modules with one name (in two sources) the first by path
    and source name wins; a diagnostic says what the other one lost.
    """
    by_name: dict[str, Module] = {}
    clashes: list[Diagnostic] = []
    for module in sorted(modules, key=lambda m: (m.name, m.path, m.source)):
        first = by_name.setdefault(module.name, module)
        if first is not module:
            message = f"left out: {first.source} already has a module {module.name}"
            clashes.append(Diagnostic(f"{module.source}:{module.path}", 0, "duplicate-module", message))
    namespaces = set()
    for name in by_name:
        parent = name.rpartition(".")[0]
        while parent:
            if parent not in by_name:
                namespaces.add(parent)
            parent = parent.rpartition(".")[0]
    codes = [code for module in by_name.values() for code in module.codes]
    for order, code in enumerate(codes):
        code.order = order
    program = Program(by_name, frozenset(namespaces), codes)
    _settle_stars(program)
    _find_scripts(program)
    return program, clashes


def _find_scripts(program: Program) -> None:
    """Mark the modules whose body calls what the module defines, and which no other module imports."""
    imported: set[str] = set()
    for module in program.modules.values():
        for code in module.codes:
            for op in code.block.operations:
                if isinstance(op, Import):
                    imported.add(op.module)
                elif isinstance(op, ImportFrom | ImportStar):
                    origin = program.absolute(module, op.module, op.level)
                    imported.add(origin)
                    if isinstance(op, ImportFrom):
                        imported.add(f"{origin}.{op.name}")
    for module in program.modules.values():
        module.is_script = module.name not in imported and _runs_itself(module)


def _runs_itself(module: Module) -> bool:
    """Say whether a module's body calls functions or classes that it defines."""
    block = module.facts.blocks[0]
    made = {op.target for op in block.operations if isinstance(op, MakeFunction | MakeClass)}
    for op in block.operations:
        if isinstance(op, Copy) and op.source in made:
            made.add(op.target)
        elif isinstance(op, Call):
            if op.role == "decorator" and op.arguments[0].value in made:
                made.add(op.target)
            elif not op.role and op.function in made:
                return True
    return False


def _settle_stars(program: Program) -> None:
    """Add to each module the names its star imports bring, to a fixpoint over their chains and cycles."""
    for module in program.modules.values():
        for op in module.facts.blocks[0].operations:
            if isinstance(op, ImportStar):
                target = program.absolute(module, op.module, op.level)
                found = program.modules.get(target)
                if found is not None:
                    module.star_from.append(found)
                elif not program.is_known(target):
                    module.star_external.append(target)
    importers = [module for module in program.modules.values() if module.star_from]
    changed = True
    while changed:
        changed = False
        for module in importers:
            for origin in module.star_from:
                before = len(module.names)
                module.names.update(dict.fromkeys(origin.public))
                changed |= len(module.names) != before
