"""Owners: the class in whose name an attribute is shown."""

from chaintrace.ir.facts import BlockKind
from chaintrace.pointsto.analysis import Analysis
from chaintrace.pointsto.objects import Class
from chaintrace.project.modules import Code


class Owners:
    """Name attributes after the class that introduces them.

    That is, among the receiver's class and its ancestors, the furthest one whose `__init__` assigns it or
    whose body declares it; else the furthest one with any method that assigns it; else the receiver's class.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.places: dict[str, Code] = {}
        self._known: dict[tuple[Class, str], str] = {}
        self._assigned: dict[Code, tuple[frozenset[str], frozenset[str]]] = {}
        self._methods: dict[Code, frozenset[str]] = {}

    def attribute(self, cls: Class, name: str) -> str:
        """Return the symbol name of an attribute, "" where it is a method or nested class of the class."""
        found = self._known.get((cls, name))
        if found is None:
            found = self._known[cls, name] = self._find(cls, name)
        return found

    def _find(self, cls: Class, name: str) -> str:
        ancestors = [ancestor for ancestor in cls.mro if isinstance(ancestor, Class)]
        for ancestor in ancestors:
            if name in ancestor.code.member_names:
                if name in self._defined(ancestor.code):
                    return ""
                break
        owner = self._owner(ancestors, name) or cls
        self.places.setdefault(f"{owner.code.name}.{name}", owner.code)
        return f"{owner.code.name}.{name}"

    def _owner(self, ancestors: list[Class], name: str) -> Class | None:
        for ancestor in reversed(ancestors):
            declared = any(field.name == name for field in ancestor.code.block.fields)
            if declared or name in ancestor.code.member_names or name in self._stores(ancestor.code)[0]:
                return ancestor
        for ancestor in reversed(ancestors):
            if name in self._stores(ancestor.code)[1]:
                return ancestor
        return None

    def _stores(self, code: Code) -> tuple[frozenset[str], frozenset[str]]:
        """Return what `__init__` of a class body assigns on its first parameter, and what any method does."""
        found = self._assigned.get(code)
        if found is None:
            methods = [other for other in code.module.codes if other.parent is code]
            first = [m.stored_on_self for m in methods if m.name.endswith(".__init__")]
            every = [m.stored_on_self for m in methods]
            found = self._assigned[code] = (frozenset().union(*first), frozenset().union(*every))
        return found

    def _defined(self, code: Code) -> frozenset[str]:
        found = self._methods.get(code)
        if found is None:
            nested = [
                c for c in code.module.codes if c.parent is code and c.block.kind is not BlockKind.LAMBDA
            ]
            found = self._methods[code] = frozenset(c.name.rpartition(".")[2] for c in nested)
        return found
