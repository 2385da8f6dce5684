"""Whether a value is plainly what its annotation says, so that its document is read back as it was.

A function generated for each annotation: every class is compared, every limit asked, which costs less than one reading.
It may doubt what is right, as that is then read back to see; it never lets pass what is not.
"""

from __future__ import annotations

import datetime as dt
import enum
import keyword
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias, cast, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from msgspec import inspect as kinds

from qb.generated import generated
from qb.types.annotation import bare

Test: TypeAlias = Callable[[Any], bool]


class PlainTest(NamedTuple):
    """The test of an annotation."""

    test: Test
    says_all: bool
    """Whether the annotation says of everything in a document what it is."""


def plainly(python: Any) -> PlainTest:
    """The test of an annotation. NameError and TypeError where msgspec reads nothing as it."""
    source = _Source()
    root = kinds.type_info(python)
    name = source.function(root)
    while source.waiting:
        source.write(*source.waiting.pop())
    return PlainTest(generated(name, "\n".join(source.lines) + "\n", source.names), source.says_all)


def whole_offset(moment: dt.datetime) -> bool:
    """Whether JSON can hold the offset, which it has in minutes; those of a city's solar time had seconds."""
    offset = moment.utcoffset()
    return offset is None or not offset % _MINUTE


_MINUTE: Final = dt.timedelta(minutes=1)
_EXACT: Final = 2**53
_MANY: Final = 10
"""From how many elements on msgspec looks at them in C, and faster than a loop."""

_CLASSES: Final[dict[type[kinds.Type], type[object]]] = {
    kinds.NoneType: type(None),
    kinds.BoolType: bool,
    kinds.IntType: int,
    kinds.FloatType: float,
    kinds.StrType: str,
    kinds.BytesType: bytes,
    kinds.ByteArrayType: bytearray,
    kinds.DateTimeType: dt.datetime,
    kinds.DateType: dt.date,
    kinds.TimeType: dt.time,
    kinds.TimeDeltaType: dt.timedelta,
    kinds.UUIDType: UUID,
    kinds.DecimalType: Decimal,
    kinds.ListType: list,
    kinds.SetType: set,
    kinds.FrozenSetType: frozenset,
    kinds.VarTupleType: tuple,
    kinds.TupleType: tuple,
    kinds.DictType: dict,
    kinds.TypedDictType: dict,
}
_OWN: Final = ("__post_init__", "__attrs_attrs__")
"""What a class has that may refuse what it is given, or change it."""

_KEYS: Final = (kinds.StrType, kinds.IntType, kinds.UUIDType, kinds.DateType, kinds.EnumType, kinds.LiteralType)
"""What two keys of a dict stay two keys as."""


