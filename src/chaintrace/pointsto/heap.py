"""The heap: one abstract object per allocation site and heap context, and the item fields of containers."""

from collections.abc import Callable

from chaintrace.pointsto.activations import Activation
from chaintrace.pointsto.objects import (
    BoundMethod,
    Class,
    External,
    Function,
    Generator,
    Instance,
    ModuleObject,
    Object,
    Opaque,
    String,
    Super,
)
from chaintrace.pointsto.solver import Solver
from chaintrace.pointsto.variables import Handler, Reason, RestItem, Variable
from chaintrace.project.modules import Code
from chaintrace.project.program import Program

_LONGEST_STRING = 80
_DEEPEST_PATH = 7
MOST_OBJECTS = 8  # objects of one class that are told apart; all further ones share one
MOST_DESCRIPTORS = 200  # the same for descriptors that class bodies make
MOST_CLASSES_MADE = 8  # classes that one site makes, before its objects lose their contexts
MOST_COPIES = 8  # containers copied key by key into one
MOST_LISTENERS = 64  # readers of one container that see it key by key
_SCALARS = ("str", "bytes", "int", "float", "bool", "complex", "slice")
_CONTAINERS = ("list", "tuple", "set", "frozenset", "dict")


class Heap(Solver):
    """Hand out abstract objects, the same one for the same name."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self._externals: dict[str, External] = {}
        self._strings: dict[tuple[str, bool, str, object], String] = {}
        self._instances: dict[tuple[object, ...], Instance] = {}
        self._functions: dict[tuple[Code, Activation], Function] = {}
        self._classes: dict[tuple[Code, Activation], Class] = {}
        self._bound: dict[tuple[Object, Object], BoundMethod] = {}
        self.bound_to: dict[Object, list[BoundMethod]] = {}
        self._modules: dict[str, ModuleObject] = {}
        self._supers: dict[tuple[Class, Object], Super] = {}
        self._generators: dict[Activation, Generator] = {}
        self._made: dict[Class, int] = {}
        self._made_at: dict[tuple[Code, int], dict[Class, None]] = {}
        self._known: dict[Class | External, Variable] = {}
        self.copied: dict[tuple[Object, Object], None] = {}
        self._copies_into: dict[Object, int] = {}
        self.keys: dict[str, Object] = {}
        self._key_names: dict[Object, str] = {}
        self.classes: list[Class] = []
        self.functions: list[Function] = []
        self.builtin = {name: self.external(f"builtins.{name}") for name in _CONTAINERS}
        self.text = self.widening.any_string = self.instance_of(self.external("builtins.str"))
        self.scalars = {self.external(f"builtins.{name}") for name in _SCALARS}
        self.widening.any_value = self._externals["….…"] = Opaque("….…")
        self.sequences = {self.builtin["list"], self.builtin["tuple"]}
        self.sets = {self.builtin["set"], self.builtin["frozenset"]}
        self.plain = self.sequences | self.sets
        self.fixed = self.scalars | self.sets | {self.builtin["tuple"]}  # `obj[key] = value` is an error

    def external(self, path: str) -> External:
        """Return the external of a dotted path."""
        found = self._externals.get(path)
        if found is None:
            found = self._externals[path] = External(path)
        return found

    def opaque(self, path: str) -> Opaque:
        """Return the value that stands for whatever the package of `path` hands out."""
        path = path.partition(".")[0] + ".…"
        found = self._externals.get(path)
        if not isinstance(found, Opaque):
            found = self._externals[path] = Opaque(path)
        return found

    def member(self, owner: External, name: str) -> External:
        """Return the attribute `name` of an external."""
        if isinstance(owner, Opaque):
            return owner
        if owner.path.count(".") >= _DEEPEST_PATH:
            return self.opaque(owner.path)
        return self.external(f"{owner.path}.{name}")

    def string(
        self, value: str, *, open_end: bool = False, ending: str = "", origin: object = None
    ) -> Object:
        """Return the object of a constant string, or of those with a known beginning and ending.

        Long or spaced ones are all one plain `str` instance. `origin` tells apart strings of which no more
        is known.
        """
        found = self._strings.get((value, open_end, ending, origin))
        if found is None:
            whole = value + ending
            if len(whole) > _LONGEST_STRING or any(character.isspace() for character in whole):
                return self.text
            if open_end and not whole:
                return self.text
            found = String(value, open_end=open_end, ending=ending, origin=origin)
            self._strings[value, open_end, ending, origin] = found
        return found

    def instance_of(self, cls: Class | External) -> Instance:
        """Return the one instance that stands for any instance of a class whose allocation is not seen."""
        found = self._instances.get((cls,))
        if found is None:
            found = self._instances[cls,] = Instance(cls, cls, None, None)
        return found

    def allocate(
        self, cls: Class | External, activation: Activation, site: int, tag: object = None
    ) -> Instance:
        """Return the instance of `cls` made at a site; `tag` tells several at one site apart."""
        origin = (activation.code, site, tag)
        heap = activation.heap
        if isinstance(cls, Class) and heap:
            classes = self._made_at.setdefault((activation.code, site), {})
            classes[cls] = None
            if len(classes) > MOST_CLASSES_MADE:
                heap = ()
        key = (cls, origin, heap)
        found = self._instances.get(key)
        if found is None:
            if isinstance(cls, Class):
                most = MOST_DESCRIPTORS if activation.cls is not None and cls.describes else MOST_OBJECTS
                count = self._made[cls] = self._made.get(cls, 0) + 1
                if count > most:
                    found = self._instances[key] = self._others(cls, activation, site)
                    return found
            found = self._instances[key] = Instance(cls, origin, (activation, site), heap)
            if isinstance(cls, Class):
                self.add(self.known_instances(cls), found, Reason("allocated", activation, site))
        return found

    def _others(self, cls: Class, activation: Activation, site: int) -> Instance:
        """Return the one object that stands for all further instances of a class."""
        found = self._instances.get((cls, "others"))
        if found is None:
            found = self._instances[cls, "others"] = Instance(cls, cls, (activation, site), ())
            self.add(self.known_instances(cls), found, Reason("allocated", activation, site))
        return found

    def known_instances(self, cls: Class | External) -> Variable:
        """Return the variable holding all instances of a class and of its subclasses."""
        found = self._known.get(cls)
        if found is None:
            found = self._known[cls] = Variable((cls, "instances"))
        return found

    def function(self, code: Code, env: Activation) -> Function:
        """Return the function object of a `def` or `lambda` run in `env`."""
        found = self._functions.get((code, env))
        if found is None:
            found = self._functions[code, env] = Function(code, env)
            self.functions.append(found)
        return found

    def new_class(self, code: Code, env: Activation) -> tuple[Class, bool]:
        """Return the class object of a `class` statement run in `env`, and whether it is new."""
        found = self._classes.get((code, env))
        if found is not None:
            return found, False
        found = self._classes[code, env] = Class(code, env)
        self.classes.append(found)
        return found, True

    def bound(self, function: Object, receiver: Object) -> BoundMethod:
        """Return the method `function` bound to `receiver`."""
        found = self._bound.get((function, receiver))
        if found is None:
            found = self._bound[function, receiver] = BoundMethod(function, receiver)
            self.bound_to.setdefault(receiver, []).append(found)
        return found

    def module(self, name: str) -> ModuleObject:
        """Return the object of a module or namespace package of the program."""
        found = self._modules.get(name)
        if found is None:
            found = self._modules[name] = ModuleObject(name, self.program.modules.get(name))
        return found

    def super_of(self, cls: Class, receiver: Object) -> Super:
        """Return `super(cls, receiver)`."""
        found = self._supers.get((cls, receiver))
        if found is None:
            found = self._supers[cls, receiver] = Super(cls, receiver)
        return found

    def generator(self, activation: Activation) -> Generator:
        """Return the generator or coroutine object of a started activation."""
        found = self._generators.get(activation)
        if found is None:
            block = activation.code.block
            kind = (
                "coroutine"
                if not block.is_generator
                else "async-generator"
                if block.is_async
                else "generator"
            )
            found = self._generators[activation] = Generator(activation, kind)
        return found

    def item(self, obj: Object, key: str) -> Variable:
        """Return an item field (`'key`, `#3`, `@5`, `[?]`) of a container; its contents are elements too."""
        found = obj.fields.get(key)
        if found is None:
            found = obj.fields[key] = RestItem((obj, key)) if is_rest(obj) else Variable((obj, key))
            self.flow(found, self.field(obj, "[*]"), Reason("element", None, -1))
            if key.startswith("'"):
                self.add(self.field(obj, "[k]"), self.string(key[1:]), Reason("key", None, -1))
            if obj.item_listeners:
                self.tell_listeners(obj, key, found)
        return found

    def tell_listeners(self, obj: Object, key: str, found: Variable) -> None:
        """Tell those who see a container key by key of a new item, later: listeners do not nest."""
        listeners = list(obj.item_listeners or ())

        def tell(_obj: Object) -> None:
            for listener in listeners:
                listener(key, found)

        self.tasks.append((tell, [obj]))

    def key_name(self, key: Object) -> str:
        """Return the name of the items that a mapping has under a key; "" where keys may be many.

        Strings have their text. Classes of the program and members of enumerations are numbered; `keys` has
        them by name. Foreign classes have none: numbers and much else of theirs are no objects here.
        """
        if isinstance(key, String):
            return "" if key.open_end else "'" + key.value
        if not isinstance(key, Class) and not self.is_member(key):
            return ""
        found = self._key_names.get(key)
        if found is None:
            found = self._key_names[key] = f"@{len(self._key_names)}"
            self.keys[found] = key
        return found

    def is_member(self, _obj: Object) -> bool:
        """Say whether an object is one certain member of an enumeration."""
        return False

    def on_items(self, obj: Object, listener: Callable[[str, Variable], None]) -> None:
        """Call `listener` for each item field of a container, those to come included."""
        if obj.item_listeners is None:
            obj.item_listeners = []
        obj.item_listeners.append(listener)
        for key, variable in list(obj.fields.items()):
            if is_item(key):
                listener(key, variable)

    def use_flat(self, variable: Variable, handler: Handler) -> None:
        """Call `handler` once for each object that a variable holds, or that its nested tuples hold.

        So are classes given to `isinstance` and `except`. A tuple may, as far as known, hold itself.
        """
        seen: dict[Object, None] = {}

        def on_object(obj: Object) -> None:
            if obj in seen:
                return
            seen[obj] = None
            if isinstance(obj, Instance) and obj.cls is self.builtin["tuple"]:
                self.use(self.field(obj, "[*]"), on_object)
            else:
                handler(obj)

        self.use(variable, on_object)

    def copy_items(self, source: Object, target: Object, reason: Reason) -> None:
        """Copy the items of a container into another: key by key while few are copied, else all as one."""
        if source is target or (source, target) in self.copied:
            return
        self.copied[source, target] = None
        count = self._copies_into[target] = self._copies_into.get(target, 0) + 1
        if source.item_listeners is not None and len(source.item_listeners) > MOST_LISTENERS:
            count = MOST_COPIES + 1
        if count <= MOST_COPIES:
            self.on_items(source, lambda key, value: self.flow(value, self.item(target, key), reason))
        else:
            self.flow(self.field(source, "[*]"), self.item(target, "[?]"), reason)
        if not (isinstance(target, Instance) and target.cls in self.plain):
            self.flow(self.field(source, "[k]"), self.field(target, "[k]"), reason)

    def variadic(self, activation: Activation, register: int) -> Instance:
        """Return the tuple that an activation's `*args` parameter holds."""
        return self._rest(activation, register, "tuple")

    def keyword_rest(self, activation: Activation, register: int) -> Instance:
        """Return the dict that an activation's `**kwargs` parameter holds."""
        return self._rest(activation, register, "dict")

    def _rest(self, activation: Activation, register: int, kind: str) -> Instance:
        key = (activation, register)
        found = self._instances.get(key)
        if found is None:
            site = activation.code.block.site
            found = self._instances[key] = Instance(self.builtin[kind], key, (activation, site), None)
            self.add(activation.register(register), found, Reason("allocated", activation, site))
        return found


def is_item(key: str) -> bool:
    """Say whether a field name is a stored item (not the union of elements, nor the keys)."""
    return key.startswith(("'", "#", "@")) or key == "[?]"


def is_rest(obj: object) -> bool:
    """Say whether an object is what the `*args` or `**kwargs` of an activation holds."""
    return (
        isinstance(obj, Instance) and isinstance(obj.origin, tuple) and isinstance(obj.origin[0], Activation)
    )


def from_start(obj: Instance, key: str) -> str:
    """Return the key of an item counted from the start; "" where an end it is counted from is not known."""
    if not key.startswith("#-"):
        return key
    position = obj.length + int(key[1:])
    return f"#{position}" if obj.length >= 0 and position >= 0 else ""
