"""Parameters that choose: a query has one variant for each set of choices, and a call finds its own by one lookup.

None is a choice; so is the value of a Literal that the body looks at, and both inside of a Struct that it opens.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, NoReturn, Union, cast, get_args, get_origin, get_type_hints

import msgspec

from qb.errors import QueryError
from qb.frozen import fix
from qb.generated import generated
from qb.query.param import param_of
from qb.query.prepared.inspection import Body
from qb.types.annotation import bare, split_optional

VariantKey = tuple[object, ...]
Path = tuple[str, ...]


class ParamKind(NamedTuple):
    """What a parameter, or a field of one, is to the query: a value, a Literal that chooses, or a Struct of these."""

    annotation: object
    choices: tuple[object, ...] = ()
    fields: Mapping[str, object] | None = None
    labels: tuple[object, ...] = ()
    """The values of a Literal that is only sent: it chooses nothing, and is one of them all the same."""

    @staticmethod
    def of(annotation: object) -> ParamKind:
        """By its annotation alone."""
        plain = bare(split_optional(annotation)[0])
        if get_origin(plain) is Literal:
            return ParamKind(annotation, choices=_labels(plain))
        if get_origin(plain) is Union and (parts := get_args(plain)):
            # A union of Literals is one, too.
            inner = [bare(part) for part in parts]
            if all(get_origin(part) is Literal for part in inner):
                return ParamKind(annotation, choices=tuple(label for part in inner for label in _labels(part)))
        if isinstance(plain, type) and issubclass(plain, msgspec.Struct):
            return ParamKind(annotation, fields=_fields_of(plain))
        return ParamKind(annotation)

    @property
    def is_value(self) -> bool:
        """Whether the body knows nothing of it but whether it is None."""
        return not self.choices and self.fields is None


def as_used(kind: ParamKind, body: Body, name: str) -> ParamKind:
    """What a parameter is by what the body does with it: one that is only sent is a value, whatever it could choose.

    QueryError for what the body must not ask of it.
    """
    if kind.choices and body.looks_at(name):
        return kind
    opened = kind.fields if kind.fields is not None and body.opens(name, tuple(kind.fields)) else None
    body.check(name, None if opened is None else {each: ParamKind.of(hint).is_value for each, hint in opened.items()})
    return ParamKind(kind.annotation, fields=opened, labels=kind.choices)


class Fields:
    """A parameter that is a Struct, in the body: its fields are parameters, None, or the Literal's own value."""

    __slots__ = ("__build__",)

    def __init__(self, build: Callable[[str], object]) -> None:
        fix(self, "__build__", build)

    def __getattribute__(self, name: str) -> Any:
        if name[:2] == "__":
            return object.__getattribute__(self, name)
        return object.__getattribute__(self, "__build__")(name)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise QueryError("the parameters of a prepared query cannot be changed")

    def __bool__(self) -> bool:
        return True  # as the Struct it stands for; None is None

    def __eq__(self, other: object) -> bool:
        raise QueryError(NO_VALUE)

    def __hash__(self) -> int:
        raise QueryError(NO_VALUE)


NO_VALUE = (
    "a parameter of a prepared query whose fields are used is no value itself: "
    "pass the document as a parameter of its own"
)


class Build(NamedTuple):
    """One building of the body: what it was given, and which fields it has read."""

    given: dict[str, object]
    read: list[Path]


def given_to_body(name: str, kinds: Mapping[str, ParamKind], arguments: Mapping[str, object]) -> Build:
    """What stands for the arguments of a call while the query is built. QueryError for a value no Literal has."""
    read: list[Path] = []

    def stand_in(path: Path, kind: ParamKind, argument: object) -> object:
        if argument is None:
            return None
        if kind.choices:
            return _chosen(f"{name}: {'.'.join(path)}", kind.choices, argument)
        if kind.fields is None:
            return param_of(".".join(path), kind.annotation)
        fields = kind.fields

        def field(attribute: str) -> object:
            inner = (*path, attribute)
            if attribute not in fields:
                raise QueryError(
                    f"the parameter {'.'.join(path)!r} of a prepared query has no value while the query is built, so "
                    f".{attribute} cannot see one: only its fields can be used ({', '.join(fields)})"
                )
            if inner not in read:
                read.append(inner)
            return stand_in(inner, _field_kind(inner, fields[attribute]), getattr(argument, attribute))

        return Fields(field)

    return Build({each: stand_in((each,), kinds[each], value) for each, value in arguments.items()}, read)


