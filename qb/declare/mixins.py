"""What a class has from the classes it extends: any number of mixins, nested as they like.

A Struct's fields are slots, and CPython joins the slots of one base only. So a mixin has none at run time: it keeps its
annotations, and the table that extends it declares the fields again.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple, cast

import msgspec

from qb.declare.column import column
from qb.declare.lazy_annotations import body_annotations, raw_annotations, resolve
from qb.declare.marks import ColumnMark, unmarked
from qb.declare.spec import ColumnOptions, IdentitySpec, Reference, SerialSpec, Spec
from qb.declare.table_state import own_state, state_of
from qb.errors import DefinitionError
from qb.query.expr.expr import is_expr


class Declared(NamedTuple):
    """The columns of a class by attribute: the class whose body annotates each, and what it is declared with."""

    owners: dict[str, Any]
    specs: dict[str, Spec]
    marks: dict[str, ColumnMark]


def inherited(title: str, bases: tuple[Any, ...], own: frozenset[str]) -> Declared:
    """The columns of the bases, in the order in which they are written, but for the declarations that `own` replaces.

    DefinitionError for one that two of them declare differently.
    """
    owners: dict[str, Any] = {}
    specs: dict[str, Spec] = {}
    marks: dict[str, ColumnMark] = {}
    for base in bases:
        found = own_state(base)
        if found is None:
            continue
        for attribute, owner in found.owners.items():
            spec, before = found.specs.get(attribute), owners.get(attribute)
            if before is not None and before is not owner and not issubclass(owner, before):
                if not issubclass(before, owner) and attribute not in own:
                    _same(title, attribute, (before, specs.get(attribute)), (owner, spec))
                continue
            owners[attribute] = owner
            if spec is not None:
                specs[attribute] = spec
            if (mark := found.marks.get(attribute)) is not None:
                marks[attribute] = mark
            else:
                marks.pop(attribute, None)
    return Declared(owners, specs, marks)


def declared_fields(namespace: dict[str, Any]) -> tuple[str, ...]:
    """The columns that a class body annotates."""
    return tuple(
        name
        for name, written in body_annotations(namespace).items()
        if type(written) is type or "ClassVar" not in str(written)
    )


class ClassForm(NamedTuple):
    """What is special of a class: whether it is a mixin, what its rows leave out, how they are called in JSON."""

    mixin: bool
    hidden: frozenset[str]
    rename: str | None


def made(
    mcls: Any, name: str, bases: tuple[Any, ...], namespace: dict[str, Any], owners: dict[str, Any], form: ClassForm
) -> Any:
    """The class: a mixin without fields, or what has them all, those of its mixins before its own, but the hidden."""
    mixin, hidden, rename = form
    config: dict[str, Any] = {"frozen": True, "gc": False}
    if rename is not None:
        config["rename"] = rename
    slotless = {each: owner for each, owner in owners.items() if not getattr(owner, "__struct_fields__", ())}
    if not mixin and not slotless and not hidden:
        return msgspec.StructMeta.__new__(mcls, name, bases, namespace, **config)
    own = body_annotations(namespace)
    for each in ("__annotate__", "__annotate_func__"):  # of Python 3.14, which would win
        namespace.pop(each, None)
    fields = {each: raw_annotations(owner)[each] for each, owner in slotless.items()} | own
    namespace["__annotations__"] = {} if mixin else {each: fields[each] for each in fields if each not in hidden}
    cls: Any = msgspec.StructMeta.__new__(mcls, name, bases, namespace, **config)
    if mixin or hidden:
        type.__setattr__(cls, "__annotations__", own if mixin else fields)
    return cls


def one_layout(title: str, bases: tuple[Any, ...]) -> None:
    """DefinitionError where two bases have rows of their own, which no third can be both of."""
    shapes = [base for base in bases if getattr(base, "__struct_fields__", ())]
    for one, other in pairwise(shapes):
        if not issubclass(one, other) and not issubclass(other, one):
            raise DefinitionError(
                f"class {title} extends the shapes {one.__name__} and {other.__name__}: a row can be one of them "
                f"alone; let {other.__name__} be a mixin, a class of Table without name="
            )


def _same(title: str, attribute: str, one: tuple[Any, Spec | None], other: tuple[Any, Spec | None]) -> None:
    if _annotation(one[0], attribute) == _annotation(other[0], attribute) and _options(one[1]) == _options(other[1]):
        return
    raise DefinitionError(
        f"{title}.{attribute} is declared differently by {one[0].__name__} and by {other[0].__name__}: "
        f"write {attribute}: Col[...] in class {title} too, or rename one of the two"
    )


def _annotation(owner: Any, attribute: str) -> object:
    written, state = raw_annotations(owner)[attribute], state_of(owner)
    try:
        resolved: object = resolve(owner, attribute, written, state.scope, owner.__name__)
    except NameError:  # a name that is defined further down
        resolved = str(written)
    return unmarked(resolved), state.marks.get(attribute)


def _options(spec: Spec | None) -> tuple[object, ...]:
    options = cast("Spec", column() if spec is None else spec).options
    return tuple(_told(getattr(options, name)) for name in ColumnOptions.__struct_fields__)


def _told(option: object) -> object:
    if isinstance(option, Reference):
        return (_told(option.target), option.on_delete, option.on_update, option.deferrable)
    if isinstance(option, IdentitySpec | SerialSpec):
        return (type(option), *(getattr(option, name) for name in option.__struct_fields__))
    # `==` of two expressions would build SQL.
    return (type(option), option.node if is_expr(option) else option)