class _Source:
    """The functions while they are written, one for each class; nothing of the user's enters them but identifiers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, object] = {
            "UNSET": UNSET,
            "UTC": dt.UTC,
            "convert": msgspec.convert,
            "whole_offset": whole_offset,
            "isfinite": math.isfinite,
        }
        self.waiting: list[tuple[str, kinds.Type]] = []
        self.says_all = True
        self._functions: dict[int, str] = {}
        self._locals = 0

    def function(self, kind: kinds.Type) -> str:
        """The name of the function for a class, which may hold itself."""
        found = self._functions.get(id(kind))
        if found is None:
            found = self._functions[id(kind)] = f"plainly{len(self._functions)}"
            self.waiting.append((found, kind))
        return found

    def write(self, name: str, kind: kinds.Type) -> None:
        """The function."""
        self.lines.append(f"def {name}(v):")
        if isinstance(kind, kinds.StructType | kinds.DataclassType):
            self._fields(kind, " ")
        elif isinstance(kind, kinds.NamedTupleType):
            self._refuse(" ", f"type(v) is not {self._named(kind.cls)}")
            for place, field in enumerate(kind.fields):
                self._value(field.type, f"v[{place}]", " ")
        elif isinstance(kind, kinds.TypedDictType):
            self._typed_dict(kind, " ")
        else:
            self._value(kind, "v", " ")
        self.lines.append(" return True")

    # ------------------------------------------------------------ classes

    def _fields(self, kind: kinds.StructType | kinds.DataclassType, before: str) -> None:
        cls: Any = get_origin(kind.cls) or kind.cls
        if any(hasattr(cls, name) for name in _OWN):
            self._doubt(before)
            return
        self._refuse(before, f"type(v) is not {self._named(cls)}")
        unset = _may_be_unset(kind)
        for field in kind.fields:
            if not field.name.isidentifier() or keyword.iskeyword(field.name):
                self._doubt(before)
                return
            value = f"v.{field.name}"
            if field.name in unset:
                name = self._local(value, before)
                self.lines.append(f"{before}if {name} is not UNSET:")
                self._value(field.type, name, before + " ")
                self.lines.append(f"{before} pass")
            else:
                self._value(field.type, value, before)

    def _typed_dict(self, kind: kinds.TypedDictType, before: str) -> None:
        """Every key that it has is one of the type's: another one would not be read."""
        self._refuse(before, "type(v) is not dict")
        self.lines.append(f"{before}left = len(v)")
        for field in kind.fields:
            name = self._local(f"v.get({self._named(field.encode_name)}, UNSET)", before)
            self.lines.append(f"{before}if {name} is not UNSET:")
            self.lines.append(f"{before} left -= 1")
            self._value(field.type, name, before + " ")
            if field.required:
                self.lines += [f"{before}else:", f"{before} return False"]
        self._refuse(before, "left")

    # ------------------------------------------------------------ values

    def _value(self, kind: kinds.Type, value: str, before: str) -> None:
        """Lines that return False where the value is not plainly of the kind."""
        match kind:
            case _ if _is_anything(kind):
                self.says_all = False
            case kinds.RawType():
                return
            case kinds.StructType() | kinds.DataclassType() | kinds.NamedTupleType() | kinds.TypedDictType():
                self._refuse(before, f"not {self.function(kind)}({value})")
            case kinds.NoneType():
                self._refuse(before, f"{value} is not None")
            case kinds.UnionType(types=members):
                self._union(members, value, before)
            case kinds.LiteralType(values=labels):
                self._literal(labels, value, before)
            case kinds.EnumType(cls=cls) if _is_plain_enum(cls):
                self._refuse(before, f"type({value}) is not {self._named(cls)}")
            case _ if type(kind) in _CLASSES:
                self._of_class(kind, value, before)
            case _:
                self._doubt(before)

    def _of_class(self, kind: kinds.Type, value: str, before: str) -> None:
        cls = self._named(_CLASSES[type(kind)])
        match kind:
            case kinds.BoolType() | kinds.UUIDType() | kinds.DecimalType() | kinds.DateType() | kinds.TimeDeltaType():
                self._refuse(before, f"type({value}) is not {cls}")
            case kinds.IntType():
                self._limited(kind, value, before, f"type({{0}}) is {cls}")
            case kinds.FloatType():
                # Neither NaN nor infinite, or an integer that a float can be.
                test = "(type({0}) is float and {0} - {0} == 0 or type({0}) is int and -%d <= {0} <= %d)"
                self._limited(kind, value, before, test % (_EXACT, _EXACT))
            case kinds.DateTimeType(tz=tz):
                name = self._local(value, before)
                self._refuse(before, f"type({name}) is not {cls}")
                zone = self._local(f"{name}.tzinfo", before)
                if tz is not None:
                    self._refuse(before, f"{zone} is {'' if tz else 'not '}None")
                self._refuse(before, f"{zone} is not None and {zone} is not UTC and not whole_offset({name})")
            case kinds.TimeType(tz=tz):
                name = self._local(value, before)
                self._refuse(before, f"type({name}) is not {cls} or {name}.tzinfo is not None or {tz is True}")
            case kinds.StrType(pattern=pattern):
                test = f"type({{0}}) is {cls}"
                if pattern is not None:
                    test += f" and {self._named(re.compile(pattern).search)}({{0}}) is not None"
                self._limited(kind, value, before, test)
            case kinds.TupleType(item_types=items):
                name = self._local(value, before)
                self._refuse(before, f"type({name}) is not {cls} or len({name}) != {len(items)}")
                for place, item in enumerate(items):
                    self._value(item, f"{name}[{place}]", before)
            case kinds.DictType(key_type=key, value_type=item):
                name = self._local(value, before)
                self._limited(kind, name, before, f"type({{0}}) is {cls}")
                self._items(key, item, name, before)
            case kinds.ListType() | kinds.SetType() | kinds.FrozenSetType() | kinds.VarTupleType():
                name = self._local(value, before)
                self._limited(kind, name, before, f"type({{0}}) is {cls}")
                self._elements(kind, name, before)
            case _:  # bytes
                self._limited(kind, value, before, f"type({{0}}) is {cls}")

    def _limited(self, kind: Any, value: str, before: str, test: str) -> None:
        """A test, and the limits of `msgspec.Meta`."""
        tests = [test]
        for attribute, sign in (("gt", ">"), ("ge", ">="), ("lt", "<"), ("le", "<=")):
            if (limit := getattr(kind, attribute, None)) is not None:
                tests.append(f"{{0}} {sign} {self._named(limit)}")
        for attribute, sign in (("min_length", ">="), ("max_length", "<=")):
            if (limit := getattr(kind, attribute, None)) is not None:
                tests.append(f"len({{0}}) {sign} {int(limit)}")
        if getattr(kind, "multiple_of", None) is not None:
            tests.append("False")
        name = self._local(value, before) if len(tests) > 1 or test.count("{0}") > 1 else value
        self._refuse(before, f"not ({' and '.join(tests).format(name)})")

    def _literal(self, labels: tuple[object, ...], value: str, before: str) -> None:
        """One of the labels and of its class: True is 1 to Python, and not to JSON."""
        name = self._local(value, before)
        classes = {label.__class__ for label in labels}
        if len(classes) == 1:
            cls, known = self._named(classes.pop()), self._named(frozenset(labels))
            self._refuse(before, f"type({name}) is not {cls} or {name} not in {known}")
        else:
            known = self._named(frozenset((label.__class__, label) for label in labels))
            self._refuse(before, f"(type({name}), {name}) not in {known}")

    def _union(self, members: tuple[kinds.Type, ...], value: str, before: str) -> None:
        name = self._local(value, before)
        word = "if"
        if any(map(_is_anything, members)):
            self.says_all = False
            return
        for member in members:
            if (test := self._which(member, name)) is None:
                continue  # then who is one of these is asked about
            self.lines.append(f"{before}{word} {test}:")
            self._value(member, name, before + " ")
            self.lines.append(f"{before} pass")
            word = "elif"
        self.lines.append(f"{before}{'else' if word == 'elif' else 'if True'}:")
        self._doubt(before + " ")

    def _which(self, kind: kinds.Type, value: str) -> str | None:
        """What tells the values of a union's member from the others."""
        match kind:
            case kinds.LiteralType(values=labels):
                classes: set[type[object]] = {label.__class__ for label in labels}
                return f"type({value}) is {self._named(classes.pop())}" if len(classes) == 1 else None
            case (
                kinds.StructType(cls=cls)
                | kinds.DataclassType(cls=cls)
                | kinds.NamedTupleType(cls=cls)
                | kinds.EnumType(cls=cls)
            ):
                return f"type({value}) is {self._named(get_origin(cls) or cls)}"
            case _ if type(kind) in _CLASSES:
                return f"type({value}) is {self._named(_CLASSES[type(kind)])}"
            case _:
                return None

    # ------------------------------------------------------------ what holds others

    def _elements(self, kind: Any, name: str, before: str) -> None:
        item: kinds.Type = kind.item_type
        if _is_anything(item):
            self.says_all = False
            return
        if isinstance(kind, kinds.ListType) and (held := _held(item)) is not None:
            holder = self._named(held)
            self.lines.append(f"{before}if len({name}) >= {_MANY}:")
            self._refuse(before + " ", f"convert(({name},), {holder}).of != {name}")
            if isinstance(item, kinds.FloatType):
                self._refuse(before + " ", f"not isfinite(sum({name}))")
            self.lines.append(f"{before}else:")
            before += " "
        element = self._fresh()
        self.lines.append(f"{before}for {element} in {name}:")
        self._value(item, element, before + " ")
        self.lines.append(f"{before} pass")

    def _items(self, key: kinds.Type, item: kinds.Type, name: str, before: str) -> None:
        if _is_anything(key):  # 1 and "1" are one key in JSON
            key = kinds.StrType()
        if not isinstance(key, _KEYS):
            self._doubt(before)
            return
        one, other = self._fresh(), self._fresh()
        self.lines.append(f"{before}for {one}, {other} in {name}.items():")
        self._value(key, one, before + " ")
        self._value(item, other, before + " ")
        self.lines.append(f"{before} pass")

    # ------------------------------------------------------------ lines

    def _refuse(self, before: str, test: str) -> None:
        self.lines.append(f"{before}if {test}: return False")

    def _doubt(self, before: str) -> None:
        self._refuse(before, "True")

    def _local(self, value: str, before: str) -> str:
        if value.isidentifier():
            return value
        name = self._fresh()
        self.lines.append(f"{before}{name} = {value}")
        return name

    def _fresh(self) -> str:
        self._locals += 1
        return f"x{self._locals}"

    def _named(self, value: object) -> str:
        """The name of a constant. They are few, and a dict cannot tell 1 from True."""
        for name, known in self.names.items():
            if known is value:
                return name
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name


