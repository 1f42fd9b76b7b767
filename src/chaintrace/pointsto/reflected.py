"""Stores under computed names: `setattr(node, name, value)` where `name` is one of many.

What `name` may be is gathered from all classes that pass here (`for name in node.fields`), so most pairs of
object and name never meet. A name that the class of one object has an attribute for is not stored into
objects whose class knows nothing of it. A name that no class knows is stored into all.
"""

from typing import TYPE_CHECKING

from chaintrace.pointsto.arguments import Arguments
from chaintrace.pointsto.calls import Call
from chaintrace.pointsto.objects import Class, External, Instance, ModuleObject, Object
from chaintrace.pointsto.variables import Variable

if TYPE_CHECKING:
    from chaintrace.pointsto.analysis import Analysis
    from chaintrace.project.modules import Code

_Site = tuple["Code", int]


class Reflected:
    """Decide which of the objects and names that meet at a `setattr` are stored."""

    def __init__(self, analysis: "Analysis") -> None:
        self.analysis = analysis
        self._known: dict[_Site, dict[str, None]] = {}
        self._waiting: list[tuple[_Site, Object, str, Variable, Call]] = []
        self._has: dict[tuple[Class, str], bool] = {}

    def store(self, base: Variable, name: str, value: Variable, call: Call) -> None:
        """`setattr(base, name, value)` for one name."""
        place = call.activation.code, call.site
        known = self._known.setdefault(place, {})
        made = Call(call.activation, call.site, Arguments.of(value), None, flags=("property",), via=base)

        def on_object(obj: Object) -> None:
            if isinstance(obj, Class | ModuleObject) or self._may_have(obj, name):
                known[name] = None
                self.analysis.attributes.write(obj, name, value, made)
            else:
                self._wait((place, obj, name, value, made))

        self.analysis.use(base, on_object)

    def _wait(self, what: tuple[_Site, Object, str, Variable, Call]) -> None:
        if not self._waiting:
            self.analysis.later.append(self._settle)
        self._waiting.append(what)

    def _settle(self) -> bool:
        waiting, self._waiting = self._waiting, []
        for place, obj, name, value, call in waiting:
            if name not in self._known[place]:
                self.analysis.attributes.write(obj, name, value, call)
        return not self._waiting

    def _may_have(self, obj: Object, name: str) -> bool:
        """Say whether a class has, assigns or annotates an attribute, or has a base that was not read."""
        cls = obj.cls if isinstance(obj, Instance) else None
        if not isinstance(cls, Class):
            return False
        found = self._has.get((cls, name))
        if found is None:
            found = self._has[cls, name] = (
                any(self._is_foreign(ancestor) or self._annotates(ancestor, name) for ancestor in cls.mro)
                or self.analysis.lookups.defines(cls, name)
                or self.analysis.assigns(cls, name)
            )
        return found

    def _is_foreign(self, ancestor: Class | External) -> bool:
        return isinstance(ancestor, External) and ancestor.path not in _PLAIN

    def _annotates(self, ancestor: Class | External, name: str) -> bool:
        return isinstance(ancestor, Class) and any(f.name == name for f in ancestor.code.block.fields)


_PLAIN = frozenset(("builtins.object", "builtins.type", "typing.Generic", "typing.Protocol", "abc.ABC"))