def _field_kind(path: Path, annotation: object) -> ParamKind:
    if msgspec.UnsetType in get_args(split_optional(annotation)[0]):
        raise QueryError(
            f"{'.'.join(path)} may be UNSET, which is no choice of a prepared query: write `| None` and None instead"
        )
    return ParamKind.of(annotation)


def _chosen(name: str, choices: tuple[object, ...], argument: object) -> object:
    for choice in choices:
        if type(choice) is type(argument) and choice == argument:
            return choice
    for choice in choices:  # a StrEnum's member is its text, too
        if isinstance(argument, type(choice)) and choice == argument and not isinstance(argument, bool):
            return choice
    raise _none_of(name, choices)


def _none_of(name: str, choices: tuple[object, ...]) -> QueryError:
    shown = ", ".join(repr(choice) for choice in choices)
    return QueryError(f"{name} is one of {shown}, and it was given something else")


def _labels(plain: object) -> tuple[object, ...]:
    return tuple(label for label in get_args(plain) if label is not None)


def _fields_of(kind: type[msgspec.Struct]) -> dict[str, object]:
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception:
        hints = {}
    return {name: hints.get(name, object) for name in kind.__struct_fields__}


class ArgumentReader(NamedTuple):
    """How a call becomes arguments and a key: `call` takes them as the function does, `again` as a tuple's items."""

    call: Callable[..., tuple[tuple[Any, ...], VariantKey]]
    again: Callable[..., tuple[tuple[Any, ...], VariantKey]]
    names: tuple[str, ...]


def reader(function: Callable[..., Any], kinds: Mapping[str, ParamKind], paths: tuple[Path, ...]) -> ArgumentReader:
    """Functions that give the arguments, the fields in `paths` after them, and what chooses the variant.

    Python's own call is the fastest; and `None in arguments` would ask each one whether it equals None.
    """
    defaults: dict[str, object] = {}
    written: list[str] = []
    star = False
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not star:
            written.append("*")
            star = True
        if parameter.default is inspect.Parameter.empty:
            written.append(name)
        else:
            defaults[f"_default_{name}"] = parameter.default
            written.append(f"{name}=_default_{name}")
    places: dict[Path, str] = {(name,): name for name in kinds}
    lines: list[str] = []
    judges: dict[str, Any] = {}
    for name, kind in kinds.items():
        if kind.labels:
            judges[f"_labels_{name}"] = kind.labels
            lines.append(f" if {name} is not None and {name} not in _labels_{name}: _refuse({name!r})\n")
    keys = [_key_of(name, kind) for name, kind in kinds.items()]
    plain = all(kind.is_value for kind in kinds.values())
    for number, path in enumerate(paths):  # a Struct stands before its fields
        places[path] = f"_field_{number}"
        whole = places[path[:-1]]
        lines.append(f" _field_{number} = None if {whole} is None else {whole}.{path[-1]}\n")
        keys.append(_key_of(places[path], _kind_at(kinds, path)))
    inner = ", ".join(places.values()) + ("," if places else "")
    key = f"({', '.join(keys)}{',' if keys else ''})"
    if plain and keys:
        key = f"{key} if {' or '.join(keys)} else _no_none"

    def refuse(name: str) -> NoReturn:
        raise _none_of(f"<prepared query {function.__qualname__}>: {name}", kinds[name].labels)

    namespace: dict[str, Any] = {**defaults, **judges, "_refuse": refuse, "_no_none": (False,) * len(keys)}
    result = f"{''.join(lines)} return ({inner}), {key}\n"
    call = generated("call", f"def call({', '.join(written)}):\n{result}", namespace)
    again = generated("again", f"def again({', '.join(kinds)}):\n{result}", namespace)
    call.__qualname__ = function.__qualname__  # Python's own TypeError for wrong arguments says it
    return ArgumentReader(call, again, tuple(".".join(path) for path in places))


def _key_of(place: str, kind: ParamKind) -> str:
    if not kind.choices:
        return f"{place} is None"
    # 1 and True are equal, and other choices.
    return place if all(isinstance(choice, str) for choice in kind.choices) else f"({place}.__class__, {place})"


def _kind_at(kinds: Mapping[str, ParamKind], path: Path) -> ParamKind:
    kind = kinds[path[0]]
    for name in path[1:]:
        kind = ParamKind.of(cast("Mapping[str, object]", kind.fields)[name])
    return kind