def _is_anything(kind: kinds.Type) -> bool:
    return isinstance(kind, kinds.AnyType) or (isinstance(kind, kinds.CustomType) and cast("Any", kind.cls) is object)


def _may_be_unset(kind: kinds.StructType | kinds.DataclassType) -> set[str]:
    """The fields of which UNSET is a value, and what is read where they were left out."""
    if isinstance(kind, kinds.DataclassType) or kind.array_like:
        return set()
    return {
        field.name
        for field in msgspec.structs.fields(kind.cls)
        if field.default is UNSET and UnsetType in get_args(bare(field.type))
    }


def _is_plain_enum(cls: type[enum.Enum]) -> bool:
    return not issubclass(cls, enum.Flag) and {type(member.value) for member in cls} in ({str}, {int})


_SCALARS: Final[dict[type[kinds.Type], Any]] = {
    kinds.IntType: int,
    kinds.StrType: str,
    kinds.BoolType: bool,
    kinds.FloatType: float,
}


def _held(kind: kinds.Type) -> type[msgspec.Struct] | None:
    """What msgspec converts a list of these as, which it does in C; None where it does not look at them all."""
    python = _SCALARS.get(type(kind))
    limits = cast("tuple[object, ...]", msgspec.structs.astuple(cast("Any", kind)))
    if python is None or any(limit is not None for limit in limits):
        return None
    return _HOLDERS[python]


class _Ints(msgspec.Struct, array_like=True):
    of: list[int]


class _Texts(msgspec.Struct, array_like=True):
    of: list[str]


class _Bools(msgspec.Struct, array_like=True):
    of: list[bool]


class _Floats(msgspec.Struct, array_like=True):
    of: list[float]


_HOLDERS: Final[dict[Any, type[msgspec.Struct]]] = {int: _Ints, str: _Texts, bool: _Bools, float: _Floats}
